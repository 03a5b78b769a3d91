// The order of a component's parts: stages one after the other, and in a stage chains side by side. Who waits for whom is data; making the
// resources follows from it.
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Shape } from "../resources/define-shape.ts";
import type { Inputs, ProgramClass } from "../resources/program-class.ts";
import type { Place, Predecessor } from "../resources/vocabulary.ts";

/** A resource that is to be made: its class, the name that rows show, and what is asked of it. */
export interface Part {
  readonly class: ProgramClass;
  readonly name: string;
  readonly args: Inputs<Readonly<Record<string, unknown>>>;
}

/** Each waits for the one before it. */
export type Chain = readonly Part[];
/** Chains that do not wait for each other; what stands in the next stage waits for the last part of each. */
export interface Stage {
  /** As people call it: `the buffer`. */
  readonly called: string;
  readonly chains: readonly Chain[];
}

/** A part with those that it waits for, and where that is in the order of a run. */
export interface Ordered {
  readonly part: Part;
  readonly after: readonly Part[];
  readonly place: Omit<Place, "within">;
}

export function part<S extends Shape>(of: ProgramClass<S>, name: string, args: Inputs<z.input<S["args"]>>): Part {
  return { class: of as ProgramClass, name, args };
}

/** The same name in upper and in lower case: a program that writes it otherwise than before means the same resource. */
function inOtherCase(name: string): { readonly name: string }[] {
  return [name.toUpperCase(), name.toLowerCase()].filter((other) => other !== name).map((other) => ({ name: other }));
}

/** One chain of the first of each list, one of the second of each, and so on: as for several things on each of some servers. */
export function stage(called: string, ...lists: readonly (readonly Part[])[]): Stage {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return { called, chains: Array.from({ length: longest }, (_none, index) => lists.flatMap((list) => list[index] ?? [])) };
}

/** All parts. A stage or a chain without parts is passed over: what follows waits for what went before. */
export function ordered(stages: readonly Stage[]): readonly Ordered[] {
  const found: Ordered[] = [];
  let before: readonly Part[] = [];
  const filled = stages
    .map(({ called, chains }) => ({ called, chains: chains.filter((chain) => chain.length > 0) }))
    .filter(({ chains }) => chains.length > 0);
  for (const [index, { chains }] of filled.entries()) {
    const place = { stages: filled.map(({ called }) => called), stage: index + 1, parts: chains.flat().length };
    for (const chain of chains)
      for (const [nth, part] of chain.entries()) found.push({ part, after: nth === 0 ? before : chain.slice(nth - 1, nth), place });
    before = chains.flatMap((chain) => chain.slice(-1));
  }
  return found;
}

/** Makes all parts below `parent`, each waiting for those that it must wait for; in the order of the stages. */
export function make(stages: readonly Stage[], parent: pulumi.Resource, within: string): ReadonlyMap<Part, pulumi.CustomResource> {
  const made = new Map<Part, pulumi.CustomResource>();
  for (const { part, after, place } of ordered(stages)) {
    const before = after.flatMap((earlier) => {
      const resource = made.get(earlier);
      return resource === undefined ? [] : [{ part: earlier, resource }];
    });
    const args = { ...part.args, after: before.map(predecessorOf), place: { ...place, within } };
    made.set(
      part,
      new part.class(part.name, args, { parent, aliases: inOtherCase(part.name), dependsOn: before.map(({ resource }) => resource) }),
    );
  }
  return made;
}

/** What the plugin needs to ask the site whether an earlier part is as it should be; where runs take turns matters only for a change. */
function predecessorOf({ part, resource }: { readonly part: Part; readonly resource: object }): Inputs<Predecessor> {
  const { recorded } = resource as { readonly recorded: pulumi.Output<object | undefined> };
  const { turnsAt: _only, ...args } = part.args;
  return {
    resource: part.class.shape.name,
    args: pulumi.jsonStringify(args),
    recorded: pulumi.jsonStringify(recorded.apply((known) => withoutHistory(part.class.shape, known))),
  };
}

/** What is recorded of a thing, but for what is kept for people: every part that comes later would keep a copy. */
export function withoutHistory({ history }: Pick<Shape, "history">, recorded: object | undefined): object | undefined {
  if (recorded === undefined) return undefined;
  return Object.fromEntries(Object.entries(recorded).filter(([name]) => !history.includes(name)));
}
