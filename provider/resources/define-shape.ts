// The shape of a resource: what it is called, what a program may ask of it, what it gives and what is recorded of it, as zod with docs and units.
// The class for programs, Check, the Pulumi schema, the reference page and the types derive from it; nothing of it knows an edge.
import { z } from "zod";
import type { RecordedState } from "../engine/resource.ts";
import type { BufferAddress } from "./site.ts";

export interface ShapeParts<Args extends z.ZodObject, Outputs extends z.ZodObject, Recorded extends z.ZodObject> {
  /** `MxRecord`; the Pulumi token is `exchange:index:<name>`. */
  readonly name: string;
  /** One paragraph for the schema and the reference page. */
  readonly about: string;
  /** A program of a line or two. */
  readonly example: string;
  /** What it refuses, and what it never does. */
  readonly refuses: readonly string[];
  /** What a program may write. Arguments say themselves what they are for: `identity(…)`, `wanted(…)`, `reach(…)`. */
  readonly args: Args;
  /** What a program may use further. */
  readonly outputs: Outputs;
  /** What must outlive a run. */
  readonly recorded: Recorded;
  /** How recorded state has changed since version 1: the first makes version 2 of version 1. */
  readonly migrations?: readonly Migration[];
  /** Arguments that have another name in states that an earlier version wrote: the old name, and the one of now. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** What a person calls the thing. Absent: what identifies it. */
  titleOf?(args: z.output<Args>): string;
  /** The host on which runs that change the thing take turns. Absent: the argument `turnsAt`. */
  turnsAt?(args: z.output<Args>): BufferAddress;
}

export type Migration = (recorded: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

export interface Shape<
  Args extends z.ZodObject = z.ZodObject,
  Outputs extends z.ZodObject = z.ZodObject,
  Recorded extends z.ZodObject = z.ZodObject,
> extends Required<Omit<ShapeParts<Args, Outputs, Recorded>, "titleOf" | "turnsAt">> {
  /** Arguments that say which thing it is: another value is another thing. */
  readonly identity: readonly string[];
  /** Arguments that say what is wanted of it: a difference in any of them is one although nothing is to be done. */
  readonly wanted: readonly string[];
  /** Arguments that say how to get to it: another value is tried before it is recorded. */
  readonly reach: readonly string[];
  /** What is recorded for people alone. */
  readonly history: readonly string[];
  titleOf(args: z.output<Args>): string;
  /** `undefined` where the program names no host. */
  turnsAt(args: z.output<Args>): BufferAddress | undefined;
}

export type ArgsOf<S extends Shape> = z.output<S["args"]>;
export type RecordedOf<S extends Shape> = z.output<S["recorded"]>;

export function defineShape<Args extends z.ZodObject, Outputs extends z.ZodObject, Recorded extends z.ZodObject>(
  parts: ShapeParts<Args, Outputs, Recorded>,
): Shape<Args, Outputs, Recorded> {
  const identity = namesFor("identity", parts.args);
  return {
    migrations: [],
    renamed: {},
    titleOf: (args) => idOf({ identity }, args),
    turnsAt: ({ turnsAt }) => turnsAt as BufferAddress | undefined,
    ...parts,
    identity,
    wanted: namesFor("wanted", parts.args),
    reach: namesFor("reach", parts.args),
    history: namesFor("history", parts.recorded),
  };
}

/** What identifies a thing, as Pulumi's id of it: `contoso.com`. */
export function idOf({ identity }: Pick<Shape, "identity">, args: Readonly<Record<string, unknown>>): string {
  return identity.map((name) => String(args[name])).join("/");
}

/** Marks an argument that says which thing it is. */
export function identity<T extends z.ZodType>(argument: T): T {
  return argument.meta({ ...argument.meta(), purpose: "identity" });
}

/** Marks an argument that says what is wanted of the thing. */
export function wanted<T extends z.ZodType>(argument: T): T {
  return argument.meta({ ...argument.meta(), purpose: "wanted" });
}

/**
 * Marks an argument that is needed to get to the thing: a user, a port, a host key, a file to read. It says nothing of the thing itself, so what an earlier
 * run recorded of it binds nobody: a reading that fails by it changes nothing, and what the program says now is tried.
 */
export function reach<T extends z.ZodType>(argument: T): T {
  return argument.meta({ ...argument.meta(), purpose: "reach" });
}

/** Marks a member of what is recorded that is kept for people: no plan goes by it, and nothing that comes later is given a copy. */
export function history<T extends z.ZodType>(recorded: T): T {
  return recorded.meta({ ...recorded.meta(), purpose: "history" });
}

function namesFor(purpose: "identity" | "wanted" | "reach" | "history", { shape }: z.ZodObject): readonly string[] {
  return Object.entries(shape).flatMap(([name, argument]) => (z.globalRegistry.get(argument)?.["purpose"] === purpose ? [name] : []));
}

const versioned = z.looseObject({ version: z.int().min(1).optional() });

/**
 * What was recorded, as `shape` has it now. State that bears no version is version 1.
 * @throws {Error} in words when a later version wrote it, or when it is not what any version wrote
 */
export function recordedFrom<S extends Shape>(shape: S, data: unknown): RecordedOf<S> & RecordedState {
  const { version = 1, ...written } = versioned.parse(data);
  const latest = shape.migrations.length + 1;
  if (version > latest)
    throw new Error(
      `${shape.name}: what is recorded in Pulumi's state is of version ${version}, and this pulumi-exchange knows up to ${latest}. Use the one that wrote it, or a later one.`,
    );
  const migrated = shape.migrations
    .slice(version - 1)
    .reduce<Readonly<Record<string, unknown>>>((recorded, migrate) => migrate(recorded), written);
  const { success, data: recorded, error } = shape.recorded.safeParse(migrated);
  if (success) return recorded as RecordedOf<S> & RecordedState;
  const [issue] = error.issues;
  throw new Error(
    `${shape.name}: what is recorded in Pulumi's state cannot be read: ${issue?.path.join(".")}: ${issue?.message}. Put back a state from before with \`pulumi stack import --file state.json\`: Pulumi Cloud gives it by \`pulumi stack export --version <number>\`, elsewhere it is in your backups.`,
  );
}

/** What is recorded, as it is written into Pulumi's state. */
export function recordedTo(shape: Pick<Shape, "migrations">, recorded: object): object {
  return { version: shape.migrations.length + 1, ...recorded };
}
