// How often one preview asks the site: by servers, and by resources at the same number of servers.
import path from "node:path";
import { type Figure, table } from "./figures.ts";
import { type Counts, startLabSite } from "./lab-site.ts";
import { previewMs, settledStack } from "./stacks.ts";

interface Case {
  readonly servers: number;
  /** MX names besides those of the three zones. */
  readonly extraNames: number;
}

interface Found {
  readonly of: Case;
  readonly counts: Counts;
}

const cases: readonly Case[] = [
  { servers: 4, extraNames: 0 },
  { servers: 4, extraNames: 30 },
  { servers: 8, extraNames: 0 },
  { servers: 16, extraNames: 0 },
];

export async function countRoundTrips(folder: string, say: (line: string) => void): Promise<readonly Figure[]> {
  const found: Found[] = [];
  for (const of of cases) found.push({ of, counts: await countIn(of, path.join(folder, `${of.servers}-${of.extraNames}`)) });
  say("What one preview asks of the site:");
  const rows = found.map(({ of, counts }) => [
    of.servers,
    resourcesOf(of),
    counts.wsmanRequests,
    counts.cmdlets,
    counts.cloudflare,
    counts.dns,
    counts.ssh,
    counts.smtp,
  ]);
  say(
    table([
      ["servers", "resources", "WSMan requests", "cmdlets", "Cloudflare calls", "DNS questions", "SSH commands", "SMTP sessions"],
      ...rows,
    ]),
  );
  const [few, many] = found;
  const widest = found.at(-1);
  if (few === undefined || many === undefined || widest === undefined) throw new Error("nothing was counted");
  return [
    {
      what: `cmdlets with ${resourcesOf(many.of)} resources, in those with ${resourcesOf(few.of)}, at ${few.of.servers} servers`,
      value: many.counts.cmdlets / few.counts.cmdlets,
      target: 1,
      unit: " times",
    },
    {
      what: `cmdlets for each of ${widest.of.servers} servers, in those for each of ${few.of.servers}`,
      value: eachOf(widest) / eachOf(few),
      target: 1,
      unit: " times",
    },
  ];
}

function eachOf({ of, counts }: Found): number {
  return counts.cmdlets / of.servers;
}

async function countIn(of: Case, folder: string): Promise<Counts> {
  const site = await startLabSite(of.servers, of.extraNames);
  try {
    const stack = await settledStack(site.lab, folder, "ours");
    site.restart();
    await previewMs(stack, resourcesOf(of));
    return { ...site.counts };
  } finally {
    await site.stop();
  }
}

function resourcesOf({ servers, extraNames }: Case): number {
  return servers + 3 + 3 + extraNames;
}
