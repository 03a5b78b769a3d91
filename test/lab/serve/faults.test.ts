import { deepEqual, equal } from "node:assert/strict";
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
