import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

type Resource =
  | {
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly name: string;
    }
  | { readonly priority: number; readonly name: string }
  | { readonly name: string }
  | { readonly strings: readonly string[] };

export type Answer =
  | { readonly records: readonly Resource[] }
  | 'no-such-domain'
  | 'failure'
  | 'silence';

const types: Readonly<Record<number, string>> = { 2: 'NS', 15: 'MX', 16: 'TXT', 33: 'SRV' };

/** A name server on the loopback that answers as it is told (RFC 1035 §4), by UDP. */
export class NameServer {
  readonly address: string;
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.address = `127.0.0.1:${socket.address().port}`;
  }

  static async start(answer: (name: string, type: string) => Answer): Promise<NameServer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    socket.on('message', (query, from) => {
      const { name, type, end } = questionOf(query);
      const told = answer(name, types[type] ?? String(type));
      if (told === 'silence') return;
      socket.send(responseTo(query.subarray(0, end), type, told), from.port, from.address);
    });
    return new NameServer(socket);
  }

  close(): void {
    this.#socket.close();
  }
}

function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function responseTo(question: Buffer, type: number, told: Exclude<Answer, 'silence'>): Buffer {
  const resources = typeof told === 'string' ? [] : told.records;
  const header = Buffer.from(question);
  const code = told === 'no-such-domain' ? 3 : told === 'failure' ? 2 : 0;
  // QR, RD, RA and the code; one question, so many answers, nothing else.
  header.writeUInt16BE(0x8180 | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(resources.length, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, ...resources.map((resource) => resourceRecord(type, resource))]);
}

function resourceRecord(type: number, resource: Resource): Buffer {
  const data = dataOf(resource);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0); // the name of the question
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function dataOf(resource: Resource): Buffer {
  if ('strings' in resource) return Buffer.concat(resource.strings.map(labelled));
  const labels = resource.name === '' ? [] : resource.name.split('.');
  const name = Buffer.concat([...labels.map(labelled), Buffer.alloc(1)]);
  if (!('priority' in resource)) return name;
  const priority = Buffer.alloc(2);
  priority.writeUInt16BE(resource.priority);
  if ('weight' in resource) {
    const rest = Buffer.alloc(4);
    rest.writeUInt16BE(resource.weight, 0);
    rest.writeUInt16BE(resource.port, 2);
    return Buffer.concat([priority, rest, name]);
  }
  return Buffer.concat([priority, name]);
}

function labelled(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')]);
}
