// A CmdletHost for tests of the remoting endpoints: a handful of invented cmdlets, each for one thing that can travel. No Exchange in it.
import { createHash } from "node:crypto";
import { commandNotFound } from "../../lab/serve/binding-errors.ts";
import type { CmdletHost, CmdletReply, CmdletRequest, HostError } from "../../lab/serve/cmdlet-host.ts";
import { psEnum, psObject } from "../../provider/remoting/clixml/build.ts";
import { listOf, numberOf, textOf } from "../../provider/remoting/clixml/read.ts";
import { isPsObject, type PsValue } from "../../provider/remoting/clixml/values.ts";

export interface ToyHost {
  readonly host: CmdletHost;
  /** Every request so far. */
  readonly requests: readonly CmdletRequest[];
  /** Lets all `Wait-Forever` end, with output `late`. */
  release(): void;
}

export const NOT_FOUND: HostError = {
  message: "The operation couldn't be performed because object 'nope' couldn't be found on 'dc01.contoso.local'.",
  fullyQualifiedErrorId:
    "[Server=EX01,RequestId=4f5a1c1e-0000-4000-8000-000000000001,TimeStamp=12/5/2026 8:02:11 PM] [FailureCategory=Cmdlet-ManagementObjectNotFoundException] 8288830C,Microsoft.Exchange.Management.SystemConfigurationTasks.GetBroken",
  exception: "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
  category: { number: 0, name: "NotSpecified" },
  targetName: "nope",
};

export function toyHost(): ToyHost {
  const requests: CmdletRequest[] = [];
  const waiting: (() => void)[] = [];
  const host: CmdletHost = async (request) => {
    requests.push(request);
    if (request.cmdlet === "Wait-Forever") await new Promise<void>((resolve) => waiting.push(resolve));
    return answerOf(request);
  };
  return {
    host,
    requests,
    release: () => {
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}

function answerOf({ cmdlet, parameters }: CmdletRequest): CmdletReply {
  const given = (name: string) => parameters.get(name) ?? null;
  switch (cmdlet) {
    case "Get-ExchangeServer":
      return reply({ output: [server(textOf(given("Identity")) ?? "")], warnings: ["By default, not all properties are shown."] });
    case "Get-Nothing":
      return reply({ output: [null] });
    case "Get-Broken":
      return reply({ output: ["found"], errors: [NOT_FOUND] });
    case "Get-Number":
      return reply({ output: [given("Value")] });
    case "Get-Many":
      return reply({ output: Array.from({ length: numberOf(given("Count")) ?? 0 }, (_, index) => row(index)) });
    case "Get-Digest":
      return reply({
        output: [
          createHash("sha256")
            .update(textOf(given("Text")) ?? "")
            .digest("hex"),
        ],
      });
    case "Get-Slow":
      return reply({ output: ["at last"] });
    case "Wait-Forever":
      return reply({ output: ["late"] });
    case "Show-Parameters":
      return reply({ output: [...parameters].map(([name, value]) => `${name}: ${shown(value)}`) });
    case "Stop-Host":
      throw new Error("no such world");
    default:
      return reply({ failed: commandNotFound(cmdlet) });
  }
}

function server(name: string): PsValue {
  return psObject({
    typeNames: ["Microsoft.Exchange.Data.Directory.Management.ExchangeServer", "System.Object"],
    text: name,
    properties: { Name: name, Edition: psEnum("Microsoft.Exchange.Data.Directory.SystemConfiguration.ServerEditionType", "Enterprise", 3) },
  });
}

function row(index: number): PsValue {
  return psObject({ notes: { Index: index, Text: "x".repeat(1_000) } });
}

/** The value and its kind, so that a test sees a number that came as text. */
function shown(value: PsValue): string {
  if (isPsObject(value) && value.entries !== undefined)
    return `{${value.entries
      .map(([key, item]) => `${textOf(key)}=${shown(item)}`)
      .sort()
      .join(",")}}`;
  if (Array.isArray(value) || (isPsObject(value) && value.items !== undefined)) return `[${listOf(value).map(shown).join(",")}]`;
  return `${typeof value} ${typeof value === "object" ? value : String(value)}`;
}

function reply(parts: Partial<CmdletReply>): CmdletReply {
  return { output: [], warnings: [], errors: [], ...parts };
}
