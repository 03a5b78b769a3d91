// When an MX set is not touched for what is known of its name servers: none of them, or one that never follows.
import assert from "node:assert/strict";
import type { Exchange } from "../../../provider/dns/sets.ts";
import type { ActualMx } from "../../../provider/resources/mx-record/observe.ts";
import { plan } from "../../../provider/resources/mx-record/plan.ts";
import type { MxRecordArgs } from "../../../provider/resources/mx-record/shape.ts";
import { actualMx, answer, buffer, mail, mail2, mxRecorded, offline, online, servers } from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";

function refusals(args: MxRecordArgs, actual: Partial<ActualMx>) {
  return plan(args, actualMx(actual), mxRecorded({}, { lowSinceMs: eveningMs - 3_600_000 }), eveningMs).refusals;
}

describe("an MX set of which no name server is known", () => {
  const sentence =
    "contoso.com: no name server of it is known: neither the DNS API nor the zone above it names one. Its MX is left as it is.";
  for (const [when, args, actual] of [
    ["to be flipped", offline, { exchanges: [mail, buffer], ttlSeconds: 300 }],
    ["as it is asked for at the API", offline, { exchanges: [buffer], ttlSeconds: 300 }],
    ["as it normally is at the API", online, {}],
  ] as const) {
    it(`is left as it is, ${when}`, () => assert.equal(refusals(args, { ...actual, answers: [] })[0]?.sentence, sentence));
  }
});

describe("an MX set that a server shows which has the zone from elsewhere", () => {
  const [ns1, ns2] = servers;
  const foreign = (set: readonly Exchange[], ttlSeconds: number) => ({
    answers: [
      answer(ns1, [mail], 300),
      answer(ns2, [mail], 300),
      { ...answer("ns9.other-dns.example", set, ttlSeconds), zoneFrom: "ns9.other-dns.example" },
    ],
  });

  it("is left as it is", () => {
    assert.deepEqual(refusals(offline, { ttlSeconds: 300, ...foreign([mail], 3600) }), [
      {
        sentence:
          "contoso.com: ns9.other-dns.example serves it too, and has it from ns9.other-dns.example and not from the DNS API: senders that ask there find 10 mail.contoso.com with TTL 3,600 s, and would go on finding it.",
        remedy:
          "Let it transfer the zone from the servers of the DNS API, take it out of the delegation, or set the MX there to 10 buffer.contoso-mail.net with TTL 300 s by hand; then run `pulumi up` again.",
      },
    ]);
  });

  it("is changed when a person has set there what is asked for", () => {
    assert.deepEqual(refusals(offline, { ttlSeconds: 300, ...foreign([buffer], 300) }), []);
  });

  it("may stay as it normally is", () => assert.deepEqual(refusals(online, foreign([mail2], 60)), []));
});
