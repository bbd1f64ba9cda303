import { type Discovery, discover } from '../../../probes/autodiscovery.ts';
import { type Provider, type ProviderEndpoint, providerOf } from '../../config/provider.ts';
import { misuse } from '../entering.ts';
import type { Person } from './ask.ts';
import type { DraftedWebmail } from './draft.ts';
import { type LineProtocol, lineProtocols } from './draft.ts';
import { describeEndpoint, endpointOf } from './endpoint.ts';

export interface ServiceOptions {
  readonly provider?: string;
  readonly smtp?: string;
  readonly imap?: string;
  readonly pop?: string;
  readonly webmail?: string;
  readonly flow: string;
  readonly consent?: string;
  readonly yes?: boolean;
}

/** Where a tenant's mail is handled. */
export interface Service {
  /** Null where it is none that the program knows. */
  readonly provider: Provider | null;
  readonly endpoints: Readonly<Record<LineProtocol, ProviderEndpoint | null>>;
  readonly webmail: DraftedWebmail | null;
  readonly origin: string;
}

/**
 * What the flags say; for the rest the provider named, or the one that the domain's mail exchangers
 * belong to, or what the domain announces (RFC 6186), or what the person answers.
 * @throws CommandError
 */
export async function serviceOf(
  domain: string,
  options: ServiceOptions,
  providers: readonly Provider[],
  person: Person,
): Promise<Service> {
  const given = lineProtocols.some((protocol) => options[protocol] !== undefined);
  const found =
    options.provider === undefined && !given
      ? await discovered(domain, providers, person, options)
      : fromProvider(named(options.provider, providers));
  const endpoints = { ...found.endpoints };
  for (const protocol of lineProtocols) {
    const text = options[protocol] ?? (await missing(protocol, found, given, person));
    if (text !== null) endpoints[protocol] = endpointOf(protocol, text);
  }
  if (lineProtocols.every((protocol) => endpoints[protocol] === null) && !options.webmail) {
    const known = providers.map(({ name }) => name).join(', ');
    throw misuse(
      `where is the mail of ${domain} handled? Nothing was found in the DNS: name a --provider (${known}), or --smtp, --imap and --pop, such as --imap imaps://mail.${domain}`,
    );
  }
  const url = options.webmail ?? found.webmail ?? (await askWebmail(given, person));
  const webmail = url === null || url === 'none' ? null : webmailOf(url, options);
  return { ...found, endpoints, webmail };
}

type Found = Omit<Service, 'webmail'> & { readonly webmail: string | null };

const nothing: Found = {
  provider: null,
  endpoints: { smtp: null, imap: null, pop: null },
  webmail: null,
  origin: 'Endpoints as given.',
};

function named(name: string | undefined, providers: readonly Provider[]): Provider | null {
  if (name === undefined || name === 'none') return null;
  const provider = providers.find((one) => one.name === name);
  if (provider !== undefined) return provider;
  const known = providers.map((one) => one.name).join(', ');
  throw misuse(`--provider: there is no "${name}"; known are ${known}, or none`);
}

function fromProvider(provider: Provider | null): Found {
  if (provider === null) return nothing;
  const { smtp, imap, pop, webmail, title, sources } = provider;
  const origin = `Endpoints of ${title}, from ${sources[0]}`;
  return { provider, endpoints: { smtp, imap, pop }, webmail, origin };
}

async function discovered(
  domain: string,
  providers: readonly Provider[],
  person: Person,
  options: ServiceOptions,
): Promise<Found> {
  person.tell(`asking the DNS about ${domain} …`);
  const answer = await discover(domain);
  const provider = providerOf(answer.exchangers, providers);
  if (provider !== null) {
    person.tell(`${domain} is handled by ${provider.title} (its MX is ${answer.exchangers[0]})`);
    return fromProvider(provider);
  }
  const { smtp, imap, pop } = answer;
  if (smtp === null && imap === null && pop === null) return nothing;
  await confirm(domain, answer, person, options);
  const origin = `Endpoints that ${domain} announces by SRV records (RFC 6186).`;
  return { ...nothing, endpoints: { smtp, imap, pop }, origin };
}

/** RFC 6186 §6: the DNS is not signed, and the password goes where it says; a person has to agree. */
async function confirm(
  domain: string,
  answer: Discovery,
  person: Person,
  options: ServiceOptions,
): Promise<void> {
  person.tell(`${domain} announces:`);
  for (const protocol of lineProtocols) {
    const endpoint = answer[protocol];
    if (endpoint !== null) person.tell(`  ${describeEndpoint(protocol, endpoint)}`);
  }
  if (options.yes === true) return;
  const agreed = await person.ask('The password will be sent there. Is that right?', 'yes');
  if (agreed !== null && /^y(es)?$/i.test(agreed)) return;
  throw misuse(
    agreed === null
      ? 'nobody is here to confirm it: add --yes, or name the endpoints with --smtp, --imap and --pop'
      : 'then name the endpoints with --smtp, --imap and --pop',
  );
}

/** Asked only where nothing at all is known of the service. */
async function missing(
  protocol: LineProtocol,
  found: Found,
  given: boolean,
  person: Person,
): Promise<string | null> {
  if (given || found !== nothing) return null;
  const example = { smtp: 'smtps://host:465', imap: 'imaps://host:993', pop: 'pop3s://host:995' };
  return person.ask(`Where is ${protocol} spoken, such as ${example[protocol]}, or none`, 'none');
}

async function askWebmail(given: boolean, person: Person): Promise<string | null> {
  if (given) return null;
  return person.ask('URL of the webmail, or none', 'none');
}

function webmailOf(url: string, { flow, consent }: ServiceOptions): DraftedWebmail {
  return consent === undefined ? { url, flow } : { url, flow, consent };
}
