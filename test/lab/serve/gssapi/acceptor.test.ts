// The acceptor's own cryptography against an initiator through the same library: what is sealed opens, what it costs in memory, what is missing.
// Against another's initiator: test/contract/gssapi-python.test.ts.
import { deepEqual, equal, throws } from "node:assert/strict";
import { createRequire } from "node:module";
import { type AcceptedContext, Acceptor } from "../../../../lab/serve/gssapi/acceptor.ts";
import { type GssLibrary, gssLibrary, loadGssLibrary, type Pointer } from "../../../../lab/serve/gssapi/library.ts";
import { type GssInitiator, gssInitiator } from "../../../support/gss-initiator.ts";
import { requireJudge } from "../../../support/judges.ts";
import { kdcAvailable, type RunningKdc, startKdc, useEnvironment } from "../../../support/kdc.ts";

const PASSWORD = `p:${Math.random()}`;
const HOST = "ex01.contoso.local";
const MIB = 1_048_576;

describe("a Kerberos acceptor", () => {
  let kdc: RunningKdc;
  let leave: () => void;
  let acceptor: Acceptor;
  let cache: string;

  before(async function () {
    requireJudge(this, "krb5-kdc", kdcAvailable());
    kdc = await startKdc({ principals: [{ name: "pauser", password: PASSWORD }] });
    leave = useEnvironment(kdc.environment);
    acceptor = new Acceptor({ keytab: kdc.serviceKeytab });
    cache = await kdc.kinit("pauser", { password: PASSWORD });
  });

  after(async () => {
    acceptor?.release();
    leave?.();
    await kdc?.stop();
  });

  for (const mechanism of ["Kerberos", "Negotiate"] as const)
    it(`agrees with a client in ${mechanism} and knows its name; both read what the other sealed`, () => {
      withContext(mechanism, (context, initiator) => {
        equal(context.client, "pauser@CONTOSO.LOCAL");
        for (const length of [0, 1, 15, 16, 17, 70_000]) {
          const message = Buffer.alloc(length, "é");
          const there = initiator.seal(message);
          deepEqual([there.header.length, there.data.length, context.open(there).equals(message)], [60, length, true]);
          const back = context.seal(message);
          deepEqual([back.header.length, back.data.length, initiator.open(back).equals(message)], [60, length, true]);
          equal(length > 1 && back.data.equals(message), false);
        }
      });
    });

  it("leaves the bytes as they were that it is given to seal or to open", () => {
    withContext("Kerberos", (context, initiator) => {
      const message = Buffer.from("message");
      const sealed = initiator.seal(message);
      const copy = { header: Buffer.from(sealed.header), data: Buffer.from(sealed.data) };
      context.open(sealed);
      context.seal(message);
      deepEqual([message.toString(), sealed], ["message", copy]);
    });
  });

  it("opens the message after one that was lost, and none a second time", () => {
    withContext("Kerberos", (context, initiator) => {
      const [lost, next] = [initiator.seal(Buffer.from("lost")), initiator.seal(Buffer.from("next"))];
      equal(context.open(next).toString(), "next");
      throws(() => context.open(next), { name: "GssError", message: "opening a message: it was seen before, or is out of order" });
      throws(() => context.open(lost), { name: "GssError", message: "opening a message: it was seen before, or is out of order" });
    });
  });

  it("says what is wrong with a token, in the library's words", () => {
    const context = acceptor.context();
    throws(() => context.accept(Buffer.from("garbage")), { name: "GssError", message: "accepting a token: Invalid token was supplied" });
    context.release();
  });

  it("may be released twice, and seals nothing afterwards", () => {
    withContext("Kerberos", (context) => {
      context.release();
      context.release();
      equal(context.client, undefined);
      throws(() => context.seal(Buffer.from("late")), { name: "GssError" });
    });
  });

  it("holds no memory of 1,000 messages that were sealed and opened: less than 60 MB stay of 128", () => {
    withContext("Kerberos", (context, initiator) => {
      const message = Buffer.alloc(MIB / 16, 7);
      const exchange = () => initiator.open(context.seal(context.open(initiator.seal(message))));
      for (let warmUp = 0; warmUp < 200; warmUp++) exchange();
      const before = process.memoryUsage().rss;
      for (let round = 0; round < 1_000; round++) exchange();
      const grown = process.memoryUsage().rss - before;

      equal(grown < 60 * MIB, true, `${Math.round(grown / MIB)} MB more than before`);
    });
  }).timeout(60_000);

  it("gives back all that a credential, a context and a refused token took", () => {
    const held = new Set<Pointer>();
    const own = new Acceptor({ keytab: kdc.serviceKeytab }, counting(gssLibrary(), held));
    const [initiator, context, refused] = [gssInitiator(HOST, cache), own.context(), own.context()];
    const token = initiator.step();
    initiator.step(context.accept(token));
    throws(() => refused.accept(token), /Request is a replay/);
    context.seal(Buffer.from("message"));
    equal(held.size, 2);
    for (const each of [context, refused, own, initiator]) each.release();
    deepEqual([...held], []);
  });

  function withContext(mechanism: "Kerberos" | "Negotiate", use: (context: AcceptedContext, initiator: GssInitiator) => void): void {
    const initiator = gssInitiator(HOST, cache, mechanism);
    const context = acceptor.context();
    try {
      initiator.step(context.accept(initiator.step()));
      use(context, initiator);
    } finally {
      context.release();
      initiator.release();
    }
  }
});

describe("without what Kerberos needs, the lab says in one sentence what is missing:", () => {
  it("koffi", () => {
    const none = () => {
      throw new Error("Cannot find module 'koffi'");
    };
    throws(() => loadGssLibrary(none), {
      message: "Kerberos in the lab needs the npm package koffi (npm install without --omit=optional), which could not be loaded",
    });
  });

  it("the system's library", () => {
    throws(() => loadGssLibrary(createRequire(import.meta.url), "libnone.so.9"), {
      message: "Kerberos in the lab needs libnone.so.9 (Debian's package libgssapi-krb5-2, Alpine's krb5-libs), which could not be loaded",
    });
  });
});

/** Keeps in `held` what the library handed out and did not get back. */
function counting(library: GssLibrary, held: Set<Pointer>): GssLibrary {
  const kept = (major: number, ...addresses: readonly Pointer[]) => {
    for (const address of addresses) if (address !== null) held.add(address);
    return major;
  };
  const returned = <Call extends readonly unknown[]>(give: (...call: Call) => number, addressIn: (call: Call) => Pointer) => {
    return (...call: Call) => {
      held.delete(addressIn(call));
      return give(...call);
    };
  };
  return {
    ...library,
    acquire_cred_from(...call) {
      const major = library.acquire_cred_from(...call);
      return kept(major, call[6][0]);
    },
    accept_sec_context(...call) {
      const major = library.accept_sec_context(...call);
      return kept(major, call[1][0], call[5][0], call[7][0].value);
    },
    display_name(...call) {
      const major = library.display_name(...call);
      return kept(major, call[2][0].value);
    },
    display_status(...call) {
      const major = library.display_status(...call);
      return kept(major, call[5][0].value);
    },
    release_cred: returned(library.release_cred, ([, slot]) => slot[0]),
    delete_sec_context: returned(library.delete_sec_context, ([, slot]) => slot[0]),
    release_name: returned(library.release_name, ([, slot]) => slot[0]),
    release_buffer: returned(library.release_buffer, ([, buffer]) => buffer.value),
  };
}
