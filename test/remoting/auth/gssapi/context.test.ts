// What a context seals, opens and refuses, and what of the library's memory it holds, with a real MIT KDC and the lab's acceptor.
// Judged by others' acceptors: test/contract/kerberos-spnego.test.ts.
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { type AcceptedContext, Acceptor } from "../../../../lab/serve/gssapi/acceptor.ts";
import { type GssLibrary, gssLibrary } from "../../../../lab/serve/gssapi/library.ts";
import { GssapiIdentity } from "../../../../provider/remoting/auth/gssapi/identity.ts";
import { gssapi } from "../../../../provider/remoting/auth/gssapi/library.ts";
import type { SealedMessage, SecurityContext } from "../../../../provider/remoting/auth/security.ts";
import { WsmanError } from "../../../../provider/remoting/problem.ts";
import { refused } from "../../../contract/support/kerberos-refusals.ts";
import { gssRealm } from "../../../support/gss-realm.ts";
import { useEnvironment } from "../../../support/kdc.ts";

const HOST = "ex01.contoso.local";
const PASSWORD = `p:${Math.random()}`;
const MIB = 1_048_576;

describe("a context of GSSAPI", () => {
  let identity: GssapiIdentity;
  const realm = gssRealm(PASSWORD, () => identity?.end());

  beforeEach(() => {
    identity = new GssapiIdentity("pauser@contoso.local", { kind: "password", reveal: () => PASSWORD });
  });

  /** With a context that is agreed, and the server's. */
  async function withContext<Result>(
    use: (context: SecurityContext, server: AcceptedContext) => Result,
    { host = HOST, library = gssLibrary() }: { readonly host?: string; readonly library?: GssLibrary } = {},
  ): Promise<Result> {
    const acceptor = new Acceptor({ keytab: realm.kdc.serviceKeytab }, library);
    const [context, server] = [await identity.contextWith(host, "Kerberos"), acceptor.context()];
    try {
      const { token, isDone } = await context.step(server.accept(Buffer.from((await context.step()).token)));
      deepEqual([token.length, isDone], [0, true]);
      return use(context, server);
    } finally {
      context.end();
      server.release();
      acceptor.release();
    }
  }

  it("seals what it leaves as it was, and opens the answer", async () => {
    await withContext((context, server) => {
      for (const plain of [Buffer.alloc(0), Buffer.from("x"), Buffer.alloc(500_000, "päuse")]) {
        const before = Buffer.from(plain);
        const { signature, data } = context.seal(plain);
        deepEqual([signature.length, data.length, plain.equals(before)], [60, plain.length, true]);
        equal(server.open({ header: Buffer.from(signature), data: Buffer.from(data) }).equals(plain), true);
        equal(Buffer.from(context.open(answerOf(server, plain))).equals(plain), true);
      }
    });
  });

  it("does not take a message twice, nor one from before", async () => {
    await withContext((context, server) => {
      const [first, second] = [answerOf(server, Buffer.from("first")), answerOf(server, Buffer.from("second"))];
      equal(Buffer.from(context.open(first)).toString(), "first");
      equal(Buffer.from(context.open(second)).toString(), "second");
      for (const message of [first, second]) throws(() => context.open(message), isNonsense);
      const [third, fourth] = [answerOf(server, Buffer.from("third")), answerOf(server, Buffer.from("fourth"))];
      equal(Buffer.from(context.open(fourth)).toString(), "fourth");
      throws(() => context.open(third), isNonsense);
    });
  });

  it("does not take a message that was only signed", async () => {
    const real = gssLibrary();
    let signed: SealedMessage = { signature: Buffer.alloc(0), data: Buffer.alloc(0) };
    const library: GssLibrary = {
      ...real,
      wrap_iov(minor, context, _sealed, quality, state, iov, count) {
        const [header, data] = [iov[0]?.buffer.value, iov[1]?.buffer.value];
        const major = real.wrap_iov(minor, context, 0, quality, state, iov, count);
        if (header instanceof Buffer && data instanceof Buffer)
          signed = { signature: header.subarray(0, Number(iov[0]?.buffer.length)), data };
        return major;
      },
    };
    const use = (context: SecurityContext, server: AcceptedContext) => {
      throws(() => server.seal(Buffer.from("signed")), /not one of AES/); // its header is shorter
      equal(Buffer.from(signed.data).toString(), "signed");
      throws(() => context.open(signed), isNonsense);
    };
    await withContext(use, { library });
  });

  it("does not seal under a key whose messages WinRM frames otherwise", async () => {
    const [host, enctype] = ["ex02.contoso.local", "aes256-cts-hmac-sha384-192"];
    const service = `HTTP/${host}`;
    await realm.kdc.administer(
      `addprinc -randkey -e ${enctype}:normal ${service}`,
      `ktadd -q -norandkey -k ${realm.kdc.serviceKeytab} ${service}`,
    );
    const restore = useEnvironment(await realm.tap.environmentWith(`permitted_enctypes = ${enctype} aes256-cts-hmac-sha1-96`));
    const isRefusal = (error: unknown) =>
      error instanceof WsmanError && error.problem.kind === "ended" && /^the ticket for HTTP\/ex02/.test(error.problem.what);
    await withContext((context) => throws(() => context.seal(Buffer.from("x")), isRefusal), { host }).finally(restore);
  });

  it("that was granted less than asked for is not used", async () => {
    const library = await gssapi();
    const { ask } = library;
    library.ask = async (name, ...values) => {
      const major = await ask(name, ...values);
      const granted = values[11];
      if (Array.isArray(granted)) granted[0] &= ~16;
      return major;
    };
    const sentence = /^HTTP\/ex01\.contoso\.local agreed to less than a sealed conversation with mutual proof/;
    await refused(
      withContext(() => {}),
      "denied",
      sentence,
    ).finally(() => {
      library.ask = ask;
    });
  });

  it("holds nothing: of 200 with 2,000 messages each way less than 60 MB stay of 250", async () => {
    const message = Buffer.alloc(MIB / 16, 7);
    const converse = () =>
      withContext((context, server) => {
        for (let count = 0; count < 10; count++) {
          const { signature, data } = context.seal(message);
          const read = server.open({ header: Buffer.from(signature), data: Buffer.from(data) });
          equal(message.equals(context.open(answerOf(server, read))), true);
        }
      });
    for (let warmUp = 0; warmUp < 20; warmUp++) await converse();
    [realm.tap.firstTickets(), realm.tap.serviceTickets()];
    const before = process.memoryUsage().rss;
    for (let count = 0; count < 200; count++) await converse();
    const grown = process.memoryUsage().rss - before;
    ok(grown < 60 * MIB, `${Math.round(grown / MIB)} MB more than before`);
    deepEqual([realm.tap.firstTickets(), realm.tap.serviceTickets()], [0, 0]);
    deepEqual(realm.tally.held().length, 1, "the credential");
  }).timeout(60_000);
});

function answerOf(server: AcceptedContext, plain: Buffer): SealedMessage {
  const { header, data } = server.seal(plain);
  return { signature: header, data };
}

function isNonsense(error: unknown): boolean {
  return error instanceof WsmanError && error.problem.kind === "nonsense";
}
