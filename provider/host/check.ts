// Arguments as they arrive from a program, checked all at once: every problem with its property path, what was expected and what was found.
// What is not known yet (an output of another resource, in a preview) is not judged.
import { z } from "zod";
import type { Shape } from "../resources/define-shape.ts";
import { shown } from "../resources/vocabulary.ts";

/** How Pulumi writes a value that will be known only later. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Failure {
  /** `exchanges[0].exchange` */
  readonly property: string;
  readonly reason: string;
}

export interface Checked {
  /** The arguments with defaults; what is unknown stays as it came. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly failures: readonly Failure[];
}

export function check(schema: z.ZodObject, news: Readonly<Record<string, unknown>>): Checked {
  const given = Object.fromEntries(Object.entries(news).filter(([, value]) => value !== undefined && value !== null));
  const later = Object.keys(given).filter((key) => holdsUnknown(given[key]));
  const known = Object.fromEntries(Object.entries(given).filter(([key]) => !later.includes(key)));
  const relaxed =
    later.length === 0 ? schema : z.strictObject(Object.fromEntries(Object.entries(schema.shape).filter(([key]) => !later.includes(key))));
  const result = relaxed.safeParse(known);
  const unknown = Object.fromEntries(later.map((key) => [key, given[key]]));
  if (result.success) return { inputs: { ...withoutUndefined(result.data), ...unknown }, failures: [] };
  return { inputs: given, failures: result.error.issues.flatMap((issue) => failuresOf(issue, given)) };
}

/** Arguments as a state has them, with the names and defaults of now. */
export interface LastArgs {
  /** Without what is not an argument any more. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Why they are none of `shape`; in words. */
  readonly problem?: string;
}

/** The arguments that an earlier program gave, perhaps to an earlier version: what it called otherwise is renamed, what is no argument any more is left out. */
export function lastArgs(shape: Pick<Shape, "args" | "renamed">, inputs: Readonly<Record<string, unknown>>): LastArgs {
  const renamed = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [shape.renamed[name] ?? name, value]));
  const present = Object.fromEntries(Object.entries(renamed).filter(([name]) => name in shape.args.shape));
  const { inputs: args, failures } = check(shape.args, present);
  const [first] = failures;
  return { args, ...(first === undefined ? {} : { problem: `${first.property}: ${first.reason}` }) };
}

/** Whether a value is, or holds, one that is not known yet. */
export function holdsUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  if (Array.isArray(value)) return value.some(holdsUnknown);
  return typeof value === "object" && value !== null && Object.values(value).some(holdsUnknown);
}

/** A copy without members that are `undefined`, which Pulumi's wire format has no word for. */
export function withoutUndefined<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutUndefined) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, withoutUndefined(member)]])),
  ) as T;
}

function failuresOf(issue: z.core.$ZodIssue, given: unknown): Failure[] {
  const property = pathOf(issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      property: property === "" ? key : `${property}.${key}`,
      reason: `there is no such property; found ${shown(valueAt(given, [...issue.path, key]))}`,
    }));
  }
  return [{ property, reason: issue.message.replace(/^Invalid input: /, "") }];
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`),
    "",
  );
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) => (typeof inner === "object" && inner !== null ? (inner as Record<PropertyKey, unknown>)[part] : undefined),
    value,
  );
}
