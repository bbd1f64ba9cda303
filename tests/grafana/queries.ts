import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder with the dashboards and their provisioning. */
export const folder = join(import.meta.dirname, '../../config/grafana');

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly targets: readonly { readonly refId: string; readonly expr: string }[];
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; definition?: string }[] };
}

export const dashboards = readdirSync(join(folder, 'dashboards')).map(
  (name) => JSON.parse(readFileSync(join(folder, 'dashboards', name), 'utf8')) as Dashboard,
);

/** Every query of every dashboard, once, with what Grafana would put for its variables. */
export function queriesOf(tenant: string): readonly string[] {
  const expressions = dashboards.flatMap(({ panels }) =>
    panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  );
  return [...new Set(expressions)].map((expression) =>
    expression.replaceAll('$tenant', tenant).replaceAll('$__rate_interval', '1m'),
  );
}
