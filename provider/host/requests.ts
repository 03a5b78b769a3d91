// What a request names: the resource by its URN, its arguments, the program that it belongs to.
import type { Shape } from "../resources/define-shape.ts";
import { kindOf, shapeOf } from "./catalogue.ts";
import { check, withoutUndefined } from "./check.ts";
import { type Kind, type Properties, Unfinished } from "./operation.ts";
import type { Row } from "./rundown.ts";
import { partialFailure, propertiesOf } from "./structs.ts";

export function shapeFor(urn: string): Shape {
  const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const found = shapeOf(token);
  if (found === undefined) throw new Error(`pulumi-exchange has no resource ${token}.`);
  return found;
}

/** The resource and its arguments, as they were checked before. */
export async function known(
  urn: string,
  properties: Parameters<typeof propertiesOf>[0],
): Promise<{ readonly kind: Kind; readonly args: Properties }> {
  const shape = shapeFor(urn);
  const { inputs, failures } = check(shape.args, propertiesOf(properties));
  const [first] = failures;
  if (first !== undefined) throw new Error(`${shape.name}: ${first.property}: ${first.reason}`);
  return { kind: await kindOf(shape), args: withoutUndefined(inputs) };
}

export function rowOf(urn: string, { resource }: Kind, args: Properties): Row {
  return { urn, title: resource.titleOf(args), place: args["place"] as Row["place"] };
}

/** `project/stack` of a URN `urn:pulumi:<stack>::<project>::…`. */
export function programOf(urn: string): string {
  const [stack = "", project = ""] = urn.split("::");
  return `${project}/${stack.replace("urn:pulumi:", "")}`;
}

/** An operation that did not end as asked still has its state kept. */
export async function recorded<Response>(id: string, operation: () => Promise<Response>): Promise<Response> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof Unfinished) throw partialFailure(id, error.state, error.message);
    throw error;
  }
}
