// What can go wrong between a request and its answer, as one error with a union inside, and the only place that puts it into words.
import type { RemotingReason } from "../transport.ts";
import { isDenial, isGone, isThrottling, type WsmanFault } from "./faults.ts";

export type WsmanProblem =
  /** Nothing was sent: no address, refused, no TLS. */
  | { readonly kind: "notConnected"; readonly why: string }
  /** The connection broke or fell silent; the request may have arrived. */
  | { readonly kind: "broken"; readonly why: string }
  /** HTTP without SOAP in it. */
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "fault"; readonly fault: WsmanFault }
  /** An answer that makes no sense here. */
  | { readonly kind: "nonsense"; readonly what: string }
  /** The pipeline's or the session's end was told by the server, not by us. */
  | { readonly kind: "ended"; readonly reason: RemotingReason; readonly what: string }
  /** The caller gave up. */
  | { readonly kind: "aborted" };

export class WsmanError extends Error {
  override readonly name = "WsmanError";
  readonly problem: WsmanProblem;
  constructor(problem: WsmanProblem, options?: ErrorOptions) {
    super(problem.kind, options);
    this.problem = problem;
  }
}

export interface Whom {
  /** Host and port as in the URL. */
  readonly server: string;
  readonly user: string;
}

/** The reason and the words for a person, without the call and its endpoint. Never a password, never a payload. */
export function wordingOf(
  problem: Exclude<WsmanProblem, { kind: "aborted" }>,
  { server, user }: Whom,
): { reason: RemotingReason; detail: string } {
  switch (problem.kind) {
    case "notConnected":
      return { reason: "unreachable", detail: `no connection to ${server}: ${problem.why}` };
    case "broken":
      return { reason: "unreachable", detail: `the connection to ${server} broke: ${problem.why}` };
    case "status":
      return statusWording(problem.status, server, user);
    case "fault":
      return faultWording(problem.fault, server, user);
    case "nonsense":
      return { reason: "invalidAnswer", detail: `${server} answered something else than expected: ${problem.what}` };
    case "ended":
      return { reason: problem.reason, detail: problem.what };
  }
}

function statusWording(status: number, server: string, user: string): { reason: RemotingReason; detail: string } {
  if (status === 401) return { reason: "denied", detail: `${server} does not accept the name or password of ${user} (HTTP 401)` };
  if (status === 403) return { reason: "denied", detail: `${server} does not let ${user} in (HTTP 403)` };
  if (status === 502 || status === 503 || status === 504)
    return { reason: "unreachable", detail: `${server} is not available (HTTP ${status})` };
  return { reason: "invalidAnswer", detail: `${server} answered HTTP ${status} without a WS-Management message` };
}

function faultWording(fault: WsmanFault, server: string, user: string): { reason: RemotingReason; detail: string } {
  const code = fault.code === undefined ? fault.subcode : `${fault.subcode} ${fault.code}`.trim();
  const said = code === "" ? `"${fault.text}"` : `"${fault.text}" (${code})`;
  if (isThrottling(fault)) return { reason: "throttled", detail: `${server} is over a limit: ${said}` };
  if (isDenial(fault)) return { reason: "denied", detail: `${server} refuses ${user}: ${said}` };
  if (isGone(fault)) return { reason: "sessionLost", detail: `${server} no longer knows the session: ${said}` };
  return { reason: "rejected", detail: `${server} rejected the request: ${said}` };
}
