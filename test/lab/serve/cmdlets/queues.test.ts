import assert from "node:assert/strict";
import { fill, minute, pass, second, serverOf } from "../../world/worlds.ts";
import { objects, pick, scene } from "./asking.ts";

describe("queues", () => {
  it("are those of the local server unless told, Submission always among them, Poison only where something is in it", async () => {
    const { exchange } = scene();
    const identities = async (server: string) =>
      (await objects(exchange("Get-Queue", {}, server))).map((one) => one.properties.get("Identity"));
    assert.deepEqual(await identities("ex01"), ["EX01\\Submission"]);
    assert.deepEqual(await identities("ex02"), ["EX02\\Submission", "EX02\\Poison"]);
    const [poison] = await objects(exchange("Get-Queue", { Identity: "EX02\\Poison" }));
    assert.deepEqual(pick(poison, "DeliveryType", "NextHopDomain", "MessageCount", "Status"), {
      DeliveryType: "Undefined",
      NextHopDomain: "Poison Message",
      MessageCount: 2,
      Status: "Active",
    });
  });

  it("show database, outside and shadow queues with what is in them and why it stays", async () => {
    const { world, exchange } = scene();
    world.site.outside.refuse("partner.example", { code: 421, text: "4.2.1 Unable to connect" });
    fill(world, "ex01", "orders@partner.example", 3);
    pass(world, 5 * second);
    const [queue] = await objects(exchange("Get-Queue", { Identity: "EX01\\partner.example" }));
    assert.deepEqual(
      pick(queue, "Identity", "DeliveryType", "NextHopCategory", "Status", "MessageCount", "RetryCount", "MessageCountsPerPriority"),
      {
        Identity: "EX01\\1",
        DeliveryType: "DnsConnectorDelivery",
        NextHopCategory: "External",
        Status: "Retry",
        MessageCount: 3,
        RetryCount: 1,
        MessageCountsPerPriority: [0, 3, 0, 0],
      },
    );
    assert.match(String(queue?.properties.get("LastError")), /^\[\{LRT=.*\};\{LED=451 4\.4\.0 /);
    const shadows = (await Promise.all(["ex03", "ex04"].map((server) => objects(exchange("Get-Queue", { Server: server }))))).flat();
    const shadow = shadows.find((one) => one.properties.get("DeliveryType") === "ShadowRedundancy");
    assert.deepEqual(pick(shadow, "NextHopDomain", "Identity"), { NextHopDomain: "ex01.contoso.local", Identity: shadow?.text });
    assert.match(shadow?.text ?? "", /^EX0[34]\\Shadow\\1$/);
  });

  it("are omitted for a while after the service started, or fail, as the world is switched (12.2)", async () => {
    for (const whileQueuesLoad of ["omits", "fails"] as const) {
      const { world, exchange } = scene({ switches: { whileQueuesLoad } });
      world.site.outside.refuse("partner.example", { code: 421, text: "no" });
      fill(world, "ex01", "orders@partner.example", 3);
      pass(world, 5 * second);
      const { services } = serverOf(world, "ex01");
      services.stop("MSExchangeTransport", false);
      const stopped = await exchange("Get-Queue", { Server: "ex01" });
      assert.match(stopped.errors[0]?.message ?? "", /RPC server is unavailable/);
      services.start("MSExchangeTransport");
      const { output, errors } = await exchange("Get-Queue", { Server: "ex01" });
      assert.deepEqual([output.length, errors.length], whileQueuesLoad === "omits" ? [1, 0] : [0, 1]);
      pass(world, minute);
      assert.equal((await objects(exchange("Get-Queue", { Server: "ex01" }))).length, 2);
    }
  });

  it("answer while the service is paused", async () => {
    const { world, exchange } = scene();
    serverOf(world, "ex01").services.pause("MSExchangeTransport");
    assert.equal((await objects(exchange("Get-Queue", { Server: "ex01" }))).length, 1);
  });

  it("give as many as ResultSize says, with a warning that there are more", async () => {
    const { exchange } = scene();
    const { output, warnings } = await exchange("Get-Queue", { Server: "ex02", ResultSize: 1 });
    assert.deepEqual([output.length, warnings.length], [1, 1]);
    assert.equal((await exchange("Get-Queue", { Server: "ex02", ResultSize: "Unlimited" })).output.length, 2);
  });

  it("in retry are tried again by Retry-Queue", async () => {
    const { world, exchange } = scene();
    world.site.outside.refuse("partner.example", { code: 421, text: "no" });
    fill(world, "ex01", "orders@partner.example", 3);
    pass(world, 5 * second);
    world.site.outside.refuse("partner.example", undefined);
    await objects(exchange("Retry-Queue", { Identity: "EX01\\partner.example", Confirm: false }));
    pass(world, second);
    assert.equal(world.ledger.totals().delivered, 3);
  });

  it("that somebody suspended take mail and let none go until they are resumed", async () => {
    const { world, exchange } = scene();
    await objects(exchange("Suspend-Queue", { Identity: "EX01\\Submission", Confirm: false }));
    fill(world, "ex01", "orders@partner.example", 3);
    pass(world, 5 * minute);
    const [submission] = await objects(exchange("Get-Queue", { Identity: "EX01\\Submission" }));
    assert.deepEqual(pick(submission, "Status", "MessageCount"), { Status: "Suspended", MessageCount: 3 });
    await objects(exchange("Resume-Queue", { Identity: "ex01\\submission", Confirm: false }));
    pass(world, 10 * second);
    assert.equal(world.ledger.totals().delivered, 3);
  });

  it("are emptied by Redirect-Message some seconds later, which needs running transport on both ends (12.4)", async () => {
    const { world, exchange } = scene();
    world.site.outside.refuse("smarthost.contoso.net", { code: 421, text: "no" });
    fill(world, "ex02", "friend@elsewhere.example", 4);
    pass(world, 5 * second);
    serverOf(world, "ex04").services.stop("MSExchangeTransport", false);
    const refused = await exchange("Redirect-Message", { Server: "ex02", Target: ["ex04.contoso.local"], Confirm: false });
    assert.match(refused.errors[0]?.message ?? "", /ex04\.contoso\.local.*RPC server is unavailable/);
    await objects(exchange("Redirect-Message", { Server: "ex02", Target: ["ex01.contoso.local"], Confirm: false }));
    pass(world, 10 * second);
    const counts = (await objects(exchange("Get-Queue", { Server: "ex02" }))).map((one) => [
      one.properties.get("NextHopDomain"),
      one.properties.get("MessageCount"),
    ]);
    assert.deepEqual(counts, [
      ["Submission", 0],
      ["Poison Message", 2],
      ["smarthost.contoso.net", 0],
    ]);
    const [target] = await objects(exchange("Get-Queue", { Identity: "EX01\\smarthost.contoso.net" }));
    assert.equal(target?.properties.get("MessageCount"), 4);
  });

  it("of a server that is off cannot be asked for", async () => {
    const { world, exchange } = scene();
    world.site.power("ex03", "off");
    const { errors } = await exchange("Get-Queue", { Server: "ex03" });
    assert.match(errors[0]?.fullyQualifiedErrorId ?? "", /GetQueueInfo$/);
  });
});
