import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { psObject } from "../../provider/remoting/clixml/build.ts";
import { listOf, property, textOf } from "../../provider/remoting/clixml/read.ts";
import { PsDate } from "../../provider/remoting/clixml/values.ts";
import { MessageType } from "../../provider/remoting/psrp/messages.ts";
import { fails, TransportFixture } from "../support/transport-fixture.ts";
import { completed, ended } from "../support/wsman-server.ts";

describe("the native transport", () => {
  const fixture = new TransportFixture();

  describe("a call", () => {
    it("carries typed parameters and brings back objects, warnings and errors in order", async () => {
      const record = psObject({ text: "no such queue", notes: { FullyQualifiedErrorId: "X,Get-Queue", ErrorCategory_Category: 13 } });
      fixture.server.reply = () => [
        [MessageType.pipelineOutput, psObject({ properties: { Identity: "ex01\\7" } })],
        [MessageType.warningRecord, psObject({ text: "slow" })],
        [MessageType.errorRecord, record],
        [MessageType.progressRecord, psObject({})],
        [MessageType.pipelineOutput, "plain"],
        ended(4),
      ];
      const when = new Date("2026-12-04T18:02:00Z");
      const answer = await fixture.transport().invoke("Get-Queue", {
        Server: "ex01",
        Exclude: ["a", 1],
        When: when,
        Confirm: false,
        Size: 5_000_000_000n,
      });
      deepEqual(
        answer.objects.map((object) => textOf(property(object, "Identity")) ?? textOf(object)),
        ["ex01\\7", "plain"],
      );
      deepEqual(answer.warnings, ["slow"]);
      deepEqual(answer.errors, [
        {
          message: "no such queue",
          fullyQualifiedErrorId: "X,Get-Queue",
          failureCategory: "",
          category: "ObjectNotFound",
          targetName: "",
          terminating: false,
        },
      ]);
      const [call] = fixture.server.calls;
      equal(call?.cmdlet, "Get-Queue");
      deepEqual(listOf(call?.parameters.get("Exclude")), ["a", 1]);
      deepEqual(call?.parameters.get("When"), new PsDate("2026-12-04T18:02:00.000Z"));
      deepEqual(
        [call?.parameters.get("Server"), call?.parameters.get("Confirm"), call?.parameters.get("Size")],
        ["ex01", false, 5_000_000_000n],
      );
    });

    it("that fails in the cmdlet is an answer whose error is terminating", async () => {
      const record = psObject({ text: "binding failed", notes: { FullyQualifiedErrorId: "NamedParameterNotFound,Get-Queue" } });
      fixture.server.reply = () => [ended(5, { ExceptionAsErrorRecord: record })];
      const { errors, objects } = await fixture.transport().invoke("Get-Queue", {});
      deepEqual(objects, []);
      deepEqual(
        errors.map(({ message, terminating }) => [message, terminating]),
        [["binding failed", true]],
      );
    });

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

    it("whose parameters do not fit one request is sent in several, the command once", async () => {
      const recipients = Array.from({ length: 20_000 }, (_, index) => `user${index}@mail.contoso.com`);
      await fixture.transport().invoke("Set-Recipients", { Recipients: recipients });
      deepEqual(listOf(fixture.server.calls[0]?.parameters.get("Recipients")), recipients);
      equal(fixture.server.count("Command"), 1);
      ok(fixture.server.count("Send") >= 1);
    });

    it("with an answer in many small fragments is put together again", async () => {
      fixture.server.conversation.fragmentBytes = 7;
      fixture.server.reply = () => completed("ä".repeat(500), "second");
      const { objects } = await fixture.transport().invoke("Get-Queue", {});
      deepEqual(objects.map(textOf), ["ä".repeat(500), "second"]);
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

    it("with a parameter that no wire type can hold is rejected before anything is sent for it", async () => {
      await fails(
        fixture.transport().invoke("Set-Queue", { Size: 2n ** 64n }),
        "rejected",
        "Set-Queue on ex01 (Microsoft.Exchange): a parameter cannot be sent: -Size: 18446744073709551616 does not fit 64 bits",
      );
      equal(fixture.server.count("Command"), 0);
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
