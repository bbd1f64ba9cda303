import { createServer, type Server, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import type { Clock } from '../domain/clock.ts';
import { type Sink, tokenIn } from '../domain/route.ts';
import type { SinkRefusal } from '../domain/sink.ts';
import { bind } from './bind.ts';
import { watchCertificate } from './certificate.ts';
import { type GuestLimits, openGuests, usualLimits } from './guests.ts';
import { type Intake, takeIn } from './intake.ts';

/** A transaction for one of our messages. Wall ms. */
export interface Delivery {
  readonly token: string;
  /**
   * When the other side began to transmit: the connection; for a further message over the same one
   * (connection caching), its MAIL command.
   */
  readonly begunAt: number;
  /** A delivery report (null reverse-path, RFC 5321 §4.5.5), which is never an arrival. */
  readonly report: boolean;
}

export interface SinkPorts {
  readonly clock: Clock;
  /** Whether a message with this token is on its way here, or a report about one that our own sender sent. */
  readonly expects: (delivery: Delivery) => boolean;
  /** Takes the message; false if it is not the one that was sent with this token. */
  readonly take: (delivery: Delivery, intake: Intake) => boolean;
  readonly connected: () => void;
  readonly refused: (reason: SinkRefusal) => void;
  /** The certificate could not be taken up; the one before stays in use. */
  readonly certificateFault: (error: unknown) => void;
  readonly limits?: GuestLimits;
}

/** The largest message taken, bytes: ours has 2 KB, and whoever relays it adds to it. */
export const messageLimit = 256 * 1024;
const sweepEvery = 1_000;
const certificateEvery = 60_000;
/** RFC 5321 §4.5.3.2 asks for minutes of patience; one is enough for mail of one page. */
const idleLimit = 60_000;

/** One answer for everybody and everything that is not wanted: nothing can be learned from it. */
const refusal = (responseCode: number, message: string): Error =>
  Object.assign(new Error(message), { responseCode });
const notWanted = () => refusal(550, '5.7.1 not accepted here');

export interface RunningSink {
  readonly port: number;
  /** Connections now. */
  readonly connections: number;
  /** Takes up a certificate that was renewed; done by itself every minute. @throws if it cannot be used */
  renew(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Our own MX (measurement §6, `outbound`): takes the messages that we sent here ourselves, each once,
 * and refuses everything else. It has no queue and sends nothing, so it cannot relay.
 * @throws Error with the remedy when the address cannot be had or the certificate cannot be used
 */
export async function startSink(sink: Sink, ports: SinkPorts): Promise<RunningSink> {
  const guests = openGuests(ports.limits ?? usualLimits);
  const now = () => Math.floor(ports.clock.monotonic() / 1000);
  const certificate = sink.certificate === null ? null : watchCertificate(sink.certificate);
  const pair = await certificate?.read();
  const smtp = new SMTPServer({ ...optionsFor(sink, guests.get, ports), ...pair });
  smtp.on('error', () => {});
  smtp.onClose = ({ id }) => guests.leave(id);
  let last = 0;

  function meet(socket: Socket): void {
    socket.on('error', () => {});
    ports.connected();
    last += 1;
    const id = `guest-${last}`;
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const times = { connectedAt: ports.clock.wall(), since: now() };
    const reason = guests.admit(id, { socket, address, ...times, transactions: 0 });
    if (reason === null) {
      smtp.connect(socket, { id });
      return;
    }
    ports.refused(reason);
    socket.end(`421 ${sink.name} try again later\r\n`);
    socket.destroySoon();
  }

  const server = createServer({ noDelay: true }, meet);
  const port = await bind(server, sink.listen);
  const sweep = setInterval(() => {
    for (const reason of guests.sweep(now())) ports.refused(reason);
  }, sweepEvery);
  async function renew(): Promise<void> {
    const renewed = (await certificate?.read()) ?? null;
    if (renewed !== null) smtp.updateSecureContext(renewed);
  }
  const renewal = setInterval(() => void renew().catch(ports.certificateFault), certificateEvery);

  return {
    port,
    get connections() {
      return guests.size;
    },
    renew,
    async close(): Promise<void> {
      clearInterval(sweep);
      clearInterval(renewal);
      const closed = ended(server);
      guests.clear();
      await closed;
    },
  };
}

function ended(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

interface Transaction extends Delivery {
  readonly id: string;
}

function optionsFor(
  sink: Sink,
  guestOf: (id: string) => { connectedAt: number; transactions: number } | undefined,
  ports: SinkPorts,
): SMTPServerOptions {
  /** When each connection's running transaction began, and for which message it is. */
  const running = new WeakMap<SMTPServerSession, Transaction | { readonly begunAt: number }>();

  function begin(session: SMTPServerSession): void {
    const guest = guestOf(session.id);
    const first = guest?.transactions === 0;
    if (guest !== undefined) guest.transactions += 1;
    const begunAt = first ? guest.connectedAt : ports.clock.wall();
    running.set(session, { begunAt });
  }

  function deliveryTo(address: string, session: SMTPServerSession): Transaction | null {
    const known = running.get(session);
    const token = tokenIn(address, sink.address);
    if (known === undefined || token === null || 'token' in known) return null;
    const { mailFrom } = session.envelope;
    const report = mailFrom === false || mailFrom.address === '';
    return { id: session.id, token, begunAt: known.begunAt, report };
  }

  return {
    name: sink.name,
    disabledCommands: [
      ...['AUTH', 'HELP', 'VRFY', 'EXPN', 'XCLIENT', 'XFORWARD', 'WIZ', 'SHELL', 'KILL'],
      ...(sink.certificate === null ? ['STARTTLS'] : []),
    ],
    heloResponse: '%s',
    size: messageLimit,
    rejectOversized: true,
    hideENHANCEDSTATUSCODES: true,
    hideSMTPUTF8: true,
    disableReverseLookup: true,
    maxCommandLength: 2048,
    maxRecipients: 1,
    minVersion: 'TLSv1.2',
    logger: false,
    socketTimeout: idleLimit,
    onMailFrom: (_address, session, callback) => {
      begin(session);
      callback(null);
    },
    onRcptTo: ({ address }, session, callback) => {
      const delivery = deliveryTo(address, session);
      if (delivery === null || !ports.expects(delivery)) {
        ports.refused('recipient');
        return callback(notWanted());
      }
      running.set(session, delivery);
      callback(null);
    },
    onData: (stream, session, callback) => {
      takeIn(stream, messageLimit).then(
        (intake) => {
          const delivery = running.get(session);
          if (intake === 'size') ports.refused('size');
          else if (delivery !== undefined && 'token' in delivery)
            if (ports.take(delivery, intake)) return callback(null, 'taken');
            else ports.refused('content');
          callback(notWanted());
        },
        () => callback(refusal(451, '4.3.0 not taken')),
      );
    },
  };
}
