import type { Webmail } from '../../src/domain/tenant.ts';
import type { StreamTarget } from '../stream.ts';

/** What a webmail's url is dialled by. */
export function targetOf(
  webmail: Webmail,
  turn: number,
): { readonly target: StreamTarget; readonly secure: boolean } {
  const url = new URL(webmail.url);
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { target: { host, port, ca: webmail.ca, servername: null, turn }, secure };
}
