/**
 * Stands in for Grafana in the tests of docker-compose.yml: it is not Grafana. It reads the provisioning
 * and the dashboards where Grafana would, and asks the provisioned data source what is asked of it:
 * /api/health, /api/search (the dashboards), /query?expr= (a query's number of series).
 * It runs in a container, alone: no package, and nothing of the project, is beside it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const provisioning = '/etc/grafana/provisioning';

/** Every value of a key in the YAML files of a folder. */
function valuesOf(folder: string, key: string): string[] {
  return readdirSync(join(provisioning, folder)).flatMap((name) =>
    [
      ...readFileSync(join(provisioning, folder, name), 'utf8').matchAll(
        new RegExp(`^\\s+(?:- )?${key}: (\\S+)$`, 'gm'),
      ),
    ].map(([, value = '']) => value),
  );
}

function dashboards(): string[] {
  const titles = valuesOf('dashboards', 'path').flatMap((folder) =>
    readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')).uid),
  );
  return titles.sort();
}

async function count(expr: string): Promise<number> {
  const [source = ''] = valuesOf('datasources', 'url');
  const answer = await fetch(`${source}/api/v1/query?${new URLSearchParams({ query: expr })}`, {
    signal: AbortSignal.timeout(10_000),
  });
  const { data, error } = (await answer.json()) as { data?: { result: unknown[] }; error?: string };
  if (data === undefined) throw new Error(error);
  return data.result.length;
}

async function reply(url: URL): Promise<unknown> {
  if (url.pathname === '/api/health') return { standIn: true, database: 'ok' };
  if (url.pathname === '/api/search') return dashboards();
  return count(url.searchParams.get('expr') ?? '');
}

// As Grafana does: its volume is written to, or it does not start.
writeFileSync('/var/lib/grafana/stand-in', '');
const server = createServer((request, response) => {
  reply(new URL(request.url ?? '/', 'http://grafana')).then(
    (answer) => response.end(JSON.stringify(answer)),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
server.listen(3000);
process.on('SIGTERM', () => process.exit(0));
process.stdout.write('This is a stand-in for Grafana, and not Grafana.\n');
