import { deepEqual, equal, match, notEqual, rejects } from "node:assert/strict";
import { textOf } from "../../provider/remoting/clixml/read.ts";
import { fails, TransportFixture } from "../support/transport-fixture.ts";
import { completed, ended } from "../support/wsman-server.ts";

describe("the native transport", () => {
  const fixture = new TransportFixture();

  describe("a call", () => {
    it("that the server stopped by itself is a lost session, not an answer", async () => {
      fixture.server.reply = () => [ended(3)];
      await fails(
        fixture.transport().invoke("Get-Queue", {}),
        "sessionLost",
        "Get-Queue on ex01 (Microsoft.Exchange): the server stopped the cmdlet",
      );
    });

    it("is terminated on the server afterwards, so that it does not count against the shell", async () => {
      await fixture.transport().invoke("Get-Queue", {});
      await fixture.server.until(() => fixture.server.count("Signal") === 1);
      const [command] = fixture.server.seen.filter(({ action }) => action === "Command");
      const [signal] = fixture.server.seen.filter(({ action }) => action === "Signal");
      equal(signal?.commandId, command?.commandId);
      match(signal?.signal ?? "", /\/signal\/Terminate$/);
    });

    it("does not wait for the server to terminate the one before", async () => {
      const calling = fixture.transport();
      fixture.server.disturb("Signal", { kind: "silent" });
      await calling.invoke("Get-Queue", {});
      await calling.invoke("Get-Queue", {}, { timeoutMs: 4_000 }); // a Signal counts as answered after five seconds
      deepEqual([fixture.server.count("Signal"), fixture.server.count("Receive")], [1, 4]);
      fixture.server.calmDown();
      await fixture.server.until(() => fixture.server.count("Signal") === 2);
    });

    it("that may not be sent when its turn on the connection has come, is not sent, and its session serves the next one", async () => {
      const calling = fixture.transport();
      await calling.invoke("Get-Queue", {});
      const mayNot = new Error("not our turn");
      await rejects(calling.invoke("Set-Queue", {}, { beforeSend: () => Promise.reject(mayNot) }), mayNot);
      await calling.invoke("Get-Queue", {});
      await fixture.server.until(() => fixture.server.count("Signal") === 2);
      deepEqual([fixture.server.count("Command"), fixture.server.count("Create")], [2, 1]);
    });

    it("asks before each piece of a long one whether it may be sent", async () => {
      let asked = 0;
      const beforeSend = async () => {
        asked += 1;
      };
      await fixture.transport().invoke("Set-Note", { Text: "x".repeat(1_048_576) }, { beforeSend });
      deepEqual([asked > 1, asked], [true, fixture.server.count("Command") + fixture.server.count("Send")]);
    });

    it("whose cmdlet is silent for a while is asked for again", async () => {
      fixture.server.reply = () => completed("late");
      const calling = fixture.transport();
      await calling.invoke("Get-Queue", {});
      const silence = { kind: "fault", code: 2150858793, subcode: "w:TimedOut", text: "nothing yet" } as const;
      fixture.server.disturb("Receive", silence, silence, silence);
      deepEqual((await calling.invoke("Get-Queue", {})).objects.map(textOf), ["late"]);
      equal(fixture.server.count("Command"), 2);
    });
  });

  it("gives each session and command an id of its own", async () => {
    const calling = fixture.transport();
    await calling.invoke("Get-Queue", {});
    await calling.invoke("Get-Queue", {});
    const [first, second] = fixture.server.seen.filter(({ action }) => action === "Command").map(({ commandId }) => commandId);
    notEqual(first, second);
    match(first ?? "", /^[0-9A-F-]{36}$/);
  });
});
