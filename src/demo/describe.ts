import type { EmbeddedTenant } from './tenant.ts';

/** What `describeDemo` needs of the tenant. */
type Described = Pick<
  EmbeddedTenant,
  'username' | 'password' | 'smtp' | 'imap' | 'pop' | 'webmail'
>;

/**
 * The text printed when the demo has started: where the page is and what to try.
 * @param page address of the landing page, such as `http://127.0.0.1:9925/`
 * @param config path of the demo's configuration, for the commands that read the ledger
 */
export function describeDemo(page: string, tenant: Described, config: string): string {
  const { smtp, imap, pop, webmail } = tenant;
  return `mailminute demo: a mail service and its watch, in one process.

  Page     ${page}
  Webmail  ${webmail.url}  (user ${tenant.username}, password ${tenant.password})
  SMTP ${smtp.host}:${smtp.port}   IMAP ${imap.host}:${imap.port}   POP ${pop.host}:${pop.port}   (no TLS, this machine only)

Try this, in a second terminal or with the buttons on the page:

  1. Break IMAP:      npx mailminute demo break imap
     Within about 20 seconds the page shows the failure, then how it is confirmed.
  2. Wait 90 seconds, then mend it:
                      npx mailminute demo mend imap
     The page shows the minutes that are proven, and those that are only possible.
  3. Other faults:    npx mailminute demo break pop hang
                      npx mailminute demo break webmail error
                      npx mailminute demo break smtp hold
     Each of: refuse, hang, slow, error, auth; for smtp also hold (mail is taken, not delivered).
  4. Mend everything: npx mailminute demo mend all
  5. The month's report from the ledger:
                      npx mailminute report --config ${config}

Stop with Ctrl-C. The ledger stays for a look, until the demo is started again.
`;
}
