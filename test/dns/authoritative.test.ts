// Asking the lab's authoritative servers. Servers that misbehave: authoritative-edge.test.ts; one that nobody here wrote: contract/dns-bind.test.ts.
import assert from "node:assert/strict";
import { type RunningDns, startDns } from "../../lab/serve/dns.ts";
import { FaultScript } from "../../lab/serve/faults.ts";
import type { RecordDraft } from "../../lab/world/zone-records.ts";
import { nameServersOf } from "../../provider/dns/authoritative.ts";
import type { RecordSets } from "../../provider/dns/record-sets.ts";
import { askEach, bufferMx, type DnsWorld, dnsWorld, mailMx, pass } from "../support/dns-lab.ts";

const [ns1, ns2] = ["ns1.contoso-dns.net", "ns2.contoso-dns.net"];
const question = { name: "contoso.com", type: "MX", zone: "contoso.com" } as const;
const [mail, buffer] = ["10 mail.contoso.com", "10 buffer.contoso-mail.net"];

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
    assert.deepEqual(await askEach({ ...question, servers: [ns2, ns1], connectTo }), [
      { server: ns2, outcome: "answered", records: [mail], ttlSeconds: 3600, authoritative: true, serial: 2026120401 },
      { server: ns1, outcome: "answered", records: [mail, buffer], ttlSeconds: 3600, authoritative: true, serial: 2026120402 },
    ]);
  });

  it("gives an empty set and how long that may be remembered, for a name without MX and one that is not there", async () => {
    const { connectTo } = await start([mailMx, { name: "www", type: "A", content: "192.0.2.1" }]);
    for (const name of ["www.contoso.com", "nothing.contoso.com"]) {
      const [answer] = await askEach({ ...question, name, servers: [ns1], connectTo });
      assert.deepEqual(answer, {
        server: ns1,
        outcome: "answered",
        records: [],
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
    const [answer] = await askEach({ ...question, servers: [ns1], connectTo });
    assert.equal(answer?.outcome === "answered" && answer.records.length, 40);
    assert.deepEqual(calls.sort(), ["MX contoso.com", "MX contoso.com", "NS contoso.com", "SOA contoso.com"]);
  });

  it("asks for a name that is not ASCII, in either spelling, as DNS has it", async () => {
    const { connectTo } = await start([mailMx, { ...mailMx, name: "grüße", content: "mail.müller.example" }]);
    for (const name of ["grüße.contoso.com", "xn--gre-6ka8l.contoso.com"]) {
      const [answer] = await askEach({ ...question, name, servers: [ns1], connectTo });
      assert.deepEqual(answer?.outcome === "answered" && answer.records, ["10 mail.xn--mller-kva.example"]);
    }
  });

  it("says of an alias that it has no MX", async () => {
    const { connectTo } = await start([mailMx, { name: "www", type: "CNAME", content: "contoso.com" }]);
    assert.deepEqual(await askEach({ ...question, name: "www.contoso.com", servers: [ns1], connectTo }), [
      { server: ns1, outcome: "failed", why: `${ns1} says that www.contoso.com is an alias (CNAME) of contoso.com; an alias has no MX.` },
    ]);
  });

  for (const { type, content, data } of [
    { type: "A", content: "192.0.2.1", data: "192.0.2.1" },
    { type: "AAAA", content: "2001:db8::1", data: "2001:db8::1" },
    { type: "CNAME", content: "Mail.contoso.com", data: "mail.contoso.com" },
    { type: "TXT", content: '"v=spf1 mx -all"', data: '"v=spf1 mx -all"' },
  ] as const) {
    it(`gives ${type} records as they are written`, async () => {
      const { connectTo } = await start([{ name: "www", type, content, ttl: 300 }]);
      const [answer] = await askEach({ ...question, name: "www.contoso.com", type, servers: [ns1], connectTo });
      assert.deepEqual(answer?.outcome === "answered" && [answer.records, answer.ttlSeconds], [[data], 300]);
    });
  }

  it("says of a server that refuses that it does not serve the zone", async () => {
    const { connectTo } = await start();
    assert.deepEqual(await askEach({ ...question, name: "fabrikam.com", zone: "fabrikam.com", servers: [ns1], connectTo }), [
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
      const [one, other] = await askEach({ ...question, servers: [ns1, ns2], connectTo, timeoutMs: 300 });
      assert.deepEqual([one, other?.outcome], [{ server: ns1, outcome: "failed", why }, "answered"], what);
    }
  });

  it("takes an answer that is slow", async () => {
    const { connectTo } = await start();
    faults.add({ when: { edge: "dns", server: ns1, call: "SOA contoso.com" }, what: "slow" });
    const asking = askEach({ ...question, servers: [ns1], connectTo });
    while (faults.pending.length > 0) await askEach({ ...question, servers: [ns2], connectTo });
    pass(world.events, 4);
    assert.equal((await asking)[0]?.outcome, "answered");
  });

  it("stops when its caller does, with the caller's reason", async () => {
    const { connectTo } = await start();
    const controller = new AbortController();
    faults.add({ when: { edge: "dns", server: ns1, call: "MX contoso.com" }, what: "timeOut" });
    const asking = askEach({ ...question, servers: [ns1], connectTo, timeoutMs: 60_000, signal: controller.signal });
    while (faults.pending.length > 0) await askEach({ ...question, servers: [ns2], connectTo });
    controller.abort(new Error("cancelled by the operator"));
    await assert.rejects(asking, new Error("cancelled by the operator"));
    await assert.rejects(askEach({ ...question, servers: [ns2], signal: controller.signal }), new Error("cancelled by the operator"));
  });
});

describe("a zone's name servers", () => {
  it("are sorted, in lower case, each once", async () => {
    const never = () => Promise.reject(new Error("not asked"));
    const nameServers = async () => ["NS2.contoso-dns.net.", "ns1.contoso-dns.net", "ns2.contoso-dns.net"];
    const capabilities = never;
    const sets: RecordSets = { observe: never, replace: never, nameServers, capabilities };
    assert.deepEqual(await nameServersOf(sets), [ns1, ns2]);
  });
});
