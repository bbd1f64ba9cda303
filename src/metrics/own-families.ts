import { Counter, Gauge, type Registry } from 'prom-client';

/** What befalls the observer itself, and what it sees of its own surroundings. */
export function ownFamilies(registry: Registry) {
  const registers = [registry];
  return {
    clockSteps: new Counter({
      name: 'mailminute_clock_steps_total',
      help: 'Steps of the wall clock; evidence around them is left out.',
      registers,
    }),
    pauses: new Counter({
      name: 'mailminute_pauses_total',
      help: 'Times that this process was stopped or starved; evidence from then is left out.',
      registers,
    }),
    controlUp: new Gauge({
      name: 'mailminute_control_target_up',
      help: 'Whether anything came back from the control target in the last round (1) or not (0); a refused connection is an answer.',
      labelNames: ['target'],
      registers,
    }),
    controlLook: new Gauge({
      name: 'mailminute_control_target_last_look_timestamp_seconds',
      help: 'When the last look at the control target ended.',
      labelNames: ['target'],
      registers,
    }),
    alertRequests: new Counter({
      name: 'mailminute_alertmanager_requests_total',
      help: 'Requests by which the daemon told an Alertmanager of counted outages.',
      labelNames: ['alertmanager'],
      registers,
    }),
    alertErrors: new Counter({
      name: 'mailminute_alertmanager_errors_total',
      help: 'Those of them that the Alertmanager did not take.',
      labelNames: ['alertmanager'],
      registers,
    }),
    waiting: new Gauge({
      name: 'mailminute_results_waiting',
      help: 'Results that are not on disk yet; other than 0 while the database cannot be written.',
      registers,
    }),
    configGood: new Gauge({
      name: 'mailminute_config_last_reload_successful',
      help: 'Whether the configuration was taken up when it was last read (1), or refused and the one before goes on (0).',
      registers,
    }),
    configAt: new Gauge({
      name: 'mailminute_config_last_reload_success_timestamp_seconds',
      help: 'When the configuration that runs was taken up.',
      registers,
    }),
    accessGood: new Gauge({
      name: 'mailminute_web_config_last_reload_successful',
      help: 'Whether the web configuration file and its certificates were taken up when they last changed (1), or refused and the former ones go on (0); 1 without such a file.',
      registers,
    }),
    sinkConnections: new Counter({
      name: 'mailminute_sink_connections_total',
      help: 'Connections to our own MX, those turned away included.',
      registers,
    }),
    sinkRefusals: new Counter({
      name: 'mailminute_sink_refusals_total',
      help: 'What our own MX turned away, by reason. No series without a sink.',
      labelNames: ['reason'],
      registers,
    }),
    lost: new Counter({
      name: 'mailminute_results_lost_total',
      help: 'Results that were given up, as the database could not be written for too long or refused them.',
      registers,
    }),
  };
}
