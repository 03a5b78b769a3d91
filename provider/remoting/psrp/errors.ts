// An ErrorRecord as it travels, flattened to what people and rules read. Source: [MS-PSRP] 2.2.3.15; Exchange's id prefix as seen in the field.
import { numberOf, property, textOf } from "../clixml/read.ts";
import { isPsObject, type PsObject } from "../clixml/values.ts";
import type { CmdletErrorRecord } from "../transport.ts";

/** ErrorCategory by its number. */
const CATEGORIES: readonly string[] = (
  "NotSpecified OpenError CloseError DeviceError DeadlockDetected InvalidArgument InvalidData InvalidOperation InvalidResult InvalidType MetadataError " +
  "NotImplemented NotInstalled ObjectNotFound OperationStopped OperationTimeout SyntaxError ParserError PermissionDenied ResourceBusy ResourceExists " +
  "ResourceUnavailable ReadError WriteError FromStdErr SecurityError ProtocolError ConnectionError AuthenticationError LimitsExceeded QuotaExceeded NotEnabled"
).split(" ");

/** One record. The message is the record's own text, else that of its exception; never empty. */
export function errorRecordOf(record: PsObject, terminating: boolean): CmdletErrorRecord {
  const fullyQualifiedErrorId = textOf(property(record, "FullyQualifiedErrorId")) ?? "";
  return {
    message: messageOf(record) ?? (fullyQualifiedErrorId === "" ? "an error without text" : fullyQualifiedErrorId),
    fullyQualifiedErrorId,
    failureCategory: /\[FailureCategory=([^\]]+)\]/.exec(fullyQualifiedErrorId)?.[1] ?? "",
    category: categoryOf(record),
    targetName: textOf(property(record, "ErrorCategory_TargetName")) ?? textOf(property(record, "TargetObject")) ?? "",
    terminating,
  };
}

function messageOf(record: PsObject): string | undefined {
  const exception = property(record, "Exception");
  const inException = isPsObject(exception) ? (property(exception, "Message") ?? exception.text ?? null) : exception;
  return [record.text, textOf(property(record, "ErrorDetails_Message")), textOf(inException)].find(
    (text) => text !== undefined && text !== "",
  );
}

function categoryOf(record: PsObject): string {
  const number = numberOf(property(record, "ErrorCategory_Category"));
  const said = /^(\w+):/.exec(textOf(property(record, "ErrorCategory_Message")) ?? "")?.[1];
  return (number === undefined ? undefined : CATEGORIES[number]) ?? said ?? "NotSpecified";
}
