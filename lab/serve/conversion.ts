// Judges whether a value that came over the wire becomes the type of a parameter, as PowerShell would convert it, as far as the documented type
// tells; what a name means (a server, a database, a queue) is for the cmdlet to find out.
import { numberOf, textOf } from "../../provider/remoting/clixml/read.ts";
import { isPsList, isPsObject, PsDate, type PsObject, PsTagged, type PsValue } from "../../provider/remoting/clixml/values.ts";
import { notASwitch, notConvertible, outOfRange } from "./binding-errors.ts";
import type { HostError } from "./cmdlet-host.ts";
import type { ParameterSignature } from "./signatures.ts";

const WHOLE_NUMBERS: Readonly<Record<string, readonly [number, number]>> = {
  Int32: [-2147483648, 2147483647],
  UInt16: [0, 65535],
  UInt32: [0, 4294967295],
};
const LISTS = new Set(["MultiValuedProperty", "StringCollection", "PSObject", "ExtensibleQueueInfo"]);

/** The error for `value`, or undefined when it will do. `$null` always does here: only a mandatory parameter minds, and the binder knows which are. */
export function conversionError(cmdlet: string, name: string, parameter: ParameterSignature, value: PsValue): HostError | undefined {
  const { type } = parameter;
  if (value === null) return undefined;
  if (type.endsWith("[]") || LISTS.has(type)) return undefined;
  if (type === "SwitchParameter") return isTruth(value) ? undefined : notASwitch(cmdlet, name, dotNetType(value));
  if (isList(value)) {
    const given = dotNetType(value);
    return notConvertible(cmdlet, name, `Cannot convert the "${given}" value of type "${given}" to type "${type}".`);
  }
  if (type === "Boolean") return booleanError(cmdlet, name, value);
  const text = textOf(value);
  if (parameter.values !== undefined) return enumError(cmdlet, name, parameter.values, type, value);
  if (type in WHOLE_NUMBERS || type === "Unlimited") return numberError(cmdlet, name, parameter, text ?? dotNetType(value));
  if (type === "TimeSpan") return timeSpanError(cmdlet, name, value);
  return undefined;
}

/** The name under which PowerShell would show the value's type. */
export function dotNetType(value: PsValue): string {
  if (value === null) return "System.Object";
  if (typeof value === "string") return "System.String";
  if (typeof value === "number") return Number.isInteger(value) ? "System.Int32" : "System.Double";
  if (typeof value === "bigint") return "System.Int64";
  if (typeof value === "boolean") return "System.Boolean";
  if (value instanceof PsDate) return "System.DateTime";
  if (value instanceof PsTagged) return "System.String";
  if (value instanceof Uint8Array) return "System.Byte[]";
  return isPsObject(value) ? (value.typeNames[0] ?? "System.Management.Automation.PSObject") : "System.Object[]";
}

function isTruth(value: PsValue): boolean {
  return (
    typeof value === "boolean" ||
    (isPsObject(value) && value.typeNames.some((name) => name.endsWith("System.Management.Automation.SwitchParameter")))
  );
}

function isList(value: PsValue): boolean {
  return isPsList(value) || (isPsObject(value) && (value.items !== undefined || value.entries !== undefined));
}

function booleanError(cmdlet: string, name: string, value: PsValue): HostError | undefined {
  if (isTruth(value) || typeof value === "number") return undefined;
  return notConvertible(
    cmdlet,
    name,
    `Cannot convert value "${dotNetType(value)}" to type "System.Boolean". Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0 instead.`,
  );
}

/** A number is let through: which numbers an enum of Exchange has is mostly unknown. */
function enumError(cmdlet: string, name: string, values: readonly string[], type: string, value: PsValue): HostError | undefined {
  if (typeof value === "number") return undefined;
  const text = textOf(value) ?? dotNetType(value);
  if (values.some((allowed) => allowed.toLowerCase() === text.toLowerCase())) return undefined;
  return notConvertible(
    cmdlet,
    name,
    `Cannot convert value "${text}" to type "${type}". Error: "Unable to match the identifier name ${text} to a valid enumerator name. Specify one of the following enumerator names and try again:\r\n${values.join(", ")}"`,
  );
}

function numberError(cmdlet: string, name: string, { type, range }: ParameterSignature, text: string): HostError | undefined {
  if (type === "Unlimited" && text.toLowerCase() === "unlimited") return undefined;
  const value = /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : undefined;
  const shown = type === "Unlimited" ? type : `System.${type}`;
  const refusal = (why: string) => notConvertible(cmdlet, name, `Cannot convert value "${text}" to type "${shown}". Error: "${why}"`);
  if (value === undefined) return refusal("Input string was not in a correct format.");
  const [least, greatest] = WHOLE_NUMBERS[type] ?? [0, Number.MAX_SAFE_INTEGER];
  if (value < least || value > greatest) return refusal(`Value was either too large or too small for ${article(type)} ${type}.`);
  return range !== undefined && (value < range[0] || value > range[1]) ? outOfRange(cmdlet, name, value, range) : undefined;
}

function article(type: string): string {
  return type.startsWith("I") ? "an" : "a";
}

function timeSpanError(cmdlet: string, name: string, value: PsValue): HostError | undefined {
  if (isPsObject(value) ? isTimeSpan(value) : value instanceof PsTagged ? value.tag === "TS" : false) return undefined;
  const text = textOf(value) ?? dotNetType(value);
  if (/^-?(\d+|(\d+\.)?\d{1,2}:\d{2}(:\d{2}(\.\d{1,7})?)?)$/.test(text)) return undefined;
  return notConvertible(
    cmdlet,
    name,
    `Cannot convert value "${text}" to type "System.TimeSpan". Error: "String was not recognized as a valid TimeSpan."`,
  );
}

function isTimeSpan(value: PsObject): boolean {
  return value.typeNames.some((type) => type.endsWith("TimeSpan")) || numberOf(value.value) !== undefined;
}
