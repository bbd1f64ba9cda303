export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Exposed {
  /** Type by family name, in the order of appearance. */
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
}

/**
 * A strict reader of the Prometheus text format 0.0.4: every line must be a HELP, a TYPE, a sample or empty,
 * every sample must belong to the family that was announced last, and no series may come twice.
 */
export function parseExposition(text: string): Exposed {
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  const seen = new Set<string>();
  let family = '';
  for (const line of text.split('\n')) {
    if (line === '' || /^# HELP [a-z_]+ \S.*$/.test(line)) continue;
    const type = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line);
    if (type !== null) {
      family = type[1] ?? '';
      if (types.has(family)) throw new Error(`family announced twice: ${line}`);
      types.set(family, type[2] ?? '');
      continue;
    }
    const sample = parseSample(line);
    const base = sample.name.replace(/_(bucket|sum|count)$/, '');
    if (sample.name !== family && (base !== family || types.get(family) !== 'histogram')) {
      throw new Error(`sample outside its family: ${line}`);
    }
    const key = `${sample.name}${JSON.stringify(Object.entries(sample.labels).sort())}`;
    if (seen.has(key)) throw new Error(`series twice: ${line}`);
    seen.add(key);
    samples.push(sample);
  }
  return { types, samples };
}

function parseSample(line: string): Sample {
  const parts = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (parts === null) throw new Error(`not a sample: ${line}`);
  const labels: Record<string, string> = {};
  let rest = parts[2] ?? '';
  while (rest !== '') {
    const pair = /^([a-z_]+)="((?:[^"\\]|\\[\\"n])*)"(?:,|$)/.exec(rest);
    if (pair === null) throw new Error(`not a label: ${line}`);
    const unescaped = (pair[2] ?? '').replace(/\\(.)/g, (_, mark) => (mark === 'n' ? '\n' : mark));
    labels[pair[1] ?? ''] = unescaped;
    rest = rest.slice(pair[0].length);
  }
  const value = Number(parts[3]);
  if (!Number.isFinite(value)) throw new Error(`not a finite value: ${line}`);
  return { name: parts[1] ?? '', labels, value };
}
