// What the provider seals and opens through SSPI, and what stays of it in memory, seen by a stand-in (sspi-stand-in.c). It is no Windows.
import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import type { SecurityContext } from "../../provider/remoting/auth/security.ts";
import { SspiIdentity } from "../../provider/remoting/auth/sspi/identity.ts";
import { WsmanError } from "../../provider/remoting/problem.ts";
import { commandAvailable, requireJudge } from "../support/judges.ts";
import { collectGarbage } from "../support/kept-heap.ts";
import { type StandIn, type StandInOptions, sspiStandIn } from "./sspi-stand-in.ts";

const HOST = "ex01.contoso.local";
const PASSWORD = { kind: "password", reveal: () => "pw" } as const;
const LOGON_DENIED = 0x8009030c;

let standIn: StandIn;
let identity: SspiIdentity;

/** All is agreed. */
async function agreed(options: StandInOptions = {}): Promise<SecurityContext> {
  standIn.reset(options);
  const context = await identity.contextWith(HOST, "Kerberos");
  await context.step();
  await context.step(Uint8Array.of(1));
  standIn.told();
  return context;
}

function isNonsense(error: unknown): boolean {
  return error instanceof WsmanError && error.problem.kind === "nonsense";
}

describe("messages through SSPI, seen by a stand-in", () => {
  before(async function () {
    requireJudge(this, "gcc", commandAvailable("gcc"));
    standIn = await sspiStandIn();
  });
  beforeEach(() => {
    standIn.reset();
    identity = new SspiIdentity("pauser@contoso.local", PASSWORD, async () => standIn.sspi);
  });
  afterEach(async () => {
    identity.end();
    await new Promise(setImmediate);
    deepEqual(standIn.live(), [0, 0], "every handle is freed");
  });

  it("are sealed in place of a copy, with as much of the trailer as was used, and no padding", async () => {
    const context = await agreed();
    for (const [number, plain] of [Buffer.alloc(0), Buffer.from("x"), Buffer.alloc(500_000, "päuse")].entries()) {
      const before = Buffer.from(plain);
      const message = context.seal(plain);
      deepEqual([message.signature.length, message.data.length], [60, plain.length]);
      equal(plain.equals(before), true);
      equal(plain.length > 0 && before.equals(message.data), false);
      equal(standIn.serverOpens(number, message)?.equals(plain), true);
    }
    deepEqual(standIn.told(), [
      "Query attribute=0",
      "Encrypt quality=0 number=0 v0 2:76 1:0 9:16",
      "Encrypt quality=0 number=0 v0 2:76 1:1 9:16",
      "Encrypt quality=0 number=0 v0 2:76 1:500000 9:16",
    ]);
    context.end();
  });

  it("are opened, and what came stays as it was", async () => {
    const context = await agreed();
    for (const [number, plain] of [Buffer.alloc(0), Buffer.from("x"), Buffer.alloc(500_000, "päuse")].entries()) {
      const message = standIn.serverSeals(number, plain);
      const before = Buffer.from(message.data);
      equal(Buffer.from(context.open(message)).equals(plain), true);
      equal(before.equals(message.data), true);
    }
    deepEqual(standIn.told().slice(0, 2), ["Decrypt number=0 v0 2:60 1:0", "Decrypt number=0 v0 2:60 1:1"]);
    context.end();
  });

  it("that were changed on their way, are out of order or only signed are refused", async () => {
    const context = await agreed();
    const [changed, later] = [standIn.serverSeals(0, Buffer.from("one")), standIn.serverSeals(2, Buffer.from("three"))];
    changed.data[0] = (changed.data[0] ?? 0) ^ 1;
    throws(() => context.open(changed), isNonsense);
    throws(() => context.open(later), isNonsense);
    context.end();
    const signedOnly = await agreed({ quality: 0x8000_0001 });
    throws(() => signedOnly.open(standIn.serverSeals(0, Buffer.from("signed"))), isNonsense);
    signedOnly.end();
  });

  it("under a key that is not of AES are refused, in a sentence", async () => {
    const context = await agreed({ paddingBytes: 5 });
    const what = `the ticket for HTTP/${HOST} is not of AES, which is needed for sealed messages over http`;
    throws(() => context.seal(Buffer.from("x")), { problem: { kind: "ended", reason: "denied", what } });
    context.end();
  });

  it("that Windows cannot seal say so", async () => {
    const context = await agreed();
    standIn.answer(undefined, 0x80090301);
    const said = {
      problem: {
        kind: "ended",
        reason: "denied",
        what: `Kerberos could not prove who asks as pauser@contoso.local to HTTP/${HOST}: Windows' SSPI: 0x80090301`,
      },
    };
    throws(() => context.seal(Buffer.from("x")), said);
    context.end();
    const other = await agreed();
    standIn.answer(0x80090301);
    throws(() => other.seal(Buffer.from("x")), said);
    other.end();
  });

  it("stay in memory as long as Windows has their addresses", async () => {
    let bytes: Buffer | undefined = Buffer.alloc(40_000);
    const held = new WeakRef(bytes);
    const { description } = standIn.sspi.buffers([2, bytes]);
    bytes = undefined;
    await new Promise(setImmediate);
    collectGarbage();
    equal(held.deref()?.length, 40_000);
    equal(description.cBuffers, 1);
  });

  it("and a long token are not collected while Windows works on them beside the event loop", async () => {
    standIn.reset({ sleepMs: 60 });
    const context = await identity.contextWith(HOST, "Kerberos");
    await context.step();
    standIn.told();
    const stepping = context.step(Buffer.alloc(40_000, 1));
    const overwriting: Buffer[] = [];
    for (let round = 0; round < 5; round++) {
      collectGarbage();
      await new Promise(setImmediate);
      for (let count = 0; count < 20; count++) overwriting.push(Buffer.alloc(40_000, 0xee));
    }
    await stepping;
    const sum = Array.from({ length: 40_000 }).reduce((total: bigint) => (total * 31n + 1n) & 0xffff_ffff_ffff_ffffn, 0n);
    deepEqual(/in v0 2:40000 sum=(\d+)/.exec(standIn.told()[0] ?? "")?.[1], String(sum));
    context.end();
  });

  it("leave what a step uses in place until it has ended, whoever ends context and identity meanwhile", async () => {
    standIn.reset({ sleepMs: 40 });
    const context = await identity.contextWith(HOST, "Kerberos");
    const stepping = context.step();
    await new Promise(setImmediate);
    context.end();
    context.end();
    identity.end();
    identity.end();
    await new Promise(setImmediate);
    await stepping;
    deepEqual(
      standIn.told().map((line) => line.split(" target=")[0]?.split(" principal=")[0]),
      ["Acquire", "Initialize first", "Delete", "Free"],
    );
    await rejects(identity.contextWith(HOST, "Kerberos"), {
      problem: { kind: "ended", reason: "stopped", what: "the connection has been closed" },
    });
  });

  it("come after a password that is tried once, however many connections begin with it", async () => {
    standIn.reset({ sleepMs: 10 });
    const contexts = await Promise.all([1, 2, 3].map(() => identity.contextWith(HOST, "Kerberos")));
    standIn.told();
    standIn.answer(LOGON_DENIED);
    const outcomes = await Promise.allSettled(contexts.map((context) => context.step()));
    equal(outcomes.filter(({ status }) => status === "rejected").length, 3);
    equal(standIn.told().length, 1);
    for (const context of contexts) context.end();
  });

  it("of 300 contexts, one after the other, leave no handle", async () => {
    for (let count = 0; count < 300; count++) {
      const context = await agreed();
      context.open(standIn.serverSeals(0, context.seal(Buffer.alloc(1_000)).data));
      context.end();
    }
    deepEqual(standIn.live(), [1, 0]);
  });
});
