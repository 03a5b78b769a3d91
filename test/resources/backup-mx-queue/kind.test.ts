// The contract of BackupMxQueue apart from its plan: the program's own words, what each step does at the site, what a reading asks.
import assert from "node:assert/strict";
import type { Buffer } from "../../../provider/mail/buffer.ts";
import { MailError } from "../../../provider/mail/error.ts";
import type { BackupMxQueueArgs } from "../../../provider/resources/backup-mx-queue/args.ts";
import { backupMxQueue } from "../../../provider/resources/backup-mx-queue/kind.ts";
import type { ActualBuffer } from "../../../provider/resources/backup-mx-queue/observe.ts";
import type { BufferStep } from "../../../provider/resources/backup-mx-queue/plan.ts";
import type { BufferMemory } from "../../../provider/resources/backup-mx-queue/remember.ts";
import type { Site } from "../../../provider/resources/site.ts";
import {
  actualBuffer,
  bufferArgs,
  bufferHost,
  claimed,
  held,
  logUpTo,
  type Seen,
  token,
  tokenSender,
} from "../../support/buffer-builders.ts";
import { program, takesMail } from "../../support/builders.ts";
import { ourTurn } from "../../support/turns.ts";

interface Faked {
  readonly site: Site;
  readonly calls: string[];
}

/** A site with a buffer only, which tells what was asked of it in order. */
function siteWith(reading: Seen = {}, faults: { token?: boolean; log?: MailError } = {}): Faked {
  const calls: string[] = [];
  const noted = async <T>(call: string, answer: T): Promise<T> => {
    calls.push(call);
    return answer;
  };
  const unasked = () => assert.fail("the buffer's resource asks nothing else of the site");
  const buffer: Buffer = {
    observe: () => noted("observe", actualBuffer(reading)),
    hold: () => noted("hold", undefined),
    unhold: () => noted("unhold", undefined),
    releaseBatch: (ids, { requeue }) => noted(`release ${ids.join(" ")}${requeue ? " anew" : ""}`, ids.length),
    claim: (name) => noted(`claim ${name}`, claimed),
    unclaim: (name) => noted(`unclaim ${name}`, undefined),
    ledgerSince: async (position) => {
      calls.push(`log from ${position?.offsetBytes ?? "its beginning"}`);
      if (faults.log) throw faults.log;
      return logUpTo(900);
    },
    turns: { newest: unasked, take: unasked, end: unasked },
    close: () => {},
  };
  const site: Site = {
    program,
    timeZone: "Europe/Berlin",
    clock: { now: unasked, sleep: unasked },
    exchange: { run: unasked, shared: unasked, changed: unasked, know: unasked, close: unasked },
    recordSets: unasked,
    askAuthoritative: unasked,
    probeSmtp: ({ host, port, recipients }) =>
      noted(
        `probe ${host}:${port ?? "default"} ${recipients.map(({ address, expected }) => `${address} ${expected}`).join(", ")}`,
        takesMail(),
      ),
    tokenSender,
    sendToken: ({ host, to }) =>
      noted(`token to ${to} at ${host}`, {
        accepted: faults.token !== true,
        code: faults.token ? 550 : 250,
        text: "5.7.1 no",
        messageId: "",
      }),
    buffer: ({ host }) => {
      assert.equal(host, bufferHost);
      return buffer;
    },
    connect: unasked,
    close: unasked,
  };
  return { site, calls };
}

describe("a step of the buffer, applied", () => {
  const host = bufferHost;
  const rows: readonly (readonly [BufferStep, string])[] = [
    [{ kind: "claim", host, program }, `claim ${program}`],
    [{ kind: "hold", host }, "hold"],
    [{ kind: "unhold", host }, "unhold"],
    [{ kind: "token", host, to: "postmaster@contoso.com" }, `token to postmaster@contoso.com at ${host}`],
    [{ kind: "release", host, ids: ["A", "B"], requeue: false, held: 9 }, "release A B"],
    [{ kind: "release", host, ids: ["A"], requeue: true, held: 9 }, "release A anew"],
  ];
  for (const [step, call] of rows) {
    it(`is one call: ${call}`, async () => {
      const { site, calls } = siteWith();
      await backupMxQueue.apply(site, bufferArgs("held"), step, ourTurn.mayAct);
      assert.deepEqual(calls, [call]);
    });
  }

  it("fails with the host's words when it refuses the test message", async () => {
    const { site } = siteWith({}, { token: true });
    await assert.rejects(
      backupMxQueue.apply(site, bufferArgs("held"), { kind: "token", host, to: "postmaster@contoso.com" }, ourTurn.mayAct),
      {
        message: `${host} refuses a test message to postmaster@contoso.com: "550 5.7.1 no". The MX was not changed.`,
      },
    );
  });

  it("gives the claim back when the program lets go of the buffer", async () => {
    const { site, calls } = siteWith();
    await backupMxQueue.forget?.(site, bufferArgs("released"), ourTurn.mayAct);
    assert.deepEqual(calls, [`unclaim ${program}`]);
  });
});

describe("a reading of the buffer", () => {
  const start = { position: { fileId: "4711", offsetBytes: 100 }, atMs: 0 };
  const ends = (domain: string) => `postmaster@${domain} accepted, nobody-here-4711@${domain} refused`;
  const atTheDoor = `probe ${bufferHost}:default ${ends("contoso.com")}, ${ends("contoso.de")}`;
  const next = (at: string) => `probe ${at} postmaster@contoso.com accepted, postmaster@contoso.de accepted`;
  const rows: readonly {
    readonly when: string;
    readonly state: BackupMxQueueArgs["state"];
    readonly reading: Seen;
    readonly memory?: BufferMemory;
    readonly maxAgeMs?: number;
    readonly asks: readonly string[];
  }[] = [
    { when: "about to hold asks what it answers at the door", state: "held", reading: {}, asks: [atTheDoor] },
    { when: "that holds already asks nothing more", state: "held", reading: { holding: true }, asks: [] },
    {
      when: "at rest of one that holds reads its log",
      state: "held",
      reading: { holding: true },
      maxAgeMs: 60_000,
      asks: ["log from 100"],
    },
    {
      when: "of one never read before reads its log",
      state: "held",
      reading: { holding: true },
      memory: {},
      asks: ["log from its beginning"],
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
    { when: "released and empty reads the log", state: "released", reading: {}, asks: ["log from 100"] },
  ];
  for (const { when, state, reading, memory = { start }, maxAgeMs = 0, asks } of rows) {
    it(when, async () => {
      const { site, calls } = siteWith(reading);
      await backupMxQueue.observe(site, bufferArgs(state), memory, { maxAgeMs });
      assert.deepEqual(calls, ["observe", ...asks]);
    });
  }

  it("says that the log has a gap, and throws any other fault", async () => {
    const logOf = async (log: MailError) =>
      (await backupMxQueue.observe(siteWith({}, { log }).site, bufferArgs("released"), { start }, { maxAgeMs: 0 }))?.log;
    assert.deepEqual(await logOf(new MailError(bufferHost, "invalidAnswer", "the ledger has a gap")), {
      gap: `${bufferHost}: the ledger has a gap`,
    });
    await assert.rejects(logOf(new MailError(bufferHost, "sessionLost", "gone")), { reason: "sessionLost" });
  });
});

describe("the buffer in the program's words", () => {
  const rows: readonly (readonly [string, BackupMxQueueArgs["state"], Seen, BackupMxQueueArgs["state"]])[] = [
    ["holding as asked", "held", { holding: true, queue: [token()] }, "held"],
    ["not holding though asked to", "held", {}, "released"],
    ["released and empty as asked", "released", {}, "released"],
    ["released but not empty yet", "released", { queue: [held("A")] }, "held"],
    ["empty but still holding", "released", { holding: true }, "held"],
  ];
  for (const [when, asked, actual, live] of rows) {
    it(`${when} is ${live}`, () => {
      assert.deepEqual(backupMxQueue.liveArgs(bufferArgs(asked), actualBuffer(actual), {}), bufferArgs(live));
    });
  }
});

describe("the rest of the contract of BackupMxQueue", () => {
  it("gives the number of messages there", () => {
    const outputs = (actual: ActualBuffer | undefined) => backupMxQueue.outputs(bufferArgs("held"), actual, {});
    assert.deepEqual(outputs(actualBuffer({ queue: [held("A"), token()] })), { messages: 2, ledger: "no pause yet" });
    assert.equal("messages" in outputs(undefined), false);
  });

  it("may enter the program released, and not held", () => {
    assert.deepEqual(
      [backupMxQueue.isSelfContained(bufferArgs("released")), backupMxQueue.isSelfContained(bufferArgs("held"))],
      [true, false],
    );
  });

  it("always expects an answer: it is up while the site is not", () => {
    assert.deepEqual(
      [backupMxQueue.expectsSilence(bufferArgs("held")), backupMxQueue.expectsSilence(bufferArgs("released"))],
      [false, false],
    );
  });

  it("is the same thing while its host is, and its state is what a preview shows", () => {
    assert.deepEqual(
      [backupMxQueue.identity, backupMxQueue.desired, backupMxQueue.titleOf(bufferArgs("held"))],
      [["host"], ["state"], bufferHost],
    );
  });
});
