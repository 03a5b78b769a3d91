// Basic on one TCP connection after another: what is remembered of a proof, and that it proves nothing to anyone else.
import { deepEqual } from "node:assert/strict";
import { basicAuthentication } from "../../../../lab/serve/wsman/authentication.ts";

const CONNECTION = { isEncrypted: false, clientCertificate: undefined };
const BODY = Buffer.from("body");
const password = String(Math.random());
const accounts = new Map([
  ["CONTOSO\\pauser", password],
  ["CONTOSO\\reader", password],
]);
const asked = (user: string, secret = password) => `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`;

describe("Basic on one connection", () => {
  const begun = () => {
    const conversation = basicAuthentication(accounts, "ex01").converse(CONNECTION);
    return (authorization: string | undefined) => {
      const admission = conversation.admit({ authorization, contentType: "", body: BODY });
      return admission.kind === "admitted" ? admission.user : admission.kind;
    };
  };

  it("knows who proved it, as often as it is proved again", () => {
    const userOf = begun();
    deepEqual(
      [1, 2, 3].map(() => userOf(asked("contoso\\PAUSER"))),
      Array(3).fill("CONTOSO\\pauser"),
    );
  });

  it("takes each request for the user that it names, also after another's", () => {
    const userOf = begun();
    const users = ["pauser", "reader", "reader", "pauser"].map((name) => userOf(asked(`CONTOSO\\${name}`)));
    deepEqual(users, ["CONTOSO\\pauser", "CONTOSO\\reader", "CONTOSO\\reader", "CONTOSO\\pauser"]);
  });

  for (const [what, authorization] of [
    ["no proof", undefined],
    ["an empty one", ""],
    ["a wrong password of the same length", asked("CONTOSO\\pauser", password.replace(/.$/, "x"))],
    ["a longer password", asked("CONTOSO\\pauser", `${password}0`)],
    ["the beginning of the proof", asked("CONTOSO\\pauser").slice(0, -4)],
  ] as const)
    it(`challenges ${what} after a right one, and then knows the right one again`, () => {
      const userOf = begun();
      const right = asked("CONTOSO\\pauser");
      deepEqual([userOf(right), userOf(authorization), userOf(right)], ["CONTOSO\\pauser", "challenged", "CONTOSO\\pauser"]);
    });

  it("remembers no proof that was wrong", () => {
    const userOf = begun();
    const wrong = asked("CONTOSO\\pauser", "wrong");
    deepEqual([userOf(wrong), userOf(wrong)], ["challenged", "challenged"]);
  });
});
