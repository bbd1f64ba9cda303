import { alertOf, keptFor, type Outage, type PostedAlert } from './outage-alert.ts';

export interface NotifierPorts {
  readonly clock: { wall(): number; monotonic(): number };
  /** Sends to every Alertmanager; false where none of them took it. Never throws. */
  readonly post: (alerts: readonly PostedAlert[]) => Promise<boolean>;
  /** Labels that are added to every alert. */
  readonly labels: Readonly<Record<string, string>>;
}

/** An open alert is repeated so often, one that was not taken so soon; ms. */
const repeatEvery = 60_000;
const retryAfter = 5_000;
/** The end of an outage that nobody took is told for so long; by then the alert has ended by itself. */
const tellEndFor = 2 * keptFor;

interface State {
  readonly outage: Outage;
  /** Wall ms of its end; null while it is open. */
  endedAt: number | null;
  /** Monotonic ms at which it is to be sent (again). */
  due: number;
}

/** Tells Alertmanager of counted outages: at once, again while they last, and when they end. */
export function createNotifier({ clock, post, labels }: NotifierPorts) {
  const states = new Map<string, State>();
  let sending: Promise<void> | null = null;
  let again = false;

  /** @param since proven start of the oldest open run that counts, wall ms; null: none is open */
  function judged(tenant: string, since: number | null): void {
    const known = states.get(tenant);
    const open = known !== undefined && known.endedAt === null;
    if (since !== null && !open)
      states.set(tenant, { outage: { tenant, since }, endedAt: null, due: clock.monotonic() });
    else if (since === null && open) {
      known.endedAt = clock.wall();
      known.due = clock.monotonic();
    } else return;
    send();
  }

  /** Sends what is due. One request at a time: an end never overtakes its beginning. */
  function send(): void {
    again = sending !== null;
    if (again) return;
    const due = [...states.values()].filter((state) => state.due <= clock.monotonic());
    if (due.length === 0) return;
    sending = sendNow(due).finally(() => {
      sending = null;
      if (again) send();
    });
  }

  async function sendNow(due: readonly State[]): Promise<void> {
    const now = clock.wall();
    const sent = due.map((state) => ({ state, endedAt: state.endedAt }));
    const alerts = sent.map(({ state, endedAt }) =>
      alertOf(state.outage, labels, endedAt ?? now + keptFor),
    );
    const taken = await post(alerts);
    for (const { state, endedAt } of sent) settle(state, endedAt, taken);
  }

  function settle(state: State, endedAt: number | null, taken: boolean): void {
    // What changed while it was on its way is due still.
    if (state.endedAt !== endedAt) return;
    state.due = clock.monotonic() + (taken ? repeatEvery : retryAfter);
    const over = endedAt !== null && (taken || clock.wall() - endedAt > tellEndFor);
    if (over && states.get(state.outage.tenant) === state) states.delete(state.outage.tenant);
  }

  return {
    judged,
    /** To be called every second or so. */
    tick: send,
    /** Tenants that are watched no more: their outages end here. */
    keep(tenants: ReadonlySet<string>): void {
      for (const tenant of states.keys()) if (!tenants.has(tenant)) judged(tenant, null);
    },
    /** Waits for what is on its way. Open alerts are left to be kept up by the next start, or to end by themselves. */
    async settled(): Promise<void> {
      await sending;
    },
  };
}
export type Notifier = ReturnType<typeof createNotifier>;
