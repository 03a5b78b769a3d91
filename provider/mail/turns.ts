// The turns of the runs that use a buffer host: one small file for each beside the claim, made by `ln`, which never replaces another's. A turn that has
// ended has a second name. What a turn is for is not decided here.
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { claimedBy, claimOf, claimParts, sayUtc } from "./claim.ts";
import { quote } from "./quote.ts";
import { type BufferLayout, folderOf, framed, hostCommand, type Part, succeeded, unframed, writeOnce } from "./script.ts";
import type { SshRun } from "./ssh.ts";

const note = z.object({
  program: z.string(),
  host: z.string(),
  pid: z.number(),
  startedAt: z.string(),
  machine: z.string(),
  sinceMs: z.number(),
  waits: z.boolean(),
});

/** Who took a turn, where that runs, and since when. */
export type TurnNote = Readonly<z.output<typeof note>>;

export interface StandingTurn {
  readonly number: number;
  readonly note: TurnNote;
  readonly ended: boolean;
}

/** Every function throws {MailError}. */
export interface BufferTurns {
  /**
   * The newest turn; `undefined` before the first. `expected` is the number that it most likely has: then it is one round trip.
   * @throws {MailError} reason `rejected` when another program than `program` has claimed the host; looked at where nothing is expected
   */
  newest(program: string, expected?: number): Promise<StandingTurn | undefined>;
  /** Takes a turn, unless it is taken. @returns whether it is this note's now */
  take(number: number, note: TurnNote): Promise<boolean>;
  /** Marks a turn as ended. */
  end(number: number): Promise<void>;
}

interface Seen {
  readonly number: number;
  readonly ended: boolean;
  /** Absent where another turn was expected. */
  readonly note: TurnNote | undefined;
}

/** Older turns than this many are removed when one is taken. */
const kept = 20;

/** Turns over what runs scripts on the host: `act` for one act, `ask` for parts that tell how each went. */
export function turnsOver(
  layout: BufferLayout,
  host: string,
  act: (what: string, script: string, run?: SshRun) => Promise<string>,
  ask: <Answer>(what: string, script: string, parse: (output: string) => Answer, run?: SshRun) => Promise<Answer>,
): BufferTurns {
  const seen = (expected: number) =>
    ask("reading whose turn it is", turnsScript(layout, expected), (output) => turnsOf(layout, unframed(output), expected));
  const withClaim = () =>
    ask("reading whose turn it is", `${turnsScript(layout, 0)}; ${framed(claimParts(layout))}`, (output) => {
      const parts = unframed(output);
      return { claim: claimOf(parts), turn: turnsOf(layout, parts, 0) };
    });
  /** With its note, whatever turn was expected. */
  const whole = async (turn: Seen | undefined): Promise<StandingTurn | undefined> => {
    if (turn === undefined) return undefined;
    const { note } = turn;
    return note === undefined ? whole(await seen(turn.number)) : { ...turn, note };
  };
  return {
    newest: async (program, expected) => {
      if (expected !== undefined) return whole(await seen(expected));
      const { claim, turn } = await withClaim();
      const newest = await whole(turn);
      if (claim !== undefined && claim.program !== program) throw claimedBy(host, claim, program, sayLast(newest));
      return newest;
    },
    take: async (number, wanted) => {
      const text = JSON.stringify(note.parse(wanted));
      const script = takeScript(layout, number, text, randomBytes(6).toString("hex"));
      const standing = await ask(`taking turn ${number}`, script, (output) => succeeded(unframed(output), "standing"));
      return standing.trim() === text;
    },
    end: async (number) =>
      void (await act(
        `ending turn ${number}`,
        hostCommand(layout, "ln", "-f", ...["", ".ended"].map((end) => quote(fileOf(layout, number, end)))),
      )),
  };
}

/** ` (last used by process 4711 on runner-3 since 2026-12-05 20:00 UTC, which has ended)`, or nothing. */
function sayLast(turn: StandingTurn | undefined): string {
  if (turn === undefined) return "";
  const { pid, host, sinceMs } = turn.note;
  const ending = turn.ended ? "which has ended" : "which has not said that it ended";
  return ` (last used by process ${pid} on ${host} since ${sayUtc(sinceMs)}, ${ending})`;
}

/** Shows which turns there are, and the note of the turn `expected`. */
function turnsScript(layout: BufferLayout, expected: number): string {
  const folder = quote(folderOf(layout.claimFile));
  return framed([
    ["there", hostCommand(layout, "test", "-e", folder)],
    ["turns", hostCommand(layout, "ls", folder)],
    ["note", hostCommand(layout, "cat", quote(fileOf(layout, expected)))],
  ]);
}

/** Writes the note into the file of the turn unless there is one already, then shows what stands there. `nonce` tells two writers apart. */
function takeScript(layout: BufferLayout, number: number, text: string, nonce: string): string {
  const old =
    number > kept ? [hostCommand(layout, "rm", "-f", ...[".ended", ""].map((end) => quote(fileOf(layout, number - kept, end))))] : [];
  const standing = framed([["standing", hostCommand(layout, "cat", quote(fileOf(layout, number)))]]);
  return [writeOnce(layout, fileOf(layout, number), text, nonce), ...old, standing].join("; ");
}

/** @throws {Error} in words, when a part failed or cannot be read */
function turnsOf(layout: BufferLayout, parts: ReadonlyMap<string, Part>, expected: number): Seen | undefined {
  if (parts.get("there")?.code === 1) return undefined;
  const names = succeeded(parts, "turns").split("\n");
  const number = Math.max(0, ...names.map((name) => Number(/^turn-(\d+)$/.exec(name)?.[1] ?? 0)));
  if (number === 0) return undefined;
  const ended = names.includes(`turn-${number}.ended`);
  return { number, ended, note: number === expected ? noteOf(succeeded(parts, "note"), quote(fileOf(layout, number))) : undefined };
}

function noteOf(text: string, file: string): TurnNote {
  try {
    return note.parse(JSON.parse(text));
  } catch {
    throw new Error(`${file} holds what no run wrote there; look at it, then remove it (rm ${file})`);
  }
}

function fileOf(layout: BufferLayout, number: number, ending = ""): string {
  return `${folderOf(layout.claimFile)}/turn-${number}${ending}`;
}
