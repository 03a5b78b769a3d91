// Says what a parameter of a cmdlet may be given, by its .NET type: what the server would convert into something else than was meant is refused here.
// Source of the types: the cmdlet reference; of what they are converted from: [MS-PSRP] and Exchange's identities, which are texts.
import { type CmdletValue, Secret } from "../remoting/transport.ts";

interface ParameterValues {
  readonly DatabaseAvailabilityGroupIdParameter: string;
  readonly DatabaseIdParameter: string;
  readonly Fqdn: string;
  readonly MailboxServerIdParameter: string;
  readonly ServerIdParameter: string;
  readonly "String[]": string | readonly string[];
  readonly SwitchParameter: boolean;
  readonly TimeSpan: string;
  readonly Unlimited: number | "Unlimited";
}

/** A .NET type by its name, or the words of an enumeration. */
export type ParameterType = keyof ParameterValues | readonly string[];
export type ParameterValue<Type extends ParameterType> = Type extends readonly (infer Word)[]
  ? Word
  : Type extends keyof ParameterValues
    ? ParameterValues[Type]
    : never;

interface Expectation {
  readonly words: string;
  fits(value: CmdletValue | undefined): boolean;
}

/** An empty or missing identity means everything there is: never what was meant. */
const name: Expectation = { words: "a name", fits: isName };

const expectations: Readonly<Record<keyof ParameterValues, Expectation>> = {
  DatabaseAvailabilityGroupIdParameter: name,
  DatabaseIdParameter: name,
  Fqdn: { words: "a fully qualified host name", fits: (value) => typeof value === "string" && /^[^\s.]+(\.[^\s.]+)+$/.test(value) },
  MailboxServerIdParameter: name,
  ServerIdParameter: name,
  "String[]": {
    words: "a name or a list of names",
    fits: (value) => isName(value) || (Array.isArray(value) && value.length > 0 && value.every(isName)),
  },
  SwitchParameter: { words: "true or false", fits: (value) => typeof value === "boolean" },
  TimeSpan: {
    words: "a time span as [-][days.]hours:minutes:seconds",
    fits: (value) => typeof value === "string" && /^-?(\d+\.)?\d{1,2}:\d{2}:\d{2}(\.\d{1,7})?$/.test(value),
  },
  Unlimited: {
    words: 'a whole number or "Unlimited"',
    fits: (value) => value === "Unlimited" || (typeof value === "number" && Number.isSafeInteger(value) && value >= 0),
  },
};

/** `expected …, found …`; `undefined` when the value is of that type. */
export function problemOf(type: ParameterType, value: CmdletValue | undefined): string | undefined {
  const { words, fits } = typeof type === "string" ? expectations[type] : oneOf(type);
  return fits(value) ? undefined : `expected ${words}, found ${shown(value)}`;
}

function oneOf(words: readonly string[]): Expectation {
  return { words: words.join(", "), fits: (value) => typeof value === "string" && words.includes(value) };
}

function isName(value: CmdletValue | undefined): boolean {
  return typeof value === "string" && value.trim() !== "";
}

/** What was found, as a person would recognise it: short, and never a secret. */
function shown(value: CmdletValue | undefined): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "string") return value.length <= 60 ? JSON.stringify(value) : `a text of ${value.length} characters`;
  if (typeof value !== "object") return String(value);
  if (value instanceof Secret) return "a secret";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Date) return "a date";
  return value instanceof Uint8Array ? "bytes" : "an object";
}
