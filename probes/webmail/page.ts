/** What a step led to. */
export interface Page {
  readonly status: number;
  /** Its text, of a bounded length. */
  readonly body: string;
  /** Wall ms at which it was asked for: the page is not older than that. */
  readonly sentAt: number;
}
