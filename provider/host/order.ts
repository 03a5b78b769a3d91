// What comes before what, also where Pulumi passes it over: a thing is not changed while what it comes after is not as the program asks. In an ordinary
// run this process has seen to all of that just before. Under `--target` it has not, and the site is asked. Where the program
// asks something else of it than last time (the word of the site has changed), it may not be passed over: Pulumi then may write a
// state in an order that it does not read again before it is repaired.
import { wordsOf } from "../engine/plan.ts";
import type { Shape } from "../resources/define-shape.ts";
import type { Predecessor } from "../resources/vocabulary.ts";
import { kindOf, shapeNamed } from "./catalogue.ts";
import { check, holdsUnknown } from "./check.ts";
import type { Kind, OperationCircumstances, Properties } from "./operation.ts";
import { diff } from "./operations.ts";
import { same } from "./same.ts";

interface Before {
  readonly shape: Shape;
  readonly args: Properties;
  readonly recorded: unknown;
}

/** As an operation asks for it. */
export type Seen = Pick<Order, "settle" | "see">;

/** In a refresh, which compares with what the program said last time: nothing is about to be changed, and nothing is known of what the program asks now. */
export const noOrder: Seen = { settle: () => undefined, see: async () => undefined };

export class Order {
  readonly #settled = new Set<string>();

  /** This process has seen a thing to be as the program asks, or has made it so. */
  settle({ shape }: Kind, args: Properties): void {
    this.#settled.add(nameOf({ shape, args }));
  }

  /**
   * Sees to it that all that a thing called `title` comes after is as the program asks; `oldArgs`: what the program said last time.
   * @throws {Error} in words
   */
  async see(title: string, oldArgs: Properties, args: Properties, circumstances: OperationCircumstances): Promise<void> {
    const before = beforeIn(args);
    const passedOver = before.filter((earlier) => !this.#settled.has(nameOf(earlier)));
    const [first] = passedOver;
    if (first === undefined) return;
    if (!same(asked(before), asked(beforeIn(oldArgs))))
      throw notInOrder(title, first, ", of which the program asks something else now, and which is passed over");
    for (const earlier of passedOver) {
      const kind = await kindOf(earlier.shape);
      const { changes } = await diff(kind, earlier.args, { recorded: earlier.recorded }, earlier.args, undefined, circumstances);
      if (changes.length > 0) throw notInOrder(title, earlier, ", and that is not yet as the program asks");
    }
  }
}

function notInOrder(title: string, earlier: Before, why: string): Error {
  return new Error(wordsOf({ sentence: `${title} comes after ${nameOf(earlier)}${why}. Nothing was changed.`, remedy }));
}

const remedy =
  "Run `pulumi up` without `--target`: it does all of it in order, and passes over what is done already. If it reads `snapshot integrity failure`, type `pulumi state repair` first.";

function beforeIn(args: Properties): readonly Before[] {
  return ((args["after"] ?? []) as readonly Predecessor[]).flatMap(({ resource, args, recorded }) => {
    if (holdsUnknown([args, recorded])) return [];
    const shape = shapeNamed(resource);
    return [{ shape, args: check(shape.args, JSON.parse(args)).inputs, recorded: JSON.parse(recorded) }];
  });
}

/** What the program asks of each, whatever the order in which they are named. */
function asked(before: readonly Before[]): Properties {
  return Object.fromEntries(before.map((earlier) => [nameOf(earlier), earlier.shape.wanted.map((name) => earlier.args[name])]));
}

/** `MxRecord contoso.com` */
function nameOf({ shape, args }: Pick<Before, "shape" | "args">): string {
  return `${shape.name} ${shape.titleOf(args)}`;
}
