// What a reading of the buffer asks, of whom, and what it does not.
import assert from "node:assert/strict";
import { MailError } from "../../../provider/mail/error.ts";
import { resource } from "../../../provider/resources/backup-mx-queue/index.ts";
import type { BackupMxQueueArgs, BufferRecorded } from "../../../provider/resources/backup-mx-queue/shape.ts";
import { bufferArgs, bufferHost, held, type Seen, token, tokenSender } from "../../support/buffer-builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";
import { siteWith } from "./buffer-site.ts";

describe("a reading of the buffer", () => {
  const start = { position: { before: "4711", offsetBytes: 100 }, atMs: 0 };
  const ends = (domain: string) => `postmaster@${domain} accepted, nobody-here-4711@${domain} refused`;
  const ownProbe = `probe ${bufferHost}:default ${ends("contoso.com")}, ${ends("contoso.de")}`;
  const next = (at: string) => `probe ${at} postmaster@contoso.com accepted, postmaster@contoso.de accepted`;
  const rows: readonly {
    readonly when: string;
    readonly state: BackupMxQueueArgs["state"];
    readonly reading: Seen;
    readonly recorded?: BufferRecorded;
    readonly maxAgeMs?: number;
    readonly asks: readonly string[];
  }[] = [
    {
      when: "about to hold asks what it answers at port 25, and then where the log ends",
      state: "held",
      reading: {},
      asks: [ownProbe, "log, its end"],
    },
    {
      when: "about to hold in the middle of a pause reads the log from the pause's beginning",
      state: "held",
      reading: {},
      recorded: { start, pausing: true },
      asks: [ownProbe, "log from 100"],
    },
    {
      when: "that holds already asks whether it would take the test message from its sender",
      state: "held",
      reading: { holding: true },
      asks: [`probe ${bufferHost}:default from ${tokenSender} postmaster@contoso.com accepted`, "log from 100"],
    },
    {
      when: "that holds the test message reads the log",
      state: "held",
      reading: { holding: true, queue: [token()] },
      asks: ["log from 100"],
    },
    {
      when: "at rest of one that holds reads its log",
      state: "held",
      reading: { holding: true, queue: [token()] },
      maxAgeMs: 60_000,
      asks: ["log from 100"],
    },
    {
      when: "of one never read before reads its log",
      state: "held",
      reading: { holding: true, queue: [token()] },
      recorded: {},
      asks: ["log, its end"],
    },
    {
      when: "about to release asks whether Exchange takes mail",
      state: "released",
      reading: { holding: true, queue: [held("A")], nextHop: "relay:[mail.contoso.com]:2525" },
      asks: [next("mail.contoso.com:2525")],
    },
    {
      when: "about to release asks at port 25 where none is written",
      state: "released",
      reading: { queue: [held("A")], nextHop: "[mail.contoso.com]" },
      asks: [next("mail.contoso.com:25")],
    },
    {
      when: "about to release to what a table names cannot ask",
      state: "released",
      reading: { queue: [held("A")], nextHop: "lmdb:/etc/postfix/transport" },
      asks: [],
    },
    {
      when: "with the last batch on its way asks nothing more",
      state: "released",
      reading: { queue: [held("A", 60, { queue: "active" })] },
      asks: [],
    },
    { when: "released and empty asks where the log ends", state: "released", reading: {}, asks: ["log, its end"] },
    {
      when: "released and empty at the end of a pause reads the log",
      state: "released",
      reading: {},
      recorded: { start, pausing: true },
      asks: ["log from 100"],
    },
    {
      when: "at rest asks what the next hop does while nothing is paused",
      state: "released",
      reading: {},
      maxAgeMs: 60_000,
      asks: [next("mail.contoso.com:25"), "log, its end"],
    },
  ];
  for (const { when, state, reading, recorded = { start }, maxAgeMs = 0, asks } of rows) {
    it(when, async () => {
      const { site, calls } = siteWith(reading);
      await resource.observe(site, bufferArgs(state), recorded, { maxAgeMs });
      assert.deepEqual(calls, ["observe", ...asks]);
    });
  }

  it("says that the log cannot be read, for whatever reason of the host's, and throws any other fault", async () => {
    const logOf = async (log: MailError) =>
      (await resource.observe(siteWith({}, { log }).site, bufferArgs("released"), { start }, { maxAgeMs: 0 }))?.log;
    for (const reason of ["invalidAnswer", "denied", "rejected"] as const)
      assert.deepEqual(await logOf(new MailError(bufferHost, reason, "the journal may not be read")), {
        unreadable: `${bufferHost}: the journal may not be read`,
      });
    await assert.rejects(logOf(new MailError(bufferHost, "sessionLost", "gone")), { reason: "sessionLost" });
  });

  it("names what arrived in the queue since the pause began, and the log does not tell of", async () => {
    const queue = [held("EARLIER", 100), held("LATER", 10), held("MOVING", 10, { queue: "incoming" })];
    const pause = { start: { ...start, atMs: eveningMs - 200_000, sureMs: eveningMs - 50_000 }, pausing: true } as const;
    const actual = await resource.observe(siteWith({ holding: true, queue }).site, bufferArgs("held"), pause, { maxAgeMs: 0 });
    assert.deepEqual(
      actual?.untold.map(({ id }) => id),
      ["LATER"],
    );
    const gap = "the journal no longer has all that was written";
    const torn = await resource.observe(siteWith({ holding: true, queue }, { gap }).site, bufferArgs("held"), pause, { maxAgeMs: 0 });
    assert.deepEqual(torn?.untold, []);
  });
});
