import { isAbsolute, join, relative, resolve } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import type { Provider } from '../../config/provider.ts';
import { misuse } from '../entering.ts';
import type { Person } from './ask.ts';
import type { Draft, SecretReference } from './draft.ts';

export interface CredentialOptions {
  readonly passwordEnv?: string;
  readonly passwordFile?: string;
  readonly passwordStdin?: boolean;
  readonly accessTokenEnv?: string;
  readonly accessTokenFile?: string;
}

/** A reference for the configuration, and the secret itself where it is still to be written to its file. */
export interface Credential {
  readonly entry: Draft['credential'];
  readonly secret: { readonly path: string; readonly text: string } | null;
}

/**
 * Where the secret is, by the flags; else it is asked for, and put into a file beside the configuration.
 * @param folder of the configuration
 * @throws CommandError
 */
export async function credentialOf(
  options: CredentialOptions,
  given: { readonly folder: string; readonly tenant: string; readonly provider: Provider | null },
  person: Person,
): Promise<Credential> {
  const named = references(options, given.folder);
  if (named.length + (options.passwordStdin === true ? 1 : 0) > 1)
    throw misuse('the password or the access token can be in one place only; give one flag for it');
  const [entry] = named;
  if (entry !== undefined) return { entry, secret: null };
  const token = given.provider?.credential === 'access-token';
  const what = token ? 'OAuth 2.0 access token' : 'Password';
  const secret =
    options.passwordStdin === true
      ? (await readText(process.stdin)).replace(/\r?\n$/, '')
      : await person.askSecretly(`${what} of the probe's mailbox (not shown)`);
  if (secret === null)
    throw misuse(
      'where is the password? --password-env NAME, --password-file FILE or --password-stdin (--access-token-env, --access-token-file for OAuth 2.0)',
    );
  if (secret === '') throw misuse('the password is empty');
  const file = `./secrets/${given.tenant}`;
  return {
    entry: { key: token ? 'access_token' : 'password', reference: { file } },
    secret: { path: join(given.folder, file), text: `${secret}\n` },
  };
}

function references(options: CredentialOptions, folder: string): Draft['credential'][] {
  const password = { key: 'password' } as const;
  const token = { key: 'access_token' } as const;
  const { passwordEnv, passwordFile, accessTokenEnv, accessTokenFile } = options;
  const of = (key: typeof password | typeof token, reference: SecretReference) => [
    { ...key, reference },
  ];
  return [
    ...(passwordEnv === undefined ? [] : of(password, { env: passwordEnv })),
    ...(passwordFile === undefined ? [] : of(password, { file: beside(passwordFile, folder) })),
    ...(accessTokenEnv === undefined ? [] : of(token, { env: accessTokenEnv })),
    ...(accessTokenFile === undefined ? [] : of(token, { file: beside(accessTokenFile, folder) })),
  ];
}

/** Paths in a configuration start at its folder; flags start where the person stands. */
function beside(path: string, folder: string): string {
  if (isAbsolute(path)) return path;
  const from = relative(folder, resolve(path));
  return from.startsWith('.') ? from : `./${from}`;
}
