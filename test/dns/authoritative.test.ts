// Asking authoritative servers: the lab's, and sockets that misbehave on purpose. A server that nobody here wrote: contract/dns-bind.test.ts.
import assert from "node:assert/strict";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { decode, encode, type Answer as WireRecord } from "dns-packet";
import { type RunningDns, startDns } from "../../lab/serve/dns.ts";
import { FaultScript } from "../../lab/serve/faults.ts";
import type { RecordDraft } from "../../lab/world/zone-records.ts";
import { askAuthoritative, nameServersOf, serialIsNewer } from "../../provider/dns/authoritative.ts";
import type { MxRecordSets } from "../../provider/dns/record-sets.ts";
import { bufferMx, type DnsWorld, dnsWorld, mailMx, pass } from "../support/dns-lab.ts";

const [ns1, ns2] = ["ns1.contoso-dns.net", "ns2.contoso-dns.net"];
const question = { name: "contoso.com", type: "MX", zone: "contoso.com" } as const;
const mail = { preference: 10, exchange: "mail.contoso.com" };
const buffer = { preference: 10, exchange: "buffer.contoso-mail.net" };

describe("asking the lab's authoritative servers", () => {
  let world: DnsWorld;
  let running: RunningDns | undefined;
  const faults = new FaultScript();

  async function start(records?: readonly RecordDraft[]): Promise<RunningDns> {
    world = dnsWorld({ perRecordLagMs: 0, ...(records === undefined ? {} : { records }) });
    running = await startDns({ zones: world.zones, faults });
    return running;
  }

  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });

  it("gives an answer for each, in the order asked, with its own serial", async () => {
    const { connectTo } = await start();
    world.zones.create(world.zone.id, bufferMx);
    pass(world.events, 1);
    assert.deepEqual(await askAuthoritative({ ...question, servers: [ns2, ns1], connectTo }), [
      { server: ns2, outcome: "answered", exchanges: [mail], ttlSeconds: 3600, authoritative: true, serial: 2026120401 },
      { server: ns1, outcome: "answered", exchanges: [mail, buffer], ttlSeconds: 3600, authoritative: true, serial: 2026120402 },
    ]);
  });

  it("gives an empty set and how long that may be remembered, for a name without MX and one that is not there", async () => {
    const { connectTo } = await start([mailMx, { name: "www", type: "A", content: "192.0.2.1" }]);
    for (const name of ["www.contoso.com", "nothing.contoso.com"]) {
      const [answer] = await askAuthoritative({ ...question, name, servers: [ns1], connectTo });
      assert.deepEqual(answer, {
        server: ns1,
        outcome: "answered",
        exchanges: [],
        ttlSeconds: 1_800,
        authoritative: true,
        serial: 2026120401,
      });
    }
  });

  it("asks over TCP when the answer does not fit", async () => {
    const { connectTo } = await start(Array.from({ length: 40 }, (_, index) => ({ ...mailMx, priority: index })));
    const calls: string[] = [];
    await running?.stop();
    const take = (_edge: "dns", _server: string, call: string) => {
      calls.push(call);
      return undefined;
    };
    running = await startDns({ zones: world.zones, faults: { take }, ports: { [ns1]: Number(connectTo[`${ns1}:53`]?.split(":")[1]) } });
    const [answer] = await askAuthoritative({ ...question, servers: [ns1], connectTo });
    assert.equal(answer?.outcome === "answered" && answer.exchanges.length, 40);
    assert.deepEqual(calls.sort(), ["MX contoso.com", "MX contoso.com", "SOA contoso.com"]);
  });

  it("says of an alias that it has no MX", async () => {
    const { connectTo } = await start([mailMx, { name: "www", type: "CNAME", content: "contoso.com" }]);
    assert.deepEqual(await askAuthoritative({ ...question, name: "www.contoso.com", servers: [ns1], connectTo }), [
      { server: ns1, outcome: "failed", why: `${ns1} says that www.contoso.com is an alias (CNAME) of contoso.com; an alias has no MX.` },
    ]);
  });

  it("says of a server that refuses that it does not serve the zone", async () => {
    const { connectTo } = await start();
    assert.deepEqual(await askAuthoritative({ ...question, name: "fabrikam.com", zone: "fabrikam.com", servers: [ns1], connectTo }), [
      { server: ns1, outcome: "failed", why: `${ns1} answers REFUSED: it does not serve fabrikam.com.` },
    ]);
  });

  it("lets one server fail without the others", async () => {
    const { connectTo } = await start();
    const rows = [
      ["refused", `${ns1} answers REFUSED: it does not serve contoso.com.`],
      ["timeOut", `${ns1} did not answer within 300 ms.`],
      ["wrongAnswer", `${ns1} did not answer within 300 ms.`],
      ["cutBefore", `${ns1} did not answer within 300 ms.`],
    ] as const;
    for (const [what, why] of rows) {
      faults.add({ when: { edge: "dns", server: ns1, call: "MX contoso.com" }, what });
      const [one, other] = await askAuthoritative({ ...question, servers: [ns1, ns2], connectTo, timeoutMs: 300 });
      assert.deepEqual([one, other?.outcome], [{ server: ns1, outcome: "failed", why }, "answered"], what);
    }
  });

  it("takes an answer that is slow", async () => {
    const { connectTo } = await start();
    faults.add({ when: { edge: "dns", server: ns1, call: "SOA contoso.com" }, what: "slow" });
    const asking = askAuthoritative({ ...question, servers: [ns1], connectTo });
    while (faults.pending.length > 0) await askAuthoritative({ ...question, servers: [ns2], connectTo });
    pass(world.events, 4);
    assert.equal((await asking)[0]?.outcome, "answered");
  });

  it("stops when its caller does, with the caller's reason", async () => {
    const { connectTo } = await start();
    const controller = new AbortController();
    faults.add({ when: { edge: "dns", server: ns1, call: "MX contoso.com" }, what: "timeOut" });
    const asking = askAuthoritative({ ...question, servers: [ns1], connectTo, timeoutMs: 60_000, signal: controller.signal });
    while (faults.pending.length > 0) await askAuthoritative({ ...question, servers: [ns2], connectTo });
    controller.abort(new Error("cancelled by the operator"));
    await assert.rejects(asking, new Error("cancelled by the operator"));
    await assert.rejects(askAuthoritative({ ...question, servers: [], signal: controller.signal }), new Error("cancelled by the operator"));
  });
});

describe("asking a server that misbehaves", () => {
  let socket: Socket;
  let port: number;

  beforeEach(async () => {
    socket = createSocket("udp4").bind(0, "127.0.0.1");
    await once(socket, "listening");
    port = socket.address().port;
  });

  afterEach(() => socket.close());

  const ask = (timeoutMs = 5_000) =>
    askAuthoritative({ ...question, servers: ["ns"], connectTo: { "ns:53": `127.0.0.1:${port}` }, timeoutMs });
  const soa: WireRecord = {
    type: "SOA",
    name: "CONTOSO.com",
    ttl: 60,
    data: { mname: "ns", rname: "root", serial: 7, refresh: 1, retry: 1, expire: 1, minimum: 1 },
  };
  const mx = (exchange: string, ttl: number, name = "Contoso.COM"): WireRecord => ({
    type: "MX",
    name,
    ttl,
    data: { preference: 10, exchange },
  });

  /** Answers each query with `answers`, AA as given; `twist` may change the bytes, or send others first. */
  function serve(answers: readonly WireRecord[], aa = 0x0400, twist: (reply: Buffer, from: RemoteInfo) => Buffer = (reply) => reply): void {
    socket.on("message", (query, from) => {
      const { id, questions } = decode(query);
      const type = questions?.[0]?.type;
      const own = answers.filter((record) => record.type === type);
      const reply = encode({ type: "response", ...(id === undefined ? {} : { id }), flags: aa, questions: questions ?? [], answers: own });
      socket.send(twist(reply, from), from.port, from.address);
    });
  }

  it("does not ask for recursion", async () => {
    const flags: number[] = [];
    serve([soa], 0x0400, (reply) => reply);
    socket.prependListener("message", (query) => flags.push(query.readUInt16BE(2)));
    await ask();
    assert.deepEqual(flags, [0, 0]);
  });

  it("reads names in lower case, the largest TTL, and only MX of the name asked for", async () => {
    serve([soa, mx("Mail.Contoso.com", 60), mx("mx2.contoso.com", 300), mx("other.contoso.com", 900, "sub.contoso.com")]);
    const exchanges = [mail, { preference: 10, exchange: "mx2.contoso.com" }];
    assert.deepEqual(await ask(), [{ server: "ns", outcome: "answered", exchanges, ttlSeconds: 300, authoritative: true, serial: 7 }]);
  });

  it("tells an answer without authority", async () => {
    serve([soa, mx("mail.contoso.com", 60)], 0);
    const [answer] = await ask();
    assert.equal(answer?.outcome === "answered" && answer.authoritative, false);
  });

  it("does not take a server without SOA for one of the zone", async () => {
    serve([mx("mail.contoso.com", 60)]);
    assert.deepEqual(await ask(), [{ server: "ns", outcome: "failed", why: "ns has no SOA of contoso.com: it does not serve that zone." }]);
  });

  const forgeries: readonly (readonly [string, (reply: Buffer) => void])[] = [
    ["with another id", (reply) => reply.writeUInt16BE(reply.readUInt16BE(0) ^ 1, 0)],
    ["to another question", (reply) => reply.write("x", 13)],
    ["that are questions", (reply) => reply.writeUInt16BE(0, 2)],
  ];
  for (const [what, forge] of forgeries) {
    it(`ignores answers ${what} and takes the right one after them`, async () => {
      serve([soa, mx("mail.contoso.com", 60)], 0x0400, (reply, from) => {
        const forged = Buffer.from(reply);
        forge(forged);
        socket.send(forged, from.port, from.address);
        return reply;
      });
      assert.equal((await ask())[0]?.outcome, "answered");
    });

    it(`ignores answers ${what} for ever`, async () => {
      serve([soa, mx("mail.contoso.com", 60)], 0x0400, (reply) => {
        forge(reply);
        return reply;
      });
      assert.deepEqual(await ask(300), [{ server: "ns", outcome: "failed", why: "ns did not answer within 300 ms." }]);
    });
  }

  it("ignores answers from another address", async () => {
    const stranger = createSocket("udp4");
    try {
      serve([soa, mx("mail.contoso.com", 60)], 0x0400, (reply, from) => {
        const forged = encode({ ...decode(reply), answers: [mx("evil.example", 60)] });
        stranger.send(forged, from.port, from.address);
        return reply;
      });
      const [answer] = await ask();
      assert.deepEqual(answer?.outcome === "answered" && answer.exchanges, [mail]);
    } finally {
      stranger.close();
    }
  });

  it("does not read an answer whose records are no DNS", async () => {
    serve([soa, mx("mail.contoso.com", 60)], 0x0400, (reply) => reply.subarray(0, reply.length - 3));
    assert.deepEqual(await ask(), [{ server: "ns", outcome: "failed", why: "ns sent a message that is not DNS." }]);
  });

  it("says when TCP is closed to it after a cut answer", async () => {
    serve([soa], 0x0600);
    const why = `ns cannot be reached at 127.0.0.1 port ${port} (ECONNREFUSED).`;
    assert.deepEqual(await ask(), [{ server: "ns", outcome: "failed", why }]);
  });

  it("says when TCP hangs up on it after a cut answer", async () => {
    const tcp = createServer((connection) => connection.end()).listen(port, "127.0.0.1");
    await once(tcp, "listening");
    try {
      serve([soa], 0x0600);
      assert.deepEqual(await ask(), [{ server: "ns", outcome: "failed", why: "ns closed the TCP connection before it had answered." }]);
    } finally {
      tcp.close();
    }
  });

  it("says when there is nothing at the address", async () => {
    const dead = createSocket("udp4").bind(0, "127.0.0.1");
    await once(dead, "listening");
    const { port: free } = dead.address();
    dead.close();
    await once(dead, "close");
    assert.deepEqual(await askAuthoritative({ ...question, servers: ["ns"], connectTo: { "ns:53": `127.0.0.1:${free}` } }), [
      { server: "ns", outcome: "failed", why: `ns cannot be reached at 127.0.0.1 port ${free} (ECONNREFUSED).` },
    ]);
  });

  it("says when the name has no address, or where to connect is no address", async () => {
    const [unknown, wrong] = await askAuthoritative({ ...question, servers: ["ns.invalid", "ns"], connectTo: { "ns:53": "127.0.0.1" } });
    assert.deepEqual(unknown, { server: "ns.invalid", outcome: "failed", why: "ns.invalid has no address that can be found from here." });
    assert.deepEqual(wrong, {
      server: "ns",
      outcome: "failed",
      why: 'ns:53 is to be reached at "127.0.0.1"; expected an address and a port.',
    });
  });
});

describe("serials", () => {
  // RFC 1982 3.2, for 32 bits.
  const rows = [
    [2, 1, true],
    [1, 2, false],
    [1, 1, false],
    [0, 0xffff_ffff, true],
    [0xffff_ffff, 0, false],
    [0x7fff_ffff, 0, true],
    [0x8000_0000, 0, false],
    [0, 0x8000_0000, false],
    [0x8000_0001, 1, false],
    [5, 0xffff_fff0, true],
  ] as const;
  for (const [one, other, newer] of rows) {
    it(`${one} is ${newer ? "" : "not "}newer than ${other}`, () => {
      assert.equal(serialIsNewer(one, other), newer);
    });
  }
});

describe("a zone's name servers", () => {
  it("are sorted, in lower case, each once", async () => {
    const never = () => Promise.reject(new Error("not asked"));
    const nameServers = async () => ["NS2.contoso-dns.net.", "ns1.contoso-dns.net", "ns2.contoso-dns.net"];
    const sets: MxRecordSets = {
      observe: never,
      add: never,
      remove: never,
      rewrite: never,
      nameServers,
      ttlRange: { least: 1, greatest: 2 },
    };
    assert.deepEqual(await nameServersOf(sets), [ns1, ns2]);
  });
});
