// Why a call at an edge failed, as one union for all of them, and what may be expected of each: it passes by itself, it means silence, or it is final.
// An edge's error extends `EdgeError` with the reasons that it has; who retries (the engine alone) goes by the table here.

export type Reason =
  /** No answer came in time. */
  | "timedOut"
  /** Nothing could be sent: refused, no address, no route. */
  | "unreachable"
  /** The connection or session ended before the answer did. */
  | "sessionLost"
  /** Too much was asked; `retryAfterMs` says when to come back, where that was told. */
  | "throttled"
  /** The server failed by its own fault. */
  | "serverError"
  /** The site cannot do it yet and says so. */
  | "notReady"
  /** What is there is not what the change was made for: somebody else was faster. */
  | "changedMeanwhile"
  /** An answer that makes no sense. */
  | "invalidAnswer"
  | "denied"
  | "notFound"
  | "rejected"
  /** The caller gave up. */
  | "stopped"
  /** It is another run's turn. */
  | "overtaken";

/**
 * `attempts` altogether, `delayMs` milliseconds apart. `silence`: nobody answered, as a host that is switched off does not.
 * `busy`: whoever was asked is there, and only has no time just now.
 */
export type Prospect = { readonly attempts: number; readonly delayMs: number; readonly means?: "silence" | "busy" } | "final";

export const prospects: Readonly<Record<Reason, Prospect>> = {
  timedOut: { attempts: 4, delayMs: 10_000, means: "silence" },
  unreachable: { attempts: 6, delayMs: 15_000, means: "silence" },
  sessionLost: { attempts: 4, delayMs: 2_000 },
  throttled: { attempts: 6, delayMs: 60_000, means: "busy" },
  serverError: { attempts: 5, delayMs: 15_000, means: "busy" },
  notReady: { attempts: 30, delayMs: 10_000 },
  changedMeanwhile: { attempts: 4, delayMs: 2_000 },
  invalidAnswer: { attempts: 3, delayMs: 5_000 },
  denied: "final",
  notFound: "final",
  rejected: "final",
  stopped: "final",
  overtaken: "final",
};

export interface EdgeErrorOptions extends ErrorOptions {
  readonly retryAfterMs?: number | undefined;
}

/** What every edge throws when a call did not do what was asked. `R`: the reasons that this edge has. */
export class EdgeError<R extends Reason = Reason> extends Error {
  readonly reason: R;
  /** Milliseconds after which the site may be asked again, when it said so. */
  readonly retryAfterMs: number | undefined;
  constructor(reason: R, message: string, options: EdgeErrorOptions = {}) {
    super(message, options);
    this.reason = reason;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The reason of an edge's error; `undefined` for an error of any other kind. */
export function reasonOf(error: unknown): Reason | undefined {
  return error instanceof EdgeError ? error.reason : undefined;
}

/** What may be expected of an error; one that no edge gave is final. */
export function prospectOf(error: unknown): Prospect {
  const reason = reasonOf(error);
  return reason === undefined ? "final" : prospects[reason];
}

/** Whether an error means that nobody answered. */
export function isSilence(error: unknown): boolean {
  return meaningOf(error) === "silence";
}

/** Whether an error means that whoever was asked has no time just now. */
export function isBusy(error: unknown): boolean {
  return meaningOf(error) === "busy";
}

function meaningOf(error: unknown): "silence" | "busy" | undefined {
  const prospect = prospectOf(error);
  return prospect === "final" ? undefined : prospect.means;
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
