// What Basic sends, and what it takes a server's answer for.
import { deepEqual, equal, rejects } from "node:assert/strict";
import { mock } from "node:test";
import { basicAuthenticator } from "../../../provider/remoting/auth/basic.ts";
import type { Authenticator } from "../../../provider/remoting/http/authenticator.ts";
import { PasswordTrial } from "../../../provider/remoting/password-trial.ts";
import { Secret } from "../../../provider/remoting/transport.ts";

const user = "pauser@contoso.local";
const noHandshake = () => Promise.reject(new Error("nothing is to be asked"));

describe("an authenticator of Basic", () => {
  let trial: PasswordTrial;
  let [first, second]: Authenticator[] = [];
  const make = (host: string) => basicAuthenticator({ user, password: new Secret("päss:word"), trial, host });

  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] }); // nobody's patience shall end here
    trial = new PasswordTrial(3_000);
    [first, second] = [make("ex01.contoso.local:5985"), make("ex02.contoso.local:5985")];
  });

  afterEach(() => mock.timers.reset());

  it("adds name and password in UTF-8, and leaves the body as it is", () => {
    const bytes = Buffer.from("x");
    const headers = { A: "b", Authorization: `Basic ${Buffer.from("pauser@contoso.local:päss:word", "utf8").toString("base64")}` };
    deepEqual(first?.outgoing({ headers: { A: "b" }, bytes }), { headers, bytes });
    equal(first?.incoming("text/xml", bytes), bytes);
  });

  const answers: readonly (readonly [string, number, readonly string[], "accepted" | "refused" | "nothing"])[] = [
    ["an answer", 200, [], "accepted"],
    ["a fault of WS-Management", 500, [], "accepted"],
    ["a 401 that offers Basic", 401, ['Negotiate, Basic realm="WSMAN"'], "refused"],
    ["a 401 where Basic is switched off", 401, ["Negotiate"], "nothing"],
    ["a front end that asks nobody who they are", 503, [], "nothing"],
    ["a page that is not for everyone", 403, [], "nothing"],
    ["a front end that sends one elsewhere", 302, [], "nothing"],
  ];
  for (const [what, status, challenges, comes] of answers)
    it(`learns from ${what}: ${comes}`, async () => {
      await first?.begin(noHandshake);
      first?.judged?.({ status, challenges });
      equal(first?.mustBegin, comes !== "accepted");
      if (comes !== "refused") return await second?.begin(noHandshake);
      const what = `not asked, because ex01.contoso.local:5985 does not accept the name or password of ${user}: a few wrong attempts lock an account`;
      await rejects(async () => second?.begin(noHandshake), { problem: { kind: "ended", reason: "denied", what } });
    });

  it("whose connection is gone before an answer leaves the trial to the next one", async () => {
    await first?.begin(noHandshake);
    first?.end();
    await second?.begin(noHandshake);
    second?.judged?.({ status: 200, challenges: [] });
    equal(first?.mustBegin, false);
  });

  it("does not take one server's refusal for the password's once another has accepted it", async () => {
    await first?.begin(noHandshake);
    first?.judged?.({ status: 200, challenges: [] });
    second?.judged?.({ status: 401, challenges: ["Basic"] });
    await second?.begin(noHandshake);
  });
});
