import type { ProviderEndpoint } from '../../config/provider.ts';
import type { HostAndPort } from '../../config/settings.ts';

/** Keys of the configuration. */
export interface DraftedWebmail {
  readonly url: string;
  readonly flow: string;
  readonly consent?: string;
}

/** The protocols that have an endpoint of their own. */
export const lineProtocols = ['smtp', 'imap', 'pop'] as const;
export type LineProtocol = (typeof lineProtocols)[number];

/** Where a secret is: the configuration's own two forms. */
export type SecretReference = { readonly env: string } | { readonly file: string };

/** A configuration for one tenant, before it is written. */
export interface Draft {
  readonly listen: string;
  readonly controls: readonly HostAndPort[];
  readonly tenant: string;
  readonly contract: string;
  readonly zone: string;
  readonly address: string;
  /** Null: the address. */
  readonly username: string | null;
  readonly credential: {
    readonly key: 'password' | 'access_token';
    readonly reference: SecretReference;
  };
  readonly endpoints: Readonly<Record<LineProtocol, ProviderEndpoint | null>>;
  readonly webmail: DraftedWebmail | null;
  /** Absolute path of the authorities' file; null for the system's. */
  readonly ca: string | null;
  /** Where the endpoints come from, for the reader of the file. */
  readonly origin: string;
}
