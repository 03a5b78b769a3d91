import { deepEqual, equal, match, notEqual, ok, rejects } from "node:assert/strict";
import { mock } from "node:test";
import { inspect } from "node:util";
import { psObject } from "../../provider/remoting/clixml/build.ts";
import { listOf, property, textOf } from "../../provider/remoting/clixml/read.ts";
import { PsDate } from "../../provider/remoting/clixml/values.ts";
import { MessageType } from "../../provider/remoting/psrp/messages.ts";
import { type CmdletTransport, RemotingError, type RemotingReason, Secret } from "../../provider/remoting/transport.ts";
import { type WsmanTransportInternals, type WsmanTransportOptions, wsmanTransport } from "../../provider/remoting/wsman-transport.ts";
import { completed, type Reply, TestServer } from "./support/wsman-server.ts";

const HOST = "ex01.contoso.local";
const PASSWORD = "not-for-anyone";

describe("the native transport", () => {
  let server: TestServer;
  const transports: CmdletTransport[] = [];

  beforeEach(async () => {
    server = new TestServer();
    await server.start();
  });
  afterEach(async () => {
    await Promise.all(transports.splice(0).map((transport) => transport.close()));
    await server.stop();
  });

  function transport(options: Partial<WsmanTransportOptions> = {}, internals: WsmanTransportInternals = {}): CmdletTransport {
    const made = wsmanTransport(
      {
        url: `http://${HOST}/PowerShell/`,
        configurationName: "Microsoft.Exchange",
        endpoint: "ex01 (Microsoft.Exchange)",
        user: "CONTOSO\\pauser",
        password: new Secret(PASSWORD),
        authentication: "basic",
        connectTo: { [`${HOST}:80`]: `127.0.0.1:${server.port}` },
        ...options,
      },
      { repeatPausesMs: [0, 0], ...internals },
    );
    transports.push(made);
    return made;
  }

  /** The call fails for this reason, with exactly this sentence. */
  async function fails(running: Promise<unknown>, reason: RemotingReason, message: string): Promise<void> {
    await rejects(running, (error: unknown) => {
      ok(error instanceof RemotingError, inspect(error));
      deepEqual({ reason: error.reason, message: error.message }, { reason, message });
      ok(!inspect(error, { depth: 20, showHidden: true }).includes(PASSWORD), "the password is in the error");
      return true;
    });
  }

  describe("a call", () => {
    it("carries typed parameters and brings back objects, warnings and errors in order", async () => {
      const record = psObject({ text: "no such queue", notes: { FullyQualifiedErrorId: "X,Get-Queue", ErrorCategory_Category: 13 } });
      server.reply = () => ({
        messages: [
          { type: MessageType.pipelineOutput, value: psObject({ properties: { Identity: "ex01\\7" } }) },
          { type: MessageType.warningRecord, value: psObject({ text: "slow" }) },
          { type: MessageType.errorRecord, value: record },
          { type: MessageType.progressRecord, value: psObject({}) },
          { type: MessageType.pipelineOutput, value: "plain" },
        ],
        state: psObject({ notes: { PipelineState: 4 } }),
      });
      const when = new Date("2026-12-04T18:02:00Z");
      const answer = await transport().invoke("Get-Queue", {
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
      const [call] = server.calls;
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
      server.reply = () => ({ messages: [], state: psObject({ notes: { PipelineState: 5, ExceptionAsErrorRecord: record } }) });
      const { errors, objects } = await transport().invoke("Get-Queue", {});
      deepEqual(objects, []);
      deepEqual(
        errors.map(({ message, terminating }) => [message, terminating]),
        [["binding failed", true]],
      );
    });

    it("that the server stopped by itself is a lost session, not an answer", async () => {
      server.reply = () => ({ messages: [], state: psObject({ notes: { PipelineState: 3 } }) });
      await fails(
        transport().invoke("Get-Queue", {}),
        "sessionLost",
        "Get-Queue on ex01 (Microsoft.Exchange): the server stopped the cmdlet",
      );
    });

    it("is terminated on the server afterwards, so that it does not count against the shell", async () => {
      await transport().invoke("Get-Queue", {});
      await server.until(() => server.count("Signal") === 1);
      const [command] = server.seen.filter(({ action }) => action === "Command");
      const [signal] = server.seen.filter(({ action }) => action === "Signal");
      equal(signal?.commandId, command?.commandId);
      match(signal?.signal ?? "", /\/signal\/Terminate$/);
    });

    it("whose parameters do not fit one request is sent in several, the command once", async () => {
      const recipients = Array.from({ length: 6_000 }, (_, index) => `user${index}@mail.contoso.com`);
      await transport().invoke("Set-Recipients", { Recipients: recipients });
      deepEqual(listOf(server.calls[0]?.parameters.get("Recipients")), recipients);
      equal(server.count("Command"), 1);
      ok(server.count("Send") >= 1);
    });

    it("with an answer in many small fragments is put together again", async () => {
      server.fragmentBytes = 7;
      server.reply = () => completed("ä".repeat(500), "second");
      const { objects } = await transport().invoke("Get-Queue", {});
      deepEqual(objects.map(textOf), ["ä".repeat(500), "second"]);
    });

    it("whose cmdlet is silent for a while is asked for again", async () => {
      server.reply = () => completed("late");
      const calling = transport();
      await calling.invoke("Get-Queue", {});
      const silence = { kind: "fault", code: 2150858793, subcode: "w:TimedOut", text: "nothing yet" } as const;
      server.disturb("Receive", silence, silence, silence);
      deepEqual((await calling.invoke("Get-Queue", {})).objects.map(textOf), ["late"]);
      equal(server.count("Command"), 2);
    });

    it("with a parameter that no wire type can hold is rejected before anything is sent for it", async () => {
      await fails(
        transport().invoke("Set-Queue", { Size: 2n ** 64n }),
        "rejected",
        "Set-Queue on ex01 (Microsoft.Exchange): a parameter cannot be sent: 18446744073709551616 does not fit 64 bits",
      );
      equal(server.count("Command"), 0);
    });
  });

  describe("the session", () => {
    it("is opened once for calls that come at the same time, which then run one after the other", async () => {
      const calling = transport();
      await Promise.all(["Get-Queue", "Get-MailboxServer", "Get-Service"].map((cmdlet) => calling.invoke(cmdlet, {})));
      equal(server.count("Create"), 1);
      deepEqual(
        server.calls.map(({ cmdlet }) => cmdlet),
        ["Get-Queue", "Get-MailboxServer", "Get-Service"],
      );
    });

    it("is not opened before the first call", async () => {
      await transport().close();
      deepEqual(server.seen, []);
    });

    it("is given back on close, once, and refuses calls afterwards", async () => {
      const calling = transport();
      await calling.invoke("Get-Queue", {});
      await calling.close();
      await calling.close();
      equal(server.count("Delete"), 1);
      equal(server.shells.size, 0);
      await fails(calling.invoke("Get-Queue", {}), "stopped", "Get-Queue on ex01 (Microsoft.Exchange): the connection has been closed");
    });

    it("that nobody used for a while is closed and opened again by the next call", async () => {
      const calling = transport({}, { idleMs: 1 });
      await calling.invoke("Get-Queue", {});
      await server.until(() => server.count("Delete") === 1);
      await calling.invoke("Get-Queue", {});
      equal(server.count("Create"), 2);
      equal(server.calls.length, 2);
    });

    it("is not idle while a cmdlet runs, however long that takes", async () => {
      mock.timers.enable({ apis: ["setTimeout"] });
      try {
        const calling = transport({}, { idleMs: 1_000 });
        await calling.invoke("Get-Queue", {});
        const gate = Promise.withResolvers<void>();
        server.gate = gate.promise;
        const running = calling.invoke("Get-Queue", {});
        await server.until(() => server.calls.length === 2);
        mock.timers.tick(1_001);
        gate.resolve();
        await running;
        await calling.invoke("Get-Queue", {});
        equal(server.count("Create"), 1);
      } finally {
        mock.timers.reset();
      }
    });

    it("within its idle time is used again", async () => {
      const calling = transport();
      await calling.invoke("Get-Queue", {});
      await calling.invoke("Get-Queue", {});
      equal(server.count("Create"), 1);
      equal(server.count("Delete"), 0);
    });

    it("sends the cookies that the front end gave, and the real host name over the mapped address", async () => {
      await transport().invoke("Get-Queue", {});
      const [create, receive] = server.seen;
      equal(create?.headers.host, HOST);
      equal(create?.headers.cookie, undefined);
      equal(receive?.headers.cookie, "backend=ex02");
      equal(create?.headers["accept-encoding"], "identity");
    });

    it("of an old server is not sent what that server does not know, and uses the ids that the server chooses", async () => {
      server.protocol = "2.1";
      server.choosesIds = true;
      server.reply = () => completed("old");
      deepEqual((await transport().invoke("Get-Queue", {})).objects.map(textOf), ["old"]);
      ok(server.calls[0]?.notes.includes("MergePreviousResults"));
      ok(!server.calls[0]?.notes.includes("MergeWarning"));
    });

    it("of a newer server says where each stream goes", async () => {
      await transport().invoke("Get-Queue", {});
      ok(server.calls[0]?.notes.includes("MergeWarning"));
    });

    it("whose runspace does not open is a refusal, in the server's words", async () => {
      const record = psObject({ text: "This user is allowed a maximum number of 18 concurrent shells, which has been exceeded." });
      server.poolState = psObject({ notes: { RunspaceState: 5, ExceptionAsErrorRecord: record } });
      await fails(
        transport().invoke("Get-Queue", {}),
        "throttled",
        "Get-Queue on ex01 (Microsoft.Exchange): the server did not open a session: This user is allowed a maximum number of 18 concurrent shells, which has been exceeded.",
      );
      equal(server.shells.size, 0);
    });
  });

  describe("giving up", () => {
    const runsOn = (): Reply => "runsOn";

    it("after timeoutMs tells the server to stop, says how long it waited, and opens another session for the next call", async () => {
      const calling = transport();
      await calling.invoke("Get-Queue", {});
      server.reply = runsOn;
      await fails(
        calling.invoke("Get-Queue", {}, { timeoutMs: 50 }),
        "timedOut",
        "Get-Queue on ex01 (Microsoft.Exchange): no answer within 0.05 s",
      );
      const stopped = server.seen.findLast(({ action }) => action === "Signal");
      equal(stopped?.signal, "powershell/signal/ctrl_c");
      equal(stopped?.commandId, server.seen.findLast(({ action }) => action === "Command")?.commandId);
      server.reply = () => completed("fine");
      deepEqual((await calling.invoke("Get-Queue", {})).objects.map(textOf), ["fine"]);
      equal(server.count("Create"), 2);
      await server.until(() => server.count("Delete") === 1);
    });

    it("on request tells the server to stop", async () => {
      server.reply = runsOn;
      const stop = new AbortController();
      const running = transport().invoke("Get-Queue", {}, { signal: stop.signal });
      running.catch(() => {});
      await server.until(() => server.seen.some(({ action, commandId }) => action === "Receive" && commandId !== ""));
      stop.abort();
      await fails(running, "stopped", "Get-Queue on ex01 (Microsoft.Exchange): stopped on request");
      deepEqual(
        server.seen.filter(({ action }) => action === "Signal").map(({ signal }) => signal),
        ["powershell/signal/ctrl_c"],
      );
    });

    it("while waiting for its turn sends nothing and leaves the running call alone", async () => {
      server.reply = runsOn;
      const calling = transport();
      const stop = new AbortController();
      const running = calling.invoke("Get-Queue", {}, { signal: stop.signal });
      running.catch(() => {});
      await server.until(() => server.calls.length === 1);
      await fails(
        calling.invoke("Get-Service", {}, { timeoutMs: 1 }),
        "timedOut",
        "Get-Service on ex01 (Microsoft.Exchange): no answer within 0.001 s; it was not sent",
      );
      equal(server.calls.length, 1);
      equal(server.count("Signal"), 0);
      stop.abort();
      await fails(running, "stopped", "Get-Queue on ex01 (Microsoft.Exchange): stopped on request");
    });

    it("before it began sends nothing at all", async () => {
      await fails(
        transport().invoke("Get-Queue", {}, { signal: AbortSignal.abort() }),
        "stopped",
        "Get-Queue on ex01 (Microsoft.Exchange): stopped on request; it was not sent",
      );
      deepEqual(server.seen, []);
    });
  });

  describe("a connection that breaks", () => {
    it("after a Command arrived: the call goes on, and the Command is not sent again", async () => {
      server.reply = () => completed("once");
      server.disturb("Command", { kind: "cutAfter" });
      deepEqual((await transport().invoke("Get-Queue", {})).objects.map(textOf), ["once"]);
      equal(server.count("Command"), 1);
      equal(server.calls.length, 1);
    });

    it("before a Command arrived: the call is lost, surely without effect", async () => {
      server.disturb("Command", { kind: "cutBefore" });
      await fails(
        transport().invoke("Dismount-Database", {}),
        "sessionLost",
        "Dismount-Database on ex01 (Microsoft.Exchange): the connection broke before the cmdlet started; it did not run",
      );
      equal(server.count("Command"), 1);
      equal(server.calls.length, 0);
    });

    it("at a Command to an old server, which cannot be asked about ids of ours: the call is lost, perhaps with effect", async () => {
      server.protocol = "2.1";
      server.choosesIds = true;
      server.disturb("Command", { kind: "cutAfter" });
      await fails(
        transport().invoke("Dismount-Database", {}),
        "sessionLost",
        "Dismount-Database on ex01 (Microsoft.Exchange): the connection broke while the cmdlet was sent; it may have run",
      );
      equal(server.count("Command"), 1);
    });

    it("at a Command and at the question after it: the call is lost, perhaps with effect", async () => {
      const calling = transport();
      await calling.invoke("Get-Queue", {});
      server.disturb("Command", { kind: "cutAfter" });
      server.disturb("Receive", { kind: "cutBefore" });
      await fails(
        calling.invoke("Dismount-Database", {}),
        "sessionLost",
        "Dismount-Database on ex01 (Microsoft.Exchange): the connection broke while the cmdlet was sent and the server could not be asked about it; it may have run",
      );
    });

    it("during a Receive: it is repeated", async () => {
      const calling = transport();
      await calling.invoke("Get-Queue", {});
      server.reply = () => completed("still there");
      server.disturb("Receive", { kind: "cutBefore" }, { kind: "cutBefore" });
      deepEqual((await calling.invoke("Get-Queue", {})).objects.map(textOf), ["still there"]);
    });

    it("at every Receive: the session is given up, and the next call opens another", async () => {
      const calling = transport();
      await calling.invoke("Get-Queue", {});
      server.disturb("Receive", { kind: "cutBefore" }, { kind: "cutBefore" }, { kind: "cutBefore" });
      await fails(
        calling.invoke("Get-Queue", {}),
        "sessionLost",
        "Get-Queue on ex01 (Microsoft.Exchange): the connection broke again and again while the cmdlet ran; it may have finished",
      );
      await calling.invoke("Get-Queue", {});
      equal(server.count("Create"), 2);
    });

    it("for good while the cmdlet runs: it may have finished, so the server is not merely unreachable", async () => {
      const calling = transport();
      await calling.invoke("Get-Queue", {});
      server.disturb("Receive", { kind: "goAway" });
      await fails(
        calling.invoke("Get-Queue", {}),
        "sessionLost",
        "Get-Queue on ex01 (Microsoft.Exchange): the connection broke again and again while the cmdlet ran; it may have finished",
      );
      await server.start();
    });

    it("during a Create: it is repeated once, as another shell", async () => {
      server.disturb("Create", { kind: "cutAfter" });
      await transport().invoke("Get-Queue", {});
      equal(server.count("Create"), 2);
      equal(server.shells.size, 2);
    });

    it("during both Creates: the server is unreachable", async () => {
      server.disturb("Create", { kind: "cutBefore" }, { kind: "cutBefore" });
      await fails(
        transport().invoke("Get-Queue", {}),
        "unreachable",
        `Get-Queue on ex01 (Microsoft.Exchange): the connection to ${HOST} broke: socket hang up`,
      );
    });

    it("because nobody listens: the server is unreachable", async () => {
      const calling = transport();
      const { port } = server;
      await server.stop();
      await fails(
        calling.invoke("Get-Queue", {}),
        "unreachable",
        `Get-Queue on ex01 (Microsoft.Exchange): no connection to ${HOST}: connect ECONNREFUSED 127.0.0.1:${port}`,
      );
      await server.start();
    });
  });

  describe("a refusal", () => {
    it("of the password names user and server, and not the password", async () => {
      server.authorization = "Basic something-else";
      await fails(
        transport().invoke("Get-Queue", {}),
        "denied",
        `Get-Queue on ex01 (Microsoft.Exchange): ${HOST} does not accept the name or password of CONTOSO\\pauser (HTTP 401)`,
      );
    });

    it("does not come when name and password are right", async () => {
      server.authorization = `Basic ${Buffer.from(`CONTOSO\\pauser:${PASSWORD}`).toString("base64")}`;
      await transport().invoke("Get-Queue", {});
      equal(server.calls.length, 1);
    });

    it("of Basic over plain http to another machine is ours, before anything is sent", async () => {
      await fails(
        transport({ connectTo: {} }).invoke("Get-Queue", {}),
        "denied",
        `Get-Queue on ex01 (Microsoft.Exchange): Basic authentication over http would show the password of CONTOSO\\pauser to anyone on the way to ${HOST}; use https, or set allowUnencrypted`,
      );
    });

    it("of Basic over plain http does not come when it was allowed", async () => {
      const calling = transport({ url: `http://localhost.invalid:${server.port}/PowerShell/`, connectTo: {}, allowUnencrypted: true });
      await rejects(calling.invoke("Get-Queue", {}), (error: unknown) => error instanceof RemotingError && error.reason === "unreachable");
    });

    for (const { title, text, code, subcode, reason, words } of [
      {
        title: "too many shells",
        code: 2150859173,
        subcode: "w:QuotaLimit",
        text: "This user is allowed a maximum number of 18 concurrent shells",
        reason: "throttled",
        words: "is over a limit",
      },
      {
        title: "too many commands in one shell, said in words only",
        code: undefined,
        subcode: "w:InternalError",
        text: "The maximum number of concurrent commands per shell has been exceeded",
        reason: "throttled",
        words: "is over a limit",
      },
      {
        title: "missing rights",
        code: 5,
        subcode: "w:AccessDenied",
        text: "Access is denied.",
        reason: "denied",
        words: "refuses CONTOSO\\pauser",
      },
      {
        title: "a bad request",
        code: 87,
        subcode: "w:InvalidParameter",
        text: "The parameter is incorrect.",
        reason: "rejected",
        words: "rejected the request",
      },
    ] as const) {
      it(`of a session because of ${title} is ${reason}, in the server's words`, async () => {
        server.disturb("Create", { kind: "fault", subcode, text, ...(code === undefined ? {} : { code }) });
        const said = `"${text}" (${[subcode.slice(2), code].filter((part) => part !== undefined).join(" ")})`;
        await fails(transport().invoke("Get-Queue", {}), reason, `Get-Queue on ex01 (Microsoft.Exchange): ${HOST} ${words}: ${said}`);
      });
    }

    it("of a Command because the session is gone is a lost session; the next call opens another", async () => {
      const calling = transport();
      await calling.invoke("Get-Queue", {});
      server.shells.clear();
      await fails(
        calling.invoke("Get-Queue", {}),
        "sessionLost",
        `Get-Queue on ex01 (Microsoft.Exchange): ${HOST} no longer knows the session: "the command identifier is not known" (InvalidSelectors 2150858843)`,
      );
      await calling.invoke("Get-Queue", {});
      equal(server.calls.length, 2);
    });
  });

  describe("an answer that is none", () => {
    for (const { status, reason, words } of [
      { status: 503, reason: "unreachable", words: "is not available (HTTP 503)" },
      { status: 403, reason: "denied", words: "does not let CONTOSO\\pauser in (HTTP 403)" },
      { status: 200, reason: "invalidAnswer", words: "answered HTTP 200 without a WS-Management message" },
      { status: 404, reason: "invalidAnswer", words: "answered HTTP 404 without a WS-Management message" },
    ] as const) {
      it(`but HTML with status ${status} is ${reason}`, async () => {
        server.disturb("Create", { kind: "status", status });
        await fails(transport().invoke("Get-Queue", {}), reason, `Get-Queue on ex01 (Microsoft.Exchange): ${HOST} ${words}`);
      });
    }

    it("to another request is invalid", async () => {
      server.disturb("Create", { kind: "wrongRelation" });
      await fails(
        transport().invoke("Get-Queue", {}),
        "invalidAnswer",
        `Get-Queue on ex01 (Microsoft.Exchange): ${HOST} answered something else than expected: the answer belongs to another request`,
      );
    });

    it("but HTML while the cmdlet runs leaves open whether it finished", async () => {
      const calling = transport();
      await calling.invoke("Get-Queue", {});
      server.disturb("Receive", { kind: "status", status: 503 });
      await fails(
        calling.invoke("Get-Queue", {}),
        "sessionLost",
        "Get-Queue on ex01 (Microsoft.Exchange): the server answered HTTP 503 while the cmdlet ran; it may have finished",
      );
    });
  });

  it("gives each session and command an id of its own", async () => {
    const calling = transport();
    await calling.invoke("Get-Queue", {});
    await calling.invoke("Get-Queue", {});
    const [first, second] = server.seen.filter(({ action }) => action === "Command").map(({ commandId }) => commandId);
    notEqual(first, second);
    match(first ?? "", /^[0-9A-F-]{36}$/);
  });
});
