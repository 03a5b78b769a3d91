// Reads CREATE_PIPELINE: the statements that a client wants run, in order, and each one's call with its parameters by name.
// Source: [MS-PSRP] 2.2.2.10 and 2.2.3.11 to 2.2.3.14. Clients differ in the order of attributes and members; only names count.
import { decodeClixml } from "../../../provider/remoting/clixml/decode.ts";
import { booleanOf, listOf, numberOf, property, textOf } from "../../../provider/remoting/clixml/read.ts";
import { isPsObject, type PsObject, type PsValue } from "../../../provider/remoting/clixml/values.ts";
import { PsrpError } from "../../../provider/remoting/psrp/messages.ts";
import { alreadyBound, positionalNotFound } from "../binding-errors.ts";
import type { Configuration, HostError } from "../cmdlet-host.ts";
import { signatureOf } from "../cmdlets/list.ts";
import { positionalParameter } from "../signatures.ts";

export interface Command {
  /** Name of a cmdlet, or the text of a script. */
  readonly text: string;
  readonly isScript: boolean;
  readonly arguments: readonly { readonly name: string | undefined; readonly value: PsValue }[];
}

/** Commands joined by pipes. */
export type Statement = readonly Command[];

export interface PipelineRequest {
  readonly statements: readonly Statement[];
  /** False: the client sends input and then says that it has ended. */
  readonly noInput: boolean;
}

/** Longer data is hardly ever sent twice. */
const MOST_REMEMBERED = 100_000;
let latest: { readonly data: string; readonly request: PipelineRequest } | undefined;

/** Who asks the same again is not read again. @throws {PsrpError} or {ClixmlError} when the data is no pipeline */
export function readPipelineRequest(data: string): PipelineRequest {
  if (latest?.data === data) return latest.request;
  const request = readNewRequest(data);
  if (data.length <= MOST_REMEMBERED) latest = { data, request };
  return request;
}

function readNewRequest(data: string): PipelineRequest {
  const request = objectIn(decodeClixml(data)[0], "CREATE_PIPELINE");
  const powershell = objectIn(property(request, "PowerShell"), "PowerShell");
  const more = listOf(property(powershell, "ExtraCmds"));
  // With several statements the first one stands in Cmds and in ExtraCmds.
  const statements = more.length > 0 ? more.map((statement) => objectIn(statement, "ExtraCmds")) : [powershell];
  return {
    statements: statements.map((statement) => listOf(property(statement, "Cmds")).map(commandOf)),
    noInput: booleanOf(property(request, "NoInput")) ?? true,
  };
}

/** `MaxRunspaces` of INIT_RUNSPACEPOOL: how many pipelines may run at a time. @throws {PsrpError} when there could never be one */
export function readMaxRunspaces(data: string): number {
  const most = numberOf(property(objectIn(decodeClixml(data)[0], "INIT_RUNSPACEPOOL"), "MaxRunspaces")) ?? 1;
  if (!Number.isInteger(most) || most < 1) throw new PsrpError(`a pool cannot have ${most} runspaces`);
  return most;
}

/** `protocolversion` of SESSION_CAPABILITY, such as `2.3`. */
export function readProtocolVersion(data: string): string {
  const protocol = textOf(property(objectIn(decodeClixml(data)[0], "SESSION_CAPABILITY"), "protocolversion"));
  if (protocol === undefined) throw new PsrpError("SESSION_CAPABILITY names no protocol version");
  return protocol;
}

/** A command's parameters by name; unnamed arguments take the cmdlet's positions. */
export function parametersOf(command: Command, configuration: Configuration): ReadonlyMap<string, PsValue> | HostError {
  const signature = signatureOf(configuration, command.text);
  const parameters = new Map<string, PsValue>();
  let position = 0;
  for (const { name, value } of command.arguments) {
    const known = name ?? (signature === undefined ? undefined : positionalParameter(signature, position++));
    if (known === undefined) return positionalNotFound(command.text, textOf(value) ?? "");
    if ([...parameters.keys()].some((other) => other.toLowerCase() === known.toLowerCase())) return alreadyBound(command.text, known);
    parameters.set(known, value);
  }
  return parameters;
}

function commandOf(value: PsValue): Command {
  const command = objectIn(value, "Cmds");
  const text = textOf(property(command, "Cmd"));
  if (text === undefined) throw new PsrpError("a command has no name");
  return {
    text,
    isScript: booleanOf(property(command, "IsScript")) ?? false,
    arguments: listOf(property(command, "Args")).map((argument) => {
      const pair = objectIn(argument, "Args");
      return { name: textOf(property(pair, "N")), value: property(pair, "V") ?? null };
    }),
  };
}

function objectIn(value: PsValue | undefined, where: string): PsObject {
  if (!isPsObject(value)) throw new PsrpError(`${where} holds something that is no object`);
  return value;
}
