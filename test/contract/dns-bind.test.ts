// askOne judged by BIND: rdata, TTL, authority, serial, TCP after a cut answer, and the ways in which a server fails.
import assert from "node:assert/strict";
import type { RecordType } from "../../provider/dns/record-sets.ts";
import { type RunningBind, startBind } from "../support/bind.ts";
import { askEach } from "../support/dns-lab.ts";
import { commandAvailable, requireJudge } from "../support/judges.ts";

const many = Array.from({ length: 60 }, (_, index) => `${index + 1} mx${index + 1}.many.contoso.com`);
const zoneFile = `$TTL 3600
@ IN SOA ns1.contoso-dns.net. hostmaster.contoso.com. 2026120403 10000 2400 604800 1800
@ IN NS ns1.contoso-dns.net.
@ 300 IN MX 10 Mail
@ 300 IN MX 20 buffer.contoso-mail.net.
mail IN A 192.0.2.25
mail IN AAAA 2001:DB8:0:0::25
_25._tcp.mail IN TLSA 3 1 1 ( D2ABDE240D7CD3EE6B4B28C54DF034B9
                              7983A1D16E8A410E4561CB106618E971 )
_mta-sts IN TXT "v=STSv1; id=\\"1\\";" "and a \\\\"
www IN CNAME mail
child IN NS ns.child
ns.child IN A 192.0.2.53
${many.map((data) => `many IN MX ${data}.\n${data.split(" ")[1]}. IN A 192.0.2.25`).join("\n")}
`;

describe("BIND, asked for records", () => {
  let bind: RunningBind | undefined;

  before(async function () {
    requireJudge(this, "named", commandAvailable("named"));
    bind = await startBind("contoso.com", zoneFile);
  });

  after(() => bind?.stop());

  async function ask(name: string, zone = "contoso.com", type: RecordType = "MX") {
    assert.ok(bind !== undefined);
    const [answer] = await askEach({
      name,
      type,
      zone,
      servers: ["ns1.contoso-dns.net"],
      connectTo: { "ns1.contoso-dns.net:53": `127.0.0.1:${bind.port}` },
    });
    assert.ok(answer !== undefined);
    return answer.outcome === "answered"
      ? { ...answer, records: [...answer.records].sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)) }
      : answer;
  }

  const server = "ns1.contoso-dns.net";
  const known = { server, outcome: "answered", authoritative: true, serial: 2026120403 } as const;

  it("gives rdata, TTL, authority and serial", async () => {
    const records = ["10 mail.contoso.com", "20 buffer.contoso-mail.net"];
    assert.deepEqual(await ask("Contoso.com."), { ...known, records, ttlSeconds: 300 });
  });

  for (const [type, name, data] of [
    ["A", "mail.contoso.com", "192.0.2.25"],
    ["AAAA", "mail.contoso.com", "2001:db8::25"],
    ["CNAME", "www.contoso.com", "mail.contoso.com"],
    ["TLSA", "_25._tcp.mail.contoso.com", "3 1 1 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971"],
    ["TXT", "_mta-sts.contoso.com", '"v=STSv1; id=\\"1\\";" "and a \\\\"'],
  ] as const) {
    it(`gives ${type} in the one spelling of a record set`, async () => {
      assert.deepEqual(await ask(name, "contoso.com", type), { ...known, records: [data], ttlSeconds: 3_600 });
    });
  }

  it("gives a set that does not fit UDP over TCP, as a whole", async () => {
    assert.deepEqual(await ask("many.contoso.com"), { ...known, records: many, ttlSeconds: 3_600 });
  });

  it("gives an empty set for a name without MX and for one that is not there", async () => {
    assert.deepEqual(await ask("mail.contoso.com"), { ...known, records: [], ttlSeconds: 1_800 });
    assert.deepEqual(await ask("nothing.contoso.com"), { ...known, records: [], ttlSeconds: 1_800 });
  });

  it("is without authority for a name that it has handed to others", async () => {
    assert.deepEqual(await ask("child.contoso.com"), { ...known, authoritative: false, records: [], ttlSeconds: 1_800 });
  });

  it("says that a name is an alias", async () => {
    const why = `${server} says that www.contoso.com is an alias (CNAME) of mail.contoso.com; an alias has no MX.`;
    assert.deepEqual(await ask("www.contoso.com"), { server, outcome: "failed", why });
  });

  it("refuses a zone that it does not serve", async () => {
    assert.deepEqual(await ask("fabrikam.com", "fabrikam.com"), {
      server,
      outcome: "failed",
      why: `${server} answers REFUSED: it does not serve fabrikam.com.`,
    });
  });

  it("has no SOA for a name that is not a zone", async () => {
    assert.deepEqual(await ask("mail.contoso.com", "mail.contoso.com"), {
      server,
      outcome: "failed",
      why: `${server} has no SOA of mail.contoso.com: it does not serve that zone.`,
    });
  });

  it("fails when it is gone, and the others still answer", async () => {
    const gone = await startBind("contoso.com", zoneFile);
    await gone.stop();
    assert.ok(bind !== undefined);
    const connectTo = { "ns1.contoso-dns.net:53": `127.0.0.1:${bind.port}`, "ns2.contoso-dns.net:53": `127.0.0.1:${gone.port}` };
    const servers = ["ns2.contoso-dns.net", server];
    const [dead, alive] = await askEach({ name: "contoso.com", type: "MX", zone: "contoso.com", servers, connectTo });
    const why = `ns2.contoso-dns.net cannot be reached at 127.0.0.1 port ${gone.port} (ECONNREFUSED).`;
    assert.deepEqual([dead, alive?.outcome], [{ server: "ns2.contoso-dns.net", outcome: "failed", why }, "answered"]);
  });
});
