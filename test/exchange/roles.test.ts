// The right that a cmdlet is declared with, before the lab, which knows the roles by itself: who is put into the group that the message names has
// the cmdlet, and who is in none has not.
import assert from "node:assert/strict";
import type { Configuration } from "../../lab/serve/cmdlet-host.ts";
import { cmdletAt } from "../../lab/serve/cmdlets/list.ts";
import { grantedSignatures } from "../../lab/serve/signatures-granted.ts";
import type { AccountOptions } from "../../lab/world/accounts.ts";
import { type CmdletRoles, type ManagementRole, type RoleGroup, roleGroups } from "../../lab/world/management-roles.ts";
import { cmdlets } from "../../provider/exchange/cmdlets.ts";
import { stillWorld } from "../lab/world/worlds.ts";

const exchange: Configuration = "Microsoft.Exchange";

describe("the right to a cmdlet of Exchange", () => {
  for (const declared of cmdlets) {
    if (declared.endpoint !== "exchange") continue;
    const { name: cmdlet } = declared;
    const { role, groups, certain } = declared.role;

    it(`${cmdlet} is held by the role, and the role by the groups, that the lab knows`, () => {
      const { named = [], inferred = [] }: CmdletRoles = cmdletAt(exchange, cmdlet)?.roles ?? {};
      const isRole = (one: ManagementRole) => one === role;
      assert.deepEqual([named.some(isRole), inferred.some(isRole)], [certain, !certain]);
      const having = Object.entries(roleGroups).flatMap(([group, roles]) => (roles.some(isRole) ? [group] : []));
      assert.deepEqual([...groups].sort(), having.sort());
    });

    it(`${cmdlet} is there for whoever is put into the group that is named first, and for nobody without a group`, () => {
      const [group] = groups;
      const there = (account: AccountOptions) => {
        const { site } = stillWorld({ accounts: { pauser: account } });
        const request = { server: "ex01", configuration: exchange, user: "pauser@contoso.local", cmdlet, parameters: new Map() };
        return grantedSignatures(site)(request)?.cmdlet;
      };
      assert.deepEqual([there({ roleGroups: [] }), isGroup(group) && there({ roleGroups: [group] })], [undefined, cmdlet]);
    });
  }
});

function isGroup(name: string): name is RoleGroup {
  return name in roleGroups;
}
