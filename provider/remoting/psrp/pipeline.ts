// What is inside the PSRP messages of a session that runs one cmdlet at a time: the three that are sent, the few that matter of those that come.
// Sends commands with typed parameters only, never script text. Source: [MS-PSRP] 2.2.2 and 2.2.3; the shape sent is that of PowerShell's own client.
import { psEnum, psObject } from "../clixml/build.ts";
import { decodeClixml } from "../clixml/decode.ts";
import { encodeClixml } from "../clixml/encode.ts";
import { numberOf, property, textOf } from "../clixml/read.ts";
import { isPsObject, type PsObject, PsTagged } from "../clixml/values.ts";
import type { CmdletErrorRecord, CmdletParameters } from "../transport.ts";
import { errorRecordOf } from "./errors.ts";
import { PsrpError } from "./messages.ts";
import { cmdletName, type Protect, toPsArguments } from "./parameters.ts";

/** `PipelineState` of [MS-PSRP] 2.2.3.5. `completed` says nothing about errors written on the way. */
export const PipelineStates = { notStarted: 0, running: 1, stopping: 2, stopped: 3, completed: 4, failed: 5, disconnected: 6 } as const;

/** `RunspaceState` of [MS-PSRP] 2.2.3.4. */
export const RunspaceStates = {
  beforeOpen: 0,
  opening: 1,
  opened: 2,
  closed: 3,
  closing: 4,
  broken: 5,
  negotiationSent: 6,
  negotiationSucceeded: 7,
  connecting: 8,
  disconnected: 9,
} as const;

/** A state and the error that came with it, if one did. */
export interface StateChange {
  readonly state: number;
  readonly error?: CmdletErrorRecord;
}

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

/** One cmdlet of a pipeline with several. */
export interface Statement {
  readonly cmdlet: string;
  readonly parameters: CmdletParameters;
}

/** CREATE_PIPELINE for one cmdlet; see `createStatements`. */
export function createPipeline(cmdlet: string, parameters: CmdletParameters, protocol?: string, protect?: Protect): string {
  return createStatements([{ cmdlet, parameters }], protocol, protect);
}

/**
 * CREATE_PIPELINE for cmdlets that run one after the other, as if separated by semicolons; the first that fails ends them all.
 * Stream options 0: errors and warnings come without their invocation, which is kilobytes a record.
 * `protocol` is the version that the server offered; older ones know fewer streams.
 * @throws {ClixmlError} for a name or a value that cannot be sent, naming the parameter
 */
export function createStatements(
  statements: readonly [Statement, ...Statement[]],
  protocol = "2.3",
  protect: Protect | undefined = undefined,
): string {
  const [first, ...others] = statements;
  const commandsOf = (statement: Statement) => listOfObjects([command(statement, protocol, protect)]);
  // With several, all of them stand in ExtraCmds, and the first once more in Cmds: a copy, for readers that know no references.
  const extra = statements.map((statement) => psObject({ notes: { Cmds: commandsOf(statement) } }));
  return encodeClixml(
    psObject({
      notes: {
        NoInput: true,
        ApartmentState: UNKNOWN_APARTMENT,
        RemoteStreamOptions: psEnum("System.Management.Automation.RemoteStreamOptions", "0", 0),
        AddToHistory: false,
        HostInfo: NULL_HOST,
        PowerShell: psObject({
          notes: {
            IsNested: false,
            ExtraCmds: others.length === 0 ? undefined : listOfObjects(extra),
            Cmds: commandsOf(first),
            History: null,
            RedirectShellErrorOutputPipe: false,
          },
        }),
        IsNested: false,
      },
    }),
  );
}

function command({ cmdlet, parameters }: Statement, protocol: string, protect: Protect | undefined): PsObject {
  const none = psEnum("System.Management.Automation.Runspaces.PipelineResultTypes", "None", 0);
  const merges = mergesOf(Number(protocol.split(".")[1]));
  return psObject({
    notes: {
      Cmd: cmdletName(cmdlet),
      IsScript: false,
      UseLocalScope: null,
      ...Object.fromEntries(merges.map((merge) => [merge, { ...none }])),
      Args: listOfObjects(toPsArguments(parameters, protect).map(([N, V]) => psObject({ notes: { N, V } }))),
    },
  });
}

function listOfObjects(items: readonly PsObject[]): PsObject {
  return psObject({ typeNames: LIST_OF_OBJECTS, items });
}

/** Names of the stream redirections that a minor protocol version knows. */
function mergesOf(minor: number): readonly string[] {
  const since21 = ["MergeMyResult", "MergeToResult", "MergePreviousResults"];
  const since22 = minor >= 2 ? ["MergeError", "MergeWarning", "MergeVerbose", "MergeDebug"] : [];
  return [...since21, ...since22, ...(minor >= 3 ? ["MergeInformation"] : [])];
}

/** One PIPELINE_OUTPUT. A bare value is boxed, so that all output is objects; `$null` is nothing. */
export function readOutput(data: string): PsObject[] {
  return decodeClixml(data)
    .filter((value) => value !== null)
    .map((value) => (isPsObject(value) ? value : Array.isArray(value) ? psObject({ items: value }) : psObject({ value })));
}

/** One ERROR_RECORD: written beside output, the pipeline goes on. */
export function readError(data: string): CmdletErrorRecord {
  return errorRecordOf(oneObject(data, "ERROR_RECORD"), false);
}

/** The text of a WARNING_RECORD, VERBOSE_RECORD or DEBUG_RECORD. */
export function readRecordText(data: string): string {
  const [record] = decodeClixml(data);
  return textOf(record) ?? (isPsObject(record) ? textOf(property(record, "InformationalRecord_Message")) : undefined) ?? "";
}

/** PIPELINE_STATE; a terminating error comes only here. */
export function readPipelineState(data: string): StateChange {
  return stateChange(data, "PipelineState");
}

/** RUNSPACEPOOL_STATE. */
export function readRunspacePoolState(data: string): StateChange {
  return stateChange(data, "RunspaceState");
}

function stateChange(data: string, name: "PipelineState" | "RunspaceState"): StateChange {
  const message = oneObject(data, name);
  const state = numberOf(property(message, name));
  if (state === undefined) throw new PsrpError(`a ${name} message names no state`);
  const error = property(message, "ExceptionAsErrorRecord");
  return isPsObject(error) ? { state, error: errorRecordOf(error, true) } : { state };
}

function oneObject(data: string, what: string): PsObject {
  const [value] = decodeClixml(data);
  if (isPsObject(value)) return value;
  throw new PsrpError(`a ${what} message holds no object`);
}
