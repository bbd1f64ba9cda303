import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { without } from '../alerts/promtool.ts';
import { eventually } from '../daemon/daemon.ts';
import { failureOf, resultOf } from '../metrics/example.ts';
import { everything } from '../metrics/scrape.ts';
import { startPrometheus } from './prometheus.ts';
import { dashboards, folder, queriesOf } from './queries.ts';

/** Panels that every Grafana since 10 brings along. */
const kinds = ['stat', 'table', 'timeseries', 'bargauge', 'heatmap', 'state-timeline'];

test('there are three dashboards: all tenants, one tenant, the probes', () => {
  assert.deepEqual(dashboards.map(({ uid }) => uid).sort(), [
    'mailminute-overview',
    'mailminute-probes',
    'mailminute-tenant',
  ]);
});

for (const { title, panels, templating } of dashboards) {
  test(`${title}: every panel is of a kind that Grafana has, has its own place, and asks something`, () => {
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    for (const panel of panels) {
      assert.ok(kinds.includes(panel.type), `${panel.title}: ${panel.type}`);
      assert.equal(panel.datasource.type, 'prometheus');
      assert.match(panel.datasource.uid, /^\$\{datasource\}$/);
      assert.ok(panel.targets.length > 0, panel.title);
      const { x, w } = panel.gridPos;
      assert.ok(x >= 0 && w > 0 && x + w <= 24, panel.title);
      for (const other of panels)
        assert.ok(other === panel || !overlap(panel, other), `${panel.title} / ${other.title}`);
    }
  });

  test(`${title}: every variable that a query uses is one of the dashboard's`, () => {
    const known = templating.list.map(({ name }) => name);
    for (const { expr } of panels.flatMap(({ targets }) => targets))
      for (const [, name = ''] of expr.matchAll(/\$\{?(\w+)/g))
        assert.ok(name.startsWith('__') || known.includes(name), `${name} in ${expr}`);
  });
}

type Placed = Pick<(typeof dashboards)[number]['panels'][number], 'gridPos'>;

function overlap({ gridPos: one }: Placed, { gridPos: other }: Placed): boolean {
  return (
    one.x < other.x + other.w &&
    other.x < one.x + one.w &&
    one.y < other.y + other.h &&
    other.y < one.y + one.h
  );
}

test('the provisioning finds the dashboards where the compose file puts them', () => {
  const { providers } = parse(
    readFileSync(join(folder, 'provisioning/dashboards/mailminute.yml'), 'utf8'),
  );
  assert.equal(providers[0].options.path, '/etc/grafana/dashboards');
  const { datasources } = parse(
    readFileSync(join(folder, 'provisioning/datasources/prometheus.yml'), 'utf8'),
  );
  assert.equal(datasources[0].type, 'prometheus');
});

test('every query returns data on a real Prometheus', {
  skip: without('prometheus'),
}, async (t) => {
  const metrics = everything();
  const server = createServer((_, response) => {
    // Something happens between two scrapes.
    metrics.observe(resultOf());
    metrics.observe(resultOf({ failure: failureOf('timeout'), vouches: 'connect' }));
    metrics.delay({ tenant: 'acme', route: 'loop', protocol: 'imap', seconds: 0.3 });
    metrics.render().then(({ contentType, body }) => {
      response.setHeader('content-type', contentType).end(body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const prometheus = await startPrometheus(`127.0.0.1:${address.port}`);
  t.after(async () => {
    await prometheus.close();
    server.close();
  });
  await eventually('three scrapes', async () => {
    const scrapes = await prometheus.query('count_over_time(up[1m]) >= 4').catch(() => []);
    return scrapes.length > 0 ? scrapes : null;
  });
  const empty: string[] = [];
  for (const query of queriesOf('acme'))
    if ((await prometheus.query(query)).length === 0) empty.push(query);
  assert.deepEqual(empty, []);
});
