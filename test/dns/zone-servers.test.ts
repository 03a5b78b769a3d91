// Who serves a zone: told by the DNS API, by the zone above and by the zone itself. The way from the root is walked at the lab's servers and at BIND.
import assert from "node:assert/strict";
import { type RunningDns, startDns } from "../../lab/serve/dns.ts";
import { askOne } from "../../provider/dns/authoritative.ts";
import { askEverywhere, delegationOf } from "../../provider/dns/zone-servers.ts";
import { startBind } from "../support/bind.ts";
import { bufferMx, type DnsWorld, dnsWorld, pass } from "../support/dns-lab.ts";
import { commandAvailable, requireJudge } from "../support/judges.ts";

const [ns1, ns2, other, root] = ["ns1.contoso-dns.net", "ns2.contoso-dns.net", "ns9.other-dns.example", "a.root-servers.net"];

describe("all servers of a zone", () => {
  let world: DnsWorld;
  let running: RunningDns | undefined;

  beforeEach(() => {
    world = dnsWorld();
  });

  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });

  async function asked(listed: readonly string[] = [ns1, ns2]) {
    running ??= await startDns({ zones: world.zones });
    const { connectTo } = running;
    const question = { name: "contoso.com", type: "MX", zone: "contoso.com", connectTo } as const;
    return askEverywhere(listed, { one: (server) => askOne(server, question), delegation: () => delegationOf(question) });
  }

  const names = (answers: readonly { readonly server: string }[]) => answers.map(({ server }) => server);

  it("are those that the API lists, where nobody names others", async () => {
    assert.deepEqual(names(await asked()), [ns1, ns2]);
  });

  it("are found where the API lists none", async () => assert.deepEqual(names(await asked([])), [ns1, ns2]));

  for (const namedBy of ["parent", "zone"] as const) {
    it(`are also one that only the ${namedBy} names, and it is waited for when it follows`, async () => {
      world.zones.addServer(world.zone.id, { name: other, serves: "follows", namedBy });
      const answers = await asked();
      assert.deepEqual([names(answers), answers.flatMap((answer) => ("zoneFrom" in answer ? answer.server : []))], [[ns1, ns2, other], []]);
      world.zones.create(world.zone.id, bufferMx);
      pass(world.events, 60);
      const records = (await asked()).map((answer) => answer.outcome === "answered" && answer.records.length);
      assert.deepEqual(records, [2, 2, 2]);
    });

    it(`are also one that only the ${namedBy} names and that has the zone from elsewhere`, async () => {
      world.zones.addServer(world.zone.id, { name: other, serves: "keeps", namedBy });
      const zoneFrom = (await asked()).map((answer) => answer.outcome === "answered" && answer.zoneFrom);
      assert.deepEqual(zoneFrom, [undefined, undefined, other]);
    });

    it(`are also one that only the ${namedBy} names and that does not serve it`, async () => {
      world.zones.addServer(world.zone.id, { name: other, serves: "nothing", namedBy });
      const why = `${other} answers REFUSED: it does not serve contoso.com.`;
      assert.deepEqual((await asked()).slice(2), [{ server: other, outcome: "failed", why }]);
    });
  }

  it("are not known when the zone above does not know the zone, nor when nobody there answers", async () => {
    running = await startDns({ zones: world.zones });
    const { connectTo } = running;
    const nobody = `${root} answers NXDOMAIN and knows nobody who serves fabrikam.com.`;
    assert.deepEqual(await delegationOf({ zone: "fabrikam.com", connectTo }), { outcome: "failed", server: root, why: nobody });
    const silent = Object.fromEntries([..."abc"].map((letter) => [`${letter}.root-servers.net:53`, "127.0.0.1:1"]));
    const failed = await delegationOf({ zone: "contoso.com", connectTo: silent });
    const why = "c.root-servers.net cannot be reached at 127.0.0.1 port 1 (ECONNREFUSED). It was asked who serves contoso.com.";
    assert.deepEqual(failed, { outcome: "failed", server: "c.root-servers.net", why });
    const answers = await askEverywhere([ns1], {
      one: async (server) => ({ answer: { server, outcome: "failed", why: "" }, nameServers: [] }),
      delegation: async () => failed,
    });
    assert.deepEqual(answers.at(-1), { ...failed, isAbove: true });
    assert.deepEqual(names(answers), [ns1, "c.root-servers.net"]);
  });
});

describe("BIND as the zone above", () => {
  it("refers from zone to zone down to the one that is asked for, and a dead server there is passed over", async function () {
    requireJudge(this, "named", commandAvailable("named"));
    const start = "$TTL 3600\n@ IN SOA ns.example. root.example. 1 1 1 1 1\n@ IN NS ns.example.\n";
    const above = await startBind("com", `${start}contoso IN NS ns1.contoso-dns.net.\ncontoso IN NS ns2.contoso-dns.net.\n`);
    const top = await startBind("net", `${start}`);
    try {
      const connectTo = { "a.root-servers.net:53": "127.0.0.1:1", "b.root-servers.net:53": `127.0.0.1:${above.port}` };
      assert.deepEqual(await delegationOf({ zone: "contoso.com", connectTo }), { outcome: "known", servers: [ns1, ns2] });
      const unknown = await delegationOf({ zone: "fabrikam.com", connectTo });
      assert.deepEqual(
        unknown.outcome === "failed" && unknown.why,
        "b.root-servers.net answers NXDOMAIN and knows nobody who serves fabrikam.com.",
      );
      const refuses = await delegationOf({
        zone: "contoso.com",
        connectTo: { ...connectTo, "b.root-servers.net:53": `127.0.0.1:${top.port}`, "c.root-servers.net:53": `127.0.0.1:${above.port}` },
      });
      assert.equal(refuses.outcome, "known");
    } finally {
      await above.stop();
      await top.stop();
    }
  });
});
