// Asking servers that misbehave on purpose: forged, cut, late and missing answers.
import assert from "node:assert/strict";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { decode, encode, type Answer as WireRecord } from "dns-packet";
import { askEach } from "../support/dns-lab.ts";

const question = { name: "contoso.com", type: "MX", zone: "contoso.com" } as const;
const mail = "10 mail.contoso.com";

describe("asking a server that misbehaves", () => {
  let socket: Socket;
  let port: number;

  beforeEach(async () => {
    socket = createSocket("udp4").bind(0, "127.0.0.1");
    await once(socket, "listening");
    port = socket.address().port;
  });

  afterEach(() => socket.close());

  const ask = (timeoutMs = 5_000) => askEach({ ...question, servers: ["ns"], connectTo: { "ns:53": `127.0.0.1:${port}` }, timeoutMs });
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
    assert.deepEqual(flags, [0, 0, 0]);
  });

  it("reads names in lower case, the largest TTL, and only MX of the name asked for", async () => {
    serve([soa, mx("Mail.Contoso.com", 60), mx("mx2.contoso.com", 300), mx("other.contoso.com", 900, "sub.contoso.com")]);
    const records = [mail, "10 mx2.contoso.com"];
    assert.deepEqual(await ask(), [{ server: "ns", outcome: "answered", records, ttlSeconds: 300, authoritative: true, serial: 7 }]);
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
      assert.deepEqual(answer?.outcome === "answered" && answer.records, [mail]);
    } finally {
      stranger.close();
    }
  });

  it("does not read an answer whose records are no DNS", async () => {
    const ns: WireRecord = { type: "NS", name: "contoso.com", ttl: 60, data: "ns1.contoso-dns.net" };
    serve([soa, ns, mx("mail.contoso.com", 60)], 0x0400, (reply) => reply.subarray(0, reply.length - 3));
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

  describe("at several addresses", () => {
    const asked = async (addresses: readonly string[], timeoutMs = 1_000) => {
      const [answer] = await askEach({
        ...question,
        servers: ["ns"],
        connectTo: { "ns:53": `ns:${port}` },
        timeoutMs,
        addressesOf: async () => addresses,
      });
      return answer;
    };

    for (const [what, address] of [
      ["refuses", "127.0.0.2"],
      ["cannot be reached by its IP version", "2001:db8::1"],
    ] as const) {
      it(`asks at the next when the first ${what}`, async () => {
        serve([soa, mx("mail.contoso.com", 60)]);
        assert.equal((await asked([address, "127.0.0.1"]))?.outcome, "answered");
      });
    }

    it("asks at the next when the first is silent, within the one deadline", async () => {
      const silent = createSocket("udp4").bind(port, "127.0.0.2");
      await once(silent, "listening");
      try {
        serve([soa, mx("mail.contoso.com", 60)]);
        assert.equal((await asked(["127.0.0.2", "127.0.0.1"]))?.outcome, "answered");
      } finally {
        silent.close();
      }
    });

    it("says what each did when none answers", async () => {
      const why = ["127.0.0.2", "127.0.0.3"].map((address) => `ns cannot be reached at ${address} port ${port} (ECONNREFUSED).`).join(" ");
      assert.deepEqual(await asked(["127.0.0.2", "127.0.0.3"]), { server: "ns", outcome: "failed", why });
    });
  });

  it("says when there is nothing at the address", async () => {
    const dead = createSocket("udp4").bind(0, "127.0.0.1");
    await once(dead, "listening");
    const { port: free } = dead.address();
    dead.close();
    await once(dead, "close");
    assert.deepEqual(await askEach({ ...question, servers: ["ns"], connectTo: { "ns:53": `127.0.0.1:${free}` } }), [
      { server: "ns", outcome: "failed", why: `ns cannot be reached at 127.0.0.1 port ${free} (ECONNREFUSED).` },
    ]);
  });

  it("says when the name has no address, or where to connect is no address", async () => {
    const [unknown, wrong] = await askEach({ ...question, servers: ["ns.invalid", "ns"], connectTo: { "ns:53": "127.0.0.1" } });
    assert.deepEqual(unknown, { server: "ns.invalid", outcome: "failed", why: "ns.invalid has no address that can be found from here." });
    assert.deepEqual(wrong, {
      server: "ns",
      outcome: "failed",
      why: 'connectTo of ns:53 is "127.0.0.1"; expected <host>:<port>, such as 127.0.0.1:2525',
    });
  });
});
