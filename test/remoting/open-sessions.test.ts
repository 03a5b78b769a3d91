import { deepEqual, equal } from "node:assert/strict";
import { CallDeadline } from "../../provider/remoting/call-deadline.ts";
import { type Closable, closeAllSessions, forget, remember } from "../../provider/remoting/open-sessions.ts";
import { opened, opening } from "../support/session-fixture.ts";
import { Conversation } from "../support/wsman-conversation.ts";

describe("the open sessions of a process", () => {
  it("are all given back, running and idle ones, and those that open just then", async () => {
    const [running, idle, begun] = [new Conversation(), new Conversation(), new Conversation()];
    running.says = () => [];
    const call = (await opened(running, { quickPausesMs: [5] })).run("Get-Queue", {}, new CallDeadline()).catch(() => "ended");
    await opened(idle);
    const late = opening(begun).session.catch(() => "ended");
    equal(await closeAllSessions(5_000), 0);
    deepEqual(
      [running, idle, begun].map(({ shells }) => shells.size),
      [0, 0, 0],
    );
    deepEqual(await Promise.all([call, late]), ["ended", "ended"]);
    deepEqual(running.actions.slice(-2), ["ctrl_c", "Delete"]);
  });

  it("are not waited for longer than told", async () => {
    const stuck: Closable = { close: () => new Promise(() => {}) };
    remember(stuck);
    equal(await closeAllSessions(1), 1);
    forget(stuck);
    equal(await closeAllSessions(60_000), 0);
  });

  it("of sessions that were closed are none", async () => {
    const conversation = new Conversation();
    const session = await opened(conversation);
    await session.close();
    let again = 0;
    session.close = async () => void again++;
    equal(await closeAllSessions(1), 0);
    deepEqual([conversation.count("Delete"), again], [1, 0]);
  });

  it("that are opened while others are given back are given back too", async () => {
    let later = 0;
    const second: Closable = { close: async () => void later++ };
    const first: Closable = { close: async () => remember(second) };
    remember(first);
    equal(await closeAllSessions(60_000), 0);
    equal(later, 1);
  });
});
