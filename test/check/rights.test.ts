// What an account may do, from what a session offers.
import { deepEqual } from "node:assert/strict";
import { rightsFrom } from "../../provider/check/rights.ts";
import { cmdlets } from "../../provider/exchange/cmdlets.ts";

const all = cmdlets.filter(({ endpoint }) => endpoint === "exchange").map(({ name }) => name);

describe("the rights of an account at Exchange's endpoint", () => {
  it("are in order where the session offers every cmdlet that is sent there, each named once", () => {
    const lines = rightsFrom("ex01", new Set(all));
    deepEqual(new Set(lines.map(({ mark }) => mark)), new Set(["ok"]));
    const named = lines.flatMap(({ text }) => text.replace(/\(role.*/, "").match(/[A-Z][a-z]+-[A-Z]\w+/g) ?? []);
    deepEqual(named.sort(), [...all].sort());
  });

  it("are said for each cmdlet that is not offered, with the role group that has it", () => {
    const lines = rightsFrom("ex01", new Set(all.filter((name) => name !== "Get-Queue")));
    deepEqual(
      lines.filter(({ mark }) => mark === "FAILED").map(({ text }) => text),
      [
        'Rights: Get-Queue would be refused: the account has no role that holds this cmdlet; the role "Transport Queues" (role group "Server Management" or "Organization Management") does. Run Add-RoleGroupMember "Server Management" -Member <account>, then run this check again: rights are read when a session opens.',
      ],
    );
  });

  it("are not guessed where the session does not say what it offers", () => {
    deepEqual(rightsFrom("ex01", "unknown"), [
      {
        mark: "FAILED",
        text: "Rights: ex01 does not say which cmdlets the account has. Type Get-ManagementRoleAssignment -RoleAssignee <account> in the Exchange Management Shell and compare it with docs/cmdlets.md.",
      },
    ]);
  });
});
