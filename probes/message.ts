import { randomBytes } from 'node:crypto';

/** What the two messages of ours are made from. */
export interface Letter {
  /** The sender's address; for the loop also the recipient's. ASCII. */
  readonly address: string;
  /** Left out: the sender itself. */
  readonly recipient?: string;
  /** Wall ms, for `Date`. */
  readonly at: number;
}

/** A message that a webmail sent has a name of this shape, since its header is the webmail's. */
const postedShape = /^w-[0-9a-f]{24}$/;
export const tokenShape = /^[A-Za-z0-9_-]{1,64}$/;
const addressShape = /^[\x21-\x3b\x3d\x3f\x41-\x7e]+@[A-Za-z0-9.:[\]_-]+$/;

const english = [
  'This message was sent by mailminute, which checks once a minute that mail is',
  'delivered. It was sent by this mailbox to itself and is removed by itself.',
];
const chinese =
  '本邮件由 mailminute 自动发送，用于监测邮件服务是否可用。收发均为本邮箱，稍后会自动删除，无需处理。';
const routed = [
  'This message was sent by mailminute, which measures how long mail takes to be',
  'delivered. Sender and recipient belong to it, and the message is removed by itself.',
];
const routedChinese =
  '本邮件由 mailminute 自动发送，用于测量邮件投递延迟。收发双方均为其自用邮箱，稍后会自动删除，无需处理。';
const anchorEnglish = [
  'mailminute reads this message to prove that the mailbox can be read.',
  'Please keep it.',
];
const anchorChinese = '本邮件供 mailminute 监测邮箱能否正常读取，请勿删除。';

/** The address, if it can stand in a command and a header as it is. @throws Error if it cannot */
export function plainAddress(address: string): string {
  if (!addressShape.test(address)) throw new Error('the mailbox address is not a plain address');
  return address;
}

function plainToken(token: string): string {
  if (!tokenShape.test(token)) throw new Error('the token is not made of letters and digits');
  return token;
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

/** A name for one message that nobody else can have used: 96 random bits. */
export function newToken(): string {
  return randomBytes(12).toString('hex');
}

/** The same for a message that is sent by a webmail's form. */
export function newPostedToken(): string {
  return `w-${newToken()}`;
}

/** Whether a webmail sent it, or was to. */
export function isPosted(token: string): boolean {
  return postedShape.test(token);
}

export function subjectOf(token: string): string {
  return `mailminute probe ${plainToken(token)}`;
}

/** What our messages say, as plain text; `isRouted`: not from the mailbox to itself. */
export function bodyOf(token: string, isRouted = false): string {
  const words = isRouted ? [...routed, '', routedChinese] : [...english, '', chinese];
  return [...words, '', plainToken(token)].join('\n');
}

/** Message-ID of a probe message, with its angle brackets. */
export function messageIdOf(token: string, address: string): string {
  return `<${plainToken(token)}@${domainOf(plainAddress(address))}>`;
}

/**
 * The message of a round trip: pure ASCII with CRLF line ends, not dot-stuffed. No `Precedence: bulk`,
 * which sends mail to Junk in places; RFC 3834 §5 and Exchange's own header keep answers away.
 * @throws Error if token or address could break a header
 */
export function probeMessage(letter: Letter & { readonly token: string }): string {
  const token = plainToken(letter.token);
  return assembled(letter, [
    `Message-ID: ${messageIdOf(token, letter.address)}`,
    `Subject: ${subjectOf(token)}`,
    `X-Mailminute-Token: ${token}`,
  ])(bodyOf(token, letter.recipient !== undefined).split('\n'));
}

/** The one message that stays in the mailbox, so that there is always something to read. */
export function anchorMessage(letter: Letter): string {
  return assembled(letter, [
    `Message-ID: <anchor@mailminute.${domainOf(plainAddress(letter.address))}>`,
    'Subject: mailminute anchor - please keep',
    'X-Mailminute-Anchor: 1',
  ])([...anchorEnglish, '', anchorChinese]);
}

function assembled(letter: Letter, own: readonly string[]) {
  const address = plainAddress(letter.address);
  const recipient = plainAddress(letter.recipient ?? letter.address);
  const header = [
    `Date: ${new Date(letter.at).toUTCString().replace('GMT', '+0000')}`,
    `From: mailminute <${address}>`,
    `To: <${recipient}>`,
    ...own,
    'Auto-Submitted: auto-generated',
    'X-Auto-Response-Suppress: All',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
  ];
  return (body: readonly string[]): string =>
    [...header, '', ...body.map(quotedPrintable), ''].join('\r\n');
}

/** One line of text, RFC 2045 §6.7: ASCII stays readable, at most 76 characters a line. */
function quotedPrintable(line: string): string {
  let out = '';
  let width = 0;
  for (const byte of Buffer.from(line, 'utf8')) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x3d;
    const unit = plain
      ? String.fromCharCode(byte)
      : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    if (width + unit.length > 75) {
      out += '=\r\n';
      width = 0;
    }
    out += unit;
    width += unit.length;
  }
  return out;
}
