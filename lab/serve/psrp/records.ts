// Errors, warnings and states as a server of Windows PowerShell 5.1 writes them. Without the invocation that clients may ask for: it says
// nothing new. Sources: [MS-PSRP] 2.2.3; records of Windows PowerShell 5.1 and PowerShell 7.6.
import { psObject } from "../../../provider/remoting/clixml/build.ts";
import { encodeClixml } from "../../../provider/remoting/clixml/encode.ts";
import { type PsObject, PsTagged, type PsValue } from "../../../provider/remoting/clixml/values.ts";
import type { HostError } from "../cmdlet-host.ts";

export const PipelineState = { stopped: 3, completed: 4, failed: 5 } as const;

const RUNTIME = ["System.Management.Automation.RuntimeException", "System.SystemException"];
const BINDING = ["System.Management.Automation.ParameterBindingException", ...RUNTIME];
/** What stands between these exceptions and System.Exception. */
const BASES: Readonly<Record<string, readonly string[]>> = {
  "System.Management.Automation.ParameterBindingException": RUNTIME,
  "System.Management.Automation.ParameterBindingValidationException": BINDING,
  "System.Management.Automation.ParameterBindingArgumentTransformationException": BINDING,
  "System.Management.Automation.CommandNotFoundException": RUNTIME,
  "System.Management.Automation.ParseException": RUNTIME,
  "System.Management.Automation.PipelineStoppedException": RUNTIME,
  "System.Management.Automation.Host.HostException": RUNTIME,
};
const DICTIONARY = ["System.Management.Automation.PSPrimitiveDictionary", "System.Collections.Hashtable", "System.Object"];

/** An ErrorRecord of `cmdlet`. `written`: beside output (an ERROR_RECORD), not as the end of the pipeline. */
export function errorRecord(error: HostError, cmdlet: string, { written }: { readonly written: boolean }): PsObject {
  const reason = error.exception.slice(error.exception.lastIndexOf(".") + 1);
  const target = error.targetName;
  // An id without a comma was made before a cmdlet ran: PowerShell then names no activity.
  const activity = error.fullyQualifiedErrorId.includes(",") ? cmdlet : "";
  const type = target === undefined ? "" : "String";
  return psObject({
    typeNames: ["System.Management.Automation.ErrorRecord", "System.Object"],
    text: error.message,
    notes: {
      ...(written ? { writeErrorStream: true } : {}),
      Exception: exception(error),
      TargetObject: target ?? null,
      FullyQualifiedErrorId: error.fullyQualifiedErrorId,
      InvocationInfo: null,
      ErrorCategory_Category: error.category.number,
      ErrorCategory_Activity: activity,
      ErrorCategory_Reason: reason,
      ErrorCategory_TargetName: target ?? "",
      ErrorCategory_TargetType: type,
      ErrorCategory_Message: `${error.category.name}: (${ellipsized(target ?? "")}:${type}) [${activity}], ${reason}`,
      SerializeExtendedInfo: false,
    },
  });
}

export function warningRecord(text: string): PsObject {
  return psObject({
    typeNames: ["System.Management.Automation.WarningRecord", "System.Management.Automation.InformationalRecord", "System.Object"],
    text,
    notes: { InformationalRecord_Message: text, InformationalRecord_SerializeInvocationInfo: false },
  });
}

/** Data of PIPELINE_STATE; most pipelines end with `COMPLETED`. */
export function pipelineState(state: number, error?: PsObject): string {
  return encodeClixml(psObject({ notes: { PipelineState: state, ExceptionAsErrorRecord: error } }));
}

export const COMPLETED = pipelineState(PipelineState.completed);

/** Data of RUNSPACEPOOL_STATE. */
export function poolState(state: number, error?: PsObject): string {
  return encodeClixml(psObject({ notes: { RunspaceState: state, ExceptionAsErrorRecord: error } }));
}

/** Data of SESSION_CAPABILITY. */
export function sessionCapability(protocol: string): string {
  const notes = { protocolversion: version(protocol), PSVersion: version("2.0"), SerializationVersion: version("1.1.0.1") };
  return encodeClixml(psObject({ notes }));
}

/** Data of APPLICATION_PRIVATE_DATA: the version table of Windows PowerShell on Server 2019. */
export function privateData(protocol: string): string {
  const powershell = "5.1.17763.6189";
  const compatible = psObject({
    typeNames: ["System.Version[]", "System.Array", "System.Object"],
    items: ["1.0", "2.0", "3.0", "4.0", "5.0", powershell].map(version),
  });
  const table = dictionary({
    PSVersion: version(powershell),
    PSEdition: "Desktop",
    PSCompatibleVersions: compatible,
    CLRVersion: version("4.0.30319.42000"),
    BuildVersion: version("10.0.17763.6189"),
    WSManStackVersion: version("3.0"),
    PSRemotingProtocolVersion: version(protocol),
    SerializationVersion: version("1.1.0.1"),
  });
  return encodeClixml(psObject({ notes: { ApplicationPrivateData: dictionary({ PSVersionTable: table }) } }));
}

/** A pipeline that a client stopped. */
export const PIPELINE_STOPPED: HostError = {
  message: "The pipeline has been stopped.",
  fullyQualifiedErrorId: "PipelineStopped",
  exception: "System.Management.Automation.PipelineStoppedException",
  category: { number: 14, name: "OperationStopped" },
};

/** An object that came down the pipe, of which no cmdlet of the lab takes any. */
export function inputNotBound(cmdlet: string): HostError {
  return {
    message:
      "The input object cannot be bound to any parameters for the command either because the command does not take pipeline input or the input and its properties do not match any of the parameters that take pipeline input.",
    fullyQualifiedErrorId: `InputObjectNotBound,${cmdlet}`,
    exception: "System.Management.Automation.ParameterBindingException",
    category: { number: 5, name: "InvalidArgument" },
  };
}

/** Why a pool cannot be used. Id and exception are those that PowerShell has for a remoting problem; nobody recorded a server that says it. */
export function poolBroken(reason: string): HostError {
  return {
    message: reason,
    fullyQualifiedErrorId: "PSSessionOpenFailed",
    exception: "System.Management.Automation.Remoting.PSRemotingTransportException",
    category: { number: 1, name: "OpenError" },
  };
}

/** A SecureString that was not encrypted with the key of this pool. The exception is Windows PowerShell's own; nobody recorded its words. */
export const NOT_DECRYPTED: HostError = {
  message: "A SecureString cannot be decrypted with the session key of this runspace pool.",
  fullyQualifiedErrorId: "CannotDecryptSecureString",
  exception: "System.Management.Automation.Internal.PSCryptoException",
  category: { number: 5, name: "InvalidArgument" },
};

/** A defect of the lab behind the endpoint: it is said to the client, and not taken for an answer. */
export function hostFailed(cause: unknown): HostError {
  return {
    message: `The lab failed: ${cause instanceof Error ? cause.message : String(cause)}`,
    fullyQualifiedErrorId: "LabFailed",
    exception: "System.InvalidOperationException",
    category: { number: 7, name: "InvalidOperation" },
  };
}

/** Something that a real server would do and the lab does not. The words are ours and say so. */
export function notInTheLab(what: string): HostError {
  return {
    message: `The lab does not run ${what}: it runs single cmdlets.`,
    fullyQualifiedErrorId: "NotInTheLab",
    exception: "System.NotImplementedException",
    category: { number: 11, name: "NotImplemented" },
  };
}

function exception({ exception: type, message, targetName = "" }: HostError): PsObject {
  const types = [type, ...(BASES[type] ?? [])];
  const isCommand = type === "System.Management.Automation.CommandNotFoundException";
  return psObject({
    typeNames: [...types, "System.Exception", "System.Object"],
    text: `${type}: ${message}`,
    properties: {
      ErrorRecord: types.includes("System.Management.Automation.RuntimeException") ? message : undefined,
      CommandName: isCommand ? targetName : undefined,
      WasThrownFromThrowStatement: types.includes("System.Management.Automation.RuntimeException") ? false : undefined,
      Message: message,
      Data: psObject({ typeNames: ["System.Collections.ListDictionaryInternal", "System.Object"], entries: [] }),
      InnerException: null,
      TargetSite: null,
      StackTrace: null,
      HelpLink: null,
      Source: null,
      HResult: -2146233087,
    },
  });
}

/** As PowerShell shortens a target's name in a category line: the beginning and the end. */
function ellipsized(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 15)}...${text.slice(-15)}`;
}

function dictionary(record: Readonly<Record<string, PsValue>>): PsObject {
  return psObject({ typeNames: DICTIONARY, entries: Object.entries(record) });
}

function version(text: string): PsTagged {
  return new PsTagged("Version", text);
}
