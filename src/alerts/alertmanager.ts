import type { Secret } from '../domain/secret.ts';
import type { PostedAlert } from './outage-alert.ts';

/** Where alerts are sent, and as whom. */
export interface Alertmanagers {
  /** Base URLs of the members of one cluster: each is told, as Prometheus does. */
  readonly urls: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Basic authentication (RFC 7617); null for none. */
  readonly login: { readonly username: string; readonly password: Secret } | null;
}

/** How a request ended, of one of the Alertmanagers. */
export type Told = (url: string, error: string | null) => void;

const deadline = 5_000;

/** Sends to all of them at once. True if at least one took it. Never throws. */
export function alertmanagerPost(
  { urls, login }: Alertmanagers,
  told: Told,
): (alerts: readonly PostedAlert[]) => Promise<boolean> {
  async function sendTo(url: string, body: string): Promise<boolean> {
    const error = await attempt(`${url.replace(/\/$/, '')}/api/v2/alerts`, body);
    told(url, error);
    return error === null;
  }

  async function attempt(endpoint: string, body: string): Promise<string | null> {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (login !== null) {
      const pair = `${login.username}:${login.password.reveal()}`;
      headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
    }
    try {
      const signal = AbortSignal.timeout(deadline);
      // A redirect would carry the password elsewhere.
      const answer = await fetch(endpoint, {
        method: 'POST',
        headers,
        body,
        signal,
        redirect: 'error',
      });
      await answer.body?.cancel();
      return answer.ok ? null : `HTTP ${answer.status}`;
    } catch (error) {
      return causeOf(error);
    }
  }

  return async (alerts) => {
    const body = JSON.stringify(alerts);
    const taken = await Promise.all(urls.map((url) => sendTo(url, body)));
    return taken.includes(true);
  };
}

/** The code alone: an error's text may hold the URL with what stands in it. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  if (error.name === 'TimeoutError') return `no answer within ${deadline / 1000} s`;
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.name;
}
