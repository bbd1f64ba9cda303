import type { Phase } from './protocol.ts';
import type { Reason } from './reason.ts';

/** The phases of a flow, in their order. Steps of `compose` and `send` are walked only when it sends. */
export const flowPhases = [
  'page',
  'auth',
  'list',
  'visible',
  'fetch',
  'compose',
  'send',
  'logout',
] as const satisfies readonly Phase[];
export type FlowPhase = (typeof flowPhases)[number];

/** One step of a webmail flow: data, so that a new webmail needs no code. Decoded in `src/config/`. */
export interface FlowStep {
  readonly name: string;
  /** Which phase the step's time and failure belong to. */
  readonly phase: FlowPhase;
  readonly expect: {
    /** Accepted status codes after redirects (within the url's own origin only). */
    readonly status: readonly number[];
    /**
     * Regular expressions (source text) that must, or must not, match the body: case-insensitive,
     * `.` also matches line ends, `{{name}}` stands for the variable's own text.
     */
    readonly match: readonly string[];
    readonly reject: readonly FlowRejection[];
  };
  /** Variables taken from the body by the first group of a regular expression. */
  readonly capture: Readonly<Record<string, string>>;
  /** For the step that looks for the token: it is repeated until `{{token}}` is in the body. */
  readonly repeat: boolean;
  /**
   * How a message of ours looks in the body, `{{token}}` included, so that a bounce that quotes the token
   * is not taken for it. Phase `visible`: default the token itself. Phase `list`: given only when its
   * page shows all messages of ours, so that one that is missing is known not to be there.
   */
  readonly sighting?: string | null;
}

/** What a page may be recognised to say. */
export const rejectionReasons = [
  'auth-refused',
  'backend-unavailable',
  'temporary-error',
  'content-mismatch',
  'throttled',
  'policy-blocked',
  'mailbox-full',
  'rejected',
] as const satisfies readonly Reason[];

export interface FlowRejection {
  readonly match: string;
  readonly reason: (typeof rejectionReasons)[number];
}

/** A step that is one HTTP request. */
export interface RequestStep extends FlowStep {
  readonly request: {
    readonly method: 'GET' | 'POST';
    /** Relative to the webmail's url; `{{name}}` is replaced by a variable, percent-encoded. */
    readonly path: string;
    readonly form: Readonly<Record<string, string>>;
    /** How a POST sends `form`: url-encoded (the default), or as one flat JSON object. */
    readonly encoding?: 'form' | 'json';
    readonly headers: Readonly<Record<string, string>>;
  };
}

/** What a browser can be told to do. */
export const browserVerbs = [
  'goto',
  'fill',
  'click',
  'press',
  'wait_for',
  'wait_for_text',
] as const;
export type BrowserVerb = (typeof browserVerbs)[number];

/** One thing that a person would do in a page. */
export interface BrowserAction {
  readonly verb: BrowserVerb;
  /** `goto`: a path on the webmail; `press`: a key; `wait_for_text`: a text; the others: a selector. */
  readonly target: string;
  /** `fill`: what is typed. */
  readonly with: string | null;
  /** Selector of the frame that it is done in; null for the page itself. */
  readonly in: string | null;
}

/** A step in a browser: its actions, and then the page that they must lead to. */
export interface BrowserStep extends FlowStep {
  readonly do: readonly BrowserAction[];
}

export type HttpFlow = {
  readonly name: string;
  readonly driver?: 'http';
  readonly steps: readonly RequestStep[];
};

export type BrowserFlow = {
  readonly name: string;
  readonly driver: 'browser';
  readonly steps: readonly BrowserStep[];
};

export type Flow = HttpFlow | BrowserFlow;
