// How the Cloudflare adapter fails: each refusal and fault of the lab's Cloudflare as one DnsError, whole sentences compared, the token in none.
import assert from "node:assert/strict";
import { type CloudflareLab, type RunningCloudflare, startCloudflare } from "../../../lab/serve/cloudflare.ts";
import { FaultScript } from "../../../lab/serve/faults.ts";
import type { RecordSets } from "../../../provider/dns/record-sets.ts";
import { failure } from "../../support/dns-failure.ts";
import { dnsWorld, labToken, mailMx, mxSet, setsAt } from "../../support/dns-lab.ts";

const [mail, buffer] = ["10 mail.contoso.com", "10 buffer.contoso-mail.net"];

describe("Cloudflare says no:", () => {
  let running: RunningCloudflare | undefined;
  const world = () => dnsWorld();
  let { zones, events } = world();

  async function lab(options: Partial<CloudflareLab> = {}): Promise<string> {
    ({ zones, events } = world());
    running = await startCloudflare({ zones, token: labToken, ...options });
    return running.baseUrl;
  }

  function sets(baseUrl: string, zone = "contoso.com", token = labToken): RecordSets {
    return setsAt(baseUrl, { zone, token });
  }

  async function found(at: RecordSets, name = "contoso.com"): Promise<readonly string[] | undefined> {
    return (await at.observe(name, "MX"))?.records.map(({ data }) => data);
  }

  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });

  it("a zone that is not there", async () => {
    assert.deepEqual(await failure(sets(await lab(), "contso.com").observe("contso.com", "MX")), {
      reason: "notFound",
      message: 'Cloudflare: there is no zone "contso.com" that this token may see',
      retryAfterMs: undefined,
    });
  });

  it("a zone that is not in use", async () => {
    const baseUrl = await lab();
    zones.addZone({ name: "contoso.de", status: "pending" });
    assert.deepEqual(await failure(sets(baseUrl, "contoso.de").observe("contoso.de", "MX")), {
      reason: "rejected",
      message:
        'Cloudflare: zone "contoso.de" is pending, not active, so nothing that is written there has an effect on the Internet. Activate it with the domain\'s registrar first.',
      retryAfterMs: undefined,
    });
  });

  it("a zone that is kept elsewhere", async () => {
    const baseUrl = await lab();
    zones.addZone({ name: "contoso.de", type: "secondary" });
    assert.deepEqual(await failure(sets(baseUrl, "contoso.de").observe("contoso.de", "MX")), {
      reason: "rejected",
      message:
        'Cloudflare: zone "contoso.de" is of type secondary, not full, so Cloudflare does not decide its MX. Change them where the zone is kept.',
      retryAfterMs: undefined,
    });
  });

  it("two zones of one name, unless only one is in use", async () => {
    const baseUrl = await lab();
    const twins = [zones.addZone({ name: "contoso.de" }), zones.addZone({ name: "contoso.de", records: [mailMx] })];
    const { message } = await failure(sets(baseUrl, "contoso.de").observe("contoso.de", "MX"));
    const ids = twins.map(({ id }) => id).join(" and ");
    assert.equal(message, `Cloudflare: this token sees several zones "contoso.de": ${ids}. Use a token that is limited to one of them.`);
    zones.addZone({ name: "contoso.org", status: "moved" });
    zones.addZone({ name: "contoso.org", records: [mailMx] });
    assert.deepEqual(await found(sets(baseUrl, "contoso.org"), "contoso.org"), [mail]);
  });

  it("a TTL out of range", async () => {
    assert.deepEqual(
      await failure(
        sets(await lab()).replace({ ...mxSet(3600), name: "sub.contoso.com" }, { ...mxSet(30, buffer), name: "sub.contoso.com" }),
      ),
      {
        reason: "rejected",
        message:
          "Cloudflare: adding MX 10 buffer.contoso-mail.net to sub.contoso.com: TTL must be between 60 and 86400 seconds, or 1 for Automatic (9021)",
        retryAfterMs: undefined,
      },
    );
  });

  it("a note that is too long, with the chain of its reasons", async () => {
    const { message } = await failure(sets(await lab()).replace(mxSet(3600, mail), mxSet(300, [mail, "x".repeat(101)])));
    assert.equal(
      message,
      "Cloudflare: setting the TTL of the MX of contoso.com to 300 s, and their notes: DNS Validation Error (1004): Comment must have at most 100 characters (9300)",
    );
  });

  it("a record that Email Routing keeps", async () => {
    const baseUrl = await lab();
    zones.addZone({ name: "contoso.de", records: [{ ...mailMx, readOnly: true }] });
    assert.deepEqual(
      await failure(
        sets(baseUrl, "contoso.de").replace({ ...mxSet(3600, mail), name: "contoso.de" }, { ...mxSet(3600), name: "contoso.de" }),
      ),
      {
        reason: "rejected",
        message:
          "Cloudflare: removing MX 10 mail.contoso.com from contoso.de: This record is managed by Email Routing. Unlock it there to change it (1046)",
        retryAfterMs: undefined,
      },
    );
  });

  it("a token that nobody has issued", async () => {
    const token = "z".repeat(40);
    assert.deepEqual(await failure(sets(await lab(), "contoso.com", token).observe("contoso.com", "MX"), token), {
      reason: "denied",
      message:
        'Cloudflare: looking up zone contoso.com: Authentication error (10000). The token needs the permission "Zone Read" for this zone.',
      retryAfterMs: undefined,
    });
  });

  it("a token of a form that none has", async () => {
    const token = "much-too-short";
    assert.deepEqual(await failure(sets(await lab(), "contoso.com", token).observe("contoso.com", "MX"), token), {
      reason: "denied",
      message:
        'Cloudflare: looking up zone contoso.com: Invalid request headers (6003): Invalid format for Authorization header (6111). The token needs the permission "Zone Read" for this zone.',
      retryAfterMs: undefined,
    });
  });

  for (const token of [`${labToken}\n`, "", `${labToken}ä`]) {
    it(`a token that cannot be sent (${token.length} characters) is not sent`, async () => {
      const shown = token === "" ? "no token at all" : token.trim();
      assert.deepEqual(await failure(sets(await lab(), "contoso.com", token).observe("contoso.com", "MX"), shown), {
        reason: "denied",
        message: "Cloudflare: the token for contoso.com is empty or has characters that no token has",
        retryAfterMs: undefined,
      });
    });
  }

  it("a token that may not list records, or only list them", async () => {
    const blind = "b".repeat(40);
    const reader = "r".repeat(40);
    const baseUrl = await lab({
      otherTokens: new Map([
        [blind, ["Zone Read"]],
        [reader, ["Zone Read", "DNS Read"]],
      ]),
    });
    assert.deepEqual(await failure(sets(baseUrl, "contoso.com", blind).observe("contoso.com", "MX"), blind), {
      reason: "denied",
      message:
        'Cloudflare: listing the MX records of zone contoso.com: Unauthorized to access requested resource (9109). The token needs the permission "DNS Read" for this zone.',
      retryAfterMs: undefined,
    });
    const readOnly = sets(baseUrl, "contoso.com", reader);
    assert.deepEqual(await found(readOnly), [mail]);
    const { message } = await failure(readOnly.replace(mxSet(3600, mail), mxSet(3600, mail, buffer)), reader);
    assert.equal(
      message,
      'Cloudflare: adding MX 10 buffer.contoso-mail.net to contoso.com: Unauthorized to access requested resource (9109). The token needs the permission "DNS Edit" for this zone.',
    );
  });

  it("too many requests, and when it may be asked again", async () => {
    const baseUrl = await lab();
    const throttled = sets(baseUrl);
    await throttled.observe("contoso.com", "MX");
    const headers = { authorization: `Bearer ${labToken}` };
    for (let count = 2; count < 1_200; count++) await (await fetch(`${baseUrl}/zones`, { headers })).arrayBuffer();
    events.advanceTo(events.now() + 60_000);
    assert.deepEqual(await failure(throttled.observe("contoso.com", "MX")), {
      reason: "throttled",
      message: "Cloudflare: listing the MX records of zone contoso.com: Please wait and consider throttling your request speed (971)",
      retryAfterMs: 300_000,
    });
    events.advanceTo(events.now() + 300_000);
    assert.deepEqual(await found(throttled), [mail]);
  });

  const faults = [
    { what: "refused", reason: "serverError", message: "Cloudflare: listing the MX records of zone contoso.com: HTTP 503" },
    {
      what: "wrongAnswer",
      reason: "invalidAnswer",
      message: "Cloudflare: listing the MX records of zone contoso.com: the list has items that are not of this API",
    },
    {
      what: "cutBefore",
      reason: "unreachable",
      message: "Cloudflare: listing the MX records of zone contoso.com: no connection (UND_ERR_SOCKET)",
    },
    { what: "timeOut", reason: "timedOut", message: "Cloudflare: listing the MX records of zone contoso.com: no answer in time" },
  ] as const;
  for (const { what, reason, message } of faults) {
    it(`a listing that meets "${what}" is an error, never an empty set, and is not repeated by itself`, async () => {
      const script = new FaultScript();
      const baseUrl = await lab({ faults: script });
      const quick = setsAt(baseUrl, what === "timeOut" ? { timeoutMs: 200 } : {});
      await quick.nameServers();
      script.add({ when: { edge: "cloudflare", call: "GET dns_records" }, what });
      assert.deepEqual(await failure(quick.observe("contoso.com", "MX")), { reason, message, retryAfterMs: undefined });
      assert.deepEqual(await found(quick), [mail]);
    });
  }
});
