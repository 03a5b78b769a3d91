// What goes wrong in the lab, by script: every fault is used once, on the call that it names. One script serves all of the lab's edges.
// Says what happens, not how: each server does it in its own protocol's way. Never by chance, so a failed run can be run again.

export type Edge = "wsman" | "cloudflare" | "dns" | "smtp" | "ssh";

/** The requests of a WSMan conversation by the last word of their action. */
export type WsmanRequestName = "Create" | "Command" | "Send" | "Receive" | "Signal" | "Delete";

/**
 * At every edge:
 * - `timeOut`: the call is not done, and nobody ever answers
 * - `cutBefore`: the connection breaks before the call was done
 * - `cutAfter`: the call is done, and the connection breaks before its answer
 * - `refused`: the call is not done; whatever stands in front of the server says no (503 and HTML where the edge is HTTP)
 * - `wrongAnswer`: the call is done; the answer is well-formed and makes no sense
 * - `slow`: the call is done; the answer keeps its client waiting as long as the protocol allows without breaking off
 */
export type FaultKind = "timeOut" | "cutBefore" | "cutAfter" | "refused" | "wrongAnswer" | "slow" | WsmanFaultKind;

/**
 * At the edge `wsman` only. Not done, and answered instead:
 * - `nothingYet`: the operation timeout fault 2150858793
 * - `shellLost`, `commandLost`: the server forgets the shell or the command, and says 2150858843
 * - `tooManyShells`, `tooManySessions`: a user has all that are allowed, in the words of WinRM and in those of Exchange's authorisation
 * - `tooManyCommands`: nobody terminated 1,000 commands of this shell
 * - `loadQuota`: too many requests in a time; `how.waitMs` says how long the next one has to wait
 * - `accessDenied`: error 5
 * - `tooLarge`: the request or its answer does not fit into an envelope
 * - `challenged`: 401 in mid-session; what the connection had agreed on is forgotten
 * - `page`: HTML with `how.status`
 *
 * Done, and the answer is right but odd: `byteOrderMark`, `otherPrefixes`, `chunked`, `compressed` (gzip, asked for or not),
 * `splitOddly` (fragments cut anew at odd places, and those of several messages interleaved), `joined` (several messages in one Stream).
 *
 * Done, and the answer is of no use: `wrongRelatesTo`, `wrongContentType`, `cutInBody` (the connection breaks in the middle of it),
 * `poolBroken` (Create succeeds; then the pool says that it is broken, with `how.reason`).
 */
export type WsmanFaultKind = (typeof WSMAN_KINDS)[number];

const WSMAN_KINDS = [
  ...(["nothingYet", "shellLost", "commandLost", "tooManyShells", "tooManySessions", "tooManyCommands", "loadQuota"] as const),
  ...(["accessDenied", "tooLarge", "challenged", "page", "byteOrderMark", "otherPrefixes", "chunked", "compressed"] as const),
  ...(["splitOddly", "joined", "wrongRelatesTo", "wrongContentType", "cutInBody", "poolBroken"] as const),
] as const;

/** Where a kind means something; absent: anywhere. A kind that is not listed for `cmdlet` cannot be addressed by one. */
const PLACES: Partial<Record<FaultKind, readonly (WsmanRequestName | "cmdlet")[]>> = {
  shellLost: ["cmdlet", "Command", "Send", "Receive", "Signal", "Delete"],
  commandLost: ["cmdlet", "Command", "Send", "Receive", "Signal"],
  splitOddly: ["cmdlet", "Receive"],
  joined: ["cmdlet", "Receive"],
  poolBroken: ["Create"],
};

export interface Fault {
  readonly when: {
    readonly edge: Edge;
    /** Absent: any server of that edge. Compared without case, like `call`. */
    readonly server?: string;
    /** What is asked, in the edge's own words: a cmdlet, `POST dns_records`, `MX contoso.com`. Absent: anything. Not together with `request`. */
    readonly call?: string;
    /** A request of WSMan, whatever it carries. Absent: the request with which a cmdlet is complete and would run. */
    readonly request?: WsmanRequestName;
    /** Fires on the nth call that fits, counted from 1 since the fault was added. Default 1. */
    readonly nth?: number;
  };
  readonly what: FaultKind;
  readonly how?: FaultDetail;
}

/** What some kinds can be told. */
export interface FaultDetail {
  /** `loadQuota`: what the text says, default 1,000. `slow` of a request: real milliseconds until its answer, default 1,000. */
  readonly waitMs?: number;
  /** `loadQuota`: the text alone with status 500, instead of a SOAP fault. Default false. */
  readonly plain?: boolean;
  /** `page`: the HTTP status, default 503. */
  readonly status?: number;
  /** `poolBroken`: the message of its error. */
  readonly reason?: string;
}

interface Scripted {
  readonly fault: Fault;
  seen: number;
}

export class FaultScript {
  readonly #scripted: Scripted[] = [];

  /** @throws {RangeError} for a fault that could never come, or would mean nothing where it came */
  add(fault: Fault): void {
    const wrong = contradictionIn(fault);
    if (wrong !== undefined) throw new RangeError(`the fault ${fault.what} ${wrong}`);
    this.#scripted.push({ fault, seen: 0 });
  }

  /** Called once by a server for each call that it is about to do. A fault that is returned will not be returned again. */
  take(edge: Edge, server: string, call: string): Fault | undefined {
    return this.#take(({ when }) => when.request === undefined && fits(when, edge, server) && isSame(when.call, call));
  }

  /** The same for a request of WSMan, which may be about a cmdlet or not: faults that name a request, and no others. */
  takeRequest(server: string, request: WsmanRequestName): Fault | undefined {
    return this.#take(({ when }) => when.request === request && fits(when, "wsman", server));
  }

  /** Faults not used yet, in the order of adding: a test that scripted one may see that it came. */
  get pending(): readonly Fault[] {
    return this.#scripted.map(({ fault }) => fault);
  }

  #take(isMeant: (fault: Fault) => boolean): Fault | undefined {
    const fitting = this.#scripted.filter(({ fault }) => isMeant(fault));
    for (const scripted of fitting) scripted.seen += 1;
    const due = fitting.find(({ fault, seen }) => seen >= (fault.when.nth ?? 1));
    if (due === undefined) return undefined;
    this.#scripted.splice(this.#scripted.indexOf(due), 1);
    return due.fault;
  }
}

function contradictionIn({ when: { edge, call, request }, what }: Fault): string | undefined {
  const isWsmanKind = WSMAN_KINDS.some((kind) => kind === what);
  if (edge !== "wsman" && (isWsmanKind || request !== undefined)) return `is of the edge wsman, and was scripted for ${edge}`;
  if (call !== undefined && request !== undefined) return `names the call ${call} and the request ${request}: one of them`;
  const place = request ?? "cmdlet";
  return edge === "wsman" && PLACES[what]?.includes(place) === false ? `means nothing at ${place}` : undefined;
}

function fits(when: Fault["when"], edge: Edge, server: string): boolean {
  return when.edge === edge && isSame(when.server, server);
}

function isSame(asked: string | undefined, found: string): boolean {
  return asked === undefined || asked.toLowerCase() === found.toLowerCase();
}
