// Whose turn it is to act on a site: numbers that are given once, at a place that all runs of a program reach. What a turn guarantees: fence.ts.
import { EdgeError } from "../common/reason.ts";
import type { Refusal } from "./plan.ts";

/** One run: the engine that asks, and where it runs. */
export interface Runner {
  /** The machine's name, for people. */
  readonly host: string;
  /** The engine's process. */
  readonly pid: number;
  /** What tells it from a later process with the same id; may be empty. */
  readonly startedAt: string;
  /** On machines with the same value here, a process id means the same process. */
  readonly machine: string;
}

/** What stands at the place for a turn that was taken. */
export interface TurnNote extends Runner {
  /** `project/stack` */
  readonly program: string;
  /** When it was taken, milliseconds since 1970. */
  readonly sinceMs: number;
  /** Whether the turn before is that of a run that may still live: then nobody acts before what that one last saw is no longer good. */
  readonly waits: boolean;
}

export interface StandingTurn {
  /** From 1. */
  readonly number: number;
  readonly note: TurnNote;
  /** Whether a process of its run has said that it takes no further step: nobody need be told that its turn is over. */
  readonly ended: boolean;
}

/** Where turns stand. Every function is one small request, or a few; none tries again. @throws an edge's error */
export interface TurnPlace {
  /** As a person would say it: `buffer.contoso-mail.net`. */
  readonly name: string;
  /** The newest turn; `undefined` before the first. `expected`: the number that it most likely has. @throws when another program uses the site */
  newest(expected?: number): Promise<StandingTurn | undefined>;
  /** Takes the turn `number`, which one run alone is ever given. @returns false when another run has it */
  take(number: number, note: TurnNote): Promise<boolean>;
  /** Says that the run of this turn takes no further step. */
  end(number: number): Promise<void>;
}

/** Called right before what acts is sent; resolves while it is this run's turn. @throws {TurnError} when it is no longer */
export type MayAct = () => Promise<void>;

/** A run's turn, as one operation of it sees it. */
export interface Turn {
  /** Why nothing may be changed whosever turn it is: no place for turns is known. */
  readonly refusal?: Refusal;
  /**
   * Notes which turn is the newest when the run begins its work, before anything is read. A run that has waited since then, and not acted, has no turn;
   * it gets none after another one has taken its own meanwhile.
   */
  enter(): Promise<void>;
  /**
   * Takes the turn if this run has none. Resolves with whether it had one: what was read before a turn was taken may be as another run left it
   * at its last step, so it is read again. @throws {TurnError}
   */
  begin(): Promise<boolean>;
  readonly mayAct: MayAct;
}

/** This run acts no more. Trying again does not help: reason `overtaken`. */
export class TurnError extends EdgeError<"overtaken"> {
  override readonly name = "TurnError";
  constructor(message: string) {
    super("overtaken", message);
  }
}
