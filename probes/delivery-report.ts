import {
  bounceClassOf,
  type DeliveryReport,
  type ReportAction,
  reportActions,
} from '../src/domain/message.ts';
import { fieldsOf, recognise } from './recognise.ts';

/** So much of a report is read, bytes: what it quotes of the message comes last, its header first. */
export const reportLimit = 64 * 1024;
/** Recipients of one report that are looked at; a message of ours has one. */
const recipientLimit = 10;

/**
 * What a delivery report (RFC 3464) says of a message of ours: the worst that happened to a recipient.
 * Tied to its message by the header that it returns. Null for everything else, however it is broken.
 * @param bytes the report, possibly cut off at `reportLimit`
 * @param address the sender's, ours
 * @param seenAt wall ms
 * @param about the token of the message that it is about, where the address that it came to says so
 */
export async function readDeliveryReport(
  bytes: Uint8Array,
  address: string,
  seenAt: number,
  about: string | null = null,
): Promise<DeliveryReport | null> {
  const parts = await partsOf(bytes.subarray(0, reportLimit));
  const token = about ?? parts.map((part) => tokenIn(part, address)).find((one) => one !== null);
  if (token === undefined || token === null) return null;
  const outcomes = parts
    .filter(({ type }) => /^message\/(?:global-)?delivery-status$/.test(type))
    .flatMap(({ text }) => outcomesIn(text));
  const [worst] = outcomes.sort((one, other) => rankOf(one.action) - rankOf(other.action));
  if (worst === undefined) return null;
  const { action, status } = worst;
  return {
    token,
    action,
    status,
    class: action === 'failed' ? bounceClassOf(status) : null,
    seenAt,
  };
}

interface Part {
  readonly type: string;
  readonly text: string;
}

async function partsOf(bytes: Uint8Array): Promise<Part[]> {
  try {
    const options = { forceRfc822Attachments: true, maxNestingDepth: 10 };
    // Reports are rare, and most processes never read one.
    const { default: PostalMime } = await import('postal-mime');
    const { attachments } = await PostalMime.parse(bytes, options);
    return attachments.map(({ mimeType, content }) => ({
      type: mimeType.toLowerCase(),
      text: typeof content === 'string' ? content : new TextDecoder().decode(content),
    }));
  } catch {
    // Whoever wrote it wrote no report.
    return [];
  }
}

/** The returned message (RFC 3464 §2, third part), whole or its header alone. */
function tokenIn({ type, text }: Part, address: string): string | null {
  if (!/^(?:message\/(?:rfc822|global)|text\/rfc822-headers|message\/global-headers)$/.test(type))
    return null;
  const [header = ''] = text.split(/\r?\n\r?\n/, 1);
  return recognise(header, address).token;
}

interface Outcome {
  readonly action: ReportAction;
  readonly status: string | null;
}

/** The groups of fields after the first one, which is about the report itself (RFC 3464 §2.1). */
function outcomesIn(text: string): Outcome[] {
  const groups = text.trim().split(/\r?\n(?:[ \t]*\r?\n)+/, recipientLimit + 1);
  return groups.flatMap((group) => {
    const fields = fieldsOf(group);
    const written = (fields.get('action') ?? '').toLowerCase();
    const action = reportActions.find((one) => new RegExp(`^${one}\\b`).test(written));
    if (action === undefined) return [];
    const own = enhanced(fields.get('status'));
    // Some name the cause in the other server's words only, and a general one themselves.
    const theirs = enhanced(fields.get('diagnostic-code'));
    const vague = own === null || /\.0\.0$/.test(own);
    return [{ action, status: vague ? (theirs ?? own) : own }];
  });
}

function enhanced(text: string | undefined): string | null {
  return (
    /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])/.exec((text ?? '').slice(0, 2000))?.[0] ?? null
  );
}

function rankOf(action: ReportAction): number {
  return reportActions.indexOf(action);
}
