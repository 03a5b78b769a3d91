import assert from "node:assert/strict";
import { refusedSession } from "../../../../lab/serve/cmdlets/connect.ts";
import type { AccountOptions } from "../../../../lab/world/accounts.ts";
import { stillWorld } from "../../world/worlds.ts";

function asking(account: AccountOptions, configuration: "Microsoft.Exchange" | "Microsoft.PowerShell") {
  const { site } = stillWorld({ accounts: { pauser: account } });
  const refused = refusedSession(site, { server: "ex01", configuration, user: "CONTOSO\\pauser" });
  return refused === undefined ? undefined : `${refused.code} ${refused.message.replace(/RequestId=[0-9a-f-]{36}/, "RequestId=…")}`;
}

describe("a session", () => {
  it("is opened for an account with every right", () => {
    assert.deepEqual([asking({}, "Microsoft.Exchange"), asking({}, "Microsoft.PowerShell")], [undefined, undefined]);
  });

  it("is refused by Exchange to an account that may not use remote PowerShell", () => {
    assert.equal(
      asking({ remotePowerShell: false }, "Microsoft.Exchange"),
      "2150858819 [Server=EX01,RequestId=…,TimeStamp=12/5/2026 6:00:00 PM] Access is denied. ",
    );
    assert.equal(asking({ remotePowerShell: false }, "Microsoft.PowerShell"), undefined);
  });

  it("is refused by Exchange to an account without a role, by name", () => {
    assert.equal(
      asking({ roleGroups: [] }, "Microsoft.Exchange"),
      `2150858819 [Server=EX01,RequestId=…,TimeStamp=12/5/2026 6:00:00 PM] [FailureCategory=AuthZ-CmdletAccessDeniedException] The user "contoso.local/Users/pauser" isn't assigned to any management roles. `,
    );
  });

  it("is refused by Windows to whoever is no administrator of that server", () => {
    assert.equal(asking({ administratorOf: ["ex02"] }, "Microsoft.PowerShell"), "5 Access is denied. ");
    assert.equal(asking({ administratorOf: ["ex02"] }, "Microsoft.Exchange"), undefined);
  });
});
