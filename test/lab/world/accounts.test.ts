import assert from "node:assert/strict";
import { accountOf, connectRefusal, holds } from "../../../lab/world/accounts.ts";
import { cmdletsOfGroup, managementRoles, roleGroups } from "../../../lab/world/management-roles.ts";

describe("an account", () => {
  it("that nobody described has every right", () => {
    const account = accountOf({}, "CONTOSO\\pauser");
    for (const { named, inferred } of Object.values(managementRoles)) {
      for (const cmdlet of [...named, ...inferred]) assert.ok(holds(account, cmdlet), cmdlet);
    }
    assert.deepEqual(
      [connectRefusal(account, "ex01", "Microsoft.Exchange"), connectRefusal(account, "ex01", "Microsoft.PowerShell")],
      [undefined, undefined],
    );
  });

  it("is the same by either form of its name, in any case, and no other", () => {
    const accounts = { "pauser@contoso.local": { roleGroups: [] } };
    for (const user of ["CONTOSO\\Pauser", "PAUSER@contoso.local", "pauser"])
      assert.equal(holds(accountOf(accounts, user), "Get-Queue"), false, user);
    assert.ok(holds(accountOf(accounts, "CONTOSO\\pauser2"), "Get-Queue"));
  });

  it("of Server Management has queues and databases, and not the DAG's settings", () => {
    const account = accountOf({ pauser: { roleGroups: ["Server Management"] } }, "pauser");
    assert.deepEqual(
      ["get-queue", "Mount-Database", "Get-DatabaseAvailabilityGroup", "Set-DatabaseAvailabilityGroup", "Get-TransportConfig"].map(
        (cmdlet) => holds(account, cmdlet),
      ),
      [true, true, true, false, false],
    );
  });

  it("of View-Only Organization Management changes nothing", () => {
    const cmdlets = cmdletsOfGroup("View-Only Organization Management");
    assert.deepEqual([...new Set(cmdlets.map((cmdlet) => cmdlet.split("-")[0]))].sort(), ["Get", "Test"]);
  });

  it("has the parameters of its own role, and those of a group beside it", () => {
    const entries = [
      { cmdlet: "Get-Queue", parameters: ["Identity"] },
      { cmdlet: "Get-Queue", parameters: ["ResultSize"] },
      { cmdlet: "Get-Mailbox" },
    ];
    const own = accountOf({ viewer: { roleGroups: [], entries } }, "viewer");
    assert.deepEqual(
      [
        holds(own, "Get-Queue"),
        holds(own, "Get-Queue", "identity"),
        holds(own, "Get-Queue", "ResultSize"),
        holds(own, "Get-Queue", "Server"),
      ],
      [true, true, true, false],
    );
    assert.deepEqual([holds(own, "Get-Mailbox", "Anr"), holds(own, "Retry-Queue")], [true, false]);
    const both = accountOf({ viewer: { roleGroups: ["Server Management"], entries } }, "viewer");
    assert.ok(holds(both, "Get-Queue", "Server"));
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

describe("a role group", () => {
  it("has only roles that hold a cmdlet here", () => {
    for (const role of Object.values(roleGroups).flat()) {
      const { named, inferred } = managementRoles[role] ?? { named: [], inferred: [] };
      assert.ok(named.length + inferred.length > 0, role);
    }
  });
});
