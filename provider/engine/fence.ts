// Keeps two runs from acting on one site by turns: a run takes the next number when it first changes something, if no other run has taken one since it
// began, and takes a step only while its own is the newest. A reading that says so is good for `validMs`: a process that was frozen meanwhile looks again
// before it sends anything, and whoever follows a run that may still live waits that long before its own first step. So no step of an older turn is sent
// after one of a newer turn was. What is sent already is not called back; clocks must run at the same pace, and need not show the same time.
import { sayInstant } from "../common/utc.ts";
import type { Clock } from "./clock.ts";
import { type Runner, type StandingTurn, type Turn, TurnError, type TurnNote, type TurnPlace } from "./turn.ts";

export interface FenceOptions {
  readonly place: TurnPlace;
  readonly program: string;
  readonly runner: Runner;
  /** Whether a run has surely ended. */
  readonly isOver: (runner: Runner) => boolean;
  /** Real time that passes, also while this process stands still. */
  readonly elapsed: Clock;
  /** The time that notes and people read. */
  readonly nowMs: () => number;
  readonly timeZone: string;
}

/** Milliseconds that a reading of the newest turn is good for. Longer than an answer over a slow line takes. */
export const validMs = 3_000;
const toldElsewhere = "This run takes no further step, for the reason that is given at another resource.";
/** Answers in a row that came too late to be good for anything, until a person must look. */
const mostLateAnswers = 10;

export class Fence {
  readonly #options: FenceOptions;
  /** This run's turn. */
  #number: number | undefined;
  /** The newest turn when this run began; 0 where there was none. */
  #enteredAt: number | undefined;
  #entering: Promise<StandingTurn | undefined> | undefined;
  /** The turn of another run that this one is about to end. */
  #ends: StandingTurn | undefined;
  /** When the reading was asked for that showed it as the newest. */
  #confirmedAtMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;
  #looking: Promise<void> | undefined;
  #over: TurnError | undefined;
  /** The operation that says why this run's turn is over; the others are spared the same words. */
  #told: Turn | undefined;

  constructor(options: FenceOptions) {
    this.#options = options;
  }

  /** This run's turn; `undefined` before it has one. */
  get number(): number | undefined {
    return this.#number;
  }

  /** This run's turn for one operation, which tells a person by `say` whose turn it ended. Nobody may act for it once `signal` is aborted. */
  turn(say: (text: string) => void, signal?: AbortSignal): Turn {
    const mayAct = async () => {
      signal?.throwIfAborted();
      await this.#mayAct(say).catch((error: unknown) => {
        if (error !== this.#over) throw error;
        this.#told ??= turn;
        throw this.#told === turn ? error : new TurnError(toldElsewhere);
      });
      signal?.throwIfAborted();
    };
    const turn: Turn = {
      mayAct,
      enter: () => this.#enter(),
      begin: async () => {
        const had = this.#number !== undefined;
        await mayAct();
        return had;
      },
    };
    return turn;
  }

  async #enter(): Promise<void> {
    if (this.#enteredAt !== undefined) return;
    this.#entering ??= this.#options.place.newest().finally(() => {
      this.#entering = undefined;
    });
    const newest = await this.#entering;
    this.#enteredAt ??= newest?.number ?? 0;
  }

  async #mayAct(say: (text: string) => void): Promise<void> {
    for (let looks = 0; !this.#isConfirmed(); looks += 1) {
      if (looks === mostLateAnswers)
        throw new TurnError(`${this.#options.place.name} answers too slowly to say whose turn it is: not within ${validMs / 1000} s.`);
      this.#looking ??= this.#look(say).finally(() => {
        this.#looking = undefined;
      });
      await this.#looking;
    }
  }

  /** This run takes no further step, and says so where it had a turn. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#looking?.catch(() => undefined);
    if (this.#number !== undefined && this.#over === undefined) await this.#options.place.end(this.#number);
  }

  #isConfirmed(): boolean {
    if (this.#over !== undefined) throw this.#over;
    if (this.#isClosed) throw new TurnError("This run has ended.");
    return this.#options.elapsed.now() - this.#confirmedAtMs < validMs;
  }

  async #look(say: (text: string) => void): Promise<void> {
    const { place, elapsed, runner } = this.#options;
    const askedAtMs = elapsed.now();
    const newest = await place.newest(this.#number);
    if (this.#number === undefined) return this.#take(newest, say);
    if (newest === undefined || newest.number !== this.#number || !isSame(newest.note, runner)) {
      throw this.#overFor(newest);
    }
    this.#confirmedAtMs = askedAtMs;
  }

  /** The next number, unless the newest is this run's already: taken by another process of it, or by a request whose answer was lost. */
  async #take(newest: StandingTurn | undefined, say: (text: string) => void): Promise<void> {
    const { place, program, runner, nowMs, isOver } = this.#options;
    if (newest !== undefined && isSame(newest.note, runner)) return this.#begin(newest.number, newest.note.waits, say);
    const number = (newest?.number ?? 0) + 1;
    this.#enteredAt ??= number - 1;
    if (this.#enteredAt !== number - 1) throw this.#overFor(newest);
    // That a turn has ended is the word of one process of its run; another may be at its last step.
    const waits = newest !== undefined && !isOver(newest.note);
    this.#ends = newest?.ended === false ? newest : undefined;
    if (await place.take(number, { ...runner, program, sinceMs: nowMs(), waits })) await this.#begin(number, waits, say);
  }

  async #begin(number: number, waits: boolean, say: (text: string) => void): Promise<void> {
    if (this.#ends?.number === number - 1) say(this.#sayTaken(number, this.#ends, waits));
    if (waits) await this.#options.elapsed.sleep(validMs);
    this.#number = number;
  }

  #sayTaken(number: number, { number: ended, note }: StandingTurn, waits: boolean): string {
    const may = waits
      ? `Whether it still lives is not known from here; it takes no further step. Waits ${validMs / 1000} s for what it may just have sent.`
      : "That process is no more.";
    return `This run takes turn ${number} and ends turn ${ended}, that of ${this.#sayRun(note)}, which did not end by itself. ${may}`;
  }

  /** This run's turn is over, or it gets none: now and for good. */
  #overFor(newest: StandingTurn | undefined): TurnError {
    const { place } = this.#options;
    const mine = this.#number ?? this.#enteredAt ?? 0;
    const kept = "This run takes no further step; what it has done is kept.";
    const removed = newest === undefined || newest.number <= mine;
    const what = removed
      ? `The turns of this site no longer stand on ${place.name} as this run has seen them (${mine}): somebody removed them. ${kept} Run \`pulumi up\` again: it takes the next turn and goes on from here.`
      : `${this.#number === undefined ? "Since this run began," : `The turn of this run (${mine}) is over:`} ${this.#sayRun(newest.note)} has taken turn ${newest.number} on ${place.name}. ${kept} If that run is the right one, there is nothing to do; if not, run \`pulumi up\` again: it takes the next turn.`;
    this.#over = new TurnError(what);
    return this.#over;
  }

  /** `site/berlin (process 4711 on runner-3, since Sat 5 Dec 20:00 UTC)` */
  #sayRun({ program, pid, host, sinceMs }: TurnNote): string {
    return `${program} (process ${pid} on ${host}, since ${sayInstant(sinceMs, this.#options.timeZone)})`;
  }
}

function isSame(note: TurnNote, { machine, pid, startedAt }: Runner): boolean {
  return note.machine === machine && note.pid === pid && note.startedAt === startedAt;
}
