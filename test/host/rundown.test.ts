// What is said of a whole component: its parts in the order of the run, the same once, steps counted through, and a planned wait in one place.
import { deepEqual, rejects } from "node:assert/strict";
import { Unfinished } from "../../provider/host/operation.ts";
import { Rundown } from "../../provider/host/rundown.ts";
import type { Block } from "../../provider/host/say-plan.ts";

const stages = ["the buffer", "the MX", "transport"];
const component = "urn:pulumi:lab::site::exchange:index:SitePause::berlin";
const block = (headline: string, steps: readonly string[] = [], more: Partial<Block> = {}): Block => ({
  headline,
  steps,
  facts: [],
  waitsMs: 0,
  ...more,
});

describe("the rundown of a component", () => {
  let said: string[];
  let rows: string[];
  let rundown: Rundown;

  beforeEach(() => {
    said = [];
    rows = [];
    rundown = new Rundown({
      say: async (urn, text) => void said.push(`${urn === component ? "" : `${urn}: `}${text}`),
      row: (urn, text) => rows.push(`${urn.split("::").at(-1)}: ${text}`),
      sayInstant: (ms) => `T+${ms / 1_000}`,
    });
  });

  const row = (title: string, stage: number, parts = 1) => ({
    urn: `urn:pulumi:lab::site::exchange:index:SitePause$exchange:index:MxRecord::${title}`,
    title,
    place: { within: "berlin", stages, stage, parts },
  });
  const part = (title: string, stage: number, parts: number, ...blocks: readonly Block[]) =>
    rundown.during(row(title, stage, parts), async (planned) => blocks.forEach(planned));
  const fails = (title: string, stage: number, parts: number, error: Error) =>
    rejects(
      rundown.during(row(title, stage, parts), () => Promise.reject(error)),
      error,
    );
  const waits = (title: string, parts: number, untilMs: number) => fails(title, 2, parts, new Unfinished("waits", {}, { untilMs }));

  it("is said at its own row, stage by stage, each sorted by name, with steps that are counted through", async () => {
    await part("buffer", 1, 1, block("buffer holds", ["hold it", "wait"]));
    await part("contoso.de", 2, 2, block("MX of contoso.de", ["add"], { facts: ["a fact"] }));
    deepEqual(said, ["1 of 3: buffer holds\n  1. hold it\n  2. wait"]);
    await part("contoso.com", 2, 2, block("MX of contoso.com", ["remove"]));
    await part("ex01", 3, 1, block("drains"));
    deepEqual(said.slice(1), [
      "2 of 3, after the buffer: MX of contoso.com\n  3. remove\n2 of 3, after the buffer: MX of contoso.de\n  4. add\na fact",
      "3 of 3, after the MX: drains",
    ]);
    deepEqual(rows, ["buffer: buffer holds", "contoso.de: MX of contoso.de", "contoso.com: MX of contoso.com", "ex01: drains"]);
  });

  it("says once what is the same but for the name, which may stand in another name behind a dot alone", async () => {
    for (const zone of ["a.de", "b.de", "c.de"])
      await part(zone, 2, 5, block(`MX of ${zone}: 10 mail.a.de`, [`add to ${zone} (x@${zone})`, "wait"]));
    await part("d.de", 2, 5, block("MX of d.de: 10 mail.d.de", ["add to d.de (x@d.de)", "wait"]));
    await part("e.de", 2, 5);
    deepEqual(said, [
      [
        "2 of 3, after the buffer: MX of a.de: 10 mail.a.de\n  1. add to a.de (x@a.de)\n  2. wait\nLikewise b.de and c.de.",
        "2 of 3, after the buffer: MX of d.de: 10 mail.d.de\n  3. add to d.de (x@d.de)\n  4. wait",
      ].join("\n"),
    ]);
  });

  it("knows a server by its short name in its full one, and says nothing of parts with nothing to do", async () => {
    await part("buffer", 1, 1);
    for (const server of ["ex01", "ex02", "ex10"]) await part(server, 3, 3, block(`resume ${server}`, [`ask ${server}.contoso.local`]));
    deepEqual(said, ["3 of 3, after the MX: resume ex01\n  1. ask ex01.contoso.local\nLikewise ex02 and ex10."]);
  });

  it("adds up the waits whose end is known: of each stage the longest", async () => {
    await part("buffer", 1, 1, block("b", [], { waitsMs: 60_000 }));
    await part("contoso.com", 2, 2, block("c", [], { waitsMs: 600_000 }));
    await part("contoso.de", 2, 2, block("d", [], { waitsMs: 300_000 }));
    await part("ex01", 3, 1);
    deepEqual(said.at(-1), "The waits whose end is known make 11 min in all.");
  });

  it("of a run that comes to a planned wait says what is done, what waits until when, what has not begun, and when to go on", async () => {
    await part("buffer", 1, 1);
    await waits("contoso.com", 4, 5_000);
    await waits("contoso.de", 4, 5_000);
    await waits("contoso.org", 4, 9_000);
    deepEqual(said, []);
    await part("contoso.net", 2, 4);
    deepEqual(said, [
      [
        "This run ends in a planned wait; nothing is wrong. Pulumi calls it failed all the same, and ends with exit code 1.",
        "  done: the buffer",
        "  waits: the MX (contoso.com and contoso.de), until T+5",
        "  waits: the MX (contoso.org), until T+9",
        "  not begun: transport",
        "Run `pulumi up` again from T+9 on: it goes on from here.",
      ].join("\n"),
    ]);
  });

  it("claims nothing of the kind where something else has failed as well: that error speaks", async () => {
    await waits("contoso.com", 2, 5_000);
    await fails("contoso.de", 2, 2, new Error("broken"));
    deepEqual(said, []);
  });

  it("begins anew when all of it was asked, and goes on in what is asked for again", async () => {
    for (let turn = 0; turn < 2; turn++) {
      await rundown.during(
        row("buffer", 1),
        async () => "more",
        () => false,
      );
      await part("buffer", 1, 1, block("holds", ["hold"]));
      await part("contoso.com", 2, 1);
      await part("ex01", 3, 1, block("drains", ["suspend"]));
    }
    deepEqual(said.slice(2), said.slice(0, 2));
    deepEqual(said.slice(0, 2), ["1 of 3: holds\n  1. hold", "3 of 3, after the MX: drains\n  2. suspend"]);
  });

  it("waits for a part of which more is asked before it says its stage", async () => {
    await rundown.during(
      row("contoso.com", 2, 2),
      async () => "more",
      () => false,
    );
    await part("contoso.de", 2, 2, block("MX of contoso.de", ["add"]));
    deepEqual(said, []);
    await part("contoso.com", 2, 2, block("MX of contoso.com", ["add"]));
    deepEqual(said, ["2 of 3, after the buffer: MX of contoso.com\n  1. add\nLikewise contoso.de."]);
  });

  it("of what no component has is said at its own row, at once", async () => {
    await rundown.during({ ...row("ex01", 1), place: undefined }, async (planned) => planned(block("drains", ["suspend"])));
    deepEqual([said, rows], [[`${row("ex01", 1).urn}: drains\n  1. suspend`], []]);
  });
});
