// Every way in which a call to Cloudflare fails, as one DnsError with one sentence: what was being done, and Cloudflare's own words.
// Neither headers nor bodies of requests are kept, so no error can carry the token.
import { z } from "zod";
import type { EdgeErrorOptions } from "../../common/reason.ts";
import { DnsError, type DnsReason } from "../record-sets.ts";
import type { CloudflareSdk } from "./sdk.ts";

/** One call, as its errors tell it. */
export interface Call {
  /** `adding MX 10 buffer.contoso-mail.net to contoso.com` */
  readonly doing: string;
  /** The permission of the token that this call needs, by Cloudflare's name. */
  readonly needs: "Zone Read" | "DNS Read" | "DNS Edit";
}

/** A DnsError that still knows Cloudflare's codes. */
export class CloudflareError extends DnsError {
  /** Codes of all errors and their chains, outermost first. */
  readonly codes: readonly number[];
  constructor(reason: DnsReason, message: string, codes: readonly number[], options?: EdgeErrorOptions) {
    super(reason, message, options);
    this.codes = codes;
  }
}

interface Complaint {
  readonly code: number;
  readonly message: string;
  readonly error_chain?: readonly Complaint[] | undefined;
}

const complaint: z.ZodType<Complaint> = z.lazy(() =>
  z.object({ code: z.number(), message: z.string(), error_chain: z.array(complaint).optional() }),
);
const refusal = z.object({ errors: z.array(complaint) });

/** Code of a request whose credentials have a form that no token has; it comes as 400. */
const BAD_CREDENTIALS = 6003;

/** The DnsError of what `call` threw; whatever is not a failure of the call comes back as it is. */
export function cloudflareError(sdk: CloudflareSdk, call: Call, error: unknown): unknown {
  if (error instanceof sdk.APIConnectionTimeoutError || error instanceof sdk.APIUserAbortError || isAbort(error)) {
    return new DnsError("timedOut", `Cloudflare: ${call.doing}: no answer in time`);
  }
  if (error instanceof sdk.APIConnectionError) {
    return new DnsError("unreachable", `Cloudflare: ${call.doing}: no connection (${connectionWords(error.cause)})`, {
      cause: error.cause,
    });
  }
  if (error instanceof sdk.APIError && error.status !== undefined) return statusError(call, error.status, error.error, error.headers);
  if (error instanceof SyntaxError)
    return new DnsError("invalidAnswer", `Cloudflare: ${call.doing}: the answer is not JSON`, { cause: error });
  // fetch's word for a connection that ends in the middle of an answer.
  if (error instanceof TypeError && error.message === "terminated") {
    return new DnsError("unreachable", `Cloudflare: ${call.doing}: the answer broke off (${connectionWords(error.cause)})`, {
      cause: error,
    });
  }
  return error;
}

/** The DnsError of an answer with this HTTP status. */
export function statusError(call: Call, status: number, body: unknown, headers?: Headers): DnsError {
  const parsed = refusal.safeParse(body);
  const complaints = parsed.success ? parsed.data.errors : [];
  const codes = complaints.flatMap(codesOf);
  const words = complaints.length === 0 ? `HTTP ${status}` : complaints.map(wordsOf).join("; ");
  const reason = reasonOf(status, codes);
  const retryAfter = Number(headers?.get("retry-after") ?? Number.NaN);
  const remedy = reason === "denied" ? `. The token needs the permission "${call.needs}" for this zone.` : "";
  return new CloudflareError(reason, `Cloudflare: ${call.doing}: ${words}${remedy}`, codes, {
    ...(Number.isFinite(retryAfter) ? { retryAfterMs: retryAfter * 1_000 } : {}),
  });
}

function reasonOf(status: number, codes: readonly number[]): DnsReason {
  if (status === 401 || status === 403 || codes.includes(BAD_CREDENTIALS)) return "denied";
  if (status === 404) return "notFound";
  if (status === 429) return "throttled";
  if (status === 408) return "timedOut";
  return status >= 500 ? "serverError" : "rejected";
}

function codesOf({ code, error_chain }: Complaint): readonly number[] {
  return [code, ...(error_chain ?? []).flatMap(codesOf)];
}

function wordsOf({ code, message, error_chain }: Complaint): string {
  const own = `${message.replace(/\.$/, "")} (${code})`;
  return [own, ...(error_chain ?? []).map(wordsOf)].join(": ");
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError");
}

/** `ECONNREFUSED`, from however deep fetch has put it. */
function connectionWords(cause: unknown): string {
  if (!(cause instanceof Error)) return "unknown cause";
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  return cause.cause === undefined ? cause.message : connectionWords(cause.cause);
}
