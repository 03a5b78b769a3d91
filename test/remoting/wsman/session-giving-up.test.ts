import { deepEqual, equal, ok } from "node:assert/strict";
import { CallDeadline } from "../../../provider/remoting/call-deadline.ts";
import { MessageType } from "../../../provider/remoting/psrp/messages.ts";
import { errorOf, failsWith, opened } from "../../support/session-fixture.ts";
import { COMPLETED, Conversation } from "../../support/wsman-conversation.ts";

/** The first Receive of a command: two are the pool's. */
const FIRST_OUTPUT = 3;

describe("a call that is given up", () => {
  const whileDoing = async (action: string, nth: number, text = "x") => {
    const conversation = new Conversation();
    const stop = new CallDeadline();
    conversation.spoils = (answered, asked) => {
      if (asked.action !== action || conversation.asked.filter((one) => one.action === action).length !== nth) return answered;
      stop.giveUp("stopped");
      return "silent";
    };
    const session = await opened(conversation);
    const error = await errorOf(session.run("Set-Note", { Text: text }, stop));
    await session.close();
    return { error, conversation, session };
  };

  for (const [when, action, nth, text, mayHaveRun] of [
    ["while its Command is sent", "Command", 1, "x", true],
    ["while the first part of it is sent", "Command", 1, "x".repeat(1_048_576), false],
    ["while the rest of it is sent", "Send", 1, "x".repeat(1_048_576), false],
    ["while its end is sent", "Send", 2, "x".repeat(1_048_576), true],
    ["while it runs", "Receive", FIRST_OUTPUT, "x", true],
  ] as const)
    it(`${when} ends at once, is stopped at the server, and only then the session is given back`, async () => {
      const { error, conversation, session } = await whileDoing(action, nth, text);
      deepEqual([error.reason, error.mayHaveRun, session.isUsable], ["stopped", mayHaveRun, false]);
      deepEqual(conversation.actions.slice(-2), ["ctrl_c", "Delete"]);
      equal(conversation.shells.size, 0);
    });

  it("before anything of it was sent did not run, and leaves the session usable", async () => {
    const conversation = new Conversation();
    const session = await opened(conversation);
    const words = "stopped on request; the cmdlet did not run";
    await failsWith(session.run("Get-Queue", {}, new CallDeadline({ signal: AbortSignal.abort() })), "stopped", words, false);
    ok(session.isUsable);
    equal(conversation.asked.length, 3);
  });

  it("by closing its session says so, and is stopped first", async () => {
    const conversation = new Conversation();
    conversation.says = () => [];
    const session = await opened(conversation, { quickPausesMs: [5] });
    const running = session.run("Get-Queue", {}, new CallDeadline());
    while (conversation.count("Receive") < 5) await new Promise(setImmediate);
    await Promise.all([
      failsWith(running, "stopped", "the session was closed meanwhile; the cmdlet may have run", true),
      session.close(),
      session.close(),
    ]);
    deepEqual(conversation.actions.slice(-2), ["ctrl_c", "Delete"]);
  });

  it("in a session that was closed before did not run", async () => {
    const conversation = new Conversation();
    const session = await opened(conversation);
    await session.close();
    const words = "the session was closed meanwhile; the cmdlet did not run";
    await failsWith(session.run("Get-Queue", {}, new CallDeadline()), "stopped", words, false);
    equal(conversation.count("Command"), 0);
  });

  it("does not pause while a message comes in many pieces", async () => {
    const conversation = new Conversation();
    conversation.fragmentBytes = 100;
    conversation.says = () => [[[MessageType.pipelineOutput, "x".repeat(2_000)], COMPLETED]];
    conversation.prevents = ({ action }) => {
      if (action !== "Receive") return undefined;
      for (const { output } of conversation.commands) output.push(...output.splice(0).flatMap((pieces) => pieces.map((piece) => [piece])));
      return undefined;
    };
    const session = await opened(conversation, { quickPausesMs: [3_600_000] });
    equal((await session.run("Get-Queue", {}, new CallDeadline())).objects.length, 1);
    ok(conversation.count("Receive") > 20, `${conversation.count("Receive")} Receives`);
  });

  it("is given up however fast the server says that it has nothing to say", async () => {
    const conversation = new Conversation();
    conversation.says = () => [];
    const session = await opened(conversation, { quickPausesMs: [0, 0, 3_600_000] });
    const stop = new CallDeadline();
    const running = session.run("Get-Queue", {}, stop);
    while (conversation.count("Receive") < 5) await new Promise(setImmediate);
    for (let round = 0; round < 5_000; round += 1) await new Promise(setImmediate);
    equal(conversation.count("Receive"), 5); // the third in a row is followed by a pause
    stop.giveUp("stopped");
    await failsWith(running, "stopped", "stopped on request; the cmdlet may have finished", true);
  });
});
