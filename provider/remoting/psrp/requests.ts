// The PSRP messages that a client sends: what opens a pool, and a cmdlet to be run. Commands with typed parameters only, never script text.
// Source: [MS-PSRP] 2.2.2 and 2.2.3; the shape is that of PowerShell's own client.
import { psEnum, psObject } from "../clixml/build.ts";
import { encodeClixml } from "../clixml/encode.ts";
import { type PsObject, PsTagged } from "../clixml/values.ts";
import type { CmdletParameters } from "../transport.ts";
import { cmdletName, type Protect, toPsArguments } from "./parameters.ts";

const NULL_HOST = psObject({ notes: { _isHostNull: true, _isHostUINull: true, _isHostRawUINull: true, _useRunspaceHost: true } });
const LIST_OF_OBJECTS = [
  "System.Collections.Generic.List`1[[System.Management.Automation.PSObject, System.Management.Automation, Version=3.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]",
  "System.Object",
];
const UNKNOWN_APARTMENT = psEnum("System.Threading.ApartmentState", "Unknown", 2);

/** SESSION_CAPABILITY: protocol 2.3, the newest that Windows PowerShell speaks. */
export function sessionCapability(): string {
  const notes = {
    protocolversion: new PsTagged("Version", "2.3"),
    PSVersion: new PsTagged("Version", "2.0"),
    SerializationVersion: new PsTagged("Version", "1.1.0.1"),
  };
  return encodeClixml(psObject({ notes }));
}

/** INIT_RUNSPACEPOOL: one runspace, no host behind it, so that a prompt becomes an error instead of waiting. */
export function initRunspacePool(): string {
  return encodeClixml(
    psObject({
      notes: {
        MinRunspaces: 1,
        MaxRunspaces: 1,
        PSThreadOptions: psEnum("System.Management.Automation.Runspaces.PSThreadOptions", "Default", 0),
        ApartmentState: UNKNOWN_APARTMENT,
        HostInfo: NULL_HOST,
        ApplicationArguments: null,
      },
    }),
  );
}

/**
 * CREATE_PIPELINE for one cmdlet.
 * Stream options 0: errors and warnings come without their invocation, which is kilobytes a record.
 * @throws {ClixmlError} for a name or a value that cannot be sent, naming the parameter
 */
export function createPipeline(cmdlet: string, parameters: CmdletParameters, protect?: Protect): string {
  const args = toPsArguments(parameters, protect).map(([N, V]) => psObject({ notes: { N, V } }));
  const commands = listOfObjects([command(cmdletName(cmdlet), args)]);
  return encodeClixml(
    psObject({
      notes: {
        NoInput: true,
        ApartmentState: UNKNOWN_APARTMENT,
        RemoteStreamOptions: psEnum("System.Management.Automation.RemoteStreamOptions", "0", 0),
        AddToHistory: false,
        HostInfo: NULL_HOST,
        PowerShell: psObject({ notes: { IsNested: false, Cmds: commands, History: null, RedirectShellErrorOutputPipe: false } }),
        IsNested: false,
      },
    }),
  );
}

/** All output stays in its stream. Where newer streams go need not be said: a server that knows them takes it for this, as from an older client. */
function command(cmdlet: string, args: readonly PsObject[]): PsObject {
  const none = () => psEnum("System.Management.Automation.Runspaces.PipelineResultTypes", "None", 0);
  const redirections = { MergeMyResult: none(), MergeToResult: none(), MergePreviousResults: none() };
  return psObject({ notes: { Cmd: cmdlet, IsScript: false, UseLocalScope: null, ...redirections, Args: listOfObjects(args) } });
}

function listOfObjects(items: readonly PsObject[]): PsObject {
  return psObject({ typeNames: LIST_OF_OBJECTS, items });
}
