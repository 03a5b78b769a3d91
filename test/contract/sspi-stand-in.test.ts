// The provider's calls of Windows' SSPI, seen by a stand-in that was written from the documented header (sspi-stand-in.c): arguments, layouts,
// tokens, handles and sentences. It is no Windows: nobody has run these calls there.
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import type { Proof } from "../../provider/remoting/auth/security.ts";
import { SspiIdentity } from "../../provider/remoting/auth/sspi/identity.ts";
import { WsmanError } from "../../provider/remoting/problem.ts";
import { commandAvailable, requireJudge } from "../support/judges.ts";
import { type StandIn, sspiStandIn, wide } from "./sspi-stand-in.ts";

const HOST = "ex01.contoso.local";
const TARGET = wide(`HTTP/${HOST}`);
const ASKED = `target=${TARGET} flags=1001e reserved=0 representation=10`;
const TOKEN_ROOM = "v0 2:65536";

let standIn: StandIn;
const identities: SspiIdentity[] = [];

function identity(user = "pauser@contoso.local", proof: Proof = { kind: "password", reveal: () => "pw" }): SspiIdentity {
  const made = new SspiIdentity(user, proof, async () => standIn.sspi);
  identities.push(made);
  return made;
}

async function refusedWith(step: Promise<unknown>): Promise<string> {
  let what = "";
  await rejects(step, (error: unknown) => {
    if (!(error instanceof WsmanError) || error.problem.kind !== "ended") throw error;
    what = `${error.problem.reason}: ${error.problem.what}`;
    return true;
  });
  return what;
}

describe("SSPI, seen by a stand-in", () => {
  before(async function () {
    requireJudge(this, "gcc", commandAvailable("gcc"));
    standIn = await sspiStandIn();
  });
  beforeEach(() => standIn.reset());
  afterEach(async () => {
    for (const made of identities.splice(0)) made.end();
    await new Promise(setImmediate);
    deepEqual(standIn.live(), [0, 0], "every handle is freed");
  });

  describe("a credential", () => {
    const password = "p\u{1f511}w ü";
    const names: readonly (readonly [user: string, domain: string, name: string])[] = [
      ["CONTOSO\\pauser", "CONTOSO", "pauser"],
      ["pauser@contoso.local", "", "pauser@contoso.local"],
      ["CONTOSO\\a\\b", "CONTOSO", "a\\b"],
      ["pauser", "", "pauser"],
      ["Jörg\u{1f600}@contoso.local", "", "Jörg\u{1f600}@contoso.local"],
    ];
    for (const [user, domain, name] of names) {
      it(`of ${user} is asked for in UTF-16, with lengths in its units`, async () => {
        const context = await identity(user, { kind: "password", reveal: () => password }).contextWith(HOST, "Kerberos");
        context.end();
        deepEqual(standIn.told(), [
          `Acquire principal=null package=${wide("Kerberos")} use=2 others=0 user=${wide(name)} domain=${wide(domain)} password=${wide(password)} flags=2`,
        ]);
      });
    }

    it("of whoever is logged on has no identity", async () => {
      (await identity("", { kind: "ticket" }).contextWith(HOST, "Negotiate")).end();
      deepEqual(standIn.told(), [`Acquire principal=null package=${wide("Negotiate")} use=2 others=0 identity=null`]);
    });

    for (const proof of [
      { kind: "keytab", file: "a.keytab" },
      { kind: "ticket", cache: "FILE:/tmp/x" },
    ] as const) {
      it(`from a ${proof.kind} file is refused before anything is asked`, async () => {
        const sentence = "rejected: Windows takes no keytab and no ticket file: give a password, or run as the account itself";
        equal(await refusedWith(identity("pauser", proof).contextWith(HOST, "Kerberos")), sentence);
        deepEqual(standIn.told(), []);
      });
    }

    it("is asked for once by connections that begin at the same time, for each scheme", async () => {
      const one = identity();
      const contexts = await Promise.all((["Kerberos", "Kerberos", "Negotiate"] as const).map((scheme) => one.contextWith(HOST, scheme)));
      deepEqual([standIn.live(), standIn.told().length], [[2, 0], 2]);
      for (const context of contexts) context.end();
    });

    it("that could not be had is asked for again by the next connection", async () => {
      const one = identity();
      standIn.answer(0x80090311);
      match(await refusedWith(one.contextWith(HOST, "Kerberos")), /^unreachable: no domain controller answers/);
      (await one.contextWith(HOST, "Kerberos")).end();
    });
  });

  describe("a context", () => {
    it("takes one token each way, and goes on in the same handle", async () => {
      const context = await identity().contextWith(HOST, "Kerberos");
      standIn.told();
      const first = await context.step();
      deepEqual([Buffer.from(first.token).toString(), first.isDone], ["client token 1", false]);
      const last = await context.step(Uint8Array.of(1, 2));
      deepEqual([last.token.length, last.isDone], [0, true]);
      deepEqual(standIn.told(), [
        `Initialize first ${ASKED} in null out ${TOKEN_ROOM}`,
        `Initialize again ${ASKED} in v0 2:2 sum=33 out ${TOKEN_ROOM}`,
      ]);
      deepEqual(standIn.live(), [1, 1]);
      context.end();
      context.end();
      deepEqual(standIn.told(), ["Delete"]);
    });

    it("takes more tokens where there are more", async () => {
      standIn.reset({ tokens: 2 });
      const context = await identity().contextWith(HOST, "Negotiate");
      const said = [await context.step(), await context.step(Uint8Array.of(1)), await context.step(Uint8Array.of(2))];
      deepEqual(
        said.map(({ token, isDone }) => [Buffer.from(token).toString(), isDone]),
        [
          ["client token 1", false],
          ["client token 2", false],
          ["", true],
        ],
      );
      context.end();
    });

    it("that is granted less than asked for is not used", async () => {
      standIn.reset({ granted: 0x1_001c });
      const context = await identity().contextWith(HOST, "Kerberos");
      await context.step();
      const sentence = `denied: HTTP/${HOST} agreed to less than a sealed conversation with mutual proof (flags 65564)`;
      equal(await refusedWith(context.step(Uint8Array.of(1))), sentence);
      context.end();
    });

    it("that ends in a way that nobody knows of is not used", async () => {
      const context = await identity().contextWith(HOST, "Kerberos");
      standIn.answer(0x0009_0313);
      match(await refusedWith(context.step()), /Windows' SSPI: 0x90313$/);
      context.end();
    });

    const refusals: readonly (readonly [name: string, status: number, sentence: RegExp])[] = [
      ["SEC_E_LOGON_DENIED", 0x8009030c, /^denied: the domain controller does not accept the password of pauser@contoso\.local\. Mend it/],
      [
        "SEC_E_TARGET_UNKNOWN",
        0x80090303,
        /^denied: the domain controller knows no service HTTP\/ex01\.contoso\.local: use the server's own/,
      ],
      ["SEC_E_WRONG_PRINCIPAL", 0x80090322, /^denied: whoever answers does not hold the key of HTTP\/ex01\.contoso\.local/],
      ["SEC_E_TIME_SKEW", 0x80090324, /^denied: the clock of this machine and that of the domain controller/],
      ["SEC_E_NO_AUTHENTICATING_AUTHORITY", 0x80090311, /^unreachable: no domain controller answers for the realm of pauser/],
      [
        "SEC_E_NO_CREDENTIALS",
        0x8009030e,
        /^denied: there is nothing to prove who asks with: the password of pauser.* not found; log on to Windows again, or/,
      ],
      ["SEC_E_CONTEXT_EXPIRED", 0x80090317, /^denied: the password has expired: log on to Windows again, or give a password/],
      ["SEC_E_ALGORITHM_MISMATCH", 0x80090331, /^denied: .* no encryption type in common for HTTP\/ex01\.contoso\.local: AES must be/],
      ["SEC_E_KDC_UNKNOWN_ETYPE", 0x80090342, /^denied: .* no encryption type in common for HTTP\/ex01\.contoso\.local: AES must be/],
      ["SEC_E_INTERNAL_ERROR", 0x80090304, /^denied: Kerberos could not prove who asks as pauser@contoso\.local to HTTP\/ex01/],
    ];
    for (const [name, status, sentence] of refusals) {
      it(`that Windows refuses with ${name} says what to do, and the number`, async () => {
        const context = await identity().contextWith(HOST, "Kerberos");
        standIn.answer(status);
        const said = await refusedWith(context.step());
        match(said, sentence);
        match(said, new RegExp(`Windows' SSPI: 0x${status.toString(16)}\\)?$`));
        context.end();
      });
    }
  });
});
