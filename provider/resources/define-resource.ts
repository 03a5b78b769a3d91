// Joins a resource's shape with what it does at the site: the whole contract of engine/resource.ts, its types taken from the shape.
import type { Step } from "../engine/plan.ts";
import type { AnyResource, RecordedState, Resource } from "../engine/resource.ts";
import { type ArgsOf, type RecordedOf, recordedFrom, type Shape } from "./define-shape.ts";
import type { Site } from "./site.ts";

/** `Actual` and `S` follow from the functions that are given. */
export function defineResource<S extends Shape, Actual, Act extends Step>(
  shape: S,
  functions: Omit<Resource<Site, ArgsOf<S>, Actual, RecordedOf<S> & RecordedState, Act>, "titleOf" | "recordedFrom">,
): Resource<Site, ArgsOf<S>, Actual, RecordedOf<S> & RecordedState, Act> {
  return { ...functions, titleOf: (args) => shape.titleOf(args), recordedFrom: (data) => recordedFrom(shape, data) };
}

/** A resource of this provider, whichever it is. */
export type SiteResource = AnyResource<Site>;
