// The resources that the plugin serves, by their Pulumi tokens. What a resource does at the site is loaded when it is first asked for.

import type { SiteResource } from "../resources/define-resource.ts";
import type { Shape } from "../resources/define-shape.ts";
import * as classes from "../resources/index.ts";
import type { Kind } from "./operation.ts";

interface Listed {
  readonly shape: Shape;
  load(): Promise<{ readonly resource: SiteResource }>;
}

const listed: readonly Listed[] = Object.values(classes);

/** The shape of every resource, by name. */
export const shapes: readonly Shape[] = listed.map(({ shape }) => shape);

/** `exchange:index:MxRecord` */
export function tokenOf({ name }: Shape): string {
  return `exchange:index:${name}`;
}

/** The shape of a Pulumi type token such as `exchange:index:MxRecord`. */
export function shapeOf(token: string): Shape | undefined {
  return shapes.find((shape) => token === tokenOf(shape));
}

/** The shape of the resource `name`, such as `MxRecord`. */
export function shapeNamed(name: string): Shape {
  const found = shapes.find((shape) => shape.name === name);
  if (found === undefined) throw new Error(`pulumi-exchange has no resource ${name}.`);
  return found;
}

/** A resource with all that it does at the site. */
export async function kindOf(shape: Shape): Promise<Kind> {
  const found = listed.find((candidate) => candidate.shape === shape);
  if (found === undefined) throw new Error(`pulumi-exchange has no resource ${shape.name}.`);
  return { shape, resource: (await found.load()).resource };
}
