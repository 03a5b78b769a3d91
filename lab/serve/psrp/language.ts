// What a session may say besides naming cmdlets: nothing (NoLanguage), or a little (RestrictedLanguage). Of the little, the lab runs one command
// with literal arguments. Sources: recording of a no-language endpoint; PowerShell's about_Language_Modes for ids and words of the other.
import type { PsValue } from "../../../provider/remoting/clixml/values.ts";
import type { HostError } from "../cmdlet-host.ts";
import type { Command } from "./pipeline-request.ts";
import { notInTheLab } from "./records.ts";

/** `FullLanguage`: scripts would run, and the lab says that it runs none. */
export type LanguageMode = "NoLanguage" | "RestrictedLanguage" | "FullLanguage";

const PARSE_EXCEPTION = "System.Management.Automation.ParseException";
const PARSER_ERROR = { number: 17, name: "ParserError" };
const CONSTANTS: Readonly<Record<string, PsValue>> = { $true: true, $false: false, $null: null };
/** A name, a parameter, a text in quotes without anything to expand, a constant, or a word. */
const TOKEN = /\s*(?:-([A-Za-z]\w*):?|'((?:[^']|'')*)'|"([^"$`]*)"|(\$(?:true|false|null)\b)|([\w.:\\/*@+-]+))(?=\s|$|[-'"$])/iy;
const COMMAND_NAME = /^[A-Za-z]\w*-[A-Za-z]\w*$/;

/** The command that a script comes to, or the error that ends its pipeline. */
export function commandOfScript(script: string, mode: LanguageMode): Command | HostError {
  if (mode === "NoLanguage") return scriptsNotAllowed(script);
  return mode === "RestrictedLanguage" ? restrictedCommand(script) : notInTheLab("scripts");
}

/** A script where only commands may run: the whole pipeline fails. Recorded. */
function scriptsNotAllowed(script: string): HostError {
  return {
    message: "The syntax is not supported by this runspace. This can occur if the runspace is in no-language mode.",
    fullyQualifiedErrorId: "ScriptsNotAllowed",
    exception: PARSE_EXCEPTION,
    category: PARSER_ERROR,
    targetName: script,
  };
}

function restrictedCommand(script: string): Command | HostError {
  const [name, ...tokens] = tokensOf(script.trim()) ?? [];
  if (name?.kind !== "word" || !COMMAND_NAME.test(String(name.value))) return refusal(script);
  const parameters: { name: string | undefined; value: PsValue }[] = [];
  for (const token of tokens) {
    const open = parameters.at(-1);
    if (token.kind === "parameter") parameters.push({ name: token.value, value: true });
    else if (open?.name !== undefined && open.value === true) parameters.splice(-1, 1, { name: open.name, value: token.value });
    else parameters.push({ name: undefined, value: token.value });
  }
  return { text: String(name.value), isScript: false, arguments: parameters };
}

type Token = { readonly kind: "parameter"; readonly value: string } | { readonly kind: "word" | "text"; readonly value: PsValue };

/** Undefined when there is anything else in the script. */
function tokensOf(script: string): Token[] | undefined {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < script.length) {
    const found = TOKEN.exec(script);
    if (found === null) return undefined;
    const [, parameter, single, double, constant, word] = found;
    if (parameter !== undefined) tokens.push({ kind: "parameter", value: parameter });
    else if (single !== undefined) tokens.push({ kind: "text", value: single.replaceAll("''", "'") });
    else if (double !== undefined) tokens.push({ kind: "text", value: double });
    else if (constant !== undefined) tokens.push({ kind: "text", value: CONSTANTS[constant.toLowerCase()] ?? null });
    else tokens.push({ kind: "word", value: /^-?\d{1,9}$/.test(word ?? "") ? Number(word) : (word ?? "") });
  }
  return tokens;
}

/** Ids and words of the first two as documented; the last one is the lab's, for what would run there and is too much for the lab. */
function refusal(script: string): HostError {
  const base = { exception: PARSE_EXCEPTION, category: PARSER_ERROR };
  if (/\$[\w:{]*[^;|]*\./.test(script) && !/=/.test(script))
    return {
      ...base,
      message: "Property references are not allowed in restricted language mode or a Data section.",
      fullyQualifiedErrorId: "PropertyReferenceNotSupportedInDataSection",
    };
  if (script.includes("$"))
    return {
      ...base,
      message: "A variable that cannot be referenced in restricted language mode or a Data section is being referenced.",
      fullyQualifiedErrorId: "VariableReferenceNotSupportedInDataSection",
    };
  return notInTheLab("more of the restricted language than one command with literal arguments");
}
