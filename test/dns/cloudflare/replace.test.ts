// The Cloudflare adapter against the lab's Cloudflare: a set replaced by another, and only while it is what was expected.
import assert from "node:assert/strict";
import type { RecordDraft } from "../../../lab/world/zone-records.ts";
import type { RecordSet } from "../../../provider/dns/record-sets.ts";
import { cloudflareSite as site, stopCloudflareSite } from "../../support/cloudflare-site.ts";
import { bufferMx, mailMx, mxSet } from "../../support/dns-lab.ts";

const [mail, mail2, buffer] = ["10 mail.contoso.com", "20 mx2.contoso.com", "10 buffer.contoso-mail.net"];
const mail2Mx: RecordDraft = { ...mailMx, content: "mx2.contoso.com", priority: 20 };

describe("record sets at Cloudflare, replaced", () => {
  afterEach(stopCloudflareSite);

  const look = ["GET zones", "GET dns_records"];

  it("get a record as it alone, with TTL and remark, or without", async () => {
    const { sets, asked, kept } = await site();
    await sets.replace(mxSet(3600, mail), mxSet(3600, mail, [buffer, "pause of berlin"]));
    assert.deepEqual(asked, [...look, "POST dns_records"]);
    const sub = { ...mxSet(60, buffer), name: "sub.contoso.com" };
    await sets.replace({ ...sub, records: [] }, sub);
    assert.deepEqual(kept(), [
      "contoso.com 10 mail.contoso.com 3600 null",
      "contoso.com 10 buffer.contoso-mail.net 3600 pause of berlin",
      "sub.contoso.com 10 buffer.contoso-mail.net 60 null",
    ]);
  });

  it("lose a record alone, and no other", async () => {
    const { sets, asked, kept } = await site({ records: [mailMx, mail2Mx, { ...mailMx, name: "sub" }] });
    await sets.replace(mxSet(3600, mail, mail2), mxSet(3600, mail2));
    assert.deepEqual(kept(), ["contoso.com 20 mx2.contoso.com 3600 null", "sub.contoso.com 10 mail.contoso.com 3600 null"]);
    assert.deepEqual(asked, [...look, "DELETE dns_records"]);
  });

  it("get another TTL and other remarks in one batch, cleared where none is wanted", async () => {
    const records = [{ ...mailMx, comment: "old" }, mail2Mx, { ...mailMx, name: "sub", comment: "left alone" }];
    const { sets, asked, kept } = await site({ records });
    await sets.replace(mxSet(3600, [mail, "old"], mail2), mxSet(300, mail, [mail2, "pause"]));
    assert.deepEqual(kept(), [
      "contoso.com 10 mail.contoso.com 300 null",
      "contoso.com 20 mx2.contoso.com 300 pause",
      "sub.contoso.com 10 mail.contoso.com 3600 left alone",
    ]);
    assert.deepEqual(asked, [...look, "POST dns_records/batch"]);
  });

  it("are given what they are to bear besides, made anew or not, and else bear on what they bore", async () => {
    const { sets, zones, zone, asked } = await site();
    zones.changePlan(zone.id, "enterprise");
    const tagged = (data: string, ...tags: readonly string[]) => ({ data, attributes: { tags } });
    const set = (...records: readonly RecordSet["records"][number][]) => ({ ...mxSet(3600), records });
    const tags = () => [...zone.records.values()].map((record) => [record.content, ...record.tags].join(" "));
    await sets.replace(mxSet(3600, mail), set({ data: mail }, tagged(mail2, "team:mail")));
    assert.deepEqual(tags(), ["mail.contoso.com", "mx2.contoso.com team:mail"]);
    await sets.replace(mxSet(3600, mail, mail2), set(tagged(mail, "team:mail"), { data: mail2 }));
    assert.deepEqual(tags(), ["mail.contoso.com team:mail", "mx2.contoso.com team:mail"]);
    await sets.replace(mxSet(3600, mail, mail2), mxSet(300, mail, mail2));
    assert.deepEqual(tags(), ["mail.contoso.com team:mail", "mx2.contoso.com team:mail"]);
    const before = asked.length;
    await sets.replace(mxSet(3600), { ...set(tagged(mail, "team:mail"), { data: mail2 }), ttlSeconds: 300 });
    assert.deepEqual(asked.slice(before), ["GET dns_records"]);
  });

  it("become another set altogether in one batch, and all records get the one TTL", async () => {
    const { sets, asked, kept } = await site({ records: [mailMx, { ...mail2Mx, ttl: 60 }] });
    await sets.replace(mxSet(3600, mail, mail2), mxSet(3600, mail2, buffer));
    assert.deepEqual(kept(), ["contoso.com 20 mx2.contoso.com 3600 null", "contoso.com 10 buffer.contoso-mail.net 3600 null"]);
    assert.deepEqual(asked, [...look, "POST dns_records/batch"]);
  });

  it("stay as they are when they are what is wanted, and nobody is asked for leave", async () => {
    const { sets, asked } = await site({ records: [mail2Mx, mailMx] });
    const beforeSend = () => Promise.reject(new Error("nothing is to be sent"));
    await sets.replace(mxSet(3600), mxSet(3600, mail, mail2), { beforeSend });
    await sets.replace(mxSet(60), { ...mxSet(300), name: "sub.contoso.com" }, { beforeSend });
    assert.deepEqual(asked, ["GET zones", "GET dns_records", "GET dns_records"]);
  });

  for (const [what, expected] of [
    ["another record", mxSet(3600, mail)],
    ["one record less", mxSet(3600, mail, mail2, buffer)],
    ["another TTL", mxSet(300, mail, mail2)],
    ["another remark", mxSet(3600, mail, [mail2, "pause"])],
    ["a set", mxSet(3600)],
  ] as const) {
    it(`are left as they are when what is there is not what was expected: ${what}`, async () => {
      const { sets, asked } = await site({ records: [mailMx, mail2Mx] });
      await assert.rejects(sets.replace(expected, mxSet(60, buffer)), {
        name: "DnsError",
        reason: "changedMeanwhile",
        message:
          "Cloudflare: somebody has changed the MX of contoso.com meanwhile: it is now 10 mail.contoso.com, 20 mx2.contoso.com with TTL 3600. It is left as it is.",
      });
      assert.deepEqual(asked, look);
    });
  }

  it("are left as they are when they are gone", async () => {
    const { sets } = await site({ records: [] });
    await assert.rejects(sets.replace(mxSet(3600, mail), mxSet(300, mail)), {
      reason: "changedMeanwhile",
      message: "Cloudflare: somebody has changed the MX of contoso.com meanwhile: it is now gone. It is left as it is.",
    });
  });

  it("are not sent when leave is refused, which is asked for right before", async () => {
    const { sets, asked, kept } = await site();
    const beforeSend = async () => {
      assert.deepEqual(asked, look);
      throw new Error("not our turn");
    };
    await assert.rejects(sets.replace(mxSet(3600, mail), mxSet(300, mail), { beforeSend }), { message: "not our turn" });
    assert.deepEqual([asked, kept()], [look, ["contoso.com 10 mail.contoso.com 3600 null"]]);
  });

  for (const [call, wanted] of [
    ["POST dns_records", mxSet(3600, mail, mail2, buffer)],
    ["DELETE dns_records", mxSet(3600, mail)],
    ["POST dns_records/batch", mxSet(60, buffer)],
  ] as const) {
    it(`change nothing more when the answer to ${call} was lost and it is done again`, async () => {
      const { sets, faults, asked, kept } = await site({ records: [mailMx, mail2Mx] });
      faults.add({ when: { edge: "cloudflare", call }, what: "cutAfter" });
      await assert.rejects(sets.replace(mxSet(3600, mail, mail2), wanted), { reason: "unreachable" });
      const done = kept();
      await sets.replace(mxSet(3600, mail, mail2), wanted);
      assert.deepEqual([kept(), asked], [done, [...look, call, "GET dns_records"]]);
    });
  }

  for (const code of [81057, 81058] as const) {
    it(`take a record for added that somebody else has added in between (${code}), after looking again`, async () => {
      const here = await site({ identity: { countsPriority: true, code } });
      here.meanwhile = () => here.zones.create(here.zone.id, { ...bufferMx, ttl: 3600 });
      await here.sets.replace(mxSet(3600, mail), mxSet(3600, mail, buffer));
      assert.deepEqual([here.zone.records.size, here.asked], [2, [...look, "POST dns_records", "GET dns_records"]]);
    });
  }

  it("take a record for removed that somebody else has removed in between, after looking again", async () => {
    const here = await site({ records: [mailMx, mail2Mx] });
    const [, id = ""] = here.zone.records.keys();
    here.meanwhile = () => here.zones.delete(here.zone.id, id);
    await here.sets.replace(mxSet(3600, mail, mail2), mxSet(3600, mail));
    assert.deepEqual([here.zone.records.size, here.asked], [1, [...look, "DELETE dns_records", "GET dns_records"]]);
  });

  it("are not taken for done when somebody else has added the record in between with another TTL", async () => {
    const here = await site();
    here.meanwhile = () => here.zones.create(here.zone.id, bufferMx);
    await assert.rejects(here.sets.replace(mxSet(3600, mail), mxSet(3600, mail, buffer)), { reason: "changedMeanwhile" });
  });

  it("do not take another record for the one to be added, whatever Cloudflare calls identical", async () => {
    const { sets } = await site({ identity: { countsPriority: false, code: 81058 } });
    await assert.rejects(sets.replace(mxSet(3600, mail), mxSet(3600, mail, "20 mail.contoso.com")), {
      name: "DnsError",
      reason: "rejected",
      message: "Cloudflare: adding MX 20 mail.contoso.com to contoso.com: An identical record already exists (81058)",
    });
  });
});
