// The declared cmdlets against the cmdlet reference, and that none is missing in the list.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { cmdlets } from "../../provider/exchange/cmdlets.ts";
import { checkout } from "../../setup/places.ts";
import { requireJudge, sharedFolder } from "../support/judges.ts";

interface Reference {
  readonly cmdlets: Readonly<
    Record<
      string,
      {
        readonly module: string;
        readonly parameters: Readonly<Record<string, { readonly type: string; readonly versions: readonly string[] }>>;
      }
    >
  >;
}

describe("the list of cmdlets", () => {
  const file = path.join(sharedFolder() ?? "", "facts", "cmdlets.json");
  let reference: Reference = { cmdlets: {} };

  before(function () {
    requireJudge(this, "the cmdlet reference", sharedFolder() !== undefined && existsSync(file));
    reference = JSON.parse(readFileSync(file, "utf8")) as Reference;
  });

  it("has every cmdlet that is declared, once each", () => {
    const folder = path.join(checkout, "provider", "exchange");
    const sources = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), "utf8"));
    const named = sources.flatMap((source) => [...source.matchAll(/"([A-Z][a-z]+-[A-Z]\w+)"/g)].map(([, name = ""]) => name));
    assert.deepEqual(cmdlets.map(({ name }) => name).sort(), named.sort());
  });

  for (const declared of cmdlets) {
    const { name: cmdlet, domainController, parameters } = declared;
    it(`has ${cmdlet} as the cmdlet reference has it`, () => {
      const documented = reference.cmdlets[cmdlet] ?? assert.fail("it is not documented");
      assert.equal(declared.endpoint === "exchange" ? "Exchange" : declared.module.name, documented.module);
      const types = Object.keys(parameters).map((name) => [name, documented.parameters[name]?.type] as const);
      assert.deepEqual(parameters, Object.fromEntries(types));
      const isAsked = cmdlet === "Get-ExchangeServer";
      assert.equal(domainController, !isAsked && documented.parameters["DomainController"]?.type === "Fqdn");
    });
  }

  it("says of no reading that it writes, and of everything else that it does", () => {
    for (const { name, writes } of cmdlets) assert.equal(writes, !name.startsWith("Get-"), name);
  });

  it("lets nothing that belongs to one machine be asked of another", () => {
    for (const { name, endpoint, scope } of cmdlets) if (endpoint === "windows") assert.equal(scope, "thisServer", name);
  });
});
