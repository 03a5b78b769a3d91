// Plays Get-Command at Exchange's endpoint, as far as it says which of some cmdlets the caller has: `-Name` alone. What a role does not hold is answered
// as what nobody has. Source: the restricted Get-Command that PowerShell gives to every session of limited commands, so that the other side can import them.
import { psObject } from "../../provider/remoting/clixml/build.ts";
import { listOf, textOf } from "../../provider/remoting/clixml/read.ts";
import { commandNotFound, parameterNotFound } from "./binding-errors.ts";
import type { CmdletReply, CmdletRequest } from "./cmdlet-host.ts";
import type { Signature } from "./signatures.ts";

const cmdlet = "Get-Command";

/** Undefined for any other cmdlet. */
export function heldCommands(
  request: CmdletRequest,
  signatureFor: (request: CmdletRequest) => Signature | undefined,
): CmdletReply | undefined {
  if (request.configuration !== "Microsoft.Exchange" || request.cmdlet.toLowerCase() !== cmdlet.toLowerCase()) return undefined;
  const unknown = [...request.parameters.keys()].find((name) => name.toLowerCase() !== "name");
  if (unknown !== undefined) return { output: [], warnings: [], errors: [], failed: parameterNotFound(cmdlet, unknown) };
  const names = [...request.parameters.values()].flatMap(listOf).flatMap((value) => textOf(value) ?? []);
  const held = names.map((name) => ({ name, signature: signatureFor({ ...request, cmdlet: name }) }));
  return {
    output: held.flatMap(({ signature }) => (signature === undefined ? [] : [commandOf(signature)])),
    warnings: [],
    errors: held.flatMap(({ name, signature }) => (signature === undefined ? [notFound(name)] : [])),
  };
}

function commandOf({ cmdlet: name, module }: Signature) {
  const typeNames = ["System.Management.Automation.CmdletInfo", "System.Management.Automation.CommandInfo", "System.Object"];
  return psObject({ typeNames, text: name, properties: { Name: name, CommandType: "Cmdlet", ModuleName: module } });
}

function notFound(name: string) {
  return { ...commandNotFound(name), fullyQualifiedErrorId: "CommandNotFoundException,Microsoft.PowerShell.Commands.GetCommandCommand" };
}
