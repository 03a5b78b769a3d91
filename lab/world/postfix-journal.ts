// journalctl on the lab's buffer host, as far as a reader of Postfix's lines needs it. As journalctl of systemd 252 was seen to do: with a cursor it shows
// that entry and what follows, `-n` of them; an entry that is gone is passed over without a word; without the right it ends with 1.
import { CommandFailure, type Program } from "./postfix-account.ts";
import type { LogLine, MailLog } from "./postfix-log.ts";

const [journalId, bootId] = ["1ac34c0e9e0549d0b3fee0097a6a049f", "1cf93c0bcac748f8a145ce3660bc5c5e"];

/** `readers` are in the group systemd-journal. */
export function journalctl(log: MailLog, readers: readonly string[]): Program {
  return ({ args, user }) => {
    if (user !== "root" && !readers.includes(user))
      throw new CommandFailure(1, "No journal files were opened due to insufficient permissions.");
    const { count, cursor, sinceMs, untilMs, isMail } = asked(args);
    const isFromEnd = count !== undefined && !args.includes("--reverse");
    const lines = isMail ? log.lines() : [];
    const shown = count === undefined ? lines.length : count;
    const chosen =
      cursor === undefined
        ? lines.filter(({ atMs }) => atMs >= sinceMs && (isFromEnd || atMs <= untilMs)).slice(-shown || lines.length)
        : lines.filter(({ number }) => number >= cursor).slice(0, shown);
    return { code: 0, stdout: chosen.map((line) => `${JSON.stringify(shownAs(line))}\n`).join(""), stderr: "" };
  };
}

function asked(args: readonly string[]) {
  const words = args.filter((word) => !["--no-pager", "--all", "--reverse"].includes(word));
  let [count, cursor]: (number | undefined)[] = [];
  let [sinceMs, untilMs] = [0, Number.POSITIVE_INFINITY];
  let isMail = false;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [, name, value = ""] = /^(--\w[\w-]*)=(.*)$/.exec(word) ?? [];
    if (word === "-n") count = Number(words.shift());
    else if (word === "-o" && words[0] === "json") words.shift();
    else if (name === "--cursor") cursor = numberOf(value);
    else if (name === "--since") sinceMs = Number(value.replace("@", "")) * 1_000;
    else if (name === "--until") untilMs = Number(value.replace("@", "")) * 1_000;
    else if (name !== "--output-fields") {
      if (!/^\+$|^\w+=/.test(word)) throw new CommandFailure(1, `journalctl: unrecognized option '${word}'`);
      isMail ||= word === "SYSLOG_FACILITY=2";
    }
  }
  return { count, cursor, sinceMs, untilMs, isMail };
}

function cursorOf({ number, atMs }: LogLine): string {
  const microseconds = Math.round(atMs * 1_000);
  return `s=${journalId};i=${number.toString(16)};b=${bootId};m=${(microseconds % 2 ** 40).toString(16)};t=${microseconds.toString(16)};x=${(number * 7_919).toString(16)}`;
}

function numberOf(cursor: string): number {
  const number = /^s=\w+;i=([0-9a-f]+);/.exec(cursor)?.[1];
  if (number === undefined) throw new CommandFailure(1, "Failed to seek to cursor: Invalid argument");
  return Number.parseInt(number, 16);
}

function shownAs(line: LogLine): Readonly<Record<string, string>> {
  return {
    __CURSOR: cursorOf(line),
    __REALTIME_TIMESTAMP: String(Math.round(line.atMs * 1_000)),
    _BOOT_ID: bootId,
    MESSAGE: line.said,
    SYSLOG_IDENTIFIER: `postfix/${line.program}`,
  };
}
