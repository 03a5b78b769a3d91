// Which of several servers is believed.
import assert from "node:assert/strict";
import { firstAnswering } from "../../provider/resources/answering.ts";

class EdgeError extends Error {
  readonly reason: string;
  constructor(server: string, reason: string) {
    super(`${server}: ${reason}`);
    this.reason = reason;
  }
}

/** Servers that answer with their name, or fail for a reason; tells who was asked. */
function servers(answers: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const ask = async (server: string) => {
    asked.push(server);
    const reason = answers[server] ?? "";
    if (reason !== "") throw new EdgeError(server, reason);
    return server;
  };
  return { asked, answer: () => firstAnswering(Object.keys(answers), ask) };
}

describe("one of several servers that can answer", () => {
  it("is the first, and no other is asked", async () => {
    const { asked, answer } = servers({ ex01: "", ex02: "" });
    assert.deepEqual([await answer(), asked], ["ex01", ["ex01"]]);
  });

  for (const reason of ["unreachable", "timedOut"]) {
    it(`is the next where one is ${reason}`, async () => {
      const { asked, answer } = servers({ ex01: reason, ex02: "", ex03: "" });
      assert.deepEqual([await answer(), asked], ["ex02", ["ex01", "ex02"]]);
    });
  }

  for (const reason of ["denied", "sessionLost", "rejected", "invalidAnswer", "throttled"]) {
    it(`is not looked for further where one says ${reason}`, async () => {
      const { asked, answer } = servers({ ex01: "unreachable", ex02: reason, ex03: "" });
      await assert.rejects(answer(), { message: `ex02: ${reason}` });
      assert.deepEqual(asked, ["ex01", "ex02"]);
    });
  }

  it("is not looked for further after an error that no edge made", async () => {
    const fault = new TypeError("of another kind");
    await assert.rejects(
      firstAnswering(["ex01", "ex02"], async (server) => {
        if (server === "ex01") throw fault;
        return server;
      }),
      fault,
    );
  });

  it("is none where all are silent, and the first one's error is told", async () => {
    const { asked, answer } = servers({ ex01: "timedOut", ex02: "unreachable", ex03: "unreachable" });
    await assert.rejects(answer(), { message: "ex01: timedOut" });
    assert.deepEqual(asked, ["ex01", "ex02", "ex03"]);
  });
});
