// How a site enters a program: as it is, once, and by one program only. What cannot be read from a site in a pause must be said by a person.
import { deepEqual, equal, match } from "node:assert/strict";
import { differences } from "../../lab/picture.ts";
import { normalsIn, textOf } from "../../provider/components/normal-file.ts";
import type { SitePauseArgs } from "../../provider/components/site-parts.ts";
import type { Part } from "../../provider/components/stages.ts";
import type { Word } from "../../provider/components/word.ts";
import type { RecordedState } from "../../provider/engine/resource.ts";
import { MemoryRehearsal, minute, normalTtlSeconds, smallSite } from "../support/memory-rehearsal.ts";
import { MiniPulumi } from "../support/mini-pulumi.ts";

describe("a site that enters a program", function () {
  this.timeout(60_000);

  for (const word of ["offline", "prepared"] as const) {
    it(`is refused with ${word} as the first word, and not one thing is changed`, async () => {
      const site = new MemoryRehearsal();
      const { ended, sentences } = await site.up(word);
      equal(ended, "failed");
      for (const sentence of sentences)
        match(
          sentence,
          /is entered into this program for the first time, and the program asks for another state than it is in .*\nEnter it as it is first/,
        );
      // A buffer has nothing to give back, and no file has anything of it.
      deepEqual(new Set(sentences.map((sentence) => keptBesides.test(sentence))), new Set([word === "prepared"]));
      deepEqual(differences(site.normal, site.portrait()), []);
      equal((await site.up("online")).ended, "done");
      deepEqual(await site.notAsBefore(), []);
    });
  }

  it("is refused to a second program before anything is changed, while it is online", async () => {
    const site = new MemoryRehearsal();
    await site.up("online");
    const { ended, sentences } = await site.up("online", elsewhere());
    equal(ended, "failed");
    match(
      sentences.join("\n"),
      /^BackupMxQueue buffer\.contoso-mail\.net: buffer\.contoso-mail\.net is in use by another program, site\/berlin, since Sat 5 Dec 18:05 UTC \(19:05 in Berlin\); this one is other\/stack\. Nothing was changed\.\nTwo programs must not pause one site\./,
    );
    deepEqual(differences(site.normal, site.portrait()), []);
  });

  for (const word of ["online", "prepared", "offline"] as const) {
    it(`is refused to a second program that says ${word} before anything is changed, while the first has it offline`, async () => {
      const site = new MemoryRehearsal();
      await site.bringTo("offline");
      const offline = site.portrait();
      const { ended, sentences } = await site.up(word, elsewhere());
      equal(ended, "failed");
      match(
        sentences.join("\n"),
        /is in use by another program, site\/berlin|bears a mark of maintenance: MSExchangeTransport is paused on ex01, ex02, ex03, ex04/,
      );
      deepEqual(differences(offline, site.portrait()), []);
      equal((await site.up("online")).ended, "done");
      deepEqual(await site.notAsBefore(), []);
    });
  }

  const refusals: readonly (readonly [given: readonly string[], word: Word, sentence: RegExp])[] = [
    [
      [],
      "online",
      /^MailboxDatabaseState DAG1: DAG1 .* it bears a mark of maintenance: MSExchangeTransport is paused on ex01, ex02, ex03, ex04\.\n.*`normal: \{ mounted: /,
    ],
    [
      [],
      "offline",
      /^MxRecord contoso\.com: contoso\.com .* its MX bears the mark of a pause by site\/berlin \(10 buffer\.contoso-mail\.net\)\.\n.*`normal: \{ exchanges: /,
    ],
    [
      ["MxRecord"],
      "offline",
      /^TransportState ex01: ex01 .* it bears a mark of maintenance: MSExchangeTransport is paused\.\n.*`normal: \{ service: "Running" \}`/,
    ],
    [["MxRecord", "TransportState"], "offline", /^MailboxDatabaseState DAG1: DAG1 .* it bears a mark of maintenance/],
  ];
  for (const [given, word, sentence] of refusals) {
    const what = given.length === 0 ? "nothing" : given.join(" and ");
    it(`in a pause whose state file is lost, ${word} is refused with what is normal given for ${what}, and nothing is changed`, async () => {
      const site = new MemoryRehearsal();
      await site.bringTo("offline");
      const offline = site.portrait();
      const amend = (part: Part) => (given.includes(part.class.shape.name) ? withNormal(part) : part);
      const { ended, sentences } = await site.up(word, { pulumi: new MiniPulumi(), amend });
      equal(ended, "failed");
      match(sentences.join("\n"), sentence);
      for (const said of sentences) match(said, keptBesides);
      deepEqual(differences(offline, site.portrait()), []);
    });
  }

  it("in a pause whose state file is lost, is taken over with what is normal given for all, and comes back", async () => {
    const site = new MemoryRehearsal();
    await site.bringTo("offline");
    const offline = site.portrait();
    const lost = { pulumi: new MiniPulumi(), amend: withNormal };
    const entered = await site.up("offline", lost);
    deepEqual([entered.ended, entered.sentences], ["done", []]);
    deepEqual(differences(offline, site.portrait()), []);
    site.pass(20 * minute);
    const { ended, sentences } = await site.up("online", lost);
    deepEqual([ended, sentences], ["done", []]);
    deepEqual(differences(site.normal, site.portrait()), [
      'MX contoso.com 10 mail.contoso.com: TTL 600, "Mail of the house", team:mail -> TTL 600',
    ]);
    deepEqual((await site.up("online", lost)).did, []);
    deepEqual(site.settleMail(lost.pulumi), []);
  });

  const moments: readonly (readonly [moment: string, reach: (site: MemoryRehearsal) => Promise<unknown>])[] = [
    ["prepared", (site) => site.bringTo("prepared")],
    ["half way out", halfWay("prepared", "offline")],
    ["offline", (site) => site.bringTo("offline")],
    ["half way home", halfWay("offline", "online")],
  ];
  for (const [moment, reach] of moments) {
    it(`${moment}, with its state file lost, comes home as it was by the file that has kept what is normal`, async () => {
      const site = smallSite();
      await reach(site);
      const lost = { pulumi: new MiniPulumi(), args: { normal: keptOf(site.pulumi) } };
      const { ended, sentences } = await site.up("online", lost);
      deepEqual([ended, sentences], ["done", []]);
      deepEqual(normalIn(lost.pulumi), normalIn(site.pulumi));
      deepEqual(await site.notAsBefore(lost), []);
    });
  }

  it("offline, with its state file lost, has the same recorded as before by the file, and goes on", async () => {
    const site = smallSite();
    await site.bringTo("offline");
    const offline = site.portrait();
    const lost = { pulumi: new MiniPulumi(), args: { normal: keptOf(site.pulumi) } };
    deepEqual((await site.up("offline", lost)).sentences, []);
    deepEqual(normalIn(lost.pulumi), normalIn(site.pulumi));
    deepEqual(keptOf(lost.pulumi), keptOf(site.pulumi));
    deepEqual(differences(offline, site.portrait()), []);
    deepEqual((await site.up("online", { pulumi: lost.pulumi })).sentences, []);
    deepEqual(await site.notAsBefore({ pulumi: lost.pulumi }), []);
  });
});

function elsewhere() {
  return { pulumi: new MiniPulumi(), program: "other/stack" };
}

const keptBesides =
  /\nIf this stack has lost its state, normal\.berlin\.yaml beside Pulumi\.yaml has kept what was normal: give `normal: exchange\.normalFrom\("normal\.berlin\.yaml"\)` in the SitePause\.$/;

/** What stands in the file beside the program, given back: as a SitePause writes it, and reads it. */
function keptOf(pulumi: MiniPulumi): NonNullable<SitePauseArgs["normal"]> {
  const normals = Object.entries(pulumi.state).flatMap(([name, { outputs }]) =>
    outputs["normal"] === undefined ? [] : [[name.split(" ")[1], outputs["normal"]]],
  );
  return normalsIn(textOf("normal.berlin.yaml", "berlin", Object.fromEntries(normals)), "normal.berlin.yaml") as NonNullable<
    SitePauseArgs["normal"]
  >;
}

/** What is recorded as normal, by resource. */
function normalIn(pulumi: MiniPulumi): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(pulumi.state).map(([name, { outputs }]) => [name, (outputs["recorded"] as RecordedState).normal]),
  );
}

/** Brings a site to `from`, and kills the run from there to `to` after half of its calls. */
function halfWay(from: "prepared" | "offline", to: Word): (site: MemoryRehearsal) => Promise<void> {
  return async (site) => {
    await site.bringTo(from);
    const { calls } = await (await site.copy()).up(to);
    const call = Math.floor(calls.length / 2);
    equal((await site.up(to, { kill: { call, side: "after" } })).ended, "killed");
  };
}

/** What a person knows of the site: everything but the remark and the tag on an MX record. */
function withNormal(part: Part): Part {
  switch (part.class.shape.name) {
    case "MailboxDatabaseState": {
      const mounted = ["DB01", "DB02", "DB03", "DB04", "DB05", "DB06", "DB07"];
      return { ...part, args: { ...part.args, normal: { mounted, preferenceMoveFrequency: "02:00:00" } } };
    }
    case "TransportState":
      return { ...part, args: { ...part.args, normal: { service: "Running" } } };
    case "MxRecord": {
      const exchanges = [{ preference: 10, exchange: "mail.contoso.com" }];
      return {
        ...part,
        args: { ...part.args, normal: { exchanges, ttlSeconds: part.name === "contoso.org" ? 1 : normalTtlSeconds } },
      };
    }
    default:
      return part;
  }
}
