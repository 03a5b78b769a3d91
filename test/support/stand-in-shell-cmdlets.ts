// A CmdletHost of the few cmdlets that every PowerShell has, as far as the contract suite uses them: so the same expectations can be put to a lab,
// to the stand-in PowerShell and to a real one. `Get-Broken` and `Get-Nothing` are for those that are scripted only.
import { commandNotFound } from "../../lab/serve/binding-errors.ts";
import type { CmdletHost, CmdletReply, CmdletRequest, HostError } from "../../lab/serve/cmdlet-host.ts";
import { psObject } from "../../provider/remoting/clixml/build.ts";
import { listOf, textOf } from "../../provider/remoting/clixml/read.ts";
import { isPsObject, type PsValue } from "../../provider/remoting/clixml/values.ts";

/** Keeps every request in `requests`. */
export function everydayCmdlets(requests: CmdletRequest[] = []): CmdletHost {
  return async (request) => {
    requests.push(request);
    if (request.cmdlet === "Start-Sleep") await new Promise<never>(() => {});
    return replyTo(request);
  };
}

function replyTo({ cmdlet, parameters }: CmdletRequest): CmdletReply {
  const given = (name: string) => parameters.get(name) ?? null;
  const text = (name: string) => textOf(given(name)) ?? "";
  switch (cmdlet) {
    case "Write-Output":
      return reply({ output: isSequence(given("InputObject")) ? listOf(given("InputObject")) : [given("InputObject")] });
    case "Write-Warning":
      return reply({ warnings: [text("Message")] });
    case "Write-Error":
      return reply({ errors: [writtenError(text("Message"), text("ErrorId"), text("TargetObject"))] });
    case "Get-Variable": {
      const names = listOf(given("Name")).map((name) => textOf(name) ?? "");
      return reply({
        output: names.filter((name) => name === "PSHOME").map((name) => psObject({ properties: { Name: name, Value: "/" } })),
        errors: names.filter((name) => name !== "PSHOME").map(variableNotFound),
      });
    }
    case "Select-Object":
      return reply({ output: [psObject({ notes: { Length: text("InputObject").length } })] });
    case "Get-Nothing":
      return reply({ output: [null] });
    case "Get-Broken":
      return reply({ output: ["still here"], warnings: ["slow"], errors: [BESIDE], failed: THE_END });
    default:
      return reply({ failed: commandNotFound(cmdlet) });
  }
}

const BESIDE: HostError = {
  message: "no queue",
  fullyQualifiedErrorId:
    "[Server=EX01,RequestId=1,TimeStamp=2] [FailureCategory=Cmdlet-ManagementObjectNotFoundException] 8288830C,Get-Broken",
  exception: "X",
  category: { number: 13, name: "ObjectNotFound" },
  targetName: "ex01\\7",
};
const THE_END: HostError = { ...BESIDE, message: "the end", category: { number: 0, name: "NotSpecified" } };

function isSequence(value: PsValue): boolean {
  return Array.isArray(value) || (isPsObject(value) && value.items !== undefined);
}

function writtenError(message: string, id: string, targetName: string): HostError {
  return {
    message,
    fullyQualifiedErrorId: `${id},Microsoft.PowerShell.Commands.WriteErrorCommand`,
    exception: "Microsoft.PowerShell.Commands.WriteErrorException",
    category: { number: 19, name: "ResourceBusy" },
    targetName,
  };
}

function variableNotFound(name: string): HostError {
  return {
    message: `Cannot find a variable with the name '${name}'.`,
    fullyQualifiedErrorId: "VariableNotFound,Microsoft.PowerShell.Commands.GetVariableCommand",
    exception: "System.Management.Automation.ItemNotFoundException",
    category: { number: 13, name: "ObjectNotFound" },
    targetName: name,
  };
}

function reply(parts: Partial<CmdletReply>): CmdletReply {
  return { output: [], warnings: [], errors: [], ...parts };
}
