// Binds the parameters of a call to a cmdlet's signature, or says why not, in PowerShell's order: names, values, sets, mandatory ones, prompt.
// Names are compared without case and must be whole: neither aliases nor unambiguous beginnings, which PowerShell would take too.
import { booleanOf, textOf } from "../../provider/remoting/clixml/read.ts";
import type { PsValue } from "../../provider/remoting/clixml/values.ts";
import {
  alreadyBound,
  ambiguousSet,
  confirmationImpossible,
  emptyArgument,
  missingMandatory,
  parameterNotFound,
} from "./binding-errors.ts";
import type { HostError } from "./cmdlet-host.ts";
import { conversionError } from "./conversion.ts";
import { commonParameters, type Signature } from "./signatures.ts";

export interface Bound {
  readonly kind: "bound";
  /** The parameter set that was chosen. */
  readonly set: string;
  /** By the names of the signature, common parameters included. Values as they came. */
  readonly parameters: ReadonlyMap<string, PsValue>;
}

/** What a cmdlet was called with, or the error that ends its pipeline. Tell them apart by `"kind" in result`. */
export function bind(signature: Signature, parameters: ReadonlyMap<string, PsValue>): Bound | HostError {
  const named = namesOf(signature, parameters);
  if ("fullyQualifiedErrorId" in named) return named;
  for (const [name, value] of named) {
    const error = valueError(signature, name, value);
    if (error !== undefined) return error;
  }
  const set = setOf(signature, named);
  if (typeof set !== "string") return set;
  const bound: Bound = { kind: "bound", set, parameters: named };
  return promptError(signature, bound) ?? bound;
}

/**
 * The error of a cmdlet that would ask and was not told `Confirm: false`. One function, because nobody has seen what Exchange says:
 * see `confirmationImpossible`.
 */
export function promptError(signature: Signature, { parameters }: Bound): HostError | undefined {
  const isTold = parameters.has("Confirm") && booleanOf(parameters.get("Confirm")) === false;
  if (signature.prompts !== true || isTold || booleanOf(parameters.get("WhatIf")) === true) return undefined;
  return confirmationImpossible(signature.cmdlet, textOf(parameters.get("Identity") ?? parameters.get("Server")) ?? signature.cmdlet);
}

function namesOf(signature: Signature, parameters: ReadonlyMap<string, PsValue>): Map<string, PsValue> | HostError {
  const known = new Map(Object.keys({ ...commonParameters(), ...signature.parameters }).map((name) => [name.toLowerCase(), name] as const));
  const named = new Map<string, PsValue>();
  for (const [given, value] of parameters) {
    const name = known.get(given.toLowerCase());
    if (name === undefined) return parameterNotFound(signature.cmdlet, given);
    if (named.has(name)) return alreadyBound(signature.cmdlet, given);
    named.set(name, value);
  }
  return named;
}

function valueError(signature: Signature, name: string, value: PsValue): HostError | undefined {
  const parameter = signature.parameters[name] ?? commonParameters()[name];
  if (parameter === undefined) return undefined;
  if ((value === null || value === "") && isMandatory(signature, name)) return emptyArgument(signature.cmdlet, name, value);
  return conversionError(signature.cmdlet, name, parameter, value);
}

/** The one set that has all that was given and misses nothing; of several, the default one, else the first documented. */
function setOf(signature: Signature, named: ReadonlyMap<string, PsValue>): string | HostError {
  const own = [...named.keys()].filter((name) => signature.parameters[name] !== undefined);
  const possible = setsWith(signature, own);
  if (possible.length === 0) return ambiguousSet(signature.cmdlet);
  const complete = possible.filter((set) => missingIn(signature, set, named).length === 0);
  const chosen = preferred(signature, complete) ?? complete[0];
  if (chosen !== undefined) return chosen;
  const wanted = preferred(signature, possible) ?? (possible.length === 1 ? possible[0] : undefined);
  return wanted === undefined ? ambiguousSet(signature.cmdlet) : missingMandatory(signature.cmdlet, missingIn(signature, wanted, named));
}

function setsWith({ parameterSets }: Signature, names: readonly string[]): readonly string[] {
  return Object.entries(parameterSets).flatMap(([set, has]) => (names.every((name) => has.includes(name)) ? [set] : []));
}

function preferred(signature: Signature, sets: readonly string[]): string | undefined {
  return sets.find((set) => set === signature.defaultParameterSet);
}

/** A parameter that the account's roles hide is not asked for. */
function missingIn({ required, parameters }: Signature, set: string, named: ReadonlyMap<string, PsValue>): readonly string[] {
  return (required[set] ?? []).filter((name) => parameters[name] !== undefined && !named.has(name));
}

/** In every set that has it. */
function isMandatory(signature: Signature, name: string): boolean {
  const sets = setsWith(signature, [name]);
  return sets.length > 0 && sets.every((set) => signature.required[set]?.includes(name));
}
