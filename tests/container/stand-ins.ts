import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, must, root } from './build.ts';
import { type Cell, execute } from './cell.ts';

/** What the tests say before they begin; docs/container.md says the same. */
export const standInNotice = [
  'No container registry is asked here. Stand-ins:',
  "- node:24-bookworm-slim and debian:bookworm-slim: Debian's packages, with npm's node;",
  "- prom/prometheus and prom/alertmanager: the programs of Debian's packages;",
  '- grafana/grafana: NOT Grafana, but a small server that reads what is mounted for Grafana, and asks',
  '  Prometheus as Grafana would (Debian has no Grafana).',
  'The images of mailminute and of the demo’s tenant are built from their real Dockerfiles.',
].join('\n');

const base = ['docker.io/library/node:24-bookworm-slim', 'docker.io/library/debian:bookworm-slim'];

/** Puts the stand-in for the official base images into the cell. A minute when it is not kept yet. */
export async function bringBase(cell: Cell): Promise<void> {
  const cache = join(process.env.XDG_CACHE_HOME ?? '/var/tmp', 'mailminute-stand-in');
  const script = join(root, 'tests/container/stand-in.sh');
  const made = must('stand-in', await execute(script, [cache], process.env, 400_000));
  const tar = made.stdout.trim();
  const [first = '', ...others] = base;
  must('import', await cell.podman(['import', '--change', 'CMD ["bash"]', tar, first], 180_000));
  for (const name of others) must('tag', await cell.podman(['tag', first, name]));
}

interface StandIn {
  readonly name: string;
  /** What is copied from this machine, by its path in the image. */
  readonly files: Readonly<Record<string, string>>;
  /** Lines of the Dockerfile: the official image's folders, user and entry point. */
  readonly lines: readonly string[];
}

const ofPrometheus = (name: string, folder: string, files: StandIn['files']): StandIn => ({
  name,
  files,
  lines: [
    `RUN mkdir /${folder} && chown 65534:65534 /${folder}`,
    'USER 65534',
    `VOLUME /${folder}`,
    `ENTRYPOINT ["/bin/${folder}"]`,
  ],
});

const standIns: readonly StandIn[] = [
  ofPrometheus('docker.io/prom/prometheus', 'prometheus', {
    '/bin/prometheus': '/usr/bin/prometheus',
  }),
  ofPrometheus('docker.io/prom/alertmanager', 'alertmanager', {
    '/bin/alertmanager': '/usr/bin/prometheus-alertmanager',
    // The official program has them in itself.
    '/usr/share/prometheus/alertmanager/': '/usr/share/prometheus/alertmanager',
  }),
  {
    name: 'docker.io/grafana/grafana',
    files: { '/usr/share/grafana.ts': join(import.meta.dirname, 'grafana-stand-in.ts') },
    lines: [
      'RUN mkdir -p /var/lib/grafana && chown 472:0 /var/lib/grafana',
      'USER 472',
      'VOLUME /var/lib/grafana',
      'ENTRYPOINT ["node", "/usr/share/grafana.ts"]',
    ],
  },
];

/** Builds what stands in for the images that docker-compose.yml pulls, under their names and versions. */
export async function buildStandIns(cell: Cell, composition: string): Promise<void> {
  for (const { name, files, lines } of standIns) {
    const version = new RegExp(`${name}:(\\S+)`).exec(composition)?.[1];
    if (version === undefined) throw new Error(`docker-compose.yml has no ${name}`);
    const context = join(cell.directory, name.replaceAll('/', '-'));
    await mkdir(context);
    const text = [`FROM ${base[1]}`];
    for (const [index, [at, from]] of Object.entries(files).entries()) {
      await cp(from, join(context, `${index}`), { recursive: true, dereference: true });
      text.push(`COPY ${index} ${at}`);
    }
    await writeFile(join(context, 'Dockerfile'), `${[...text, ...lines].join('\n')}\n`);
    await build(cell, `${name}:${version}`, context);
  }
}
