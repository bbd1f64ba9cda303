import { timingSafeEqual } from 'node:crypto';

/** The tenant's one account. The password guards nothing but this process's own memory. */
export interface Account {
  readonly address: string;
  readonly username: string;
  readonly password: string;
}

export function accepts(account: Account, username: string, password: string): boolean {
  return username.toLowerCase() === account.username && same(password, account.password);
}

function same(one: string, other: string): boolean {
  const a = Buffer.from(one);
  const b = Buffer.from(other);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** SASL PLAIN (RFC 4616 §2): `authzid NUL authcid NUL passwd` in Base64; null when it is not that. */
export function plainCredentials(base64: string): { username: string; password: string } | null {
  const parts = Buffer.from(base64, 'base64').toString('utf8').split('\0');
  const [, username, password] = parts;
  if (parts.length !== 3 || username === undefined || password === undefined) return null;
  return { username, password };
}
