import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { isLoopback } from '../config/endpoint.ts';
import { formatFaults } from '../config/fault.ts';
import { realFiles } from '../config/files.ts';
import { loadSettings } from '../config/load.ts';
import { type Provider, readProviders } from '../config/provider.ts';
import type { HostAndPort } from '../config/settings.ts';
import { readHostAndPort } from '../config/values.ts';
import { misuse } from './entering.ts';
import { CommandError, exitCodes } from './exit.ts';
import { type Person, personAt } from './init/ask.ts';
import { type Credential, type CredentialOptions, credentialOf } from './init/credential.ts';
import { documentOf } from './init/document.ts';
import { type Draft, lineProtocols } from './init/draft.ts';
import { type Service, type ServiceOptions, serviceOf } from './init/service.ts';
import { summaries } from './summaries.ts';

interface InitOptions extends ServiceOptions, CredentialOptions {
  readonly address?: string;
  readonly tenant?: string;
  readonly username?: string;
  readonly contract?: string;
  readonly zone?: string;
  readonly ca?: string;
  readonly control: readonly string[];
  readonly listen: string;
  readonly output: string;
  readonly force?: boolean;
}

const example = `
Examples:
  mailminute init
      asks for everything
  mailminute init --address probe@acme.example --provider tencent-exmail --password-env ACME_PASSWORD
  mailminute init --address probe@acme.example --imap imaps://mail.acme.example --smtp smtps://mail.acme.example --pop none --password-file ./acme.secret`;

/** `mailminute init`: a working configuration from an address and, where it is not found out, a provider. */
export function registerInit(program: Command): void {
  const collect = (text: string, before: readonly string[]) => [...before, text];
  program
    .command('init')
    .description(summaries.init)
    .option('-a, --address <address>', 'address of the mailbox that is probed')
    .option('-p, --provider <name>', 'preset of a known provider, or none (default: by the DNS)')
    .option('--smtp <url>', 'smtps://HOST[:PORT], smtp://HOST[:PORT] (STARTTLS), or none')
    .option('--imap <url>', 'imaps://HOST[:PORT], imap://HOST[:PORT] (STARTTLS), or none')
    .option('--pop <url>', 'pop3s://HOST[:PORT], pop3://HOST[:PORT] (STARTTLS), or none')
    .option('--webmail <url>', 'URL of the webmail, or none')
    .option('--consent <text>', 'who allowed that a script logs in to the webmail, and when')
    .option('--flow <name>', 'how the webmail is walked through: a flow’s name or file', 'page')
    .option('--tenant <name>', 'name of the tenant (default: from the domain)')
    .option('--username <name>', 'login name (default: the address)')
    .option('--password-env <name>', 'the environment variable that holds the password')
    .option('--password-file <file>', 'the file that holds the password')
    .option('--password-stdin', 'reads the password from the input, and writes it to ./secrets/')
    .option('--access-token-env <name>', 'as --password-env, for an OAuth 2.0 access token')
    .option('--access-token-file <file>', 'as --password-file, for an OAuth 2.0 access token')
    .option('--contract <name>', 'contract (default: the provider’s, else one-minute)')
    .option(
      '--zone <zone>',
      'IANA zone of the months (default: the provider’s, else this machine’s)',
    )
    .option('--ca <file>', 'PEM file of the authorities to trust instead of the system’s')
    .option(
      '--control <host:port>',
      'control target, three times (default: others’ services)',
      collect,
      [],
    )
    .option('--listen <address>', 'where metrics and pages are served', '0.0.0.0:9925')
    .option('-o, --output <file>', 'the file to write', 'config/mailminute.yaml')
    .option('-f, --force', 'overwrites the file if it exists')
    .option('-y, --yes', 'takes what the DNS announces without asking')
    .addHelpText('after', example)
    .exitOverride()
    .action((options: InitOptions) => init(options, personAt(process.stdin, process.stderr)));
}

async function init(options: InitOptions, person: Person): Promise<void> {
  if (options.force !== true && existsSync(options.output)) throw isThere(options.output);
  const providers = readProviders();
  const folder = dirname(resolve(options.output));
  const address = options.address ?? (await person.ask('Address of the mailbox to probe'));
  const domain = address?.split('@')[1];
  if (!address || !domain)
    throw misuse('--address is needed: the mailbox that is probed, such as probe@acme.example');
  const service = await serviceOf(domain, options, providers, person);
  const tenant = options.tenant ?? tenantNameOf(domain);
  const { provider } = service;
  const credential = await credentialOf(options, { folder, tenant, provider }, person);
  const draft: Draft = {
    listen: options.listen,
    controls: controlsOf(options.control, service, providers),
    tenant,
    contract: options.contract ?? (await contractOf(provider, person)),
    zone: options.zone ?? provider?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    address,
    username: options.username ?? null,
    credential: credential.entry,
    endpoints: service.endpoints,
    webmail: service.webmail,
    ca: options.ca === undefined ? null : resolve(options.ca),
    origin: service.origin,
  };
  const document = documentOf(draft);
  refuseFaults(options.output, document, credential);
  write(options, document, credential);
  for (const note of provider?.notes ?? []) person.tell(`note: ${note}`);
  person.tell(`${options.output} is written. Next: mailminute check --config ${options.output}`);
}

/** The first label that tells tenants apart: `acme` of mail.acme.example is good enough to begin with. */
function tenantNameOf(domain: string): string {
  const labels = domain.toLowerCase().split('.');
  const label = labels.at(-2) ?? labels[0] ?? '';
  return label.replace(/[^a-z0-9_-]/g, '-') || 'tenant';
}

async function contractOf(provider: Provider | null, person: Person): Promise<string> {
  const usual = provider?.contract ?? 'one-minute';
  return (await person.ask('Contract, a name in config/contracts/ or a file', usual)) ?? usual;
}

/** Three services of other providers, in other networks and on the same kinds of ports. */
function controlsOf(
  given: readonly string[],
  { provider, endpoints }: Service,
  providers: readonly Provider[],
): readonly HostAndPort[] {
  const targets = given.map((text) => {
    const target = readHostAndPort(text);
    if (target === undefined) throw misuse(`--control: expected HOST:PORT, found "${text}"`);
    return target;
  });
  const here = lineProtocols.some((protocol) => isLoopback(endpoints[protocol]?.host ?? ''));
  // Beside a service on this machine, other networks' state says nothing.
  if (targets.length > 0 || here) return targets;
  const others = providers.filter((one) => one.name !== provider?.name);
  // Those of the same part of the world first: their ways are alike.
  const near = others.sort(
    (one, other) => Number(other.zone === provider?.zone) - Number(one.zone === provider?.zone),
  );
  return near.slice(0, 3).map((one, position) => {
    const { host, port } = one[lineProtocols[position] ?? 'imap'];
    return { host, port };
  });
}

/** What is written is valid, or nothing is written. @throws CommandError */
function refuseFaults(output: string, document: string, { entry, secret }: Credential): void {
  // A variable is often set only where the daemon will run.
  const later = 'env' in entry.reference ? { [entry.reference.env]: 'not known yet' } : {};
  const files = {
    ...realFiles,
    read(path: string): string {
      if (resolve(path) === resolve(output)) return document;
      return secret !== null && resolve(path) === secret.path ? secret.text : realFiles.read(path);
    },
  };
  const { settings, faults } = loadSettings(output, { ...later, ...process.env }, files);
  if (settings === null)
    throw new CommandError(
      `nothing was written; the configuration would have these faults:\n${formatFaults(faults)}`,
      exitCodes.badConfig,
    );
}

function isThere(path: string): CommandError {
  return misuse(`${path} is there already; --force overwrites it, --output names another file`);
}

function write({ output, force }: InitOptions, document: string, { secret }: Credential): void {
  const flag = force === true ? 'w' : 'wx';
  const put = (path: string, text: string, mode: number) => {
    try {
      mkdirSync(dirname(path), { recursive: true, mode: mode === 0o600 ? 0o700 : 0o755 });
      writeFileSync(path, text, { flag, mode });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (code === 'EEXIST') throw isThere(path);
      throw new CommandError(`${path} cannot be written (${code}); nothing is lost, try --output`);
    }
  };
  // The secret first: a configuration without it would be the worse half.
  if (secret !== null) put(secret.path, secret.text, 0o600);
  put(output, document, 0o644);
}
