/** What a command ends with. Usage and configuration are the caller's to mend, and told apart from a failed probe. */
export const exitCodes = { ok: 0, failed: 1, badConfig: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command with a message for the person at the terminal; no stack, no second-guessing. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = exitCodes.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
