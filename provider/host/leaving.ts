// Takes a thing out of the program. That changes nothing at the site, so what is not as it normally is would stay so, and nothing would remember what
// was normal: it is refused, in words that can be typed, unless the program has said `abandon: true` before.
import { isSilence } from "../common/reason.ts";
import { asksNormal, notGivenBack, renewed } from "../engine/normal.ts";
import { type Refusal, wordsOf } from "../engine/plan.ts";
import type { RecordedState } from "../engine/resource.ts";
import type { Shape } from "../resources/define-shape.ts";
import { asGiven, typedNormal } from "../resources/given-normal.ts";
import { wordsFrom } from "./defect.ts";
import { isNoWayIn, observed } from "./look.ts";
import type { Kind, OperationCircumstances, Properties } from "./operation.ts";
import { recordedIn } from "./operations.ts";

/** `state`: what Pulumi has kept of it. @throws {Error} with what it would leave behind */
export async function remove(kind: Kind, args: Properties, state: Properties, circumstances: OperationCircumstances): Promise<void> {
  const { resource } = kind;
  const left = await leftBehind(kind, args, state, circumstances);
  if (left !== undefined) {
    if (args["abandon"] !== true) throw new Error(wordsOf(left));
    circumstances.warning(left.sentence);
  }
  if (resource.forget === undefined) return;
  try {
    await circumstances.turn.begin();
    await resource.forget(circumstances.site, args, circumstances.turn.mayAct);
  } catch (error) {
    if (circumstances.signal.aborted || !isNoWayIn(error)) throw error;
    circumstances.warning(
      `${wordsFrom(error)}. It is out of the program all the same; what was only the program's own there, such as a claim, stays.`,
    );
  }
}

async function leftBehind(
  kind: Kind,
  args: Properties,
  state: Properties,
  circumstances: OperationCircumstances,
): Promise<Refusal | undefined> {
  const { resource, shape } = kind;
  if (resource.normal === undefined) return undefined;
  const { recorded } = recordedIn(resource, state, circumstances.site);
  const words = (what: string, seen = recorded) =>
    refusal(resource.titleOf(args), what, typedNormalOf(shape, resource.titleOf(args), seen), args["abandon"] === true);
  try {
    const actual = await observed(kind, args, recorded, circumstances);
    if (actual === undefined) return undefined;
    const nowMs = circumstances.clock.now();
    const seen = renewed(resource, args, actual, recorded, nowMs, "atRest");
    const steps = notGivenBack(resource, args, actual, seen, nowMs);
    return steps.length === 0 ? undefined : words(`Not done yet: ${steps.join("; ")}`, seen);
  } catch (error) {
    if (circumstances.signal.aborted) throw error;
    if (!asksNormal(resource.normal, args)) return words(wordsFrom(error));
    if (!isSilence(error))
      circumstances.warning(
        `${wordsFrom(error)}. Whether it is as it normally is could not be seen; it is out of the program all the same.`,
      );
    return undefined;
  }
}

function refusal(title: string, what: string, normal: string | undefined, abandoned: boolean): Refusal {
  const known = normal === undefined ? "" : ` Normal there: ${normal}.`;
  return {
    sentence: abandoned
      ? `${title} is taken out of the program and stays as it is, as \`abandon\` says. ${what}.${known}`
      : `${title} is not as it normally is; taken out of the program it would stay so, and nothing would remember what is normal. ${what}.${known}`,
    remedy: `Bring it back first: what the program said before, \`pulumi up\`, then take it out. If it is to stay as it is, say \`abandon: true\` (in a SitePause \`abandon: ["${title}"]\`), \`pulumi up\`, then take it out.`,
  };
}

/** What is normal as a program may give it, a resource alone or a SitePause; `undefined` where it cannot be given. */
function typedNormalOf(shape: Shape, title: string, { normal }: RecordedState): string | undefined {
  const given = asGiven(shape, normal);
  return given === undefined ? undefined : typedNormal(title, given);
}
