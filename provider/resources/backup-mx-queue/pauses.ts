// The mail of each pause, as a program gets it, and of the last one in a line for the screen. Pure. As a page for people: account.ts.
import { sayUtcRange } from "../../common/utc.ts";
import { sayNumber } from "../../engine/progress.ts";
import type { Pause, PauseLedger } from "../pause-shape.ts";
import type { BufferRecorded } from "./shape.ts";

/** The newest first. One in which the buffer was asked for nothing is none. */
export function pausesOf({ ledger, earlier = [] }: BufferRecorded): readonly Pause[] {
  return [...(ledger === undefined ? [] : [ledger]), ...earlier].filter((each) => !isNothing(each)).map(pauseOf);
}

/** Whether there is nothing to tell: a pause whose proof has a gap always has something. */
export function isNothing({ accepted, refused, gaps = [] }: PauseLedger): boolean {
  return accepted === 0 && refused === 0 && gaps.length === 0;
}

function pauseOf(ledger: PauseLedger): Pause {
  const { fromMs, toMs, over = false, lost, longestWayMs, longestWay, lostMessages, duplicatedMessages, ...counts } = ledger;
  return {
    from: iso(fromMs),
    to: iso(toMs),
    over,
    ...counts,
    // What is missing may have been lost.
    ...(ledger.gaps === undefined ? { lost } : { lostAtLeast: lost }),
    ...(longestWayMs === undefined ? {} : { longestWay: { seconds: Math.round(longestWayMs / 1_000), ...named(longestWay) } }),
    ...(lostMessages === undefined ? {} : { lostMessages: lostMessages.map(message) }),
    ...(duplicatedMessages === undefined ? {} : { duplicatedMessages: duplicatedMessages.map(message) }),
  };
}

type Kept = NonNullable<PauseLedger["longestWay"]>;

function message({ id, arrivedAtMs }: Kept): { readonly id: string; readonly arrived: string } {
  return { id, arrived: iso(arrivedAtMs) };
}

function named(kept: Kept | undefined): { readonly id?: string; readonly arrived?: string } {
  return kept === undefined ? {} : message(kept);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

const columns = 60;

/**
 * The last pause in one line: `lost 0 of 4,812, twice 0, delivered 4,809, bounced 3 (…)`. A narrow screen cuts it behind its first words, so what would
 * not stand in 60 columns is one number, `others`; where the proof has a gap, that comes first, and the numbers after it.
 */
export function sayLedger(pause: Pause): string {
  const { accepted, delivered, stillHere, bounced, discarded, duplicated, from, to } = pause;
  const others = Object.entries({ "still held": stillHere, bounced, discarded }).flatMap(([what, count]) =>
    count === 0 ? [] : [`${what} ${sayNumber(count)}`],
  );
  const [all, twice] = [sayNumber(accepted), `twice ${sayNumber(duplicated)}`];
  const range = `(${sayUtcRange(Date.parse(from), Date.parse(to))})`;
  if (pause.lost === undefined)
    return `NOT COMPLETE, ${sayLost(pause)}, of ${all} delivered ${[sayNumber(delivered), twice, ...others].join(", ")} ${range}`;
  const first = [`${sayLost(pause)} of ${all}`, twice, `delivered ${sayNumber(delivered)}`];
  const whole = [...first, ...others].join(", ");
  const short = [...first, `others ${sayNumber(stillHere + bounced + discarded)}`].join(", ");
  return `${whole.length <= columns ? whole : short} ${range}`;
}

/** It is not said that nothing was lost where that is not proved. */
export function sayLost({ lost, lostAtLeast = 0 }: Pause): string {
  if (lost !== undefined) return `lost ${sayNumber(lost)}`;
  return lostAtLeast === 0 ? "lost is not known" : `lost at least ${sayNumber(lostAtLeast)}`;
}
