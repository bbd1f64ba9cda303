import { text } from 'node:stream/consumers';
import DKIM from 'nodemailer/lib/dkim';
import type { DkimKey } from '../../src/domain/route.ts';

/** The message with a DKIM signature on top (RFC 6376). @throws when the key cannot be read or used */
export async function signed(message: string, { domain, selector, key }: DkimKey): Promise<string> {
  const signer = new DKIM({
    domainName: domain,
    keySelector: selector,
    privateKey: key.reveal(),
  });
  return text(signer.sign(Buffer.from(message, 'latin1')));
}
