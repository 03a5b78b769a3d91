// Ten times two `pulumi up` of one stack, the second started at some moment of the first, to the same word or another. With Pulumi's lock the second is
// turned away; where somebody took the lock away, one of the two acts, and the other is told whose turn it is. Through the real CLI.
import { deepEqual, equal, match } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Lab } from "../../lab/lab.ts";
import { requirePulumi } from "../support/pulumi.ts";
import { Rehearsal, rehearsalLab, settleMail, siteOf } from "../support/rehearsal.ts";

const words = ["online", "prepared"] as const;
const overtaken =
  /(?:The turn of this run \(\d+\) is over:|Since this run began,) site\/lab \(process \d+ on \S+, since [\s\S]*\) has taken turn \d+ on buffer\.contoso-mail\.net\. This run takes no further step/;
/** The CLI has read the stack's file by then, and the plugin has not begun to change anything. */
const earliestMs = 700;

describe("two runs of one stack", function () {
  this.timeout(60_000);
  let lab: Lab;
  let stack: Rehearsal;
  let atFirst: Readonly<Record<string, string>>;

  before(async function () {
    requirePulumi(this);
    lab = await rehearsalLab();
    atFirst = siteOf(lab);
    stack = await new Rehearsal(lab).init();
    equal((await stack.up("online")).code, 0);
  });

  after(async () => {
    stack?.remove();
    await lab?.stop();
  });

  for (let round = 0; round < 10; round += 1) {
    const hasLock = round % 2 === 0;
    const [one, other] = [words[(round >> 1) % 2 === 0 ? 1 : 0], words[round % 3 === 0 ? 0 : 1]];
    const afterMs = earliestMs + ((round * 389) % 1_300);
    it(`${hasLock ? "with" : "without"} a lock between them, to ${one} and ${afterMs} ms later to ${other}: one acts`, async () => {
      const first = stack.up(one);
      await sleep(afterMs);
      if (!hasLock) await stack.cancel();
      const second = await stack.up(other);
      const ran = [await first, second];
      for (const { code, output } of ran) if (code !== 0) match(output, hasLock ? /the stack is currently locked by 1 lock/ : overtaken);
      equal(
        ran.some(({ code }) => code === 0),
        true,
        ran.map(({ output }) => output).join("\n"),
      );
      deepEqual(await stack.left(), []);
    });
  }

  it("leave the site as it was, and lose nothing", async () => {
    const { code, output } = await stack.up("online");
    equal(code, 0, output);
    deepEqual(siteOf(lab), atFirst);
    deepEqual(settleMail(stack), []);
  });
});
