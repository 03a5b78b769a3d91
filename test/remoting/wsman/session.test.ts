import { deepEqual, equal, ok } from "node:assert/strict";
import { CallDeadline } from "../../../provider/remoting/call-deadline.ts";
import { psObject } from "../../../provider/remoting/clixml/build.ts";
import { textOf } from "../../../provider/remoting/clixml/read.ts";
import { MessageType } from "../../../provider/remoting/psrp/messages.ts";
import { collectGarbage } from "../../support/kept-heap.ts";
import { failsWith, opened, opening } from "../../support/session-fixture.ts";
import { fault, NOTHING_YET } from "../../support/wsman-answers.ts";
import { COMPLETED, Conversation, type Said } from "../../support/wsman-conversation.ts";

const out = (text: string): Said => [MessageType.pipelineOutput, text];

describe("a session", () => {
  it("keeps no answer once its caller has let go of it", async () => {
    const session = await opened(new Conversation());
    const answer = async () => new WeakRef(await session.run("Get-Queue", {}, new CallDeadline()));
    const kept = await answer();
    await new Promise(setImmediate); // what is looked at in this turn is not garbage yet
    collectGarbage();
    equal(kept.deref(), undefined);
    await session.close();
  });

  describe("that opens", () => {
    it("takes a Create and as many Receives as the server needs words", async () => {
      const conversation = new Conversation();
      await opened(conversation);
      deepEqual(conversation.actions, ["Create", "Receive", "Receive"]);
    });

    it("takes one Receive when the server says all in one", async () => {
      const conversation = new Conversation();
      conversation.opens = [[[MessageType.runspacePoolState, psObject({ notes: { RunspaceState: 2 } })]]];
      await opened(conversation);
      deepEqual(conversation.actions, ["Create", "Receive"]);
    });

    it("asks again while the server has nothing to say", async () => {
      const conversation = new Conversation();
      let silences = 12;
      conversation.prevents = (asked) => (asked.action === "Receive" && silences-- > 0 ? fault(asked, NOTHING_YET) : undefined);
      await opened(conversation);
      equal(conversation.count("Receive"), 14);
    });

    it("whose Create is lost is asked for once more, as another shell, and the first shell is deleted", async () => {
      const conversation = new Conversation();
      conversation.spoils = (answered) => (conversation.count("Create") === 1 && conversation.asked.length === 1 ? "broken" : answered);
      const session = await opened(conversation);
      await session.close();
      equal(conversation.count("Create"), 2);
      equal(conversation.shells.size, 0);
    });

    it("is not asked for a third time", async () => {
      const conversation = new Conversation();
      conversation.prevents = ({ action }) => (action === "Create" ? "broken" : undefined);
      await failsWith(opened(conversation), "unreachable", "the connection to ex01.contoso.local broke: socket hang up", false);
      equal(conversation.count("Create"), 2);
    });

    it("and is given up then leaves no shell behind, and does not wait for the server", async () => {
      const conversation = new Conversation();
      const stop = new AbortController();
      conversation.spoils = (answered, { action }) => {
        if (action !== "Create") return answered;
        stop.abort();
        return "silent";
      };
      const { client, session } = opening(conversation, stop.signal);
      await failsWith(session, "stopped", "stopped on request", false);
      equal(conversation.shells.size, 1);
      await client.settled();
      equal(conversation.shells.size, 0);
    });

    it("and is refused is not taken leave of: that would be one more wrong password", async () => {
      const conversation = new Conversation();
      conversation.prevents = () => ({ status: 401, body: "<html><title>401 - Unauthorized</title></html>" });
      const { client, session } = opening(conversation);
      const words =
        "ex01.contoso.local does not accept the name or password of pauser (HTTP 401): mend it before the next run, a few wrong attempts lock an account";
      await failsWith(session, "denied", words, false);
      await client.settled();
      deepEqual(conversation.actions, ["Create"]);
    });

    it("asks nothing at all when it was given up before", async () => {
      const conversation = new Conversation();
      const { client, session } = opening(conversation, AbortSignal.abort());
      await failsWith(session, "stopped", "stopped on request", false);
      await client.settled();
      deepEqual(conversation.actions, []);
    });
  });

  describe("that runs a cmdlet", () => {
    it("takes a Command, a Receive, and a Signal that is not waited for", async () => {
      const conversation = new Conversation();
      conversation.says = () => [[out("a"), COMPLETED]];
      const session = await opened(conversation);
      const { objects } = await session.run("Get-Queue", {}, new CallDeadline());
      deepEqual(objects.map(textOf), ["a"]);
      equal(conversation.asked.length, 5);
      await session.close();
      deepEqual(conversation.actions.slice(3), ["Command", "Receive", "Terminate", "Delete"]);
    });

    it("sends large envelopes once it knows that the server takes them, and still asks for small ones", async () => {
      const conversation = new Conversation();
      const session = await opened(conversation);
      await session.run("Set-Note", { Text: "x".repeat(1_048_576) }, new CallDeadline());
      const sizes = conversation.asked.map(({ action, text }) => [action, Number(/MaxEnvelopeSize[^>]*>(\d+)/.exec(text)?.[1])]);
      deepEqual(
        sizes.slice(0, 6).map(([, size]) => size),
        [153_600, 153_600, 153_600, 153_600, 153_600, 153_600],
      );
      deepEqual(
        sizes.slice(3).map(([action]) => action),
        ["Command", "Send", "Send", "Receive"],
      );
      const lengths = conversation.asked.map(({ text }) => text.length);
      ok(Math.max(...lengths) <= 512_000 && Math.max(...lengths) > 505_000, `${lengths}`);
      equal(textOf(conversation.commands[0]?.parameters.get("Text"))?.length, 1_048_576);
    });

    it("stays with small envelopes for a server of protocol 2.1", async () => {
      const conversation = new Conversation();
      conversation.protocol = "2.1";
      const session = await opened(conversation);
      await session.run("Set-Note", { Text: "x".repeat(300_000) }, new CallDeadline());
      const lengths = conversation.asked.map(({ text }) => text.length);
      ok(Math.max(...lengths) <= 153_600 && Math.max(...lengths) > 147_000, `${lengths}`);
      equal(conversation.count("Send"), 2);
    });

    it("gives the server longer for an answer than the server gives itself", async () => {
      const conversation = new Conversation();
      await (await opened(conversation)).run("Get-Queue", {}, new CallDeadline());
      ok(conversation.asked.filter(({ action }) => action !== "Signal").every(({ timeoutMs }) => timeoutMs >= 22_000));
    });

    it("refuses a name that is more than one cmdlet's before it sends anything, and goes on", async () => {
      const conversation = new Conversation();
      const session = await opened(conversation);
      for (const name of ["Get-Queue; Remove-Mailbox", "", "Get Queue", "$x", "-Queue", "Get-Queue|x"]) {
        const words = `"${name}" is no name of a cmdlet; expected letters, digits and hyphens`;
        await failsWith(session.run(name, {}, new CallDeadline()), "rejected", words, false);
      }
      equal(conversation.count("Command"), 0);
      ok(session.isUsable);
      await session.run("Get-Queue2", {}, new CallDeadline());
    });

    it("refuses a value that is none, by the parameter's name", async () => {
      const conversation = new Conversation();
      const session = await opened(conversation);
      const expected = "expected text, a number, true or false, null, a date, bytes, a secret, or a list or record of them";
      for (const [value, found] of [
        [undefined, "undefined"],
        [() => 1, "function"],
        [new Map([["a", 1]]), "an object of type Map"],
        [[1, /x/], "an object of type RegExp"],
      ] as const) {
        const parameters = { Server: "ex01", Identity: value as unknown as string };
        const words = `a parameter cannot be sent: -Identity: ${found} cannot be sent; ${expected}`;
        await failsWith(session.run("Get-Queue", parameters, new CallDeadline()), "rejected", words, false);
      }
      equal(conversation.count("Command"), 0);
    });
  });
});
