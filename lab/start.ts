// `npm start`: a site with mail arriving all the time is taken online -> prepared -> offline -> online by the real Pulumi CLI.
// Ends with the lab's own ledger; the exit code is 0 only when no message was lost or delivered twice and the site is as it was.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startLab } from "./lab.ts";
import { differences, pictureOf } from "./picture.ts";
import { pulumi } from "./pulumi.ts";
import { makeStack } from "./stack.ts";

/** Lab seconds in a real second: an hour passes in half a minute. */
const rate = 120;
const hourMs = 3_600_000;

const senderCount = 300;
const lab = await startLab({ rate, senders: { count: senderCount } });
const folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-"));
const startedMs = Date.now();
try {
  process.exitCode = await rehearse();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await lab.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function rehearse(): Promise<number> {
  const stack = makeStack(lab, folder);
  const run = (...args: string[]) => {
    say(`$ pulumi ${args.filter((arg) => arg !== "--yes" && arg !== "--skip-preview").join(" ")}`);
    return pulumi(stack, args, say);
  };
  const towards = async (word: string) => {
    await run("config", "set", "site:state", word);
    await run("preview");
    await run("up", "--yes", "--skip-preview");
  };
  const { cast, senders } = lab.world;
  say(
    `The lab: ${cast.servers.length} Exchange servers in two datacenters, ${cast.databases.length} databases, ${cast.domains.length} mail domains, ${senderCount} outside senders; ${rate} times as fast as the world.`,
  );
  const before = pictureOf(lab.world);
  await run("stack", "init", "lab");
  await run("up", "--yes", "--skip-preview");
  await towards("prepared");
  say("The old TTL (1 h) must run out before the MX may change.");
  await passes(hourMs);
  await towards("offline");
  say("The site is offline. Mail goes on arriving at the buffer for an hour.");
  await passes(hourMs);
  await towards("online");
  senders.stop();
  lab.world.internal.stop();
  everythingArrived();
  const changed = differences(before, pictureOf(lab.world));
  const { sent, delivered, lost, duplicated, bounced, onTheWay, longestDelayMs } = lab.world.ledger.totals();
  say("");
  say(`Mail during the rehearsal, counted by the lab, message by message (${Math.round((Date.now() - startedMs) / 1000)} s of our time):`);
  say(
    `  sent ${sent}   delivered once ${delivered}   lost ${lost}   duplicated ${duplicated}   bounced ${bounced}   on the way ${onTheWay}`,
  );
  say(`  longest delay ${Math.round(longestDelayMs / 60_000)} min`);
  say(changed.length === 0 ? "The site is exactly as it was before." : `Not as it was before:\n  ${changed.join("\n  ")}`);
  return lost === 0 && duplicated === 0 && onTheWay === 0 && changed.length === 0 ? 0 : 1;
}

/** Lets lab time pass. */
async function passes(ms: number): Promise<void> {
  await sleep(ms / rate);
}

/** Lets the world run ahead of its clock until nothing is on the way, five days at most: by then every sender has tried again or given up. */
function everythingArrived(): void {
  const { events, ledger } = lab.world;
  const untilMs = events.now() + 120 * hourMs;
  while (ledger.totals().onTheWay > 0 && events.now() < untilMs) events.advanceTo(events.now() + hourMs / 12);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
