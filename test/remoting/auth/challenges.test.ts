import { deepEqual } from "node:assert/strict";
import { offeredSchemes } from "../../../provider/remoting/auth/challenges.ts";

describe("the schemes of a 401", () => {
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [[], []],
    [["Kerberos"], ["Kerberos"]],
    [
      ["Negotiate", "Kerberos", 'Basic realm="WSMAN"'],
      ["Negotiate", "Kerberos", "Basic"],
    ],
    [['Basic realm="Kerberos, Negotiate"'], ["Basic"]],
    [['Basic realm="no Kerberos here"'], ["Basic"]],
    [['basic realm="a\\"b", negotiate, KERBEROS'], ["Basic", "Negotiate", "Kerberos"]],
    [["Negotiate oYG1MIGy", "Negotiate"], ["Negotiate"]],
    [["X-Own scheme=Kerberosish"], []],
  ];
  for (const [challenges, schemes] of cases) {
    it(`of ${JSON.stringify(challenges)} are ${schemes.join(", ") || "none"}`, () => {
      deepEqual(offeredSchemes(challenges), schemes);
    });
  }
});
