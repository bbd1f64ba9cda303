import { z } from 'zod';
import type { Mailbox, Tenant } from '../domain/tenant.ts';
import { readContract } from './contract.ts';
import { readEndpoint } from './endpoint.ts';
import { checkJudging } from './judging.ts';
import { readMailboxes } from './mailbox.ts';
import { readPush } from './push.ts';
import { readRoutes } from './routes.ts';
import type { Section } from './section.ts';
import { readService } from './service.ts';
import { duration, name, part, value, zone } from './values.ts';
import { readWebmail } from './webmail.ts';
import type { World } from './world.ts';

const second = 1000;

/** Paces and waits, with bounds and defaults; docs/configuration.md says what they do. */
const paces = {
  connect_interval: duration(5 * second, 60 * second, 20 * second),
  roundtrip_interval: duration(10 * second, 60 * second, 50 * second),
  attempt_deadline: duration(5 * second, 60 * second, 30 * second),
  delivery_allowance: duration(10 * second, 3600 * second, 60 * second),
};

const tenantShape = z.strictObject({
  name,
  contract: part,
  zone,
  mailbox: part,
  mailboxes: part,
  smtp: part,
  imap: part,
  pop: part,
  webmail: part,
  routes: part,
  push: part,
  service: part,
  tripwires: value({
    expected: 'true or false',
    read: (input) => (typeof input === 'boolean' ? input : undefined),
    fallback: true,
  }),
  ...paces,
});

/**
 * One entry of `tenants:`; null after reporting everything that is wrong with it.
 * @param sink the sink's address; null: there is none; undefined: there is one, and it is faulty
 */
export function readTenant(
  section: Section,
  world: World,
  sink: string | null | undefined,
): Tenant | null {
  const decoded = section.decode(tenantShape);
  if (!section.isMapping()) return null;
  const contract = readContract(section.at('contract'), world);
  const mailboxes = readMailboxes(section, world);
  const smtp = readEndpoint(section.at('smtp'), 'smtp', world);
  const imap = readEndpoint(section.at('imap'), 'imap', world);
  const pop = readEndpoint(section.at('pop'), 'pop', world);
  const webmail = readWebmail(section.at('webmail'), world);
  const routes = readRoutes(section.at('routes'), sink, mailboxes?.[0]?.address ?? null, world);
  const push = readPush(section, mailboxes, !section.has('smtp'), world);
  const service = readService(section.at('service'), decoded?.zone ?? 'UTC');
  if (routes?.outbound && smtp === null)
    section.at('routes').at('outbound').fault('needs `smtp`, by which its messages are sent');
  if (routes?.inbound && imap === null && pop === null)
    section
      .at('routes')
      .at('inbound')
      .fault('needs `imap` or `pop`, by which its messages are seen');
  checkJudging(section, contract, decoded);
  if (decoded === null || contract === null || mailboxes === null) return null;
  const [mailbox, ...more] = mailboxes;
  warnOfTokens(section, webmail, mailboxes);
  warnOfCopies(section, webmail, imap);
  return {
    name: decoded.name,
    contract: contract.name,
    zone: decoded.zone,
    mailbox,
    ...(more.length > 0 && { mailboxes }),
    // Without a submission of its own, the push service's is what the tenant is judged by.
    smtp: smtp ?? push?.endpoint ?? null,
    imap,
    pop,
    webmail,
    ...(routes && { routes }),
    ...(push && { push }),
    ...(service && { service }),
    tripwires: decoded.tripwires,
    connectInterval: decoded.connect_interval,
    roundtripInterval: decoded.roundtrip_interval,
    attemptDeadline: decoded.attempt_deadline,
    deliveryAllowance: decoded.delivery_allowance,
  };
}

function warnOfTokens(section: Section, webmail: Tenant['webmail'], mailboxes: readonly Mailbox[]) {
  if (!webmail?.flow.steps.some(({ phase }) => phase === 'auth')) return;
  if (mailboxes.some(({ credential }) => credential.kind !== 'password'))
    section
      .at('webmail')
      .warn('a login form takes no access token: without mailbox.password it is only connected to');
}

/** What a webmail sends it keeps a copy of, and only IMAP can remove that. */
function warnOfCopies(section: Section, webmail: Tenant['webmail'], imap: Tenant['imap']) {
  if (webmail === null || webmail.sendInterval === null || imap !== null) return;
  section
    .at('webmail')
    .warn(
      'without imap the copies of what it sends stay in the folder for sent mail: empty that by a rule, or say send_interval: off',
    );
}
