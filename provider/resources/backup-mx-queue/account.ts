// The mail of a pause as a page that people read and keep. Pure; made in the program, so that no text of it lies in Pulumi's state.
import { sayInstant } from "../../common/utc.ts";
import { sayCount, sayDuration, sayNumber } from "../../engine/progress.ts";
import type { Pause } from "../pause-shape.ts";
import { sayLost } from "./pauses.ts";

/** `site`: what its people call it; `timeZone`: IANA name of its zone. */
export function sayAccount(pause: Pause, site: string, timeZone: string): string {
  const { from, to, over, accepted, recipients, delivered, stillHere, refused, duplicated, bounced, discarded, gaps = [] } = pause;
  const at = (iso: string) => sayInstant(Date.parse(iso), timeZone);
  const lines = [
    `Mail during the pause of ${site}, ${at(from)} to ${at(to)}: ${sayDuration(Date.parse(to) - Date.parse(from))}`,
    ...(over ? [] : ["  The pause is not over: this is how it stood then."]),
    ...(gaps.length === 0
      ? []
      : ["  NOT COMPLETE: whether more was lost is not known. Missing in the proof:", ...gaps.map((gap) => `    ${gap}`)]),
    row("accepted by the buffer", `${sayCount(accepted, "message")} for ${sayCount(recipients, "recipient")}`),
    row("delivered to Exchange", sayCount(delivered, "message")),
    ...(stillHere === 0 ? [] : [row("still held", sayCount(stillHere, "message"))]),
    `  ${[sayLost(pause), `duplicated ${sayNumber(duplicated)}`, `bounced ${sayNumber(bounced)}`, ...(discarded === 0 ? [] : [`discarded on the buffer ${sayNumber(discarded)}`])].join("   ")}`,
    ...(refused === 0 ? [] : [row("refused at the door", `${sayCount(refused, "recipient")}; nothing was taken for them`)]),
    ...sayLongest(pause, at),
    ...sayZones(pause),
    ...sayReasons("Bounced, by what the next host said (recipients):", pause.bounces),
    ...sayReasons("Refused at the door, by what the buffer said (recipients):", pause.refusals),
    ...sayMessages("Lost", pause.lostMessages, at),
    ...sayMessages("Delivered more than once", pause.duplicatedMessages, at),
  ];
  return `${lines.join("\n")}\n`;
}

function row(what: string, said: string): string {
  return `  ${what.padEnd(26)}${said}`;
}

function sayLongest({ longestWay }: Pause, at: (iso: string) => string): readonly string[] {
  if (longestWay === undefined) return [];
  const { seconds, id, arrived } = longestWay;
  const which = id === undefined || arrived === undefined ? "" : `: message ${id}, taken ${at(arrived)}`;
  return [row("longest way", `${sayDuration(seconds * 1_000)}${which}`)];
}

function sayZones({ zones = [] }: Pause): readonly string[] {
  const sums = ["accepted", "delivered", "stillHere", "lost", "bounced", "discarded"] as const;
  const width = Math.max(...zones.map(({ zone }) => zone.length)) + 2;
  const line = (zone: string, said: readonly string[]) => `  ${zone.padEnd(width)}${said.map((each) => each.padStart(11)).join("")}`;
  if (zones.length === 0) return [];
  return [
    "By zone, in messages; one for two zones is counted in both:",
    line(
      "",
      sums.map((sum) => (sum === "stillHere" ? "still held" : sum)),
    ),
    ...zones.map((zone) =>
      line(
        zone.zone,
        sums.map((sum) => sayNumber(zone[sum])),
      ),
    ),
  ];
}

function sayReasons(title: string, reasons: Pause["bounces"] = []): readonly string[] {
  const lines = reasons.map(
    ({ count, reply, id }) => `  ${sayNumber(count).padStart(6)}  ${reply}${id === undefined ? "" : ` (such as ${id})`}`,
  );
  return lines.length === 0 ? [] : [title, ...lines];
}

function sayMessages(what: string, messages: Pause["lostMessages"] = [], at: (iso: string) => string): readonly string[] {
  const lines = messages.map(({ id, arrived }) => `  ${id}, taken ${at(arrived)}`);
  return lines.length === 0
    ? []
    : [`${what}${lines.length < 20 ? "" : " (the first twenty)"}; the buffer's log knows them by these ids:`, ...lines];
}
