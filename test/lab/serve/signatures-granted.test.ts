// What an account without a right meets at an endpoint: a cmdlet or parameter that is not there, in PowerShell's words, through the whole host.
import { deepEqual, equal } from "node:assert/strict";
import { bindingHost } from "../../../lab/serve/binding-host.ts";
import type { Configuration } from "../../../lab/serve/cmdlet-host.ts";
import { exchangeHost } from "../../../lab/serve/cmdlets/exchange-host.ts";
import { cmdlets } from "../../../lab/serve/cmdlets/list.ts";
import { grantedSignatures } from "../../../lab/serve/signatures-granted.ts";
import type { AccountOptions } from "../../../lab/world/accounts.ts";
import type { PsValue } from "../../../provider/remoting/clixml/values.ts";
import { stillWorld } from "../world/worlds.ts";

function hostFor(account: AccountOptions) {
  const { site } = stillWorld({ accounts: { pauser: account } });
  const host = bindingHost(exchangeHost(site), undefined, undefined, grantedSignatures(site));
  return (cmdlet: string, parameters: Readonly<Record<string, PsValue>> = {}, configuration: Configuration = "Microsoft.Exchange") =>
    host({ server: "ex01", configuration, user: "pauser@contoso.local", cmdlet, parameters: new Map(Object.entries(parameters)) });
}

describe("an account at Exchange's endpoint", () => {
  it("does not have a cmdlet that none of its roles holds: it is not recognized", async () => {
    const ask = hostFor({ roleGroups: ["View-Only Organization Management"] });
    const { failed, output } = await ask("Get-Queue", { Server: "ex01" });
    deepEqual([failed?.fullyQualifiedErrorId, failed?.category.name, output], ["CommandNotFoundException", "ObjectNotFound", []]);
    equal(
      failed?.message,
      "The term 'Get-Queue' is not recognized as the name of a cmdlet, function, script file, or operable program. Check the spelling of the name, or if a path was included, verify that the path is correct and try again.",
    );
    equal((await ask("Get-MailboxDatabase")).output.length, 8);
  });

  it("does not have a parameter that its role lacks, and has the others", async () => {
    const ask = hostFor({ roleGroups: [], entries: [{ cmdlet: "Get-Queue", parameters: ["ResultSize"] }] });
    const { failed } = await ask("Get-Queue", { Server: "ex01", ResultSize: "Unlimited" });
    deepEqual(
      [failed?.fullyQualifiedErrorId, failed?.message],
      ["NamedParameterNotFound,Get-Queue", "A parameter cannot be found that matches parameter name 'Server'."],
    );
    const allowed = await ask("Get-Queue", { ResultSize: "Unlimited", ErrorAction: "Stop" });
    deepEqual([allowed.failed, allowed.errors], [undefined, []]);
  });

  it("is not asked for a mandatory parameter that its role lacks, and is for one that it has", async () => {
    const failed = async (parameters: readonly string[]) => {
      const ask = hostFor({ roleGroups: [], entries: [{ cmdlet: "Get-ServerComponentState", parameters }] });
      return (await ask("Get-ServerComponentState", { Component: "HubTransport" })).failed?.fullyQualifiedErrorId;
    };
    equal(await failed(["Component"]), undefined);
    equal(await failed(["Component", "Identity"]), "MissingMandatoryParameter,Get-ServerComponentState");
  });

  it("with every right has every cmdlet that the lab serves", async () => {
    const ask = hostFor({});
    for (const { name: cmdlet, signature } of cmdlets) {
      const { failed } = await ask(cmdlet, {}, signature.module === "Exchange" ? "Microsoft.Exchange" : "Microsoft.PowerShell");
      if (failed?.fullyQualifiedErrorId === "CommandNotFoundException") throw new Error(cmdlet);
    }
  });
});

describe("an account at Windows' endpoint", () => {
  it("has its cmdlets without any role of Exchange", async () => {
    const ask = hostFor({ roleGroups: [] });
    equal((await ask("Get-Service", { Name: "WinRM" }, "Microsoft.PowerShell")).output.length, 1);
  });
});
