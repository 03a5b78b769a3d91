// What a person is told of queues that do not empty: why, as far as it can be seen, and what to type. Pure.
import type { Refusal } from "../../engine/plan.ts";
import type { QueueReading } from "./observe.ts";
import { bareError, sayMessages, sayResume } from "./words.ts";

/** Of the queues that are left, those that somebody suspended are told first: nothing leaves them by waiting. */
export function stuckAt(server: string, left: readonly QueueReading[], slowest: QueueReading): Refusal {
  const suspended = left.filter((queue) => queue.suspended);
  const named = suspended.length > 0 ? suspended : [slowest];
  const accepted = `\`allowStuck: [${named.map(({ nextHop }) => `"${server}\\\\${nextHop}"`).join(", ")}]\``;
  const goOn = "then run `pulumi up` again: it goes on from here.";
  if (suspended.length > 0)
    return {
      sentence: `${server}: somebody suspended ${suspended.map(({ nextHop, messages: count }) => `the queue to ${nextHop} (${sayMessages(count)})`).join(" and ")}; for {time} nothing has left there.`,
      remedy: `Nothing was dismounted. ${sayResume(suspended)}, or accept them as they are (${accepted}), ${goOn}`,
    };
  const { identity, nextHop, messages, lastError } = slowest;
  const error = lastError === "" ? "" : `, last error "${bareError(lastError)}"`;
  const single =
    lastError === ""
      ? ` If single messages were suspended, \`Get-Message -Queue "${identity}"\` shows it and \`Resume-Message\` ends it.`
      : "";
  return {
    sentence: `${server}: the queue to ${nextHop} has not moved for {time}: ${sayMessages(messages)}${error}.`,
    remedy: `Nothing was dismounted. Deliver, redirect or accept them (${accepted}), ${goOn}${single}`,
  };
}
