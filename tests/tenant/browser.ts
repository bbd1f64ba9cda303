import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { RealTenant, TenantUser } from './tenant.ts';

interface Page {
  readonly status: number;
  readonly body: string;
}

/** Just enough of a browser for Roundcube: cookies and forms, over HTTPS with the tenant's CA. */
export class Browser {
  readonly #tenant: RealTenant;
  readonly #cookies = new Map<string, string>();

  constructor(tenant: RealTenant) {
    this.#tenant = tenant;
  }

  /** GET, or POST of a form. Redirects are not followed. @throws the socket's error. */
  fetch(query: string, form?: Readonly<Record<string, string>>): Promise<Page> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const body = form === undefined ? '' : new URLSearchParams(form).toString();
    const headers = {
      cookie,
      ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    };
    // No keep-alive: a dead connection from before would hide that the port refuses now.
    const agent = false;
    const options = { agent, ca: this.#tenant.ca.text, method: form ? 'POST' : 'GET', headers };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(query, this.#tenant.webmail.url), options, (response) => {
        for (const line of response.headers['set-cookie'] ?? []) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
          this.#cookies.set(name, value);
        }
        const status = response.statusCode ?? 0;
        text(response).then((received) => resolve({ status, body: received }), reject);
      });
      sent.once('error', reject);
      sent.setTimeout(20_000, () => sent.destroy(new Error('no answer from the webmail in 20 s')));
      sent.end(body);
    });
  }

  /** The login of `roundcube.md`. */
  async login(user: TenantUser): Promise<Page> {
    const page = await this.fetch('/');
    const token = /name="_token" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
    return this.fetch('/?_task=login', {
      _token: token,
      _task: 'login',
      _action: 'login',
      _timezone: 'UTC',
      _url: '',
      _user: user.address,
      _pass: user.password,
    });
  }

  /** The first page of the inbox, as Roundcube's own script gets it. */
  async inbox(): Promise<Page> {
    return this.fetch('/?_task=mail&_action=list&_mbox=INBOX&_remote=1');
  }
}
