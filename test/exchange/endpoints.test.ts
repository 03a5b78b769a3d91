// Which server is asked where any of them can answer, and what is never asked elsewhere.
import assert from "node:assert/strict";
import { Endpoints, serverName } from "../../provider/exchange/endpoints.ts";
import { RemotingError, type RemotingErrorOptions, type RemotingReason } from "../../provider/remoting/transport.ts";

const sure = { mayHaveRun: false };

function shut(server: string, reason: RemotingReason = "unreachable", options: RemotingErrorOptions = sure): RemotingError {
  return new RemotingError(
    { endpoint: `${server} (Microsoft.Exchange)`, cmdlet: "Get-Thing", parameters: {} },
    reason,
    `${reason} there`,
    options,
  );
}

/** Servers that let in, or throw what is given for them; tells who was asked. */
function site(servers: readonly string[], errors: Record<string, Error> = {}) {
  const clock = { nowMs: 1_000_000 };
  const endpoints = new Endpoints(servers, () => clock.nowMs);
  const asked: string[] = [];
  const ask = async (server: string) => {
    asked.push(server);
    const error = errors[server];
    if (error !== undefined) throw error;
    return server;
  };
  return { endpoints, asked, ask, errors, clock };
}

describe("a cmdlet that any server can answer", () => {
  it("is asked of the server named", async () => {
    const { endpoints, asked, ask } = site(["ex01", "ex02"]);
    assert.equal(await endpoints.anyServer("ex02", ask), "ex02");
    assert.deepEqual(asked, ["ex02"]);
  });

  for (const reason of ["unreachable", "throttled", "rejected", "invalidAnswer", "sessionLost"] as const) {
    it(`is asked of the next where one is ${reason} and surely did not run it`, async () => {
      const { endpoints, asked, ask } = site(["ex01", "ex02", "ex03"], { ex01: shut("ex01", reason) });
      assert.equal(await endpoints.anyServer("ex01", ask), "ex02");
      assert.deepEqual(asked, ["ex01", "ex02"]);
    });

    it(`is asked of nobody else where one is ${reason} and may have run it`, async () => {
      const error = shut("ex01", reason, {});
      const { endpoints, asked, ask } = site(["ex01", "ex02"], { ex01: error });
      await assert.rejects(endpoints.anyServer("ex01", ask), error);
      assert.deepEqual(asked, ["ex01"]);
    });
  }

  for (const [what, error] of [
    ["does not take the password", shut("ex01", "denied")],
    ["let the deadline pass", shut("ex01", "timedOut")],
    ["was asked to stop", shut("ex01", "stopped")],
    ["says when to come back", shut("ex01", "throttled", { ...sure, retryAfterMs: 30_000 })],
    ["meets an error of another kind", new TypeError("of another kind")],
  ] as const) {
    it(`is asked of nobody else where one ${what}`, async () => {
      const { endpoints, asked, ask } = site(["ex01", "ex02"], { ex01: error });
      await assert.rejects(endpoints.anyServer("ex01", ask), error);
      assert.deepEqual(asked, ["ex01"]);
    });
  }

  it("is asked of the one that answered last, where the one named does not", async () => {
    const { endpoints, asked, ask } = site(["ex01", "ex02", "ex03"], { ex01: shut("ex01") });
    await endpoints.anyServer("ex03", ask);
    assert.equal(await endpoints.anyServer("ex01", ask), "ex03");
    assert.deepEqual(asked, ["ex03", "ex01", "ex03"]);
  });

  it("is asked last of one that lets nobody in, for a minute; then it is tried again", async () => {
    const { endpoints, asked, ask, errors, clock } = site(["ex01", "ex02"], { ex01: shut("ex01") });
    await endpoints.anyServer("ex01", ask);
    clock.nowMs += 59_999;
    await endpoints.anyServer("ex01", ask);
    delete errors["ex01"];
    clock.nowMs += 1;
    await endpoints.anyServer("ex01", ask);
    assert.deepEqual(asked, ["ex01", "ex02", "ex02", "ex01"]);
  });

  it("is asked again at once of one that has let somebody in since", async () => {
    const { endpoints, asked, ask, errors } = site(["ex01", "ex02"], { ex01: shut("ex01") });
    await endpoints.anyServer("ex01", ask);
    delete errors["ex01"];
    await endpoints.thisServer("ex01", ask);
    await endpoints.anyServer("ex01", ask);
    assert.deepEqual(asked, ["ex01", "ex02", "ex01", "ex01"]);
  });

  it("is asked of one that lets nobody in where no other is left", async () => {
    const { endpoints, asked, ask, errors } = site(["ex01", "ex02"], { ex01: shut("ex01"), ex02: shut("ex02") });
    await assert.rejects(endpoints.anyServer("ex01", ask));
    delete errors["ex02"];
    assert.equal(await endpoints.anyServer("ex01", ask), "ex02");
    assert.deepEqual(asked, ["ex01", "ex02", "ex01", "ex02"]);
  });

  it("is asked of servers that were asked for something else before", async () => {
    const { endpoints, asked, ask } = site([], { ex02: shut("ex02") });
    await endpoints.anyServer("ex01", ask);
    endpoints.know(["EX01.contoso.local", "ex02"]);
    await endpoints.anyServer("ex02", ask);
    assert.deepEqual(asked, ["ex01", "ex02", "ex01"]);
  });

  it("that nobody lets in names each server and why", async () => {
    const { endpoints, ask } = site(["ex01", "ex02"], { ex01: shut("ex01"), ex02: shut("ex02") });
    await assert.rejects(endpoints.anyServer("ex01", ask), {
      reason: "unreachable",
      mayHaveRun: false,
      message: "Get-Thing on ex01, ex02: none of them lets us in: ex01: unreachable there; ex02: unreachable there",
    });
  });

  it("that nobody lets in is not taken for silence where one of them spoke", async () => {
    const { endpoints, ask } = site(["ex01", "ex02"], { ex01: shut("ex01"), ex02: shut("ex02", "throttled") });
    await assert.rejects(endpoints.anyServer("ex01", ask), { reason: "throttled" });
  });

  it("is told in its own words where there is one server only", async () => {
    const error = shut("ex01");
    const { endpoints, ask } = site(["ex01"], { ex01: error });
    await assert.rejects(endpoints.anyServer("ex01", ask), error);
  });
});

describe("a cmdlet that one server alone can answer", () => {
  it("is asked of nobody else", async () => {
    const error = shut("ex01");
    const { endpoints, asked, ask } = site(["ex01", "ex02"], { ex01: error });
    await assert.rejects(endpoints.thisServer("ex01", ask), error);
    assert.deepEqual(asked, ["ex01"]);
  });

  it("tells which server the others had better not try first", async () => {
    const { endpoints, asked, ask } = site(["ex01", "ex02"], { ex01: shut("ex01") });
    await assert.rejects(endpoints.thisServer("ex01", ask));
    await endpoints.anyServer("ex01", ask);
    assert.deepEqual(asked, ["ex01", "ex02"]);
  });
});

describe("a server's name", () => {
  for (const name of ["ex01", "EX01", "ex01.contoso.local", "EX01.contoso.local"]) {
    it(`${name} is that of ex01`, () => assert.equal(serverName(name), "ex01"));
  }
});
