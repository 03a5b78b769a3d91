// How often a domain controller is asked, and what of the library's is held until when, with a real MIT KDC.
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { GssapiIdentity } from "../../../../provider/remoting/auth/gssapi/identity.ts";
import type { SecurityContext } from "../../../../provider/remoting/auth/security.ts";
import { refused } from "../../../contract/support/kerberos-refusals.ts";
import { gssRealm } from "../../../support/gss-realm.ts";
import { useEnvironment } from "../../../support/kdc.ts";

const HOST = "ex01.contoso.local";
const USER = "pauser@contoso.local";
const PASSWORD = `p:${Math.random()}`;
const proof = { kind: "password", reveal: () => PASSWORD } as const;
const HOUR_MS = 3_600_000;
const stopped = { problem: { kind: "ended", reason: "stopped", what: "the connection has been closed" } };

describe("an identity of GSSAPI", () => {
  const realm = gssRealm(PASSWORD);

  it("asks the domain controller once for connections that begin at the same time, and later ones", async () => {
    const identity = new GssapiIdentity(USER, proof);
    const contexts = await Promise.all([1, 2, 3, 4].map(() => identity.contextWith(HOST, "Kerberos")));
    await Promise.all(contexts.map((context) => context.step()));
    contexts.push(await identity.contextWith(HOST, "Kerberos"));
    await contexts.at(-1)?.step();
    deepEqual([realm.tap.firstTickets(), realm.tally.count("gss_acquire_cred_with_password")], [2, 1]);
    end(identity, ...contexts);
  });

  it("asks again when a ticket lives for no more than five minutes, once for connections that begin at the same time", async () => {
    let nowMs = 1_000_000;
    const identity = new GssapiIdentity(USER, proof, () => nowMs);
    const contexts = [await identity.contextWith(HOST, "Kerberos")];
    nowMs += 10 * HOUR_MS - 330_000;
    contexts.push(await identity.contextWith(HOST, "Kerberos"));
    equal(realm.tap.firstTickets(), 2);
    nowMs += 30_001;
    contexts.push(...(await Promise.all([1, 2].map(() => identity.contextWith(HOST, "Kerberos")))));
    equal(realm.tap.firstTickets(), 2);
    const [old, ...others] = contexts;
    ok((await old?.step())?.token.length, "a context that was begun with the old ticket goes on");
    end(identity, ...(old === undefined ? [] : [old]), ...others);
  });

  it("that is ended while the domain controller is asked makes no context, and forgets the ticket that comes", async () => {
    const identity = new GssapiIdentity(USER, proof);
    const asked = realm.tap.hold();
    const making = identity.contextWith(HOST, "Kerberos");
    await asked;
    identity.end();
    realm.tap.release();
    await rejects(making, stopped);
    await rejects(identity.contextWith(HOST, "Kerberos"), stopped);
  });

  it("that is ended while a context asks for a service's ticket leaves it in peace until it has its answer", async () => {
    const identity = new GssapiIdentity(USER, proof);
    const context = await identity.contextWith(HOST, "Kerberos");
    const asked = realm.tap.hold();
    const stepping = context.step();
    await asked;
    context.end();
    context.end();
    identity.end();
    deepEqual(realm.tally.held().length, 2, "name and credential are in use");
    realm.tap.release();
    ok((await stepping).token.length > 0);
    await rejects(context.step(), stopped);
  });

  it("asks again after the domain controller was away, and not after it refused a password", async () => {
    const identity = new GssapiIdentity(USER, proof);
    const wrong = new GssapiIdentity(USER, { kind: "password", reveal: () => "not this one", from: "exchange:password" });
    for (const _ of [1, 2])
      await refused(
        wrong.contextWith(HOST, "Kerberos"),
        "denied",
        /^the domain controller does not accept the password \(exchange:password\) of /,
      );
    equal(realm.tally.count("gss_acquire_cred_with_password"), 1);
    const noneThere = useEnvironment({ ...realm.tap.environment, KRB5_CONFIG: "/dev/null" });
    await refused(identity.contextWith(HOST, "Kerberos"), "unreachable", /^no domain controller is known/).finally(noneThere);
    end(identity, await identity.contextWith(HOST, "Kerberos"));
    wrong.end();
  });

  function end(...things: readonly (SecurityContext | GssapiIdentity)[]): void {
    for (const thing of things) thing.end();
  }
});
