// Many probes of one host: how many dialogues they take, and that each gets its own answer whatever becomes of another's.
import assert from "node:assert/strict";
import { mock } from "node:test";
import type { ProbeOptions, SmtpReading } from "../../provider/mail/probe.ts";
import { SmtpProbes } from "../../provider/mail/probes.ts";
import { answerWith, ScriptedSmtp } from "../support/scripted-smtp.ts";

const host = "mail.contoso.com";
/** Numbers of the zones that are asked for. */
const zones = Array.from({ length: 40 }, (_, index) => index);

describe("many probes of one mail host", () => {
  let server: ScriptedSmtp;
  let probes: SmtpProbes;

  beforeEach(async () => {
    server = new ScriptedSmtp();
    probes = new SmtpProbes();
    await server.start();
  });
  afterEach(() => {
    probes.close();
    server.stop();
  });

  const ask = (zone: number, more: Partial<ProbeOptions> = {}) =>
    probes.ask({
      host,
      connectTo: server.connectTo(host),
      helo: "ops.example",
      from: "",
      recipients: [{ address: `anna@zone${zone}.example`, expected: "accepted" }],
      ...more,
    });
  const said = (reading: SmtpReading) => (reading.reachable ? reading.recipients.map(({ code, text }) => `${code} ${text}`) : reading.why);
  /** A host that says whom it was asked for. */
  const echo: ScriptedSmtp["act"] = (socket, command, line) =>
    command === "RCPT" ? void socket.write(`250 ${line.slice(8)}\r\n`) : answerWith({})(socket, command);

  it("hold eight dialogues, and each gets its own answer", async () => {
    server.act = echo;
    const readings = await Promise.all(zones.map((zone) => ask(zone)));
    assert.deepEqual(
      readings.map(said),
      zones.map((zone) => [`250 <anna@zone${zone}.example>`]),
    );
    assert.deepEqual([server.connections, server.most], [8, 8]);
  });

  it("that come later go on in the dialogue that was held", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      for (const zone of zones.slice(0, 3)) {
        await ask(zone);
        mock.timers.tick(299);
      }
      assert.equal(server.connections, 1);
      mock.timers.tick(1);
      await server.quiet();
      assert.equal(server.lines.at(-1), "QUIT");
    } finally {
      mock.timers.reset();
    }
    await ask(3);
    probes.close();
    await server.quiet();
    assert.equal(server.lines.at(-1), "QUIT");
    await ask(4);
    assert.equal(server.connections, 3);
  });

  it("give each the name that it is asked by", async () => {
    const names = new WeakMap<object, string>();
    const askedBy: string[] = [];
    server.act = (socket, command, line) => {
      if (command === "EHLO") names.set(socket, line.slice(5));
      if (command === "RCPT") askedBy.push(`${names.get(socket)} ${line.slice(8)}`);
      answerWith({})(socket, command);
    };
    await Promise.all(zones.map((zone) => ask(zone, { helo: `zone${zone}.example` })));
    assert.deepEqual(askedBy.toSorted(), zones.map((zone) => `zone${zone}.example <anna@zone${zone}.example>`).toSorted());
    assert.equal(server.connections, 8);
  });

  it("end a dialogue in which four were refused, for hosts count that", async () => {
    const asked = new Map<object, number>();
    server.act = (socket, command) => {
      if (command === "RCPT") asked.set(socket, (asked.get(socket) ?? 0) + 1);
      answerWith({ RCPT: "550 5.1.1 User unknown" })(socket, command);
    };
    const readings = await Promise.all(zones.map((zone) => ask(zone)));
    assert.deepEqual(new Set(readings.flatMap(said)), new Set(["550 5.1.1 User unknown"]));
    assert.equal(Math.max(...asked.values()), 4);
    // One that says QUIT may still be there.
    assert.ok(server.most <= 16, `${server.most} at a time`);
  });

  it("are asked anew where the host ends a dialogue after the first of them", async () => {
    server.act = (socket, command, line) => {
      if (command === "RSET") socket.end("250 2.0.0 Ok\r\n");
      else echo(socket, command, line);
    };
    const readings = await Promise.all(zones.map((zone) => ask(zone)));
    assert.ok(readings.every(({ reachable }) => reachable));
    assert.equal(server.connections, 40);
  });

  it("learn together that the host puts everybody off, or that nobody answers", async () => {
    server.act = answerWith({ "": "421 4.3.2 Service not active" });
    const readings = await Promise.all(zones.map((zone) => ask(zone)));
    assert.deepEqual(new Set(readings.map(said)), new Set([`${host}:25: refused the connection: 421 4.3.2 Service not active`]));
    assert.equal(server.connections, 8);
    const silent = await Promise.all(zones.map((zone) => ask(zone, { connectTo: { [`${host}:25`]: "127.0.0.1:1" } })));
    assert.ok(silent.every(({ reachable }) => !reachable));
  });

  it("whoever has more patience than the first is asked by that", async () => {
    server.act = (socket, command, line) => (server.connections > 8 ? echo(socket, command, line) : undefined);
    const hasty = zones.slice(0, 8).map((zone) => ask(zone, { timeoutMs: 20 }));
    const patient = ask(9, { timeoutMs: 60_000 });
    for (const reading of await Promise.all(hasty)) assert.match(String(said(reading)), /no end of the dialogue after 20 ms/);
    assert.equal((await patient).reachable, true);
  });

  it("a name that is refused is its own affair", async () => {
    server.act = (socket, command, line) =>
      line === "EHLO bad.example" ? void socket.write("550 5.7.1 no\r\n") : answerWith({})(socket, command);
    const readings = await Promise.all(zones.map((zone) => ask(zone, { helo: zone % 10 === 0 ? "bad.example" : "ops.example" })));
    assert.deepEqual(
      readings.flatMap((reading, zone) => (reading.reachable ? [] : [zone, reading.about])),
      [0, "helo", 10, "helo", 20, "helo", 30, "helo"],
    );
  });

  it("one that is stopped leaves the others alone, whether it waits or is asked", async () => {
    const stop = new AbortController();
    server.act = (socket, command, line) => {
      if (command === "RCPT") stop.abort(new Error("cancelled by the user"));
      echo(socket, command, line);
    };
    const all = zones.map((zone) => ask(zone, zone === 0 || zone === 39 ? { signal: stop.signal } : {}));
    const early = ask(40, { signal: AbortSignal.abort(new Error("cancelled before")) });
    await assert.rejects(early, { message: "cancelled before" });
    const ended = await Promise.allSettled(all);
    assert.deepEqual(
      ended.map(({ status }) => status),
      zones.map((zone) => (zone === 0 || zone === 39 ? "rejected" : "fulfilled")),
    );
  });
});
