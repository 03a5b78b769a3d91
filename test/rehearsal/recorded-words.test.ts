// What people read of a pause, word for word: previews, errors, what rows show, outputs and journal, as test/rehearsal/recorded/ holds them.
// `RECORD=1` writes that file anew; its difference is then what a reader would notice, and a reviewer looks at.
import { equal } from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Word } from "../../provider/components/word.ts";
import { shapes } from "../../provider/host/catalogue.ts";
import { check } from "../../provider/host/check.ts";
import { hour, MemoryRehearsal, minute, type Options } from "../support/memory-rehearsal.ts";
import { type Deployment, MiniPulumi } from "../support/mini-pulumi.ts";

const folder = path.join(import.meta.dirname, "recorded");

describe("what people read", function () {
  this.timeout(120_000);

  it("of a whole pause is as recorded", async () => {
    const site = new MemoryRehearsal();
    const told: string[] = [];
    const tell = async (title: string, word: Word, options: Options = {}) => {
      told.push(...said(`${title}: preview`, await site.preview(word, options)));
      told.push(...said(`${title}: up`, await site.up(word, options)));
    };
    await tell("online, first", "online");
    at(site, 1);
    await tell("online, again", "online");
    at(site, 2);
    await tell("prepared", "prepared");
    told.push(...outputsOf(site.pulumi));
    await tell("offline too early", "offline", { args: { maxWaitSeconds: 60 } });
    at(site, 3);
    await tell("offline", "offline");
    told.push(...outputsOf(site.pulumi));
    at(site, 6);
    await tell("offline, again", "offline");
    await tell("online, back", "online");
    told.push(...outputsOf(site.pulumi));
    at(site, 8);
    await tell("online, once more", "online");
    asRecorded("pause.txt", told);
  });

  it("when something is wrong is as recorded", async () => {
    const told: string[] = [];
    const first = new MemoryRehearsal();
    told.push(...said("offline as the first word", await first.up("offline")));
    await first.bringTo("offline");
    const lost = { pulumi: new MiniPulumi() };
    told.push(
      ...said("state lost, offline", await first.up("offline", lost)),
      ...said("state lost, online", await first.up("online", lost)),
    );
    told.push(...said("another program", await first.up("online", { pulumi: new MiniPulumi(), program: "other/stack" })));

    const stuck = new MemoryRehearsal({ internal: { perHour: 200 } });
    await stuck.bringTo("prepared");
    stuck.world.site.outside.refuse("partner.example", { code: 421, text: "4.2.1 Unable to connect" });
    stuck.pass(15 * minute);
    told.push(...said("a queue that does not empty", await stuck.up("offline")));

    const silent = new MemoryRehearsal();
    await silent.bringTo("prepared");
    silent.silent.add("ns2.contoso-dns.net");
    told.push(...said("a silent name server", await silent.up("offline")));

    const stranger = new MemoryRehearsal();
    await stranger.bringTo("prepared");
    const [zone] = stranger.world.zones.zones();
    stranger.world.zones.create(zone?.id ?? "", {
      name: zone?.name ?? "",
      type: "MX",
      content: "mx.provider.example",
      priority: 10,
      ttl: 60,
    });
    told.push(...said("a stranger's MX", await stranger.up("offline")));

    const dark = new MemoryRehearsal();
    await dark.bringTo("offline");
    for (const { name } of dark.world.cast.servers) dark.world.site.power(name, "off");
    at(dark, 4);
    told.push(...said("servers without power", await dark.up("online")));
    asRecorded("trouble.txt", told);
  });

  it("of bad arguments is as recorded", () => {
    const bad = {
      state: "up",
      servers: ["ex 01"],
      zone: "Contoso",
      ttlSeconds: 5,
      host: "x",
      maxWaitSeconds: -1,
      turnsAt: {},
      normal: {},
      other: 1,
    };
    const told = shapes.flatMap(({ name, args }) => [
      ...[{}, bad].flatMap((given) => [
        `== ${name} ${JSON.stringify(given)}`,
        ...check(args, given).failures.map(({ property, reason }) => `${property}: ${reason}`),
      ]),
    ]);
    asRecorded("bad-arguments.txt", told);
  });
});

/** Lets the world come to this many hours after the beginning, so that what takes a second longer does not change what is seen later. */
function at(site: MemoryRehearsal, hours: number): void {
  site.pass(Date.UTC(2026, 11, 5, 18) + hours * hour - site.world.events.now());
}

/** What rows show counts seconds and messages by the moment; only its words are recorded. */
function said(title: string, { ended, did, lines, sentences, warnings, shown }: Deployment): readonly string[] {
  const words = [...new Set(shown.map((text) => text.replaceAll(/\d[\d,]*/g, "#")))].sort();
  return [
    `==== ${title}: ${ended}`,
    ...[...did].sort(),
    ...section("lines", lines),
    ...section("errors", sentences),
    ...section("warnings", warnings),
    ...section("rows", words),
  ];
}

function section(title: string, texts: readonly string[]): readonly string[] {
  return texts.length === 0 ? [] : [`-- ${title}`, ...[...texts].sort()];
}

/** All outputs but `recorded`, and of the journal what was done. */
function outputsOf({ state }: MiniPulumi): readonly string[] {
  return Object.entries(state)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([name, { outputs }]) => {
      const { recorded: _memory, journal = [], ...told } = outputs;
      const done = Array.isArray(journal) ? journal.map((line) => `  ${String(line).slice(21)}`) : [];
      return [`-- outputs of ${name}: ${JSON.stringify(told)}`, ...done];
    });
}

function asRecorded(file: string, lines: readonly string[]): void {
  const place = path.join(folder, file);
  const text = `${lines.join("\n")}\n`;
  if (process.env["RECORD"] === "1") writeFileSync(place, text);
  equal(text, existsSync(place) ? readFileSync(place, "utf8") : "");
}
