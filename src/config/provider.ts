import { basename } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { builtInFolder, type Files, realFiles } from './files.ts';

const endpoint = z.strictObject({
  host: z.string(),
  port: z.int().min(1).max(65_535),
  tls: z.enum(['implicit', 'starttls', 'none']),
});

const providerShape = z.strictObject({
  title: z.string(),
  /** Name of the contract that usually holds. */
  contract: z.string(),
  /** Zone of the contract's months; null for the customer's own. */
  zone: z.string().nullable(),
  /** Names under which the provider's mail exchangers are. */
  mx: z.array(z.string()).min(1),
  smtp: endpoint,
  imap: endpoint,
  pop: endpoint,
  webmail: z.url(),
  credential: z.enum(['password', 'access-token']),
  /** What a customer must know before it works. */
  notes: z.array(z.string()),
  /** The provider's public pages that this was read from. */
  sources: z.array(z.url()).min(1),
});

/** Where one of the line protocols is spoken, as a configuration writes it. */
export type ProviderEndpoint = z.infer<typeof endpoint>;

/** A provider of hosted mail: what its customers' configurations have in common. */
export interface Provider extends z.infer<typeof providerShape> {
  /** Name of its file. */
  readonly name: string;
}

/**
 * The providers that come with the program (`config/providers/`), by name.
 * @throws ZodError a file that does not fit: a fault of the program's own
 */
export function readProviders(files: Files = realFiles): readonly Provider[] {
  const folder = builtInFolder('providers');
  const names = files.list(folder).filter((name) => name.endsWith('.yaml'));
  return [...names].sort().map((name) => ({
    name: basename(name, '.yaml'),
    ...providerShape.parse(parse(files.read(`${folder}/${name}`))),
  }));
}

/** The provider whose mail exchangers these are (host names without a final dot); null if there is none. */
export function providerOf(
  exchangers: readonly string[],
  providers: readonly Provider[],
): Provider | null {
  const known = (provider: Provider, exchanger: string) =>
    provider.mx.some((name) => exchanger === name || exchanger.endsWith(`.${name}`));
  for (const exchanger of exchangers) {
    const found = providers.find((provider) => known(provider, exchanger.toLowerCase()));
    if (found !== undefined) return found;
  }
  return null;
}
