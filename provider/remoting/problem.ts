// What can go wrong between a request and its answer, as one error with a union inside. Who meets it says what it is; the words for people are
// found in one place (wsman/problems.ts).
import type { RemotingReason } from "./transport.ts";

export type WsmanProblem =
  /** Nothing was sent: no address, refused, no TLS. */
  | { readonly kind: "notConnected"; readonly why: string }
  /** The connection broke or fell silent; the request may have arrived. */
  | { readonly kind: "broken"; readonly why: string }
  /** HTTP without SOAP in it; the page that came instead, if one was read, and where the server sends whoever asks, if it does. */
  | { readonly kind: "status"; readonly status: number; readonly page?: Page; readonly location?: string }
  | { readonly kind: "fault"; readonly fault: WsmanFault }
  /** A limit that the server told of in words of PowerShell: as the reason why a pool or a cmdlet ended. */
  | { readonly kind: "quota"; readonly text: string }
  /** An answer that makes no sense here. */
  | { readonly kind: "nonsense"; readonly what: string }
  /** The pipeline's or the session's end was told by the server, not by us. */
  | { readonly kind: "ended"; readonly reason: RemotingReason; readonly what: string }
  /** The caller gave up. */
  | { readonly kind: "aborted" };

/** What is known of the cmdlet's effect when its call failed: `notSent` and `notRun` are sure. */
export type Effect = "notSent" | "notRun" | "mayHaveRun" | "mayHaveFinished";

export interface WsmanErrorOptions extends ErrorOptions {
  readonly effect?: Effect;
}

export class WsmanError extends Error {
  override readonly name = "WsmanError";
  readonly problem: WsmanProblem;
  /** Absent where nobody knows of a cmdlet. */
  readonly effect?: Effect;
  constructor(problem: WsmanProblem, options: WsmanErrorOptions = {}) {
    super(problem.kind, options);
    this.problem = problem;
    if (options.effect !== undefined) this.effect = options.effect;
  }
}

/** The same error, once it is known what it means for the cmdlet; other errors as they are. */
export function withEffect(error: unknown, effect: Effect): unknown {
  return error instanceof WsmanError && error.effect === undefined
    ? new WsmanError(error.problem, { cause: error.cause ?? error, effect })
    : error;
}

/** A page that came instead of an answer. */
export interface Page {
  /** Its title, or the beginning of a text without markup; on one line, empty when it says nothing. */
  readonly title: string;
  /** The text about a limit, if it is about one. */
  readonly quotaText?: string;
}

/** A SOAP fault. */
export interface WsmanFault {
  /** As the server gives it, such as 2150858793; absent when it gives none. */
  readonly code?: number;
  /** Without prefix: `TimedOut`, `InvalidSelectors`, `QuotaLimit`; empty when there is none. */
  readonly subcode: string;
  /** In the server's words, on one line. */
  readonly text: string;
}
