// What goes wrong in the lab, by script: every fault is used once, on the call that it names. One script serves all of the lab's edges.
// Says what happens, not how: each server does it in its own protocol's way. Never by chance, so a failed run can be run again.

export type Edge = "wsman" | "cloudflare" | "dns" | "smtp" | "ssh";

/**
 * - `timeOut`: the call is not done, and nobody ever answers
 * - `cutBefore`: the connection breaks before the call was done
 * - `cutAfter`: the call is done, and the connection breaks before its answer
 * - `refused`: the call is not done; whatever stands in front of the server says no (503 and HTML where the edge is HTTP)
 * - `wrongAnswer`: the call is done; the answer is well-formed and makes no sense
 * - `slow`: the call is done; the answer keeps its client waiting as long as the protocol allows without breaking off
 */
export type FaultKind = "timeOut" | "cutBefore" | "cutAfter" | "refused" | "wrongAnswer" | "slow";

export interface Fault {
  readonly when: {
    readonly edge: Edge;
    /** Absent: any server of that edge. Compared without case, like `call`. */
    readonly server?: string;
    /** What is asked, in the edge's own words: a cmdlet, `POST dns_records`, `MX contoso.com`. Absent: anything. */
    readonly call?: string;
    /** Fires on the nth call that fits, counted from 1 since the fault was added. Default 1. */
    readonly nth?: number;
  };
  readonly what: FaultKind;
}

interface Scripted {
  readonly fault: Fault;
  seen: number;
}

export class FaultScript {
  readonly #scripted: Scripted[] = [];

  add(fault: Fault): void {
    this.#scripted.push({ fault, seen: 0 });
  }

  /** Called once by a server for each call that it is about to do. A fault that is returned will not be returned again. */
  take(edge: Edge, server: string, call: string): Fault | undefined {
    const fitting = this.#scripted.filter(({ fault }) => fits(fault, edge, server, call));
    for (const scripted of fitting) scripted.seen += 1;
    const due = fitting.find(({ fault, seen }) => seen >= (fault.when.nth ?? 1));
    if (due === undefined) return undefined;
    this.#scripted.splice(this.#scripted.indexOf(due), 1);
    return due.fault;
  }

  /** Faults not used yet, in the order of adding: a test that scripted one may see that it came. */
  get pending(): readonly Fault[] {
    return this.#scripted.map(({ fault }) => fault);
  }
}

function fits({ when }: Fault, edge: Edge, server: string, call: string): boolean {
  return when.edge === edge && isSame(when.server, server) && isSame(when.call, call);
}

function isSame(asked: string | undefined, found: string): boolean {
  return asked === undefined || asked.toLowerCase() === found.toLowerCase();
}
