import { deepEqual, equal } from "node:assert/strict";
import { mock } from "node:test";
import { psObject } from "../../provider/remoting/clixml/build.ts";
import { textOf } from "../../provider/remoting/clixml/read.ts";
import { closeAllSessions } from "../../provider/remoting/open-sessions.ts";
import type { CmdletTransport } from "../../provider/remoting/transport.ts";
import { fails, HOST, TransportFixture } from "../support/transport-fixture.ts";
import { completed, type Reply } from "../support/wsman-server.ts";

describe("the native transport in time", () => {
  const fixture = new TransportFixture();

  describe("the session", () => {
    it("is not opened before the first call", async () => {
      await fixture.transport().close();
      deepEqual(fixture.server.seen, []);
    });

    it("is given back on close, once, and refuses calls afterwards", async () => {
      const calling = fixture.transport();
      await calling.invoke("Get-Queue", {});
      await calling.close();
      await calling.close();
      equal(fixture.server.count("Delete"), 1);
      equal(fixture.server.conversation.shells.size, 0);
      await fails(calling.invoke("Get-Queue", {}), "stopped", "Get-Queue on ex01 (Microsoft.Exchange): the connection has been closed");
    });

    for (const [who, what, close] of [
      ["by its transport", "stopped on request", (calling: CmdletTransport) => calling.close()],
      ["by the end of the process", "the session was closed meanwhile; the cmdlet may have run", () => closeAllSessions(5_000)],
    ] as const)
      it(`that is closed ${who} while a cmdlet runs stops that, and says whose will it was`, async () => {
        const calling = fixture.transport();
        await calling.invoke("Get-Queue", {});
        const gate = Promise.withResolvers<void>();
        fixture.server.gate = gate.promise;
        const running = fails(calling.invoke("Get-Queue", {}), "stopped", `Get-Queue on ex01 (Microsoft.Exchange): ${what}`);
        await fixture.server.until(() => fixture.server.calls.length === 2);
        const closed = close(calling);
        await running;
        gate.resolve();
        await closed;
        equal(fixture.server.conversation.shells.size, 0);
      });

    it("leaves no connection open when it is given back", async () => {
      const calling = fixture.transport();
      await calling.invoke("Get-Queue", {});
      await calling.close();
      await fixture.server.untilNobodyIsConnected();
    }).timeout(5_000);

    it("that nobody used for a while is closed and opened again by the next call", async () => {
      const calling = fixture.transport({}, { idleMs: 1 });
      await calling.invoke("Get-Queue", {});
      await fixture.server.until(() => fixture.server.count("Delete") === 1);
      await calling.invoke("Get-Queue", {});
      equal(fixture.server.count("Create"), 2);
      equal(fixture.server.calls.length, 2);
    });

    it("is not idle while a cmdlet runs, however long that takes", async () => {
      mock.timers.enable({ apis: ["setTimeout"] });
      try {
        const calling = fixture.transport({}, { idleMs: 1_000 });
        await calling.invoke("Get-Queue", {});
        const gate = Promise.withResolvers<void>();
        fixture.server.gate = gate.promise;
        const running = calling.invoke("Get-Queue", {});
        await fixture.server.until(() => fixture.server.calls.length === 2);
        mock.timers.tick(1_001);
        gate.resolve();
        await running;
        await calling.invoke("Get-Queue", {});
        equal(fixture.server.count("Create"), 1);
      } finally {
        mock.timers.reset();
      }
    });

    it("sends the cookies that the front end gave, and the real host name over the mapped address", async () => {
      await fixture.transport().invoke("Get-Queue", {});
      await fixture.server.until(() => fixture.server.count("Signal") === 1);
      const [create, receive] = fixture.server.seen;
      const signal = fixture.server.seen.find(({ action }) => action === "Signal");
      equal(create?.headers.host, HOST);
      equal(create?.headers.cookie, undefined);
      equal(receive?.headers.cookie, "backend=ex02");
      equal(signal?.headers.cookie, "backend=ex02");
      equal(create?.headers["accept-encoding"], "identity");
    });

    it("of an old server uses the ids that the server chooses", async () => {
      fixture.server.conversation.protocol = "2.1";
      fixture.server.conversation.choosesIds = true;
      fixture.server.reply = () => completed("old");
      deepEqual((await fixture.transport().invoke("Get-Queue", {})).objects.map(textOf), ["old"]);
    });

    it("whose runspace does not open is a refusal, in the server's words", async () => {
      const record = psObject({ text: "This user is allowed a maximum number of 18 concurrent shells, which has been exceeded." });
      fixture.server.conversation.poolState = psObject({ notes: { RunspaceState: 5, ExceptionAsErrorRecord: record } });
      await fails(
        fixture.transport().invoke("Get-Queue", {}),
        "throttled",
        `Get-Queue on ex01 (Microsoft.Exchange): ${HOST} is over a limit: "This user is allowed a maximum number of 18 concurrent shells, which has been exceeded."; all 18 sessions of this user are taken: close some, or raise PowerShellMaxConcurrency of the user's throttling policy`,
      );
      await fixture.server.until(() => fixture.server.count("Delete") === 1);
      equal(fixture.server.conversation.shells.size, 0);
    });
  });

  describe("giving up", () => {
    const runsOn = (): Reply => "runsOn";

    it("after timeoutMs tells the server to stop, says how long it waited, and opens another session for the next call", async () => {
      const calling = fixture.transport();
      await calling.invoke("Get-Queue", {});
      fixture.server.reply = runsOn;
      await fails(
        calling.invoke("Get-Queue", {}, { timeoutMs: 50 }),
        "timedOut",
        "Get-Queue on ex01 (Microsoft.Exchange): no answer within 0.05 s",
      );
      await fixture.server.until(() => fixture.server.seen.some(({ signal }) => signal === "powershell/signal/ctrl_c"));
      const stopped = fixture.server.seen.findLast(({ action }) => action === "Signal");
      equal(stopped?.signal, "powershell/signal/ctrl_c");
      equal(stopped?.commandId, fixture.server.seen.findLast(({ action }) => action === "Command")?.commandId);
      fixture.server.reply = () => completed("fine");
      deepEqual((await calling.invoke("Get-Queue", {})).objects.map(textOf), ["fine"]);
      equal(fixture.server.count("Create"), 2);
      await fixture.server.until(() => fixture.server.count("Delete") === 1);
    });

    it("while waiting for its turn sends nothing and leaves the running call alone", async () => {
      fixture.server.reply = runsOn;
      const calling = fixture.transport();
      const stop = new AbortController();
      const running = calling.invoke("Get-Queue", {}, { signal: stop.signal });
      running.catch(() => {});
      await fixture.server.until(() => fixture.server.calls.length === 1);
      await fails(
        calling.invoke("Get-Service", {}, { timeoutMs: 1 }),
        "timedOut",
        "Get-Service on ex01 (Microsoft.Exchange): no answer within 0.001 s; it was not sent",
      );
      equal(fixture.server.calls.length, 1);
      equal(fixture.server.count("Signal"), 0);
      stop.abort();
      await fails(running, "stopped", "Get-Queue on ex01 (Microsoft.Exchange): stopped on request");
    });
  });
});
