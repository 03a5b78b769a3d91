import assert from "node:assert/strict";
import { cmdlets } from "../../../lab/serve/cmdlets/list.ts";
import { GetQueue, RetryQueue } from "../../../lab/serve/cmdlets/queue.ts";
import { accountOf, connectRefusal, holds } from "../../../lab/world/accounts.ts";
import { managementRoles, type RoleGroup, roleGroups } from "../../../lab/world/management-roles.ts";

const ofExchange = cmdlets.filter(({ signature }) => signature.module === "Exchange");

function heldBy(group: RoleGroup): readonly string[] {
  const account = accountOf({ pauser: { roleGroups: [group] } }, "pauser");
  return cmdlets.filter((cmdlet) => holds(account, cmdlet)).map(({ name }) => name);
}

describe("an account", () => {
  it("that nobody described has every right", () => {
    const account = accountOf({}, "CONTOSO\\pauser");
    for (const cmdlet of ofExchange) assert.ok(holds(account, cmdlet), cmdlet.name);
    assert.deepEqual(
      [connectRefusal(account, "ex01", "Microsoft.Exchange"), connectRefusal(account, "ex01", "Microsoft.PowerShell")],
      [undefined, undefined],
    );
  });

  it("is the same by either form of its name, in any case, and no other", () => {
    const accounts = { "pauser@contoso.local": { roleGroups: [] } };
    for (const user of ["CONTOSO\\Pauser", "PAUSER@contoso.local", "pauser"])
      assert.equal(holds(accountOf(accounts, user), GetQueue), false, user);
    assert.ok(holds(accountOf(accounts, "CONTOSO\\pauser2"), GetQueue));
  });

  it("of Server Management has queues and databases, and not the DAG's settings", () => {
    const held = heldBy("Server Management");
    assert.deepEqual(
      ["Get-Queue", "Mount-Database", "Get-DatabaseAvailabilityGroup", "Set-DatabaseAvailabilityGroup", "Get-TransportConfig"].map((name) =>
        held.includes(name),
      ),
      [true, true, true, false, false],
    );
  });

  it("of View-Only Organization Management changes nothing", () => {
    const held = heldBy("View-Only Organization Management");
    assert.deepEqual([...new Set(held.map((name) => name.split("-")[0]))].sort(), ["Get", "Test"]);
  });

  it("has the parameters of its own role, and those of a group beside it", () => {
    const entries = [
      { cmdlet: "Get-Queue", parameters: ["Identity"] },
      { cmdlet: "Get-Queue", parameters: ["ResultSize"] },
      { cmdlet: "Get-Mailbox" },
    ];
    const own = accountOf({ viewer: { roleGroups: [], entries } }, "viewer");
    assert.deepEqual(
      [holds(own, GetQueue), holds(own, GetQueue, "identity"), holds(own, GetQueue, "ResultSize"), holds(own, GetQueue, "Server")],
      [true, true, true, false],
    );
    assert.deepEqual([holds(own, { name: "get-mailbox" }, "Anr"), holds(own, RetryQueue)], [true, false]);
    const both = accountOf({ viewer: { roleGroups: ["Server Management"], entries } }, "viewer");
    assert.ok(holds(both, GetQueue, "Server"));
  });

  it("gets no session at Exchange without remote PowerShell or without any role, and at Windows only where it is an administrator", () => {
    const refusals = (options: Parameters<typeof accountOf>[0][string]) => {
      const account = accountOf({ pauser: options }, "pauser");
      return [
        connectRefusal(account, "EX01", "Microsoft.Exchange"),
        connectRefusal(account, "EX01", "Microsoft.PowerShell"),
        connectRefusal(account, "ex02", "Microsoft.PowerShell"),
      ];
    };
    assert.deepEqual(refusals({ remotePowerShell: false }), ["remotePowerShellDisabled", undefined, undefined]);
    assert.deepEqual(refusals({ roleGroups: [] }), ["noManagementRole", undefined, undefined]);
    assert.deepEqual(refusals({ administratorOf: ["ex01"] }), [undefined, undefined, "notAdministrator"]);
    assert.deepEqual(refusals({ administratorOf: [] }), [undefined, "notAdministrator", "notAdministrator"]);
  });
});

describe("a role", () => {
  for (const role of managementRoles) {
    it(`${role} holds a cmdlet of the lab`, () => {
      assert.ok(ofExchange.some(({ roles: { named = [], inferred = [] } = {} }) => [...named, ...inferred].includes(role)));
    });
  }

  it("of each kind is in a group", () => {
    assert.deepEqual([...new Set(Object.values(roleGroups).flat())].sort(), [...managementRoles].sort());
  });
});
