import type { ProviderEndpoint } from '../../config/provider.ts';
import { misuse } from '../entering.ts';
import type { LineProtocol } from './draft.ts';

/** URL scheme → how TLS comes, and the usual port (RFC 8314 §3 and §4). */
const schemes: Readonly<
  Record<LineProtocol, Readonly<Record<string, [ProviderEndpoint['tls'], number]>>>
> = {
  smtp: { 'smtps:': ['implicit', 465], 'smtp:': ['starttls', 587] },
  imap: { 'imaps:': ['implicit', 993], 'imap:': ['starttls', 143] },
  pop: { 'pop3s:': ['implicit', 995], 'pop3:': ['starttls', 110] },
};

/**
 * `imaps://host:993` or `imap://host` (STARTTLS), `?tls=none` for no TLS at all; null for `none`.
 * @throws CommandError naming the flag
 */
export function endpointOf(protocol: LineProtocol, text: string): ProviderEndpoint | null {
  if (text === 'none') return null;
  const known = schemes[protocol];
  const url = URL.canParse(text) ? new URL(text) : null;
  const scheme = url === null ? undefined : known[url.protocol];
  const plain = url?.search === '?tls=none';
  if (
    url === null ||
    scheme === undefined ||
    url.hostname === '' ||
    (url.search !== '' && !plain)
  ) {
    const forms = Object.keys(known).map((name) => `${name}//HOST[:PORT]`);
    throw misuse(`--${protocol}: expected ${forms.join(' or ')}, or none, found "${text}"`);
  }
  const [tls, usual] = scheme;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? usual : Number(url.port),
    tls: plain ? 'none' : tls,
  };
}

/** How an endpoint is shown to a person: `imaps://host:993`. */
export function describeEndpoint(protocol: LineProtocol, endpoint: ProviderEndpoint): string {
  const wanted = endpoint.tls === 'implicit' ? 'implicit' : 'starttls';
  const entry = Object.entries(schemes[protocol]).find(([, [tls]]) => tls === wanted);
  const plain = endpoint.tls === 'none' ? '?tls=none' : '';
  return `${entry?.[0] ?? ''}//${endpoint.host}:${endpoint.port}${plain}`;
}
