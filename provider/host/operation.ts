// What an operation on one resource is given, and how it ends otherwise than asked.
import type { Circumstances } from "../engine/converge.ts";
import type { SiteResource } from "../resources/define-resource.ts";
import type { Shape } from "../resources/define-shape.ts";
import type { Site } from "../resources/site.ts";
import type { Seen } from "./order.ts";
import type { Block } from "./say-plan.ts";

export type Properties = Readonly<Record<string, unknown>>;

/** A resource with its shape. */
export interface Kind {
  readonly shape: Shape;
  readonly resource: SiteResource;
}

/** What every operation on one resource has around it. */
export interface OperationCircumstances extends Circumstances {
  readonly site: Site;
  /** What has been seen or made as the program asks, for those that come after. */
  readonly order: Seen;
  /** In a preview: what is about to be done, or what is taken for normal. */
  readonly planned: (block: Block) => void;
  /** A line that stays: what a person must know afterwards. */
  readonly lasting: (text: string) => void;
  /** The same, as a warning. */
  readonly warning: (text: string) => void;
}

/** An operation that ended otherwise than asked, with everything that was done recorded in `state`. */
export class Unfinished extends Error {
  override readonly name = "Unfinished";
  readonly state: Properties;
  /** Present where it is a wait with an end that is known: milliseconds since 1970. */
  readonly untilMs: number | undefined;
  constructor(sentence: string, state: Properties, { untilMs, ...options }: ErrorOptions & { readonly untilMs?: number | undefined } = {}) {
    super(sentence, options);
    this.state = state;
    this.untilMs = untilMs;
  }
}
