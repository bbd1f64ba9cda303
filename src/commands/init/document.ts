import { stringify } from 'yaml';
import { type Draft, lineProtocols } from './draft.ts';

/** The draft as the text of a configuration file. */
export function documentOf(draft: Draft): string {
  const { endpoints, webmail, ca } = draft;
  const trusted = ca === null ? {} : { ca };
  const ways = lineProtocols.flatMap((protocol) => {
    const endpoint = endpoints[protocol];
    return endpoint === null ? [] : [`    ${protocol}: ${inline({ ...endpoint, ...trusted })}`];
  });
  if (webmail !== null) ways.push(`    webmail: ${inline({ ...webmail, ...trusted })}`);
  const username = draft.username === null ? [] : [`      username: ${inline(draft.username)}`];
  return `# mailminute's configuration. docs/configuration.md explains every key.
# Test it with: mailminute validate --config FILE, and: mailminute check --config FILE

listen: ${inline(draft.listen)}
database: ./data/mailminute.db

${controlsOf(draft)}
tenants:
  - name: ${inline(draft.tenant)}
    contract: ${inline(draft.contract)}
    zone: ${inline(draft.zone)}
    mailbox:
      address: ${inline(draft.address)}
${[...username, `      ${draft.credential.key}: ${inline(draft.credential.reference)}`].join('\n')}
    # ${draft.origin}
${ways.join('\n')}
`;
}

function controlsOf({ controls }: Draft): string {
  if (controls.length === 0)
    return `# No control targets: a fault of this machine's own network would be taken for the provider's.
# Name three services in other networks: [{ host: one.example.net, port: 443 }, …]
controls: []
`;
  return `# Services in other networks than the tenant's. When two of them fail as well, the fault is this side's,
# and the minutes are unknown instead of unavailable. Others may be named; they are only connected to.
controls:
${controls.map((control) => `  - ${inline(control)}`).join('\n')}
`;
}

/** A value on one line, quoted where YAML needs it. */
function inline(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
}
