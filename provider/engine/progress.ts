// How far a wait is, in words: what is left, how fast it goes, how long it will take, since when it is stuck.
import type { Refusal, Wait } from "./plan.ts";

/** Follows one wait from reading to reading. */
export interface Progress {
  readonly startedMs: number;
  /** What was left at first, where that could be counted. */
  readonly startCount: number | undefined;
  readonly leastCount: number | undefined;
  /** When less was left than ever before. */
  readonly movedMs: number;
  /** The earliest end that was ever told: a later one is no news that makes up for it. */
  readonly dueAtMs: number | undefined;
}

/** Every wait since the last step, by its key. */
export type Waits = Readonly<Record<string, Progress>>;

/**
 * This wait and all of them after a reading. What is new, has less left than ever before, or has an end that is still to come, is movement, and
 * movement of one excuses all. Waits that merely take turns with each other, what grows, and what cannot be counted any more are none.
 */
export function waitsAfter(before: Waits, wait: Wait, nowMs: number): { readonly progress: Progress; readonly waits: Waits } {
  const progress = progressAfter(before[wait.key], wait, nowMs);
  const moves = progress.movedMs === nowMs || (progress.dueAtMs ?? nowMs) > nowMs;
  return { progress, waits: { ...(moves ? moved(before, nowMs) : before), [wait.key]: progress } };
}

/** A step done is movement, and what is left is counted from what it is then. */
export function waitsAfterStep(before: Waits, nowMs: number): Waits {
  return moved(
    mapped(before, (progress) => ({ ...progress, leastCount: undefined, dueAtMs: undefined })),
    nowMs,
  );
}

/** The progress after this reading; `before` is that of the same wait, or `undefined` when the wait is new. */
export function progressAfter(before: Progress | undefined, { left, dueAtMs }: Wait, nowMs: number): Progress {
  const count = left?.count;
  if (before === undefined) return { startedMs: nowMs, startCount: count, leastCount: count, movedMs: nowMs, dueAtMs };
  const isLess = count !== undefined && before.leastCount !== undefined && count < before.leastCount;
  return {
    startedMs: before.startedMs,
    startCount: before.startCount ?? count,
    leastCount: isLess ? count : (before.leastCount ?? count),
    movedMs: isLess ? nowMs : before.movedMs,
    dueAtMs: earlier(before.dueAtMs, dueAtMs),
  };
}

/** Whether `stuckAfterMs` have passed without progress: of a wait whose end was told, since the earliest end that was ever told. */
export function isStuck({ movedMs, dueAtMs = movedMs }: Progress, stuckAfterMs: number, nowMs: number): boolean {
  return nowMs - Math.max(movedMs, dueAtMs) >= stuckAfterMs;
}

function moved(waits: Waits, movedMs: number): Waits {
  return mapped(waits, (progress) => ({ ...progress, movedMs }));
}

function mapped(waits: Waits, change: (progress: Progress) => Progress): Waits {
  return Object.fromEntries(Object.entries(waits).map(([key, progress]) => [key, change(progress)]));
}

function earlier(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

/** What a person is told of a wait that has not moved for `stuckAfterMs` milliseconds. */
export function stuckWords({ for: what, stuck }: Wait, stuckAfterMs: number): Refusal {
  const { sentence, remedy } = stuck ?? {
    sentence: `Nothing has moved for a long time: it waits for ${what}.`,
    remedy: "See to it, then run `pulumi up` again: it goes on from here.",
  };
  return { sentence: sentence.replaceAll("{time}", sayCount(Math.round(stuckAfterMs / 60_000), "minute")), remedy };
}

/**
 * `39 left, 12/s, 3 s (messages); waits for …`: the number first and all of it short, for a narrow terminal cuts a row behind its first words; the sentence
 * is read where rows are not cut, as in a log.
 */
export function sayProgress(progress: Progress, wait: Wait, nowMs: number): string {
  const due = wait.dueAtMs === undefined ? "" : `${sayDuration(Math.max(0, wait.dueAtMs - nowMs))} left; `;
  return `${due}${sayLeft(progress, wait, nowMs)}waits for ${wait.for}`;
}

function sayLeft(progress: Progress, { left }: Wait, nowMs: number): string {
  if (left === undefined) return "";
  const { count, unit } = left;
  const ofWhat = unit === undefined ? "" : ` (${unit}${count === 1 ? "" : "s"})`;
  return `${[`${sayNumber(count)} left`, ...saySpeed(progress, count, nowMs)].join(", ")}${ofWhat}; `;
}

/** So few that have gone say nothing of those that are left. */
const fewGone = 5;

/** How fast it goes and how long it will take, or since when it does not go. */
function saySpeed({ startedMs, startCount, movedMs }: Progress, count: number, nowMs: number): readonly string[] {
  const [gone, seconds] = [(startCount ?? count) - count, (nowMs - startedMs) / 1000];
  if (gone < fewGone || seconds <= 0) return nowMs - movedMs < 60_000 ? [] : [`not moved for ${sayDuration(nowMs - movedMs)}`];
  const perSecond = gone / seconds;
  const speed = perSecond >= 1 ? `${Math.round(perSecond)}/s` : `${Math.max(1, Math.round(perSecond * 60))}/min`;
  return [speed, sayDuration((count / perSecond) * 1000)];
}

/** `1 message`, `31 messages` */
export function sayCount(count: number, unit: string): string {
  return `${sayNumber(count)} ${unit}${count === 1 ? "" : "s"}`;
}

/** `4,812` */
export function sayNumber(count: number): string {
  return count.toLocaleString("en-US");
}

/** `40 s`, `12 min`, `10 h 21 min`, `3 days 2 h` */
export function sayDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} days` : `${days} days ${hours % 24} h`;
}
