// What a parameter may be given, by its .NET type.
import assert from "node:assert/strict";
import { type ParameterType, problemOf } from "../../provider/exchange/parameter-types.ts";
import { type CmdletValue, Secret } from "../../provider/remoting/transport.ts";

const names: readonly ParameterType[] = [
  "DatabaseAvailabilityGroupIdParameter",
  "DatabaseIdParameter",
  "MailboxServerIdParameter",
  "ServerIdParameter",
];
const aName = "a name";
const aList = "a name or a list of names";
const aSwitch = "true or false";
const aSpan = "a time span as [-][days.]hours:minutes:seconds";
const aSize = 'a whole number or "Unlimited"';
const aHost = "a fully qualified host name";

const policies = ["Unrestricted", "IntrasiteOnly", "Blocked"];

const good: readonly (readonly [ParameterType, CmdletValue])[] = [
  ...names.map((type) => [type, "ex01"] as const),
  ["Fqdn", "dc01.contoso.local"],
  ["String[]", "W3SVC"],
  ["String[]", ["W3SVC", "MSExchangeIS"]],
  ["SwitchParameter", true],
  ["SwitchParameter", false],
  ["TimeSpan", "01:00:00"],
  ["TimeSpan", "-00:00:00.0010000"],
  ["TimeSpan", "1.02:03:04"],
  ["Unlimited", "Unlimited"],
  ["Unlimited", 0],
  ["Unlimited", 1_000],
  [policies, "Blocked"],
];

const bad: readonly (readonly [ParameterType, CmdletValue | undefined, string, string])[] = [
  ...names.flatMap(
    (type) =>
      [
        [type, 7, aName, "7"],
        [type, "", aName, '""'],
        [type, " ", aName, '" "'],
        [type, null, aName, "nothing"],
        [type, undefined, aName, "nothing"],
        [type, ["ex01"], aName, "a list of 1"],
        [type, { Name: "ex01" }, aName, "an object"],
      ] as const,
  ),
  ["Fqdn", "dc01", aHost, '"dc01"'],
  ["Fqdn", "dc01.contoso.local; calc", aHost, '"dc01.contoso.local; calc"'],
  ["String[]", [], aList, "a list of 0"],
  ["String[]", ["W3SVC", 1], aList, "a list of 2"],
  ["String[]", true, aList, "true"],
  ["SwitchParameter", "true", aSwitch, '"true"'],
  ["SwitchParameter", 0, aSwitch, "0"],
  ["TimeSpan", 3_600, aSpan, "3600"],
  ["TimeSpan", "PT1H", aSpan, '"PT1H"'],
  ["TimeSpan", "1 hour", aSpan, '"1 hour"'],
  ["TimeSpan", new Date(0), aSpan, "a date"],
  [policies, "blocked", "Unrestricted, IntrasiteOnly, Blocked", '"blocked"'],
  [policies, true, "Unrestricted, IntrasiteOnly, Blocked", "true"],
  ["Unlimited", { size: 10 }, aSize, "an object"],
  ["Unlimited", -1, aSize, "-1"],
  ["Unlimited", 1.5, aSize, "1.5"],
  ["Unlimited", 10n, aSize, "10"],
  ["Unlimited", new Uint8Array(3), aSize, "bytes"],
  ["Unlimited", "x".repeat(61), aSize, "a text of 61 characters"],
  ["Unlimited", new Secret("not-for-anyone"), aSize, "a secret"],
];

describe("a parameter", () => {
  for (const [type, value] of good) {
    it(`of type ${type} may be ${JSON.stringify(value)}`, () => assert.equal(problemOf(type, value), undefined));
  }

  for (const [type, value, expected, found] of bad) {
    it(`of type ${type} may not be ${found}`, () => assert.equal(problemOf(type, value), `expected ${expected}, found ${found}`));
  }
});
