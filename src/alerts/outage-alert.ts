/** An alert as Alertmanager's API v2 takes it (`POST /api/v2/alerts`). */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly startsAt: string;
  /** When it is over, or when it is to be taken for over if nothing more is heard of it. */
  readonly endsAt: string;
}

/** A counted outage of a tenant that is open, or was until now. */
export interface Outage {
  readonly tenant: string;
  /** Proven start, wall ms. */
  readonly since: number;
}

/** An alert that is not repeated for so long ends by itself, ms: Prometheus' own four evaluations. */
export const keptFor = 4 * 60_000;

/**
 * The very alert that the rule `MailminuteUnavailable` raises (config/prometheus/mailminute.rules.yml):
 * with the same labels Alertmanager takes both for one. Which protocols fail the rule adds, an evaluation later.
 * @param extra labels that the Prometheus of the rule adds (its `external_labels`)
 * @param endsAt wall ms
 */
export function alertOf(
  { tenant, since }: Outage,
  extra: Readonly<Record<string, string>>,
  endsAt: number,
): PostedAlert {
  return {
    labels: { ...extra, alertname: 'MailminuteUnavailable', tenant, severity: 'warning' },
    annotations: {
      summary: `${tenant} is unavailable by its contract`,
      description:
        'A failure has lasted as long as the contract asks, it is going on, and its minutes are counted. The tenant’s page says since when, and with which answer.',
      runbook_url: 'http://localhost:9925/docs/runbooks/MailminuteUnavailable.md',
    },
    startsAt: new Date(since).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
  };
}
