// The lab's name servers judged by dig: answers over UDP and TCP, authority, cut answers, EDNS, and what is not there.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { promisify } from "node:util";
import { streamEncode } from "dns-packet";
import { type RunningDns, startDns } from "../../../lab/serve/dns.ts";
import { FaultScript } from "../../../lab/serve/faults.ts";
import { bufferMx, type DnsWorld, dnsWorld, mailMx, pass } from "../../support/dns-lab.ts";
import { commandAvailable, requireJudge } from "../../support/judges.ts";

const run = promisify(execFile);
const [ns1, ns2] = ["ns1.contoso-dns.net", "ns2.contoso-dns.net"];

interface Dug {
  readonly status: string;
  readonly flags: readonly string[];
  readonly edns: boolean;
  /** Records of the answer and authority sections, fields parted by one blank. */
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  /** dig says how it got the answer. */
  readonly over: string;
}

describe("the lab's name servers, asked by dig", () => {
  let world: DnsWorld;
  let running: RunningDns;
  const faults = new FaultScript();

  before(function () {
    requireJudge(this, "dig", commandAvailable("dig"));
  });

  beforeEach(async () => {
    world = dnsWorld({
      perRecordLagMs: 0,
      records: [
        mailMx,
        { name: "mail", type: "A", content: "192.0.2.25", ttl: 600 },
        { name: "mail", type: "AAAA", content: "2001:db8::25", ttl: 600 },
        { name: "www", type: "CNAME", content: "mail.contoso.com" },
        { name: "@", type: "TXT", content: '"v=spf1 mx -all"' },
        ...Array.from({ length: 30 }, (_, index) => ({
          name: "many",
          type: "MX",
          content: `mx${index}.contoso.com`,
          priority: index,
          ttl: 60,
        })),
      ],
    });
    running = await startDns({ zones: world.zones, faults });
  });

  afterEach(() => running.stop());

  async function dig(server: string, ...args: readonly string[]): Promise<Dug> {
    const { stdout } = await run("dig", [
      "@127.0.0.1",
      "-p",
      String(running.ports[server]),
      "+norecurse",
      "+tries=1",
      "+timeout=5",
      ...args,
    ]);
    const section = (name: string) => {
      const text = stdout.split(`;; ${name} SECTION:\n`)[1]?.split("\n\n")[0] ?? "";
      return text.split("\n").flatMap((line) => (line === "" ? [] : [line.replace(/\s+/g, " ")]));
    };
    return {
      status: /status: (\w+)/.exec(stdout)?.[1] ?? "none",
      flags: /;; flags: ([a-z ]*);/.exec(stdout)?.[1]?.split(" ") ?? [],
      edns: stdout.includes("; EDNS: version: 0"),
      answer: section("ANSWER"),
      authority: section("AUTHORITY"),
      over: /;; SERVER: .*\((\w+)\)/.exec(stdout)?.[1] ?? "none",
    };
  }

  const soaLine = (serial: number, ttl: number) =>
    `contoso.com. ${ttl} IN SOA ${ns1}. hostmaster.contoso.com. ${serial} 10000 2400 604800 1800`;

  for (const [over, ...flags] of [["UDP"], ["TCP", "+tcp"], ["UDP", "+noedns"], ["TCP", "+tcp", "+noedns"]] as const) {
    it(`give MX, with authority, over ${over} ${flags.join(" ")}`, async () => {
      const edns = !flags.some((flag) => flag === "+noedns");
      assert.deepEqual(await dig(ns1, ...flags, "contoso.com", "MX"), {
        status: "NOERROR",
        flags: ["qr", "aa"],
        edns,
        answer: ["contoso.com. 3600 IN MX 10 mail.contoso.com."],
        authority: [],
        over,
      });
    });
  }

  it("give each its own view and serial", async () => {
    world.zones.create(world.zone.id, bufferMx);
    pass(world.events, 1);
    const old = "contoso.com. 3600 IN MX 10 mail.contoso.com.";
    assert.deepEqual((await dig(ns1, "contoso.com", "MX")).answer, [old, "contoso.com. 300 IN MX 10 buffer.contoso-mail.net."]);
    assert.deepEqual((await dig(ns2, "contoso.com", "MX")).answer, [old]);
    assert.deepEqual((await dig(ns1, "contoso.com", "SOA")).answer, [soaLine(2026120402, 3600)]);
    assert.deepEqual((await dig(ns2, "contoso.com", "SOA")).answer, [soaLine(2026120401, 3600)]);
  });

  it("give the other types", async () => {
    const answers = async (name: string, type: string) => (await dig(ns1, name, type)).answer;
    assert.deepEqual(await answers("mail.contoso.com", "A"), ["mail.contoso.com. 600 IN A 192.0.2.25"]);
    assert.deepEqual(await answers("mail.contoso.com", "AAAA"), ["mail.contoso.com. 600 IN AAAA 2001:db8::25"]);
    assert.deepEqual(await answers("www.contoso.com", "A"), ["www.contoso.com. 300 IN CNAME mail.contoso.com."]);
    assert.deepEqual(await answers("contoso.com", "TXT"), ['contoso.com. 300 IN TXT "v=spf1 mx -all"']);
    assert.deepEqual(await answers("contoso.com", "NS"), [`contoso.com. 86400 IN NS ${ns1}.`, `contoso.com. 86400 IN NS ${ns2}.`]);
  });

  it("cut over UDP what does not fit, and give it whole over TCP", async () => {
    const cut = await dig(ns1, "+noedns", "+ignore", "many.contoso.com", "MX");
    assert.deepEqual([cut.flags, cut.answer, cut.over], [["qr", "aa", "tc"], [], "UDP"]);
    const whole = await dig(ns1, "+noedns", "many.contoso.com", "MX");
    assert.deepEqual([whole.flags, whole.answer.length, whole.over], [["qr", "aa"], 30, "TCP"]);
  });

  it("do not cut what fits the room that EDNS gives, and cut at 512 bytes without", async () => {
    const udp = (...flags: string[]) => dig(ns1, ...flags, "+ignore", "ten.contoso.com", "MX");
    for (let index = 0; index < 14; index++) world.zones.create(world.zone.id, { ...mailMx, name: "ten", priority: index });
    pass(world.events, 1);
    assert.deepEqual([(await udp("+bufsize=1232")).answer.length, (await udp("+noedns")).answer.length], [14, 0]);
  });

  it("say what is not there, with the SOA that says for how long", async () => {
    const nothing = await dig(ns1, "nothing.contoso.com", "MX");
    assert.deepEqual(
      [nothing.status, nothing.flags, nothing.answer, nothing.authority],
      ["NXDOMAIN", ["qr", "aa"], [], [soaLine(2026120401, 1800)]],
    );
    const noMx = await dig(ns1, "mail.contoso.com", "MX");
    assert.deepEqual([noMx.status, noMx.answer, noMx.authority], ["NOERROR", [], [soaLine(2026120401, 1800)]]);
  });

  it("refuse zones that they do not serve", async () => {
    const { status, flags, answer } = await dig(ns1, "fabrikam.com", "MX");
    assert.deepEqual([status, flags, answer], ["REFUSED", ["qr"], []]);
  });

  it("refuse by script, once", async () => {
    faults.add({ when: { edge: "dns", server: ns1, call: "MX contoso.com" }, what: "refused" });
    assert.equal((await dig(ns1, "contoso.com", "MX")).status, "REFUSED");
    assert.equal((await dig(ns1, "contoso.com", "MX")).status, "NOERROR");
  });

  it("do not do what they were not made for", async () => {
    assert.equal((await dig(ns1, "+opcode=UPDATE", "contoso.com", "SOA")).status, "NOTIMP");
  });
});

describe("the lab's name servers", () => {
  it("stay silent at noise and at answers, and go on", async () => {
    const { zones } = dnsWorld();
    const running = await startDns({ zones, servers: [ns1] });
    const socket = createSocket("udp4");
    try {
      const replies: Buffer[] = [];
      socket.on("message", (message) => replies.push(message));
      const head = (id: number, flags: number, questions: number) =>
        Buffer.from([0, id, flags >> 8, flags & 255, 0, questions, 0, 0, 0, 0, 0, 0]);
      for (const noise of [Buffer.from("noise"), head(1, 0x8000, 0), head(2, 0, 1)])
        socket.send(noise, running.ports[ns1] ?? 0, "127.0.0.1");
      await once(socket, "message");
      // Only the query that promises a question and has none is answered: FORMERR.
      assert.deepEqual(
        replies.map((reply) => [reply[1], (reply[3] ?? 0) & 0xf]),
        [[2, 1]],
      );
    } finally {
      socket.close();
      await running.stop();
    }
  });

  it("break off over TCP by script, without an answer", async () => {
    const { zones } = dnsWorld();
    const faults = new FaultScript();
    faults.add({ when: { edge: "dns", server: ns1, call: "MX contoso.com" }, what: "cutAfter" });
    const running = await startDns({ zones, servers: [ns1], faults });
    const socket = connect(running.ports[ns1] ?? 0, "127.0.0.1");
    const received: Buffer[] = [];
    socket.on("data", (chunk) => received.push(chunk));
    socket.write(streamEncode({ type: "query", id: 1, flags: 0, questions: [{ name: "contoso.com", type: "MX" }] }));
    await once(socket, "close");
    assert.deepEqual([received, faults.pending], [[], []]);
    await running.stop();
  });

  it("take the port that they are given", async () => {
    const { zones } = dnsWorld();
    const first = await startDns({ zones, servers: [ns1] });
    const port = first.ports[ns1] ?? 0;
    await assert.rejects(startDns({ zones, servers: [ns2], ports: { [ns2]: port } }), { code: "EADDRINUSE" });
    await first.stop();
    const second = await startDns({ zones, servers: [ns2], ports: { [ns2]: port } });
    assert.deepEqual(second.connectTo, { [`${ns2}:53`]: `127.0.0.1:${port}` });
    await second.stop();
  });
});
