import { alertmanagerPost } from './alerts/alertmanager.ts';
import { createNotifier, type Notifier } from './alerts/notifier.ts';
import type { Snapshot } from './assess/assess.ts';
import type { Settings } from './config/settings.ts';
import type { Clock } from './domain/clock.ts';
import type { Tenant } from './domain/tenant.ts';
import type { Logger } from './log.ts';
import type { Observations } from './metrics/observation.ts';

const beat = 1_000;

/** Tells the configured Alertmanagers of counted outages, the moment they count. */
export function tellOutages(
  first: Settings,
  { clock, logger, metrics }: { clock: Clock; logger: Logger; metrics: Observations },
) {
  let settings = first.alertmanager;
  let notifier = notifierOf(settings);
  const silent = new Set<string>();

  function notifierOf(to: Settings['alertmanager']): Notifier | null {
    if (to === null) return null;
    const post = alertmanagerPost(to, (url, error) => {
      const { host } = new URL(url);
      metrics.own.alertmanager(host, error === null);
      if (error === null && silent.delete(url))
        logger.info({ alertmanager: host }, 'takes alerts again');
      if (error !== null && !silent.has(url)) {
        silent.add(url);
        logger.error(
          { alertmanager: host, fault: error },
          'an alert could not be sent; tried again',
        );
      }
    });
    return createNotifier({ clock, post, labels: to.labels });
  }

  const beats = setInterval(() => notifier?.tick(), beat);
  return {
    judged(tenant: Tenant, { unavailable, runs }: Snapshot): void {
      const open = runs.filter((run) => run.open && run.attribution === 'provider');
      const starts = open.flatMap(({ certain }) => certain.slice(0, 1).map(({ from }) => from));
      notifier?.judged(tenant.name, unavailable ? Math.min(clock.wall(), ...starts) : null);
    },
    apply({ alertmanager, tenants }: Settings): void {
      notifier?.keep(new Set(tenants.map(({ name }) => name)));
      if (isSame(settings, alertmanager)) return;
      settings = alertmanager;
      // What was told to the former ones ends there by itself; the new ones hear of it with the next judgement.
      notifier = notifierOf(alertmanager);
    },
    async stop(): Promise<void> {
      clearInterval(beats);
      await notifier?.settled();
    },
  };
}

/** A password that is in a file is read anew before each use, so a changed one is no change here. */
function isSame(one: Settings['alertmanager'], other: Settings['alertmanager']): boolean {
  const text = (settings: Settings['alertmanager']) =>
    JSON.stringify([settings?.urls, settings?.labels, settings?.login?.username]);
  return text(one) === text(other);
}
