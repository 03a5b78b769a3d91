// Takes a thing out of the program. That changes nothing at the site, so what is not as it normally is would stay so, and nothing would remember what
// was normal: it is refused, in words that can be typed, unless the program has said `abandon: true` before.
import { z } from "zod";
import { asksNormal, notGivenBack, renewed } from "../engine/normal.ts";
import { type Refusal, wordsOf } from "../engine/plan.ts";
import type { RecordedState } from "../engine/resource.ts";
import type { Shape } from "../resources/define-shape.ts";
import type { Kind, OperationCircumstances, Properties } from "./operation.ts";
import { readingOf, recordedIn } from "./operations.ts";

/** `state`: what Pulumi has kept of it. @throws {Error} with what it would leave behind */
export async function remove(kind: Kind, args: Properties, state: Properties, circumstances: OperationCircumstances): Promise<void> {
  const { resource } = kind;
  const left = await leftBehind(kind, args, state, circumstances);
  if (left !== undefined) {
    if (args["abandon"] !== true) throw new Error(wordsOf(left));
    circumstances.warning(left.sentence);
  }
  if (resource.forget === undefined) return;
  await circumstances.turn.begin();
  await resource.forget(circumstances.site, args, circumstances.turn.mayAct);
}

async function leftBehind(
  kind: Kind,
  args: Properties,
  state: Properties,
  circumstances: OperationCircumstances,
): Promise<Refusal | undefined> {
  const { resource, shape } = kind;
  if (resource.normal === undefined) return undefined;
  const { recorded } = recordedIn(resource, state);
  const abandoned = args["abandon"] === true;
  const unseen = (why: string) => ({ ...words(resource.titleOf(args), why, shape, recorded, abandoned) });
  try {
    const reading = await readingOf(kind, args, recorded, circumstances);
    if ("silent" in reading) return asksNormal(resource.normal, args) ? undefined : unseen("It does not answer just now");
    if (reading.actual === undefined) return undefined;
    const nowMs = circumstances.clock.now();
    const seen = renewed(resource, args, reading.actual, recorded, nowMs, "atRest");
    const steps = notGivenBack(resource, args, reading.actual, seen, nowMs);
    return steps.length === 0 ? undefined : words(resource.titleOf(args), `Not done yet: ${steps.join("; ")}`, shape, seen, abandoned);
  } catch (error) {
    if (!abandoned) throw error;
    return unseen(error instanceof Error ? error.message.replace(/\.$/, "") : String(error));
  }
}

function words(title: string, what: string, shape: Shape, recorded: RecordedState, abandoned: boolean): Refusal {
  const normal = sayNormal(shape, recorded);
  const known = normal === undefined ? "" : ` Normal there: \`${normal}\`.`;
  return {
    sentence: abandoned
      ? `${title} is taken out of the program and stays as it is, as \`abandon\` says. ${what}.${known}`
      : `${title} is not as it normally is; taken out of the program it would stay so, and nothing would remember what is normal. ${what}.${known}`,
    remedy: `Bring it back first: what the program said before, \`pulumi up\`, then take it out. If it is to stay as it is, say \`abandon: true\` (in a SitePause \`abandon: ["${title}"]\`), \`pulumi up\`, then take it out.`,
  };
}

/** What is normal as a program may give it, `normal: { service: "Running" }`; `undefined` where it cannot be given. */
function sayNormal({ args }: Shape, { normal }: RecordedState): string | undefined {
  const argument = args.shape["normal"];
  const given = argument instanceof z.ZodOptional ? argument.unwrap() : argument;
  if (!(given instanceof z.ZodObject) || typeof normal !== "object" || normal === null) return undefined;
  return `normal: ${literal(Object.fromEntries(Object.entries(normal).filter(([name]) => name in given.shape)))}`;
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, member]) => `${name}: ${literal(member)}`)
    .join(", ")} }`;
}
