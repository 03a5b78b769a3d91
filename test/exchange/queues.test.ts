// How queues are read, and which of them empty by waiting.
import assert from "node:assert/strict";
import { deliveryOf, getQueues, type Queue } from "../../provider/exchange/queues.ts";
import { psEnum } from "../../provider/remoting/clixml/build.ts";
import { answering, now } from "../support/fake-organisation.ts";

const submission = {
  Identity: "EX01\\Submission",
  DeliveryType: "Undefined",
  NextHopDomain: "Submission",
  Status: "Ready",
  MessageCount: 3,
};

describe("the queues of a server", () => {
  it("are asked of that server, all of them", async () => {
    const { organisation, calls } = answering(submission);
    await getQueues(organisation, "ex01", now);
    assert.deepEqual(calls, [
      { server: "ex01", endpoint: "exchange", cmdlet: "Get-Queue", parameters: { Server: "ex01", ResultSize: "Unlimited" } },
    ]);
  });

  it("come with what they are, enums by name, and an error only where there was one", async () => {
    const { organisation } = answering(submission, {
      Identity: "EX01\\17",
      DeliveryType: psEnum("Microsoft.Exchange.Data.QueueViewer.DeliveryType", "SmartHostConnectorDelivery", 7),
      NextHopDomain: "smarthost.contoso.net",
      Status: psEnum("Microsoft.Exchange.Data.QueueViewer.QueueStatus", "Retry", 3),
      MessageCount: 47,
      LastError: "451 4.4.0 timed out",
    });
    assert.deepEqual(await getQueues(organisation, "ex01", now), [
      { identity: "EX01\\Submission", deliveryType: "Undefined", nextHop: "Submission", status: "Ready", messageCount: 3, lastError: "" },
      {
        identity: "EX01\\17",
        deliveryType: "SmartHostConnectorDelivery",
        nextHop: "smarthost.contoso.net",
        status: "Retry",
        messageCount: 47,
        lastError: "451 4.4.0 timed out",
      },
    ]);
  });

  it("without a count are no queues: the sentence names cmdlet and property", async () => {
    const { MessageCount: _, ...rest } = submission;
    await assert.rejects(getQueues(answering(rest).organisation, "ex01", now), {
      reason: "invalidAnswer",
      message: "Get-Queue: an object without MessageCount came back (it has Identity, DeliveryType, NextHopDomain, Status)",
    });
  });

  it("of two servers are two readings", async () => {
    const { organisation, calls } = answering(submission);
    for (const server of ["ex01", "ex02", "ex01"]) await getQueues(organisation, server, { maxAgeMs: 60_000 });
    assert.deepEqual(
      calls.map(({ server }) => server),
      ["ex01", "ex02"],
    );
  });
});

describe("the delivery of a queue", () => {
  const rows: readonly (readonly [string, string, string, ReturnType<typeof deliveryOf>])[] = [
    ["EX01\\Submission", "Undefined", "Submission", "leaves"],
    ["EX01\\12", "SmtpDeliveryToMailbox", "db01", "leaves"],
    ["EX01\\17", "SmartHostConnectorDelivery", "smarthost.contoso.net", "leaves"],
    ["EX01\\18", "DnsConnectorDelivery", "poison.example", "leaves"],
    ["EX01\\19", "DnsConnectorDelivery", "shadow.example", "leaves"],
    ["EX01\\Poison", "Undefined", "Poison Message", "poison"],
    ["EX01\\Poison", "Undefined", "", "poison"],
    ["EX01\\20", "Undefined", "Poison Message", "poison"],
    ["EX01\\Shadow\\3", "ShadowRedundancy", "ex03.contoso.local", "shadow"],
    ["EX01\\21", "ShadowRedundancy", "ex03.contoso.local", "shadow"],
    ["EX01\\shadow\\3", "Undefined", "ex03.contoso.local", "shadow"],
    ["EX01\\Unreachable", "Unreachable", "Unreachable Domain", "unreachable"],
    ["EX01\\22", "Unreachable", "Unreachable Domain", "unreachable"],
    ["EX01\\Unreachable", "Undefined", "", "unreachable"],
  ];
  for (const [identity, deliveryType, nextHop, delivery] of rows) {
    it(`${identity} to "${nextHop}" by ${deliveryType}: ${delivery}`, () => {
      const queue: Queue = { identity, deliveryType, nextHop, status: "Ready", messageCount: 1, lastError: "" };
      assert.equal(deliveryOf(queue), delivery);
    });
  }
});
