// What is inside the PSRP messages that a server sends to a session which runs one cmdlet at a time: the few that matter of them.
// Source: [MS-PSRP] 2.2.2 and 2.2.3.
import { psObject } from "../clixml/build.ts";
import { decodeClixml } from "../clixml/decode.ts";
import { numberOf, property, textOf } from "../clixml/read.ts";
import { isPsObject, type PsObject } from "../clixml/values.ts";
import type { CmdletErrorRecord } from "../transport.ts";
import { errorRecordOf } from "./errors.ts";
import { PsrpError } from "./messages.ts";

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
