import assert from 'node:assert/strict';
import type { EmbeddedTenant } from '../../src/demo/tenant.ts';

/** As much of a browser as the webmail needs: one cookie, forms, redirects followed by hand. */
export class Browser {
  readonly #tenant: EmbeddedTenant;
  cookie = '';

  constructor(tenant: EmbeddedTenant) {
    this.#tenant = tenant;
  }

  async request(path: string, form?: Record<string, string>): Promise<Response> {
    const response = await fetch(new URL(path, this.#tenant.webmail.url), {
      method: form === undefined ? 'GET' : 'POST',
      body: form === undefined ? null : new URLSearchParams(form),
      headers: { cookie: this.cookie, connection: 'close' },
      redirect: 'manual',
      signal: AbortSignal.timeout(5_000),
    });
    const cookie = response.headers.getSetCookie()[0]?.split(';')[0];
    if (cookie !== undefined) this.cookie = cookie;
    return response;
  }

  /** The page after logging in: the inbox, or the login page with a complaint. */
  async logIn(): Promise<string> {
    const page = await (await this.request('./')).text();
    const answer = await this.request('./login', {
      user: this.#tenant.username,
      password: this.#tenant.password,
      form_token: formToken(page),
    });
    if (answer.status === 200) return answer.text();
    assert.equal(answer.status, 303);
    return (await this.request(answer.headers.get('location') ?? '')).text();
  }
}

export function formToken(page: string): string {
  return /name="form_token" value="([^"]+)"/.exec(page)?.[1] ?? assert.fail('no form token');
}
