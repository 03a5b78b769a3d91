// The product's account of a pause's mail beside the lab's: what the provider read from the buffer's log, and what the world saw with its own eyes.
import { z } from "zod";
import type { SiteWorld } from "../../lab/site-world.ts";
import type { Entry } from "../../lab/world/ledger.ts";

/** What both count, in messages but for recipients and milliseconds. */
const account = z.object({
  accepted: z.int(),
  recipients: z.int(),
  delivered: z.int(),
  stillHere: z.int(),
  bounced: z.int(),
  lost: z.int(),
  duplicated: z.int(),
  longestWayMs: z.number().optional(),
});
const recorded = account.extend({ fromMs: z.number(), toMs: z.number() });

type Account = z.infer<typeof account>;

/** The account that stands somewhere in what Pulumi keeps of the buffer. */
function recordedAccount(kept: unknown): z.infer<typeof recorded> | undefined {
  const parsed = recorded.safeParse(kept);
  if (parsed.success) return parsed.data;
  if (typeof kept !== "object" || kept === null) return undefined;
  for (const value of Object.values(kept)) {
    const found = recordedAccount(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What is wrong with the mail of a rehearsal now that all is over, in words. `kept` is what Pulumi keeps of the buffer. */
export function wrongWithMail(world: SiteWorld, kept: unknown): readonly string[] {
  const { sent, delivered, lost, duplicated, bounced, onTheWay } = world.ledger.totals();
  const wrong = { lost, duplicated, bounced, onTheWay, missing: sent - delivered, leftInTheBuffer: world.buffer.queue().length };
  return [...Object.entries(wrong).flatMap(([what, count]) => (count === 0 ? [] : [`${what}: ${count}`])), ...misreported(world, kept)];
}

/**
 * Where the account that stands in `kept` is not what the lab saw, message by message: `accepted: 62 by the product, 63 by the lab`.
 * The buffer's host tells the time of a reading in whole seconds, so the lab may be as it was at any moment of that second.
 */
function misreported(world: SiteWorld, kept: unknown): readonly string[] {
  const product = recordedAccount(kept);
  if (product === undefined) {
    const { accepted } = labAccount(world, 0, world.events.now());
    return accepted === 0 ? [] : [`accepted: no account by the product, ${accepted} by the lab`];
  }
  const { fromMs, toMs } = product;
  const acceptances = [...world.ledger.entries()].flatMap(({ accepted }) => accepted.map(({ atMs }) => Math.trunc(atMs)));
  const moments = [toMs, ...acceptances.filter((atMs) => atMs > toMs && atMs < toMs + 1_000)];
  const differences = moments.map((untilMs) => differencesOf(product, labAccount(world, fromMs, untilMs)));
  return differences.find((found) => found.length === 0) ?? differences[0] ?? [];
}

/** What the lab's ledger says of mail, and for how many recipients it is at least that a log can know of. */
interface LabAccount extends Account {
  /** Those of mail that has left: Postfix names the recipient of what it neither holds nor has passed on yet nowhere. */
  readonly leastRecipients: number;
}

/** What the lab's ledger says of the mail that the buffer took between two moments, as it stood at the later one, in the log's milliseconds. */
function labAccount({ ledger, buffer }: SiteWorld, fromMs: number, untilMs: number): LabAccount {
  const lost = new Set(ledger.lost());
  const taken = [...ledger.entries()].flatMap((entry) => {
    const accepted = entry.accepted.map(({ host, atMs }) => ({ host, atMs: Math.trunc(atMs) })).filter(({ atMs }) => atMs <= untilMs);
    const arrived = accepted.find(({ host, atMs }) => host === buffer.name && atMs >= fromMs);
    if (arrived === undefined) return [];
    const passedOn = accepted.filter(({ host, atMs }) => host !== buffer.name && atMs >= arrived.atMs).at(-1);
    return [{ entry, wayMs: passedOn && passedOn.atMs - arrived.atMs }];
  });
  const count = (is: (message: (typeof taken)[number]) => boolean) => taken.filter(is).length;
  const [delivered, bounced] = [count(({ wayMs }) => wayMs !== undefined), count(({ entry }) => entry.bounces.length > 0)];
  const gone = count(({ entry }) => lost.has(entry));
  const ways = taken.flatMap(({ wayMs }) => wayMs ?? []);
  const recipientsOf = (messages: typeof taken) => new Set(messages.flatMap(({ entry }) => entry.message.to)).size;
  return {
    accepted: taken.length,
    recipients: recipientsOf(taken),
    leastRecipients: recipientsOf(taken.filter(({ entry, wayMs }) => wayMs !== undefined || entry.bounces.length > 0)),
    delivered,
    stillHere: taken.length - delivered - bounced - gone,
    bounced,
    lost: gone,
    duplicated: taken.flatMap(({ entry }) => entry.message.to.filter((to) => arrivalsAt(entry, to) > 1)).length,
    ...(ways.length > 0 ? { longestWayMs: Math.max(...ways) } : {}),
  };
}

function arrivalsAt({ arrivals }: Entry, to: string): number {
  return arrivals.filter(({ recipient }) => recipient === to).length;
}

function differencesOf(product: Account, lab: LabAccount): readonly string[] {
  const isRight = (what: keyof Account) =>
    product[what] === lab[what] ||
    (what === "recipients" && product.recipients < lab.recipients && product.recipients >= lab.leastRecipients);
  return account
    .keyof()
    .options.flatMap((what) => (isRight(what) ? [] : [`${what}: ${product[what]} by the product, ${lab[what]} by the lab`]));
}
