// Where a pause stops and a person has to decide: Ctrl-C in the middle of a wait, a message that will not leave, an MX that somebody else changed.
// One site and one stack live through all of it; each test goes on where the one before it ended.
import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { z } from "zod";
import type { Lab } from "../../lab/lab.ts";
import { sayInstant } from "../../provider/common/utc.ts";
import { doneIn, rowsOf } from "../support/engine-log.ts";
import { requirePulumi } from "../support/pulumi.ts";
import { Rehearsal, rehearsalLab, settleMail, siteOf } from "../support/rehearsal.ts";
import { partner, putOff, takeAgain } from "../support/stuck-mail.ts";

const hourMs = 3_600_000;

describe("a pause that is stopped", function () {
  this.timeout(180_000);
  let lab: Lab;
  let stack: Rehearsal;
  let atFirst: Readonly<Record<string, string>>;

  before(async function () {
    requirePulumi(this);
    // Slow enough that a run is still waiting when it is interrupted.
    lab = await rehearsalLab({ rate: 120, internal: { outsideShare: 0 } });
    atFirst = siteOf(lab);
    stack = await new Rehearsal(lab).init();
    for (const word of ["online", "prepared"]) {
      const { code, output } = await stack.up(word);
      equal(code, 0, output);
    }
    lab.skip(hourMs);
    putOff(lab, "ex03");
  });

  after(async () => {
    stack?.remove();
    await lab?.stop();
  });

  it("Ctrl-C while a queue does not empty: the row says where it stopped, and state and lock are in order", async () => {
    let interrupted = false;
    const { code, output, events } = await stack.up("offline", {
      watch: (printed, cli) => {
        if (interrupted || !/TransportState ex03 updating .*waits for the queues of ex03/.test(printed)) return;
        interrupted = true;
        cli.kill("SIGINT");
      },
    });
    deepEqual([interrupted, code], [true, 1], output);
    const stopped = 'stopped on request after "suspend MSExchangeTransport on ex03"; run `pulumi up` again and it goes on from here';
    match(output, new RegExp(`TransportState \\(ex03\\):\\n +error: 1 error occurred:\\n\\s+\\* ${escaped(stopped)}`));
    equal(rowsOf(events, "TransportState ex03").at(-1)?.includes(`waits for the queues of ex03: 1 to ${partner}`), true);
    deepEqual(stack.locks(), []);
    deepEqual(pendingIn(stack.state()), []);
    equal(doneIn(events).includes("MailboxDatabaseState DAG1"), false);
  });

  it("the next `up` goes on, and stops for a person when the message has not left for 15 minutes: queue, count and error named", async () => {
    const { code, output } = await stack.up("offline");
    equal(code, 1, output);
    const words = `ex03: the queue to ${partner} has not moved for 15 minutes: 1 message, last error "451 4.4.0 Primary target IP address responded with: "451 4.7.1 Greylisted, try again later""`;
    match(output, new RegExp(`TransportState \\(ex03\\):\\n +error: 1 error occurred:\\n\\s+\\* ${escaped(words)}`));
    match(
      output,
      /Nothing was dismounted\. Deliver, redirect or accept them \(`allowStuck: \["ex03\\\\partner\.example"\]`\), then run `pulumi up` again: it goes on from here\./,
    );
    deepEqual(dismounted(lab), ["DB08"]);
  });

  it("with the queue accepted as stuck, `up` goes on to the end", async () => {
    stack.set("site:allowStuck", `'["ex03\\\\${partner}"]'`);
    const { code, output } = await stack.up("offline");
    equal(code, 0, output);
    equal(dismounted(lab).length, 8);
  });

  it("an MX that somebody else put there is named, and left as it is, in the preview and by `up`", async () => {
    const { zones } = lab.world;
    const [zone] = zones.zones().filter(({ name }) => name === "contoso.de");
    const record = zones.create(zone?.id ?? "", { type: "MX", name: "contoso.de", content: "mx.provider.example", priority: 5, ttl: 300 });
    const site = siteOf(lab);
    const changed = sayInstant(record.modifiedAtMs, "Europe/Berlin");
    const normal = `{ exchanges: [{ preference: 10, exchange: "mail.contoso.com" }, { preference: 5, exchange: "mx.provider.example" }], ttlSeconds: 600 }`;
    const words = [
      `contoso.de: MX is now 5 mx.provider.example, 10 buffer.contoso-mail.net, and 5 mx.provider.example was put there neither by this pause nor by the program; the set was last changed on ${changed}. It is left as it is.`,
      `If it is meant, give \`normal: ${normal}\` (in a SitePause \`normal: { "contoso.de": ${normal} }\`), and it is given back with the others. If not, take 5 mx.provider.example away at the DNS API; 10 buffer.contoso-mail.net stays. Then run \`pulumi up\` again.`,
    ];
    for (const { code, output } of [await stack.preview(), await stack.up()]) {
      notEqual(code, 0, output);
      for (const sentence of words) equal(output.includes(sentence), true, `${sentence}\n${output}`);
    }
    deepEqual(siteOf(lab), site);
    zones.delete(zone?.id ?? "", record.id);
  });

  it("comes back exactly as it was, with the message that stayed delivered once", async () => {
    takeAgain(lab);
    const { code, output } = await stack.up("online");
    equal(code, 0, output);
    deepEqual(siteOf(lab), atFirst);
    deepEqual(settleMail(stack), []);
    equal(lab.world.ledger.entry("to-partner@contoso.local")?.arrivals.length, 1);
  });
});

/** Operations of which Pulumi does not know how they ended. @throws {ZodError} when the state is not whole */
function pendingIn(state: string): readonly unknown[] {
  const checkpoint = z.object({ checkpoint: z.object({ latest: z.object({ pending_operations: z.array(z.unknown()).optional() }) }) });
  return checkpoint.parse(JSON.parse(state)).checkpoint.latest.pending_operations ?? [];
}

function dismounted({ world: { site } }: Lab): readonly string[] {
  return site.databases.flatMap(({ name, mounted }) => (mounted ? [] : [name]));
}

function escaped(text: string): string {
  return text.replace(/[.()[\]{}\\]/g, "\\$&");
}
