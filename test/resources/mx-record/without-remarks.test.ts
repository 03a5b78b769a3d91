// An MX set at a DNS host that keeps no remarks and knows conditions, as RFC 2136: no mark is written; what is recorded alone tells what is normal and ours.
import assert from "node:assert/strict";
import { DnsError, type RecordSet, type RecordSets, sameSet } from "../../../provider/dns/record-sets.ts";
import { renewed } from "../../../provider/engine/normal.ts";
import { resource } from "../../../provider/resources/mx-record/index.ts";
import { recordSetOf } from "../../../provider/resources/mx-record/members.ts";
import type { MxRecordArgs, MxRecorded } from "../../../provider/resources/mx-record/shape.ts";
import { actualMx, buffer, mail, mxRecorded, offline, online, prepared, servers, stranger, takesMail } from "../../support/builders.ts";
import { eveningMs, HandClock } from "../../support/hand-clock.ts";
import { circumstancesOf, type Kept, up } from "../../support/kept.ts";
import { emptySite } from "../../support/lamp-host.ts";

const set = (exchanges: readonly (typeof mail)[], ttlSeconds: number) => recordSetOf("contoso.com", { exchanges, ttlSeconds, notes: {} });

/** The DNS host, whose name servers answer at once what it holds. */
class PlainHost implements RecordSets {
  async capabilities() {
    return { comments: false, transactions: true, ttlRange: { least: 0, greatest: 86_400 }, attributes: [] };
  }

  /** What it holds and has held. */
  readonly history: RecordSet[] = [set([mail], 3600)];
  /** Done once, when a change arrives. */
  meanwhile: () => void = () => undefined;

  get now(): RecordSet {
    return this.history.at(-1) ?? assert.fail("it always holds something");
  }

  async observe() {
    return { ...this.now, writable: true };
  }

  async replace(expected: RecordSet, wanted: RecordSet) {
    this.meanwhile();
    this.meanwhile = () => undefined;
    assert.deepEqual(
      [expected, wanted].flatMap(({ records }) => records.flatMap(({ comment }) => comment ?? [])),
      [],
      "a remark where none can stand",
    );
    if (!sameSet(this.now, expected)) throw new DnsError("changedMeanwhile", "NXRRSET");
    this.history.push(wanted);
  }

  async nameServers() {
    return servers;
  }
}

describe("an MX set at a DNS host that keeps no remarks", () => {
  type KeptMx = Kept<MxRecorded>;
  const start: KeptMx = { recorded: mxRecorded(), journal: [] };
  let host: PlainHost;
  let clock: HandClock;

  beforeEach(() => {
    host = new PlainHost();
    clock = new HandClock();
  });

  function run(last: MxRecordArgs, args: MxRecordArgs, before: KeptMx) {
    const site = {
      ...emptySite(clock),
      recordSets: () => host,
      askAuthoritative: async () =>
        servers.map((server) => {
          const { records, ttlSeconds } = host.now;
          return {
            server,
            outcome: "answered" as const,
            records: records.map(({ data }) => data),
            ttlSeconds,
            authoritative: true,
            serial: 1,
          };
        }),
      probeSmtp: async () => takesMail(),
    };
    return up(resource, site, last, args, before, circumstancesOf(clock, { maxWaitMs: 7_200_000 }));
  }

  it("goes away and comes home, in the same steps but for the mark", async () => {
    const there = await run(online, offline, start);
    assert.deepEqual(there.kept.recorded.ours, [buffer]);
    const home = await run(offline, online, there.kept);
    assert.deepEqual(
      [there.outcome, home.outcome].map((outcome) => outcome !== "killed" && outcome.end),
      ["done", "done"],
    );
    assert.deepEqual(host.history, [
      set([mail], 3600),
      set([mail], 300),
      set([mail, buffer], 300),
      set([buffer], 300),
      set([buffer, mail], 300),
      set([mail], 300),
      set([mail], 3600),
    ]);
    assert.deepEqual(
      home.kept.journal.map(({ what }) => what),
      [
        "set the TTL of the MX of contoso.com from 3,600 s to 300 s",
        "add 10 buffer.contoso-mail.net to the MX of contoso.com",
        "remove 10 mail.contoso.com from the MX of contoso.com",
        "add 10 mail.contoso.com to the MX of contoso.com",
        "remove 10 buffer.contoso-mail.net from the MX of contoso.com",
        "set the TTL of the MX of contoso.com from 300 s to 3,600 s",
      ],
    );
    const hosts = [{ host: mail.exchange, reachable: true, startTls: true, accepts: true }];
    assert.deepEqual(home.kept.recorded, mxRecorded({}, { hosts, program: "site/berlin" }));
  });

  describe("left by a killed run that had just added the buffer", () => {
    beforeEach(() => host.history.push(set([mail], 300), set([mail, buffer], 300)));

    it("goes on to the same word, and home from there", async () => {
      const there = await run(online, offline, start);
      const home = await run(offline, online, there.kept);
      assert.deepEqual(
        [there.outcome, home.outcome].map((outcome) => outcome !== "killed" && outcome.end),
        ["done", "done"],
      );
      assert.deepEqual(host.now, set([mail], 3600));
    });

    it("is not brought to the opposite word: nobody can tell who put the buffer there", async () => {
      const { outcome } = await run(online, online, start);
      assert.deepEqual(outcome !== "killed" && [outcome.end, outcome.sentence.split("\n")[0]], [
        "refused",
        "contoso.com: MX is now 10 buffer.contoso-mail.net, 10 mail.contoso.com, and 10 buffer.contoso-mail.net was put there neither by this pause nor by the program. It is left as it is.",
      ]);
      assert.deepEqual(host.now, set([mail, buffer], 300));
    });
  });

  it("that somebody changes while a step is on its way stays as they made it, and is looked at again", async () => {
    host.meanwhile = () => host.history.push(set([mail, stranger], 3600));
    const { outcome } = await run(online, prepared, start);
    assert.deepEqual([outcome !== "killed" && outcome.end, clock.sleeps, host.now], ["refused", [2_000], set([mail, stranger], 3600)]);
  });

  it("keeps what is normal as it is recorded, whatever is found at rest", () => {
    const lowered = { exchanges: [mail], ttlSeconds: 300 };
    assert.deepEqual(
      renewed(resource, online, actualMx({ ...lowered, comments: false }), mxRecorded(), eveningMs, "atRest").normal,
      mxRecorded().normal,
    );
    assert.equal(renewed(resource, online, actualMx(lowered), mxRecorded(), eveningMs, "atRest").normal.ttlSeconds, 300);
  });

  it("has hosts of ours recorded while the program asks for them and while they are there, and none where a mark can stand", () => {
    const ours = (args: MxRecordArgs, exchanges: readonly (typeof mail)[], comments: boolean, before?: MxRecorded["ours"]) =>
      renewed(
        resource,
        args,
        actualMx({ exchanges, comments }),
        mxRecorded({}, before === undefined ? {} : { ours: before }),
        eveningMs,
        "underWay",
      ).ours;
    assert.deepEqual(ours(offline, [mail], false), [buffer]);
    assert.deepEqual(ours(online, [mail, buffer], false, [buffer]), [buffer]);
    assert.equal(ours(online, [mail], false, [buffer]), undefined);
    assert.equal(ours(offline, [mail], true), undefined);
  });
});
