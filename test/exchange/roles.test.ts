// Every cmdlet that is used has its right on record, and the lab, which knows the roles by itself, agrees: who is put into the group that the
// message names has the cmdlet, and who is in none has not.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Configuration } from "../../lab/serve/cmdlet-host.ts";
import { signatureOf } from "../../lab/serve/signatures.ts";
import { grantedSignatures } from "../../lab/serve/signatures-granted.ts";
import type { AccountOptions } from "../../lab/world/accounts.ts";
import { managementRoles, type RoleGroup, roleGroups } from "../../lab/world/management-roles.ts";
import { roleOf, windowsModuleOf } from "../../provider/exchange/roles.ts";
import { checkout } from "../../setup/places.ts";
import { stillWorld } from "../lab/world/worlds.ts";

const exchange: Configuration = "Microsoft.Exchange";
const used = usedCmdlets();
const ofExchange = used.filter((cmdlet) => signatureOf(exchange, cmdlet) !== undefined);

describe("the rights of the cmdlets that are used", () => {
  it("are looked up for all cmdlets, of both endpoints", () => {
    assert.ok(used.includes("Get-Queue") && used.includes("Suspend-Service"));
    assert.ok(used.length >= 12, used.join(" "));
    assert.ok(ofExchange.length >= 8, ofExchange.join(" "));
  });

  for (const cmdlet of used) {
    it(`${cmdlet} is on record, as one of Exchange or as one of Windows`, () => {
      const known = { role: roleOf(cmdlet) !== undefined, module: windowsModuleOf(cmdlet) !== undefined };
      assert.deepEqual(known, { role: ofExchange.includes(cmdlet), module: !ofExchange.includes(cmdlet) });
    });
  }

  for (const cmdlet of ofExchange) {
    it(`${cmdlet} is held by the role, and the role by the groups, that the lab knows`, () => {
      const { role = "", groups = [], certain } = roleOf(cmdlet) ?? {};
      const { named = [], inferred = [] } = managementRoles[role] ?? {};
      assert.deepEqual([named.includes(cmdlet), inferred.includes(cmdlet)], [certain, !certain]);
      const having = Object.entries(roleGroups).flatMap(([group, roles]) => (roles.includes(role) ? [group] : []));
      assert.deepEqual([...groups].sort(), having.sort());
    });

    it(`${cmdlet} is there for whoever is put into the group that is named first, and for nobody without a group`, () => {
      const [group] = roleOf(cmdlet)?.groups ?? [];
      const there = (account: AccountOptions) => {
        const { site } = stillWorld({ accounts: { pauser: account } });
        const request = { server: "ex01", configuration: exchange, user: "pauser@contoso.local", cmdlet, parameters: new Map() };
        return grantedSignatures(site)(request)?.cmdlet;
      };
      assert.deepEqual([there({ roleGroups: [] }), isGroup(group) && there({ roleGroups: [group] })], [undefined, cmdlet]);
    });
  }
});

/** The names of cmdlets that stand as texts in the adapter. */
function usedCmdlets(): readonly string[] {
  const folder = path.join(checkout, "provider", "exchange");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts") && file !== "roles.ts");
  const sources = files.map((file) => readFileSync(path.join(folder, file), "utf8"));
  const names = sources.flatMap((source) => [...source.matchAll(/"([A-Z][a-z]+-[A-Z]\w+)"/g)].map(([, name = ""]) => name));
  return [...new Set(names)].sort();
}

function isGroup(name: string | undefined): name is RoleGroup {
  return name !== undefined && name in roleGroups;
}
