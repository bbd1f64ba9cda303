/** Every command, and what it does in one line: listed by `--help` without loading any of them. */
export const summaries = {
  init: 'writes a configuration for one tenant; asks for what the flags leave open',
  run: 'runs the daemon until SIGTERM or SIGINT; SIGHUP reads the configuration anew',
  check: 'probes everything once, now, and prints a table with the phases',
  validate: 'reads the configuration and tells every fault in it',
  report: "prints a month's report from the ledger",
  evidence: 'prints what was stored of attempts: phases, server codes, dialogue',
  exclude: 'maintenance and other time that the contract leaves out; nothing is ever edited',
  record: 'what no probe can see: tickets, fees, invoices, claims, notices …',
  attribute: 'whose fault an outage was, when you know better; the evidence stays as it is',
  recompute: 'judges the past anew from the stored evidence; gives the same ledger, byte for byte',
  verify: 'proves that no stored evidence was altered or removed, or says which day and row',
  backup: 'copies the database to a file, while the daemon runs or without it',
  restore: 'puts a backup in the database’s place; the daemon must be stopped',
  demo: 'a mail service in this process with the daemon beside it; break it and watch',
  version: 'prints the version',
} as const;

export type CommandName = keyof typeof summaries;

export function isCommand(text: string): text is CommandName {
  return Object.hasOwn(summaries, text);
}
