import { type Protocol, protocols } from '../domain/protocol.ts';
import { type Fault, faultMeanings, faultsOf, isFault, isProtocol } from './fault.ts';

/** What went wrong with an order to the demo, as one sentence for the person at the terminal. */
export class DemoCommandError extends Error {
  override readonly name = 'DemoCommandError';
}

/** How long the demo may take to answer, ms. */
const patience = 5_000;

/**
 * `mailminute demo break PROTOCOL [FAULT]`: breaks a protocol of a running demo.
 * @param url the running demo's page, such as `http://127.0.0.1:9925`
 * @returns one line that says what was done
 * @throws DemoCommandError
 */
export async function breakCommand(
  url: string,
  protocol: string,
  fault = 'refuse',
): Promise<string> {
  const target = protocolNamed(protocol);
  const possible: readonly Fault[] = faultsOf[target].filter((name) => name !== 'ok');
  if (!isFault(fault) || !possible.includes(fault)) {
    throw new DemoCommandError(
      `${target} can be broken by ${possible.join(', ')}; found "${shortened(fault)}"`,
    );
  }
  await order(url, target, fault);
  return `${target} ${faultMeanings[fault]}; mend it with: npx mailminute demo mend ${target}`;
}

/** `mailminute demo mend PROTOCOL`, or `all`: puts right what was broken. @throws DemoCommandError */
export async function mendCommand(url: string, protocol: string): Promise<string> {
  const targets = protocol === 'all' ? protocols : [protocolNamed(protocol)];
  for (const target of targets) await order(url, target, 'ok');
  return `${targets.join(', ')}: mended`;
}

function protocolNamed(text: string): Protocol {
  if (isProtocol(text)) return text;
  throw new DemoCommandError(`expected one of ${protocols.join(', ')}; found "${shortened(text)}"`);
}

async function order(url: string, protocol: Protocol, fault: string): Promise<void> {
  if (!URL.canParse(url) || !/^https?:\/\//i.test(url)) {
    throw new DemoCommandError(`expected the demo's http address; found "${shortened(url)}"`);
  }
  const { origin } = new URL(url);
  const response = await answerOf(origin, `/demo/${protocol}/${fault}`);
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && isObject(body) && body.demo === true) return;
  const said = isObject(body) && typeof body.error === 'string' ? body.error : null;
  if (said !== null)
    throw new DemoCommandError(`the demo at ${origin} refused: ${shortened(said)}`);
  throw new DemoCommandError(
    `what answers at ${origin} is not a demo (HTTP ${response.status}); start one with: npm run demo`,
  );
}

async function answerOf(origin: string, path: string): Promise<Response> {
  try {
    return await fetch(new URL(path, origin), {
      method: 'POST',
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(patience),
    });
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError';
    throw new DemoCommandError(
      late
        ? `the demo at ${origin} did not answer within ${patience / 1000} s`
        : `no demo answers at ${origin}; start one with: npm run demo`,
    );
  }
}

function isObject(value: unknown): value is { readonly demo?: unknown; readonly error?: unknown } {
  return typeof value === 'object' && value !== null;
}

/** Foreign text in a message of ours: one line, bounded, no control characters. */
function shortened(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ').slice(0, 100);
}
