// Ends or freezes a process at one call to the lab: just before the call is done, after it was done and before it was answered, or while it is done.
// A fault script of the lab, with which it shares where it is asked; commands on the buffer host are told apart by their text.
import type { Lab } from "../../lab/lab.ts";
import { type Edge, type Fault, FaultScript } from "../../lab/serve/faults.ts";

/** Whether a run is killed wherever it can be, as by `npm run soak`, and not only at some of the calls that change nothing. */
export const everyKill = process.env["PULUMI_EXCHANGE_EVERY_KILL"] !== undefined;

export interface KillPoint {
  readonly edge: Edge;
  /** As fault scripts name calls; at `ssh` a part of the command line. */
  readonly call: string;
  /** The nth such call, counted from now. */
  readonly nth: number;
  /** `meanwhile`: the call is done and answered as if nothing had happened. */
  readonly moment: "before" | "after" | "meanwhile";
}

/** `before the 2nd Dismount-Database` */
export function sayPoint({ call, nth, moment }: KillPoint): string {
  return `${moment} call ${nth} of ${call}`;
}

export class Killer extends FaultScript {
  #point: KillPoint | undefined;
  #seen = 0;
  #kill: () => void = () => undefined;

  /** The next call that fits `point` is met with `kill`, once. */
  arm(point: KillPoint, kill: () => void): void {
    this.#point = point;
    this.#seen = 0;
    this.#kill = kill;
  }

  /** Whether the call that was armed for has not come. */
  get isArmed(): boolean {
    return this.#point !== undefined;
  }

  override take(edge: Edge, server: string, call: string): Fault | undefined {
    const point = this.#point;
    if (edge === "ssh" || point?.edge !== edge || point.call !== call || !this.#isDue(point)) return super.take(edge, server, call);
    this.#strike();
    if (point.moment === "meanwhile") return super.take(edge, server, call);
    return { when: { edge }, what: point.moment === "before" ? "cutBefore" : "cutAfter" };
  }

  /** Watches the commands of the lab's buffer host, too. */
  watch({ world: { buffer } }: Lab): void {
    const run = buffer.run.bind(buffer);
    buffer.run = (command, stdin, user) => {
      const point = this.#point;
      if (point?.edge !== "ssh" || !command.includes(point.call) || !this.#isDue(point)) return run(command, stdin, user);
      const done = point.moment === "before" ? undefined : run(command, stdin, user);
      this.#strike();
      return point.moment === "meanwhile" && done !== undefined ? done : { code: 255, stdout: "", stderr: "" };
    };
  }

  #isDue(point: KillPoint): boolean {
    this.#seen += 1;
    return this.#seen >= point.nth;
  }

  #strike(): void {
    this.#point = undefined;
    this.#kill();
  }
}
