// What is left of a row's words on a screen of 80, 120 and 200 columns, as test/rehearsal/recorded/rows.txt holds it; `RECORD=1` writes that anew.
// How Pulumi's interactive view lays a row out was seen in a run of `pulumi up` (CLI 3.259) on the lab's site in tmux, at these three widths: type, name,
// status and info begin at the columns below, `[diff: ~…]; ` stands before our words, and the line is cut one column before the edge. A run of some
// hundred seconds moves info by two more columns.
import { deepEqual, equal } from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Wait } from "../../provider/engine/plan.ts";
import { type Progress, sayProgress } from "../../provider/engine/progress.ts";
import { resource as buffer } from "../../provider/resources/backup-mx-queue/index.ts";
import type { SiteResource } from "../../provider/resources/define-resource.ts";
import { resource as databases } from "../../provider/resources/mailbox-database-state/index.ts";
import { resource as mx } from "../../provider/resources/mx-record/index.ts";
import { resource as transport } from "../../provider/resources/transport-state/index.ts";

const [typeAt, nameAt, statusAt, infoAt] = [5, 48, 73, 93];
const widths = [80, 120, 200] as const;
const host = "buffer.contoso-mail.net";

interface Row {
  readonly kind: string;
  readonly name: string;
  readonly diff: string;
  readonly words: string;
}

function lineOf({ kind, name, diff, words }: Row, width: number): string {
  const line = " ~ "
    .padEnd(typeAt)
    .concat(`   ├─ exchange:index:${kind}`)
    .padEnd(nameAt)
    .concat(name)
    .padEnd(statusAt)
    .concat("updating (41s)")
    .padEnd(infoAt)
    .concat(`[diff: ~${diff}]; ${words} [Sun 6 Dec 02:14 UTC (03:14 in Berlin)]`);
  return line.slice(0, width - 1).trimEnd();
}

/** As the engine says a step. */
function step<S extends { readonly kind: string }>(resource: SiteResource, act: S): string {
  const brief = resource.brief?.(act);
  return `${brief === undefined ? "" : `${brief}; `}${resource.say(act)}`;
}

/** As the engine says a wait of which `startCount` were left ten minutes ago. */
function wait(what: string, more: Partial<Wait>, startCount?: number): string {
  const tenMinutes = 600_000;
  const progress: Progress = { startedMs: 0, startCount, leastCount: more.left?.count, movedMs: tenMinutes, dueAtMs: more.dueAtMs };
  return sayProgress(progress, { kind: "wait", key: "", for: what, recheckMs: 5_000, ...more }, tenMinutes);
}

const entry = { preference: 10, exchange: host };
const rows: readonly Row[] = [
  ...[
    step(databases, { kind: "rebalance", dag: "DAG1", from: "01:00:00", to: "never" }),
    step(databases, { kind: "dismount", database: "DB03", server: "ex02" }),
    step(databases, { kind: "mount", database: "DB03", server: "ex02" }),
    wait("level copies: DB01 on ex03 (1 log behind), DB02 on ex03 (6 logs behind)", { left: { count: 9, unit: "log" } }, 69),
  ].map((words) => ({ kind: "MailboxDatabaseState", name: "DAG1", diff: "state", words })),
  ...[
    step(transport, { kind: "suspend", server: "ex02" }),
    wait("the queues of ex02: 39 to smarthost.contoso.net", { left: { count: 39, unit: "message" } }, 39),
    step(transport, { kind: "resume", server: "ex02" }),
    step(transport, { kind: "token", host: "ex02.contoso.local", from: "", to: "postmaster@contoso.com" }),
  ].map((words) => ({ kind: "TransportState", name: "ex02", diff: "state", words })),
  ...[
    step(buffer, { kind: "claim", host, program: "site/berlin" }),
    step(buffer, { kind: "hold", host }),
    step(buffer, { kind: "unhold", host }),
    step(buffer, { kind: "release", host, ids: ["A", "B"], requeue: false, held: 1_085 }),
    wait(`1,085 messages to be delivered from ${host}, 50 at a time, the oldest first`, { left: { count: 1_085, unit: "message" } }, 2_285),
  ].map((words) => ({ kind: "BackupMxQueue", name: host, diff: "state", words })),
  ...[
    step(mx, { kind: "rewrite", name: "contoso.com", fromSeconds: 3_600, toSeconds: 300, notes: {} }),
    step(mx, { kind: "add", name: "contoso.com", exchange: entry }),
    step(mx, { kind: "remove", name: "contoso.com", exchange: entry }),
    wait("10 mail.contoso.com for contoso.com: ns2.contoso-dns.net still answers …", { left: { count: 1, unit: "name server" } }, 2),
    wait("caches to forget 10 mail.contoso.com for contoso.com (300 s)", { dueAtMs: 720_000 }),
  ].map((words) => ({ kind: "MxRecord", name: "contoso.com", diff: "exchanges", words })),
];

describe("a row of Pulumi's interactive view", () => {
  it("on screens of 80, 120 and 200 columns is as recorded", () => {
    const place = path.join(import.meta.dirname, "recorded", "rows.txt");
    const text = widths.flatMap((width) => [`==== ${width} columns`, ...rows.map((row) => lineOf(row, width))]).join("\n");
    if (process.env["RECORD"] === "1") writeFileSync(place, `${text}\n`);
    equal(`${text}\n`, existsSync(place) ? readFileSync(place, "utf8") : "");
  });

  it("on 120 columns shows of a wait its number, and of a step on a database which and where to", () => {
    const seen = rows.map((row) =>
      lineOf(row, 120)
        .slice(infoAt)
        .replace(/^\[diff: ~\w+\]; ?/, ""),
    );
    const waits = seen.filter((_words, index) => rows[index]?.words.includes("waits for"));
    deepEqual(waits, ["9 left, 6/", "39 left (m", "1,085 left", "1 left", "2 min"]);
    deepEqual(
      seen.filter((words) => words.startsWith("DB")),
      ["DB03 down;", "DB03 up; m"],
    );
  });
});
