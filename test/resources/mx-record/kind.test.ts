// What people read of an MX set: the change in one line, the steps, the state in the program's own words.
import assert from "node:assert/strict";
import { sayInstant } from "../../../provider/engine/progress.ts";
import type { MxRecordArgs } from "../../../provider/resources/mx-record/args.ts";
import { mxRecord } from "../../../provider/resources/mx-record/kind.ts";
import type { ActualMx } from "../../../provider/resources/mx-record/observe.ts";
import {
  actualMx,
  buffer,
  mail,
  mail2,
  markedNotes,
  mxArgs,
  mxMemory,
  offline,
  online,
  prepared,
  takesMail,
} from "../../support/builders.ts";
import { eveningMs, HandClock } from "../../support/hand-clock.ts";
import { emptySite } from "../../support/lamp-host.ts";

const moment = { nowMs: eveningMs, sayInstant: (ms: number) => sayInstant(ms, "Europe/Berlin") };

describe("the change of an MX set in words", () => {
  const soon = "from Sat 5 Dec 21:00 UTC (22:00 in Berlin)";
  const rows: readonly {
    readonly when: string;
    readonly args: MxRecordArgs;
    readonly actual?: Partial<ActualMx>;
    readonly lowSinceMs?: number;
    readonly says: readonly string[];
  }[] = [
    {
      when: "to prepared",
      args: prepared,
      says: [
        "MX of contoso.com: 10 mail.contoso.com stays (TTL 3,600 s -> 300 s)",
        `The MX may change ${soon} at the earliest: the old TTL (3,600 s) must run out first.`,
      ],
    },
    {
      when: "to offline, while caches may hold the old TTL",
      args: offline,
      actual: { ttlSeconds: 300, probes: [{ host: buffer.exchange, reading: takesMail() }] },
      lowSinceMs: eveningMs,
      says: [
        "MX of contoso.com: 10 mail.contoso.com -> 10 buffer.contoso-mail.net (TTL stays 300 s)",
        "Checked just now: buffer.contoso-mail.net offers TLS; postmaster@contoso.com accepted, nobody-here-4711@contoso.com refused.",
        `The MX may change ${soon} on, when the old TTL (3,600 s) has run out.`,
      ],
    },
    {
      when: "to offline, in time",
      args: offline,
      actual: { ttlSeconds: 300 },
      lowSinceMs: eveningMs - 7_200_000,
      says: [
        "MX of contoso.com: 10 mail.contoso.com -> 10 buffer.contoso-mail.net (TTL stays 300 s)",
        "The MX may change now: the old TTL (3,600 s) ran out on Sat 5 Dec 19:00 UTC (20:00 in Berlin).",
      ],
    },
    {
      when: "back to online",
      args: online,
      actual: { exchanges: [buffer], ttlSeconds: 300 },
      says: ["MX of contoso.com: 10 buffer.contoso-mail.net -> 10 mail.contoso.com (TTL 300 s -> 3,600 s)"],
    },
  ];
  for (const { when, args, actual, lowSinceMs, says } of rows) {
    it(when, () => {
      const memory = mxMemory({}, lowSinceMs === undefined ? {} : { lowSinceMs });
      assert.deepEqual(mxRecord.headline(args, actualMx(actual), memory, moment), says);
    });
  }

  it("names the subdomain, and the automatic TTL by its name", () => {
    const [line] = mxRecord.headline(mxArgs({ name: "sales" }), actualMx({ ttlSeconds: 300 }), mxMemory({ ttlSeconds: 1 }), moment);
    assert.equal(line, "MX of sales.contoso.com: 10 mail.contoso.com stays (TTL 300 s -> automatic)");
  });
});

describe("an MX set in the program's words", () => {
  const rows: readonly {
    readonly when: string;
    readonly args: MxRecordArgs;
    readonly actual?: Partial<ActualMx>;
    readonly live: Partial<MxRecordArgs>;
  }[] = [
    { when: "as it normally is", args: online, live: {} },
    {
      when: "in another order",
      args: mxArgs({ exchanges: [mail2, mail] }),
      actual: { exchanges: [mail, mail2] },
      live: { exchanges: [mail2, mail] },
    },
    { when: "with another set", args: online, actual: { exchanges: [buffer] }, live: { exchanges: [buffer] } },
    { when: "with another TTL", args: online, actual: { ttlSeconds: 300 }, live: { ttlSeconds: 300 } },
    {
      when: "as offline asks",
      args: offline,
      actual: { exchanges: [buffer], ttlSeconds: 300 },
      live: { exchanges: [buffer], ttlSeconds: 300 },
    },
    { when: "as nothing of what offline asks", args: offline, live: { exchanges: [mail], ttlSeconds: 3600 } },
  ];
  for (const { when, args, actual, live } of rows) {
    it(when, () => assert.deepEqual(mxRecord.liveArgs(args, actualMx(actual), mxMemory()), mxArgs(live)));
  }
});

describe("what the program may use of an MX set", () => {
  it("is the set, what is normal, and from when it may change", () => {
    const memory = mxMemory({ ttlSeconds: 1 }, { lowSinceMs: eveningMs });
    assert.deepEqual(mxRecord.outputs(offline, actualMx({ exchanges: [buffer, mail] }), memory), {
      mx: "10 buffer.contoso-mail.net, 10 mail.contoso.com",
      normally: "10 mail.contoso.com, TTL automatic",
      earliestFlipAt: "2026-12-05T20:05:00.000Z",
    });
    assert.deepEqual(mxRecord.outputs(offline, undefined, mxMemory()), { normally: "10 mail.contoso.com, TTL 3,600 s" });
  });
});

describe("entering the program", () => {
  const normal = { exchanges: [mail], ttlSeconds: 3600 };
  const rows: readonly (readonly [string, MxRecordArgs, boolean])[] = [
    ["with nothing said", online, false],
    ["with a TTL only", prepared, false],
    ["with a set only", mxArgs({ exchanges: [mail] }), false],
    ["with a set and a TTL, which may be those of a pause", offline, false],
    ["with what is normal", mxArgs({ normal }), true],
  ];
  for (const [when, args, may] of rows) {
    it(`${when}, an MX set ${may ? "may" : "may not"} be changed in its first run`, () =>
      assert.equal(mxRecord.isSelfContained(args), may));
  }

  it("always expects an answer", () => assert.equal(mxRecord.expectsSilence(offline), false));
});

describe("a step in words", () => {
  it("that changes no TTL speaks of remarks", () => {
    const before = { exchanges: [mail], ttlSeconds: 300, notes: {} };
    const step = { kind: "rewrite", name: "contoso.com", fromSeconds: 300, toSeconds: 300, notes: {}, before } as const;
    assert.equal(mxRecord.sayStep(step), "restore the remarks on the MX records of contoso.com");
    assert.equal(
      mxRecord.sayStep({ ...step, toSeconds: 1, notes: markedNotes(mail) }),
      "set the TTL of the MX of contoso.com from 300 s to automatic",
    );
  });
});

describe("a step on a set that is not there", () => {
  it("fails, and nothing is asked of the DNS host", async () => {
    const before = { exchanges: [], ttlSeconds: 1, notes: {} };
    const step = { kind: "rewrite", name: "contoso.com", fromSeconds: 1, toSeconds: 300, notes: {}, before } as const;
    const mayAct = () => Promise.reject(new Error("nothing is to be sent"));
    await assert.rejects(mxRecord.apply(emptySite(new HandClock()), prepared, step, mayAct), {
      reason: "notFound",
      message: "contoso.com has no MX whose TTL or notes could be set",
    });
  });
});
