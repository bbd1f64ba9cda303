import { randomBytes } from 'node:crypto';
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountOf } from './accounts.ts';
import type { Layout } from './layout.ts';
import { writeAddresses } from './postfix.ts';

/** Someone who can log in everywhere with the address as login name. */
export interface TenantUser {
  readonly address: string;
  readonly password: string;
}

/** Who has a mailbox; Postfix and Dovecot notice a change by themselves. */
export class Users {
  readonly all: TenantUser[] = [];
  readonly #layout: Layout;
  readonly #ghosts: string[] = [];

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /**
   * A file for each user: Dovecot looks for changes of a file once a second only, and a new file is
   * seen at once. Postfix looks when a client connects, so a session that is open already does not
   * know the new user.
   * `quota` is a rule of Dovecot's: `storage=100K`, `messages=10`.
   * @throws if the name is taken or not a plain local part.
   */
  async add(
    name: string,
    password = randomBytes(12).toString('base64url'),
    quota: string | null = null,
  ): Promise<TenantUser> {
    const user = { address: `${name}@${this.#layout.domain}`, password };
    if (!/^[a-z0-9.-]+$/.test(name)) throw new Error(`not a user's name: "${name}"`);
    if (/[:\s]/.test(password)) throw new Error('a password here has no colon and no space');
    if (this.all.some(({ address }) => address === user.address)) {
      throw new Error(`${user.address} exists already`);
    }
    this.all.push(user);
    const path = join(this.#layout.passwords, user.address);
    const extra = quota === null ? '' : `userdb_quota_rule=*:${quota}`;
    writeFileSync(path, `${user.address}:{PLAIN}${password}::::::${extra}\n`, { mode: 0o640 });
    chownSync(path, 0, accountOf('dovecot').gid);
    await this.#write();
    return user;
  }

  /** Postfix takes mail for this name, and whoever should deliver it knows nobody. */
  async addGhost(name: string): Promise<string> {
    const address = `${name}@${this.#layout.domain}`;
    this.#ghosts.push(address);
    await this.#write();
    return address;
  }

  #write(): Promise<void> {
    const addresses = this.all.map(({ address }) => address);
    return writeAddresses(this.#layout, [...addresses, ...this.#ghosts]);
  }
}
