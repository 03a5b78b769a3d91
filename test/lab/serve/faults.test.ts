import { deepEqual, equal, throws } from "node:assert/strict";
import { type Fault, FaultScript } from "../../../lab/serve/faults.ts";

const cut: Fault = { when: { edge: "wsman", server: "ex01", call: "Get-Queue" }, what: "cutBefore" };

describe("a fault script", () => {
  it("gives a fault to the call it names, once", () => {
    const script = scriptOf(cut);
    equal(script.take("wsman", "ex01", "Get-Queue"), cut);
    equal(script.take("wsman", "ex01", "Get-Queue"), undefined);
  });

  for (const [what, edge, server, call] of [
    ["edge", "dns", "ex01", "Get-Queue"],
    ["server", "wsman", "ex02", "Get-Queue"],
    ["call", "wsman", "ex01", "Get-Service"],
  ] as const)
    it(`keeps a fault from a call of another ${what}`, () => {
      const script = scriptOf(cut);
      equal(script.take(edge, server, call), undefined);
      deepEqual(script.pending, [cut]);
    });

  it("compares servers and calls without case", () => {
    equal(scriptOf(cut).take("wsman", "EX01", "get-queue"), cut);
  });

  it("takes a fault without server and call for any", () => {
    const any: Fault = { when: { edge: "smtp" }, what: "refused" };
    equal(scriptOf(any).take("smtp", "mail.contoso.com", "RCPT"), any);
  });

  it("waits for the nth fitting call since the fault was added", () => {
    const third: Fault = { when: { edge: "wsman", call: "Get-Queue", nth: 3 }, what: "slow" };
    const script = scriptOf(third);
    const taken = ["Get-Queue", "Get-Service", "Get-Queue", "Get-Queue", "Get-Queue"].map((call) => script.take("wsman", "ex01", call));
    deepEqual(taken, [undefined, undefined, undefined, third, undefined]);
  });

  it("gives a fault that names a request to that request, and never to a cmdlet", () => {
    const atReceive: Fault = { when: { edge: "wsman", server: "ex01", request: "Receive" }, what: "commandLost" };
    const script = scriptOf(atReceive);
    equal(script.take("wsman", "ex01", "Get-Queue"), undefined);
    equal(script.takeRequest("ex01", "Command"), undefined);
    equal(script.takeRequest("ex02", "Receive"), undefined);
    equal(script.takeRequest("EX01", "Receive"), atReceive);
    equal(script.takeRequest("ex01", "Receive"), undefined);
  });

  it("never gives a fault that names no request to a request", () => {
    const script = scriptOf(cut, { when: { edge: "wsman" }, what: "slow" });
    equal(script.takeRequest("ex01", "Command"), undefined);
    equal(script.pending.length, 2);
  });

  for (const [fault, says] of [
    [{ when: { edge: "dns" }, what: "loadQuota" }, "the fault loadQuota is of the edge wsman, and was scripted for dns"],
    [{ when: { edge: "smtp", request: "Send" }, what: "cutAfter" }, "the fault cutAfter is of the edge wsman, and was scripted for smtp"],
    [
      { when: { edge: "wsman", call: "Get-Queue", request: "Command" }, what: "slow" },
      "the fault slow names the call Get-Queue and the request Command: one of them",
    ],
    [{ when: { edge: "wsman", call: "Get-Queue" }, what: "poolBroken" }, "the fault poolBroken means nothing at cmdlet"],
    [{ when: { edge: "wsman", request: "Create" }, what: "shellLost" }, "the fault shellLost means nothing at Create"],
  ] as const satisfies readonly (readonly [Fault, string])[])
    it(`refuses a fault that could not come: ${says}`, () => {
      throws(() => scriptOf(fault), new RangeError(says));
    });

  it("spends two equal faults on two calls, in the order of adding", () => {
    const late: Fault = { ...cut, what: "cutAfter" };
    const script = scriptOf(cut, late);
    deepEqual([script.take("wsman", "ex01", "Get-Queue"), script.pending], [cut, [late]]);
    deepEqual([script.take("wsman", "ex01", "Get-Queue"), script.pending], [late, []]);
  });
});

function scriptOf(...faults: readonly Fault[]): FaultScript {
  const script = new FaultScript();
  for (const fault of faults) script.add(fault);
  return script;
}
