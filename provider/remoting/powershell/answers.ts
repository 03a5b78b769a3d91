// What the agent's last frame means. Its flat errors bear the names that an ErrorRecord has on the wire of PSRP, so one reader serves both transports.
import { decodeClixml } from "../clixml/decode.ts";
import { listOf, property, textOf } from "../clixml/read.ts";
import { isPsObject, type PsObject, type PsValue } from "../clixml/values.ts";
import { errorRecordOf } from "../psrp/errors.ts";
import type { CmdletAnswer } from "../transport.ts";
import { ShellError } from "./problems.ts";

/** The agent's last frame: a hashtable. @throws {ClixmlError} or {ShellError} when it is none */
export function endOf(clixml: string): PsObject {
  const [value] = decodeClixml(clixml);
  if (!isPsObject(value) || value.entries === undefined) throw new ShellError({ kind: "nonsense", what: "its last frame is no hashtable" });
  return { ...value, notes: new Map(value.entries.map(([key, item]) => [textOf(key) ?? "", item])) };
}

/** The answer to a run. @throws {ShellError} `lost` or `nonsense` when there is none */
export function answerOf(end: PsObject, objects: readonly PsObject[]): CmdletAnswer {
  const text = (name: string) => textOf(property(end, name)) ?? "";
  const [state, runspace, problem] = [text("State"), text("Runspace"), text("Problem")];
  const failed = property(end, "Failed");
  const failure = isPsObject(failed) ? errorRecordOf(failed, true) : undefined;
  const why = failure?.message ?? problem;
  if (runspace !== "Opened")
    throw lost(`the session is ${runspace === "" ? "gone" : runspace.toLowerCase()}${why === "" ? "" : `: ${why}`}`);
  if (problem !== "") throw new ShellError({ kind: "nonsense", what: problem });
  if (state === "Stopped") throw lost("the cmdlet was stopped");
  if (state === "Failed" && failure === undefined) throw lost("the cmdlet failed and PowerShell does not say why");
  if (state !== "Completed" && state !== "Failed") throw new ShellError({ kind: "nonsense", what: `the state "${state}"` });
  const errors = recordsIn(property(end, "Errors")).map((record) => errorRecordOf(record, false));
  return {
    objects,
    warnings: listOf(property(end, "Warnings")).map((warning) => textOf(warning) ?? ""),
    errors: failure === undefined ? errors : [...errors, failure],
  };
}

function recordsIn(value: PsValue | undefined): readonly PsObject[] {
  return listOf(value).filter(isPsObject);
}

function lost(what: string): ShellError {
  return new ShellError({ kind: "lost", what });
}
