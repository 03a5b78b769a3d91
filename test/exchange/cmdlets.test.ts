// The table of cmdlets against the cmdlet reference, and what is refused because of it.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { cmdlets, ruleFor } from "../../provider/exchange/cmdlets.ts";
import type { CmdletParameters } from "../../provider/remoting/transport.ts";
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

describe("the table of cmdlets", () => {
  const file = path.join(sharedFolder() ?? "", "facts", "cmdlets.json");
  let reference: Reference = { cmdlets: {} };

  before(function () {
    requireJudge(this, "the cmdlet reference", sharedFolder() !== undefined && existsSync(file));
    reference = JSON.parse(readFileSync(file, "utf8")) as Reference;
  });

  for (const [cmdlet, rule] of Object.entries(cmdlets)) {
    it(`has ${cmdlet} as the cmdlet reference has it`, () => {
      const documented = reference.cmdlets[cmdlet] ?? assert.fail("it is not documented");
      assert.equal(rule.endpoint, documented.module === "Exchange" ? "exchange" : "windows");
      const types = Object.keys(rule.parameters).map((name) => [name, documented.parameters[name]?.type] as const);
      assert.deepEqual(rule.parameters, Object.fromEntries(types));
      const isAsked = cmdlet === "Get-ExchangeServer";
      assert.equal(rule.domainController, !isAsked && documented.parameters["DomainController"]?.type === "Fqdn");
    });
  }

  it("says of no reading that it writes, and of everything else that it does", () => {
    for (const [cmdlet, { writes }] of Object.entries(cmdlets)) assert.equal(writes, !cmdlet.startsWith("Get-"), cmdlet);
  });

  it("lets nothing that belongs to one machine be asked of another", () => {
    for (const [cmdlet, { endpoint, door }] of Object.entries(cmdlets)) if (endpoint === "windows") assert.equal(door, "own", cmdlet);
  });
});

describe("a cmdlet that is about to be sent", () => {
  it("with a value of the wrong type is refused: what, where, expected, found", () => {
    assert.throws(() => ruleFor("ex01", "Dismount-Database", { Identity: "DB01", Confirm: "false" }), {
      name: "CmdletError",
      reason: "rejected",
      message: 'Dismount-Database on ex01: -Confirm: expected true or false, found "false"; nothing was sent',
    });
  });

  it("with values of the right types is not", () => {
    assert.equal(ruleFor("ex01", "Dismount-Database", { Identity: "DB01", Confirm: false }), cmdlets["Dismount-Database"]);
  });

  it("that the table does not have is a defect of ours", () => {
    assert.throws(() => ruleFor("ex01", "Remove-Mailbox", {}), {
      name: "TypeError",
      message: "Remove-Mailbox is asked of ex01, and the table of cmdlets does not have it",
    });
  });

  for (const parameters of [{ Force: true }, { DomainController: "dc01.contoso.local" }] as readonly CmdletParameters[]) {
    it(`with -${Object.keys(parameters).join()}, which the table does not have, is a defect of ours`, () => {
      assert.throws(() => ruleFor("ex01", "Mount-Database", parameters), {
        name: "TypeError",
        message: `Mount-Database is asked of ex01 with -${Object.keys(parameters).join()}, which the table of cmdlets does not have`,
      });
    });
  }
});
