// Turns for tests: one that is never anybody else's, and a place for turns in memory, as one small host would keep them.
import { type Clock, elapsedClock } from "../../provider/engine/clock.ts";
import type { StandingTurn, Turn, TurnNote, TurnPlace } from "../../provider/engine/turn.ts";
import { Fences, type FencesOptions } from "../../provider/host/fences.ts";

/** It is always this run's turn. */
export const ourTurn: Turn = { enter: async () => undefined, begin: async () => true, mayAct: async () => undefined };

/** Keeps turns; each function does its work at once and answers in a later turn of the event loop. */
export class MemoryTurns implements TurnPlace {
  readonly name = "buffer.contoso-mail.net";
  readonly #notes = new Map<number, TurnNote>();
  readonly #ended = new Set<number>();
  /** How often the newest was asked for. */
  looks = 0;

  async newest(): Promise<StandingTurn | undefined> {
    this.looks += 1;
    const number = Math.max(0, ...this.#notes.keys());
    const note = this.#notes.get(number);
    return note === undefined ? undefined : { number, note, ended: this.#ended.has(number) };
  }

  async take(number: number, note: TurnNote): Promise<boolean> {
    if (this.#notes.has(number)) return false;
    this.#notes.set(number, note);
    return true;
  }

  async end(number: number): Promise<void> {
    this.#ended.add(number);
  }

  /** As somebody who removes the files. */
  forget(): void {
    this.#notes.clear();
    this.#ended.clear();
  }
}

let runs = 0;

/** The turns of a run that is like no other; whoever ran before has ended, unless `isOver` says otherwise. */
export function newFences(elapsed: Clock = elapsedClock(), isOver: FencesOptions["isOver"] = () => true): Fences {
  runs += 1;
  return new Fences({ runner: { host: "runner-1", pid: runs, startedAt: "", machine: "runner-1" }, isOver, elapsed });
}
