// The turns of the runs that use a buffer host: one small file for each beside the claim, made once. A turn that has ended has a second name.
// What a turn is for is not decided here.
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { sayInstant } from "../common/utc.ts";
import { claimedBy, claimIn } from "./claim.ts";
import { type BufferLayout, folderOf, hostCommand, makeOnce } from "./command.ts";
import type { HostCommands } from "./host-commands.ts";
import { quote } from "./quote.ts";
import { fileIn, readStanding, type StandingFiles } from "./standing-files.ts";

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
   * The newest turn; `undefined` before the first.
   * @throws {MailError} reason `rejected` when a program has claimed the host that has none of the names `programs`, the first of which is the one of
   * now; not looked at where a turn is `expected`
   */
  newest(programs: readonly string[], expected?: number): Promise<StandingTurn | undefined>;
  /** Takes a turn, unless it is taken. @returns whether it is this note's now */
  take(number: number, note: TurnNote): Promise<boolean>;
  /** Marks a turn as ended. */
  end(number: number): Promise<void>;
}

/** Older turns than this many are removed when one is taken. */
const kept = 20;
/** The names of turns, without those of their ends. */
const turnNames = "turn-*[0-9]";

/** The turns that stand on a host. */
export function turnsOn(commands: HostCommands, layout: BufferLayout): BufferTurns {
  const fileOf = (number: number, ending = "") => `${folderOf(layout.claimFile)}/${nameOf(number)}${ending}`;
  return {
    newest: async (programs, expected) => {
      const isFirstLook = expected === undefined;
      const { claim, newest } = await readStanding(
        commands,
        layout,
        isFirstLook ? "*" : turnNames,
        "reading whose turn it is",
        (files) => ({
          claim: isFirstLook ? claimIn(files, layout) : undefined,
          newest: newestIn(files, fileOf),
        }),
      );
      if (claim !== undefined && !programs.includes(claim.program))
        throw claimedBy(commands.host, layout, claim, programs[0] ?? "", sayLast(newest, layout));
      return newest;
    },
    take: async (number, wanted) => {
      const text = JSON.stringify(note.parse(wanted));
      const outdated = number > kept ? [".ended", ""].map((ending) => fileOf(number - kept, ending)) : [];
      const made = await commands.run(makeOnce(layout, fileOf(number), text, randomBytes(6).toString("hex"), outdated));
      if (made.code === 0) return true;
      const [taking, name] = [`taking turn ${number}`, nameOf(number)];
      const standing = await readStanding(commands, layout, name, taking, (files) => fileIn(files, name));
      if (standing === undefined) throw commands.refusal(taking, made);
      return standing.text.trim() === text;
    },
    end: async (number) =>
      void (await commands.act(`ending turn ${number}`, hostCommand(layout, "ln", "-f", fileOf(number), fileOf(number, ".ended")))),
  };
}

/** `; last used by process 4711 on runner-3 since Sat 5 Dec 20:00 UTC (21:00 in Berlin), which has ended`, or nothing. */
function sayLast(turn: StandingTurn | undefined, { timeZone }: BufferLayout): string {
  if (turn === undefined) return "";
  const { pid, host, sinceMs } = turn.note;
  const ending = turn.ended ? "which has ended" : "which has not said that it ended";
  return `; last used by process ${pid} on ${host} since ${sayInstant(sinceMs, timeZone)}, ${ending}`;
}

function nameOf(number: number): string {
  return `turn-${number}`;
}

function newestIn(files: StandingFiles, fileOf: (number: number) => string): StandingTurn | undefined {
  const number = Math.max(0, ...[...files.keys()].map((name) => Number(/^turn-(\d+)$/.exec(name)?.[1] ?? 0)));
  const file = fileIn(files, nameOf(number));
  return file && { number, note: noteIn(file.text, quote(fileOf(number))), ended: files.has(`${nameOf(number)}.ended`) };
}

function noteIn(text: string, file: string): TurnNote {
  try {
    return note.parse(JSON.parse(text));
  } catch {
    throw new Error(`${file} holds what no run wrote there; look at it, then remove it (rm ${file})`);
  }
}
