// What the rest of the provider knows of remote cmdlets: a call with typed parameters goes out, objects come back.
// How they travel (PSRP over WSMan here) stays behind this port. Never script text, never concatenation.
import { EdgeError, type EdgeErrorOptions } from "../common/reason.ts";
import type { PsObject } from "./clixml/values.ts";

/** A password or key that prints as `[secret]` wherever it is shown. */
export class Secret {
  readonly #text: string;
  /** Where it stands, for whoever has to mend it: `EXCHANGE_PASSWORD in the environment`. Absent where nobody said. */
  readonly from: string | undefined;
  constructor(text: string, from?: string) {
    this.#text = text;
    this.from = from;
  }
  /** The text itself. Only an edge that sends it may ask. */
  reveal(): string {
    return this.#text;
  }
  toString(): string {
    return "[secret]";
  }
  toJSON(): string {
    return "[secret]";
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}

/**
 * A parameter's value as it is sent. `true` sets a switch; `null` is `$null`; an array is `Object[]`; a record is a hashtable; a `Secret` is a
 * SecureString, encrypted under a key that only this session has.
 */
export type CmdletValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Date
  | Uint8Array
  | Secret
  | readonly CmdletValue[]
  | { readonly [key: string]: CmdletValue };

export type CmdletParameters = Readonly<Record<string, CmdletValue>>;

export interface CmdletCall {
  /** Where it was sent, as a person would say it: `ex01 (Microsoft.Exchange)`. */
  readonly endpoint: string;
  readonly cmdlet: string;
  readonly parameters: CmdletParameters;
}

/** One ErrorRecord, flattened. */
export interface CmdletErrorRecord {
  readonly message: string;
  /** As sent, with Exchange's `[Server=…,RequestId=…] [FailureCategory=…]` prefix when there is one. */
  readonly fullyQualifiedErrorId: string;
  /** `Cmdlet-ManagementObjectNotFoundException` out of Exchange's prefix; empty when there is none. */
  readonly failureCategory: string;
  readonly category: string;
  readonly targetName: string;
  /** True when it ended the pipeline (state Failed), false for one written beside output. */
  readonly terminating: boolean;
}

export interface CmdletAnswer {
  readonly objects: readonly PsObject[];
  readonly warnings: readonly string[];
  /** Not empty: the call failed, wholly or in part. Whoever asked decides which. */
  readonly errors: readonly CmdletErrorRecord[];
}

export interface InvokeOptions {
  /** Milliseconds of real time until the call is given up with reason `timedOut`. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Awaited right before the cmdlet, or a piece of a long one, is sent; what it throws comes out instead, and the cmdlet does not run. */
  readonly beforeSend?: (() => Promise<void>) | undefined;
}

/** A way to run cmdlets on one endpoint of one server. Opens its session at the first call. */
export interface CmdletTransport {
  /** @throws {RemotingError} when no answer came; an answer with errors in it is returned. */
  invoke(cmdlet: string, parameters: CmdletParameters, options?: InvokeOptions): Promise<CmdletAnswer>;
  /** Gives the session back to the server. Safe to call twice. */
  close(): Promise<void>;
}

/** Why no answer came. `timedOut`, `unreachable`, `sessionLost`, `throttled` may pass by themselves; the others do not. */
export type RemotingReason = "timedOut" | "unreachable" | "sessionLost" | "throttled" | "denied" | "rejected" | "invalidAnswer" | "stopped";

export interface RemotingErrorOptions extends EdgeErrorOptions {
  /** False when the cmdlet surely did not run, so that it may be sent elsewhere. Default true. */
  readonly mayHaveRun?: boolean;
}

/** "Get-Queue on ex01 (Microsoft.Exchange): no answer within 60 s" */
export class RemotingError extends EdgeError<RemotingReason> {
  override readonly name = "RemotingError";
  readonly call: CmdletCall;
  /** False when the cmdlet surely did not run. */
  readonly mayHaveRun: boolean;
  constructor(call: CmdletCall, reason: RemotingReason, detail: string, options: RemotingErrorOptions = {}) {
    super(reason, `${call.cmdlet} on ${call.endpoint}: ${detail}`, options);
    this.call = call;
    this.mayHaveRun = options.mayHaveRun ?? true;
  }
}
