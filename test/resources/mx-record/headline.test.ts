// What people read of an MX set: the change in one line, and what the program may use.
import assert from "node:assert/strict";
import { sayInstant } from "../../../provider/common/utc.ts";
import { resource } from "../../../provider/resources/mx-record/index.ts";
import type { ActualMx } from "../../../provider/resources/mx-record/observe.ts";
import type { MxRecordArgs, MxRecorded } from "../../../provider/resources/mx-record/shape.ts";
import { actualMx, buffer, mail, mxArgs, mxRecorded, offline, online, prepared, takesMail } from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";

const moment = { nowMs: eveningMs, sayInstant: (ms: number) => sayInstant(ms, "Europe/Berlin") };

describe("the change of an MX set in words", () => {
  const soon = "from Sat 5 Dec 21:00 UTC (22:00 in Berlin)";
  const rows: readonly {
    readonly when: string;
    readonly args: MxRecordArgs;
    readonly actual?: Partial<ActualMx>;
    readonly lowSinceMs?: number;
    readonly normal?: Partial<MxRecorded["normal"]>;
    readonly says: readonly string[];
  }[] = [
    {
      when: "to offline, with what cannot be given back later, and what can",
      args: offline,
      actual: { ttlSeconds: 300, takes: ["settings"] },
      lowSinceMs: eveningMs - 7_200_000,
      normal: { attributes: { "10 mail.contoso.com": { tags: ["team:mail"], settings: { ipv4_only: true } } } },
      says: [
        "MX of contoso.com: 10 mail.contoso.com -> 10 buffer.contoso-mail.net (TTL stays 300 s)",
        'Not given back to 10 mail.contoso.com, for the DNS API does not take it for this zone: tags ["team:mail"].',
        "The MX may change now: the old TTL (3,600 s) ran out on Sat 5 Dec 19:00 UTC (20:00 in Berlin).",
      ],
    },
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
  for (const { when, args, actual, lowSinceMs, normal, says } of rows) {
    it(when, () => {
      const recorded = mxRecorded(normal, lowSinceMs === undefined ? {} : { lowSinceMs });
      assert.deepEqual(resource.headline(args, actualMx(actual), recorded, moment), says);
    });
  }

  it("names the subdomain, and the automatic TTL by its name", () => {
    const [line] = resource.headline(mxArgs({ name: "sales" }), actualMx({ ttlSeconds: 300 }), mxRecorded({ ttlSeconds: 1 }), moment);
    assert.equal(line, "MX of sales.contoso.com: 10 mail.contoso.com stays (TTL 300 s -> automatic)");
  });
});

describe("what the program may use of an MX set", () => {
  it("is the set, what is normal, and from when it may change", () => {
    const recorded = mxRecorded({ ttlSeconds: 1 }, { lowSinceMs: eveningMs });
    assert.deepEqual(resource.outputs(offline, actualMx({ exchanges: [buffer, mail] }), recorded), {
      mx: "10 buffer.contoso-mail.net, 10 mail.contoso.com",
      earliestFlipAt: "2026-12-05T20:05:00.000Z",
    });
    assert.deepEqual(resource.outputs(offline, undefined, mxRecorded()), {});
    assert.equal(resource.normal?.say?.(recorded.normal), "10 mail.contoso.com, TTL automatic");
  });
});
