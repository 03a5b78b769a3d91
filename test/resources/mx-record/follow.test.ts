// Since when the servers have answered what was asked for.
import assert from "node:assert/strict";
import { renewed } from "../../../provider/engine/normal.ts";
import { resource } from "../../../provider/resources/mx-record/index.ts";
import type { ActualMx } from "../../../provider/resources/mx-record/observe.ts";
import type { MxRecorded } from "../../../provider/resources/mx-record/shape.ts";
import { servedTtl } from "../../../provider/resources/mx-record/words.ts";
import { actualMx, answer, buffer, mail, mxRecorded, offline, online, prepared, program, servers } from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";

const [ns1, ns2] = servers;
const earlierMs = eveningMs - 1_000_000;

describe("since when an MX set", () => {
  const at300 = (server: string) => answer(server, [mail], 300);
  const at3600 = (server: string) => answer(server, [mail], 3600);
  const silent = { server: ns2, outcome: "failed", why: "no answer" } as const;
  const deaf = answer(ns2, [mail], 300, { authoritative: false });
  const low: readonly {
    readonly when: string;
    readonly actual: Partial<ActualMx>;
    readonly before?: number;
    readonly since?: number;
    readonly normalTtl?: number;
  }[] = [
    { when: "all answer it, for the first time", actual: { ttlSeconds: 300 }, since: eveningMs },
    { when: "all answer it, as before", actual: { ttlSeconds: 300 }, before: earlierMs, since: earlierMs },
    { when: "one still answers the normal one", actual: { ttlSeconds: 300, answers: [at300(ns1), at3600(ns2)] } },
    { when: "one answers the normal one again", actual: { ttlSeconds: 300, answers: [at300(ns1), at3600(ns2)] }, before: earlierMs },
    { when: "one does not answer", actual: { ttlSeconds: 300, answers: [at300(ns1), silent] } },
    {
      when: "one does not answer any more",
      actual: { ttlSeconds: 300, answers: [at300(ns1), silent] },
      before: earlierMs,
      since: earlierMs,
    },
    { when: "one repeats it from hearsay", actual: { ttlSeconds: 300, answers: [at300(ns1), deaf] } },
    {
      when: "the API has the normal one again, and no server yet",
      actual: { ttlSeconds: 3600, answers: [at300(ns1), at300(ns2)] },
      before: earlierMs,
    },
    { when: "nobody was asked", actual: { ttlSeconds: 300, answers: [] } },
    { when: "300 s are normal", actual: { ttlSeconds: 300 }, normalTtl: 300 },
    { when: "automatic is normal, which is served as 300 s", actual: { ttlSeconds: 300 }, normalTtl: 1 },
    { when: "automatic is normal and 60 s are served", actual: { ttlSeconds: 60 }, normalTtl: 1, since: eveningMs },
  ];
  for (const { when, actual, before, since, normalTtl = 3600 } of low) {
    it(`has a low TTL, when ${when}: ${since === undefined ? "it has not" : since === eveningMs ? "now" : "since then"}`, () => {
      const recorded = mxRecorded({ ttlSeconds: normalTtl }, before === undefined ? {} : { lowSinceMs: before });
      assert.equal(renewed(resource, prepared, actualMx(actual), recorded, eveningMs, "underWay").lowSinceMs, since);
    });
  }

  const buffered = (server: string) => answer(server, [buffer], 300);
  const flips: readonly { readonly when: string; readonly actual: Partial<ActualMx>; readonly before?: number; readonly since?: number }[] =
    [
      { when: "all answer without a normal host, for the first time", actual: { exchanges: [buffer] }, since: eveningMs },
      { when: "all answer without a normal host, as before", actual: { exchanges: [buffer] }, before: earlierMs, since: earlierMs },
      {
        when: "one still names a normal host",
        actual: { exchanges: [buffer], answers: [buffered(ns1), answer(ns2, [buffer, mail], 300)] },
      },
      {
        when: "one names a normal host again",
        actual: { exchanges: [buffer], answers: [buffered(ns1), answer(ns2, [mail], 300)] },
        before: earlierMs,
      },
      { when: "one does not answer", actual: { exchanges: [buffer], answers: [buffered(ns1), silent] } },
      {
        when: "one does not answer any more",
        actual: { exchanges: [buffer], answers: [buffered(ns1), silent] },
        before: earlierMs,
        since: earlierMs,
      },
      {
        when: "the API has a normal host again, and no server yet",
        actual: { exchanges: [buffer, mail], answers: [buffered(ns1), buffered(ns2)] },
        before: earlierMs,
      },
    ];
  for (const { when, actual, before, since } of flips) {
    it(`has left its normal hosts, when ${when}: ${since === undefined ? "it has not" : since === eveningMs ? "now" : "since then"}`, () => {
      const recorded: MxRecorded = mxRecorded({}, before === undefined ? {} : { flippedSinceMs: before });
      assert.equal(
        renewed(resource, offline, actualMx({ ttlSeconds: 300, ...actual }), recorded, eveningMs, "underWay").flippedSinceMs,
        since,
      );
    });
  }

  it("is forgotten when another state is taken for normal", () => {
    const recorded = mxRecorded({}, { lowSinceMs: earlierMs, flippedSinceMs: earlierMs });
    assert.deepEqual(
      renewed(resource, online, actualMx({ exchanges: [buffer], ttlSeconds: 600 }), recorded, eveningMs, "atRest"),
      mxRecorded({ exchanges: [buffer], ttlSeconds: 600 }, { program }),
    );
  });
});

describe("the name of the program that is kept of an MX set", () => {
  const rows: readonly (readonly [when: string, markedBy: readonly string[], kept: string])[] = [
    ["no mark stands there", [], program],
    ["our mark stands there", [program], program],
    ["the mark bears an earlier name of ours", ["contoso/old"], "contoso/old"],
    ["only some marks are renewed", ["contoso/old", program], "contoso/old"],
  ];
  for (const [when, markedBy, kept] of rows) {
    it(`is ${kept} while ${when}`, () => {
      const recorded = mxRecorded({}, { program: "contoso/old" });
      for (const phase of ["atRest", "underWay"] as const)
        assert.equal(renewed(resource, offline, actualMx({ markedBy }), recorded, eveningMs, phase).program, kept);
    });
  }
});

describe("what is kept of what normal records bear besides", () => {
  const borne = { "10 mail.contoso.com": { tags: ["team:mail"] } };
  const kept = (actual: Partial<ActualMx>, normal: Partial<MxRecorded["normal"]>) =>
    renewed(resource, offline, actualMx(actual), mxRecorded(normal), eveningMs, "underWay").normal.attributes;

  it("is what was last seen of a record that is there, also where an earlier version kept nothing", () => {
    assert.deepEqual(kept({ attributes: borne }, {}), borne);
    assert.deepEqual(kept({ attributes: borne }, { attributes: { "10 mail.contoso.com": { tags: ["old:one"] } } }), borne);
  });

  it("stays while the record is away or bears nothing yet, and is not that of other records", () => {
    assert.deepEqual(
      kept({ exchanges: [buffer], attributes: { "10 buffer.contoso-mail.net": { tags: ["b:b"] } } }, { attributes: borne }),
      borne,
    );
    assert.deepEqual(kept({}, { attributes: borne }), borne);
    assert.equal(kept({}, {}), undefined);
  });
});

describe("the TTL that is served", () => {
  it("is 300 s for the automatic one, and else as it says", () => assert.deepEqual([1, 60, 3600].map(servedTtl), [300, 60, 3600]));
});
