// The way that the server offers: asked for once, and then left to whoever goes it.
import { deepEqual, throws } from "node:assert/strict";
import { autoAuthenticator } from "../../../provider/remoting/auth/auto.ts";
import type { Authenticator, Handshake } from "../../../provider/remoting/http/authenticator.ts";
import { WsmanError } from "../../../provider/remoting/problem.ts";

describe("an authenticator that takes what the server offers", () => {
  const done: string[] = [];
  const chosen: Authenticator = {
    mustBegin: true,
    async begin() {
      done.push("begin");
    },
    judged: ({ status }) => void done.push(`judged ${status}`),
    outgoing: ({ headers, bytes }) => ({ headers: { ...headers, Sealed: "yes" }, bytes }),
    incoming: (contentType) => Buffer.from(contentType),
    end() {
      done.push("end");
    },
  };
  const handshake: Handshake = async (headers) => {
    done.push(`ask ${JSON.stringify(headers)}`);
    return { status: 401, challenges: ["Kerberos", "Basic"] };
  };

  beforeEach(() => done.splice(0));

  it("asks once, and begins in the same way on each later connection", async () => {
    const auto = autoAuthenticator((offered) => {
      done.push(`choose of ${offered}`);
      return chosen;
    });
    await auto.begin(handshake);
    await auto.begin(handshake);
    deepEqual(done, ["ask {}", "choose of Kerberos,Basic", "begin", "begin"]);
  });

  it("leaves requests, answers and the end to the one that it chose", async () => {
    const auto = autoAuthenticator(() => chosen);
    auto.end();
    await auto.begin(handshake);
    deepEqual(auto.outgoing({ headers: { A: "b" }, bytes: Buffer.of(1) }), { headers: { A: "b", Sealed: "yes" }, bytes: Buffer.of(1) });
    auto.judged?.({ status: 200, challenges: [] });
    deepEqual(auto.incoming("x", Buffer.of(1)), Buffer.from("x"));
    auto.end();
    deepEqual(done, ["ask {}", "begin", "judged 200", "end"]);
  });

  it("has nothing to send with before it has asked", () => {
    const broken = (error: unknown) => error instanceof WsmanError && error.problem.kind === "broken";
    throws(() => autoAuthenticator(() => chosen).outgoing({ headers: {}, bytes: Buffer.of(1) }), broken);
  });
});
