// What is taken for normal, when it is taken again, and since when the servers have answered what was asked for.
import assert from "node:assert/strict";
import type { MxRecordArgs } from "../../../provider/resources/mx-record/args.ts";
import type { ActualMx } from "../../../provider/resources/mx-record/observe.ts";
import { adopt, type MxMemory, remember, servedTtl } from "../../../provider/resources/mx-record/remember.ts";
import {
  actualMx,
  answer,
  buffer,
  mail,
  mail2,
  markedNotes,
  mxArgs,
  mxMemory,
  offline,
  online,
  prepared,
  program,
  servers,
} from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";

const [ns1, ns2] = servers;
const earlierMs = eveningMs - 1_000_000;

describe("an MX set that enters the program", () => {
  it("is normal as it is found, with its remarks", () => {
    const notes = { "10 mail.contoso.com": "front end" };
    assert.deepEqual(adopt(online, actualMx({ exchanges: [mail, mail2], ttlSeconds: 1, notes }), eveningMs), {
      memory: { normal: { exchanges: [mail, mail2], ttlSeconds: 1, notes } },
    });
  });

  for (const markedBy of [[program], ["fabrikam/rome"], [program, "fabrikam/rome"]]) {
    it(`with the mark of ${markedBy.join(" and ")} is not taken for normal`, () => {
      assert.deepEqual(adopt(online, actualMx({ exchanges: [buffer], markedBy }), eveningMs), {
        refusal: {
          sentence: `contoso.com is entered into this program for the first time, and its MX bears the mark of a pause by ${markedBy.join(", ")} (10 buffer.contoso-mail.net).`,
          remedy: "What is normal there cannot be read from it. Bring it back first, or give `normal: { exchanges: […], ttlSeconds: … }`.",
        },
      });
    });
  }

  it("with a mark is taken when the program says what is normal", () => {
    const args = mxArgs({ normal: { exchanges: [mail], ttlSeconds: 3600 } });
    assert.deepEqual(adopt(args, actualMx({ exchanges: [buffer], ttlSeconds: 300, notes: markedNotes(buffer) }), eveningMs), {
      memory: { normal: { exchanges: [mail], ttlSeconds: 3600, notes: {} }, lowSinceMs: eveningMs, flippedSinceMs: eveningMs },
    });
  });
});

describe("what is normal for an MX set", () => {
  const other = { exchanges: [mail, mail2], ttlSeconds: 7200, notes: { "20 mx2.contoso.com": "second" } };
  const rows: readonly {
    readonly when: string;
    readonly args: MxRecordArgs;
    readonly actual?: Partial<ActualMx>;
    readonly moment?: "underWay";
    readonly renewed: boolean;
  }[] = [
    { when: "found changed at rest, while the program asks for nothing", args: online, renewed: true },
    { when: "found changed while a run is under way", args: online, moment: "underWay", renewed: false },
    { when: "found changed with our mark on it", args: online, actual: { markedBy: [program] }, renewed: false },
    { when: "found changed with another program's mark on it", args: online, actual: { markedBy: ["fabrikam/rome"] }, renewed: false },
    { when: "found empty", args: online, actual: { exchanges: [] }, renewed: false },
    { when: "found changed while the program asks for a lower TTL", args: prepared, renewed: false },
    { when: "found changed while the program asks for the buffer", args: offline, renewed: false },
    { when: "found changed while the program asks for a set", args: mxArgs({ exchanges: [mail] }), renewed: false },
  ];
  for (const { when, args, actual, moment = "atRest", renewed } of rows) {
    it(`${when}, is ${renewed ? "what was found" : "what it was"}`, () => {
      const { normal } = remember(args, actualMx({ ...other, ...actual }), mxMemory(), eveningMs, moment);
      assert.deepEqual(normal, renewed ? other : mxMemory().normal);
    });
  }

  it("is what the program says, wherever it says so, and keeps its remarks", () => {
    const notes = { "10 mail.contoso.com": "front end" };
    const said = { exchanges: [mail2], ttlSeconds: 600 };
    for (const moment of ["atRest", "underWay"] as const) {
      const { normal } = remember(mxArgs({ normal: said }), actualMx(other), mxMemory({ notes }), eveningMs, moment);
      assert.deepEqual(normal, { ...said, notes });
    }
  });
});

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
      const memory = mxMemory({ ttlSeconds: normalTtl }, before === undefined ? {} : { lowSinceMs: before });
      assert.equal(remember(prepared, actualMx(actual), memory, eveningMs, "underWay").lowSinceMs, since);
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
      const memory: MxMemory = mxMemory({}, before === undefined ? {} : { flippedSinceMs: before });
      assert.equal(remember(offline, actualMx({ ttlSeconds: 300, ...actual }), memory, eveningMs, "underWay").flippedSinceMs, since);
    });
  }

  it("is forgotten when another state is taken for normal", () => {
    const memory = mxMemory({}, { lowSinceMs: earlierMs, flippedSinceMs: earlierMs });
    assert.deepEqual(
      remember(online, actualMx({ exchanges: [buffer], ttlSeconds: 600 }), memory, eveningMs, "atRest"),
      mxMemory({ exchanges: [buffer], ttlSeconds: 600 }),
    );
  });
});

describe("the TTL that is served", () => {
  it("is 300 s for the automatic one, and else as it says", () => assert.deepEqual([1, 60, 3600].map(servedTtl), [300, 60, 3600]));
});
