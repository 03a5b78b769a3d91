// What keeps an MX set from being changed at all. Refusals are data: the preview shows them, and not one step is applied. Pure.
import { sayName } from "../../common/host-name.ts";
import { sayInstant } from "../../common/utc.ts";
import { type Exchange, keyOf, sameExchanges, saySet } from "../../dns/sets.ts";
import type { Refusal } from "../../engine/plan.ts";
import { typedNormal } from "../given-normal.ts";
import { fitnessOfHosts } from "./hosts.ts";
import { isOwn, markOf, programOf } from "./mark.ts";
import { without } from "./members.ts";
import type { Decision } from "./plan.ts";
import { sayTtl, servedTtl } from "./words.ts";

export function refusalsOf(it: Decision): readonly Refusal[] {
  const changes = !unchanged(it);
  return [
    ...nobodyServes(it),
    ...strangers(it),
    ...otherProgram(it),
    ...(changes || !it.normal ? otherHosters(it) : []),
    ...(changes ? [...locked(it), ...ttlOutOfRange(it), ...fitnessOfHosts(it).refusals] : []),
  ];
}

/** Where nobody can be asked, nothing can be seen served: that none answers wrongly would prove nothing. */
function nobodyServes({ args, actual }: Decision): Refusal[] {
  if (actual.answers.length > 0) return [];
  return [
    {
      sentence: `${sayName(args.zone)}: no name server of it is known: neither the DNS API nor the zone above it names one. Its MX is left as it is.`,
      remedy: "See to the delegation of the zone at the domain's registrar, then run `pulumi up` again.",
    },
  ];
}

/** Records that are neither normal, nor wanted, nor ours: somebody else changed the set. */
function strangers(it: Decision): Refusal[] {
  const { args, actual, recorded, exchanges } = it;
  const known = [...recorded.normal.exchanges, ...exchanges, ...(recorded.ours ?? [])];
  const foreign = without(actual.exchanges, known).filter((exchange) => programOf(actual.notes[keyOf(exchange)] ?? "") === undefined);
  if (foreign.length === 0) return [];
  const since = actual.changedAtMs === undefined ? "" : `; the set was last changed on ${sayInstant(actual.changedAtMs, actual.timeZone)}`;
  return [
    {
      sentence: `${sayName(args.zone)}: MX is now ${saySet(actual.exchanges)}, and ${saySet(foreign)} was put there neither by this pause nor by the program${since}. It is left as it is.`,
      remedy: `If it is meant, give ${welcome(it, foreign)}, and it is given back with the others. If not, ${goodbye(it, foreign)}. Then run \`pulumi up\` again.`,
    },
  ];
}

/** What a person types so that `foreign` is normal from now on: a pause takes it away and gives it back. */
function welcome({ name, recorded: { normal } }: Decision, foreign: readonly Exchange[]): string {
  return typedNormal(sayName(name), { exchanges: [...normal.exchanges, ...foreign], ttlSeconds: normal.ttlSeconds });
}

/** How a person takes `foreign` away without leaving a name that has no MX. */
function goodbye({ actual, exchanges }: Decision, foreign: readonly Exchange[]): string {
  const stays = without(actual.exchanges, foreign);
  const take = `take ${saySet(foreign)} away at the DNS API`;
  return stays.length > 0 ? `${take}; ${saySet(stays)} stays` : `first put ${saySet(exchanges)} there, and only then ${take}`;
}

/** Marks of this program stay its own when it is renamed: what is recorded of this pause bears its earlier name. */
function otherProgram({ args, name, actual, recorded }: Decision): Refusal[] {
  const own = [actual.program, recorded.program ?? actual.program];
  const other = actual.markedBy.find((marker) => !own.some((program) => isOwn(marker, program)));
  if (other === undefined) return [];
  return [
    {
      sentence: `${sayName(args.zone)}: its MX is paused by another program, ${other}; this one is ${actual.program}. It is left as it is.`,
      remedy: `Two programs must not pause one site. Finish the pause with ${other}. If that program is gone, or was this one before it was renamed, write "${markOf(actual.program, recorded.normal.ttlSeconds)}" into the comment of each MX record of ${sayName(name)} at the DNS API, then run \`pulumi up\` again: it goes on from here.`,
    },
  ];
}

/** A server that has the zone from elsewhere never follows; until it says itself what is asked for, some senders would go on as before. */
function otherHosters({ args, actual, exchanges, ttlSeconds }: Decision): Refusal[] {
  return actual.answers.flatMap((answer) => {
    if (answer.outcome === "failed" || answer.zoneFrom === undefined) return [];
    if (sameExchanges(answer.exchanges, exchanges) && answer.ttlSeconds <= servedTtl(ttlSeconds)) return [];
    const found = `${saySet(answer.exchanges)} with TTL ${sayTtl(answer.ttlSeconds)}`;
    const wanted = `${saySet(exchanges)} with TTL ${sayTtl(servedTtl(ttlSeconds))}`;
    return [
      {
        sentence: `${sayName(args.zone)}: ${answer.server} serves it too, and has it from ${answer.zoneFrom} and not from the DNS API: senders that ask there find ${found}, and would go on finding it.`,
        remedy: `Let it transfer the zone from the servers of the DNS API, take it out of the delegation, or set the MX there to ${wanted} by hand; then run \`pulumi up\` again.`,
      },
    ];
  });
}

function locked({ args, actual }: Decision): Refusal[] {
  if (actual.writable) return [];
  return [
    {
      sentence: `${sayName(args.zone)}: its MX records are locked by another service of the DNS API (for Cloudflare: Email Routing).`,
      remedy: "Unlock them there, then run `pulumi up` again.",
    },
  ];
}

/** Only what the program says: what was found there may always be given back. */
function ttlOutOfRange({ args, name, actual, recorded }: Decision): Refusal[] {
  const { least, greatest } = actual.ttlRange;
  const asked = [
    ...(args.ttlSeconds === recorded.normal.ttlSeconds ? [] : [["ttlSeconds", args.ttlSeconds, "pausedTtlSeconds"] as const]),
    ["normal.ttlSeconds", args.normal?.ttlSeconds, `normal["${sayName(name)}"].ttlSeconds`] as const,
  ];
  return asked.flatMap(([argument, seconds = 1, inSitePause]) =>
    seconds === 1 || (seconds >= least && seconds <= greatest)
      ? []
      : [
          {
            sentence: `${sayName(args.zone)}: ${argument} is ${seconds}; expected ${least} to ${greatest} there.`,
            remedy: `Correct it in the program (in a SitePause \`${inSitePause}\`), then run \`pulumi up\` again.`,
          },
        ],
  );
}

function unchanged({ actual, exchanges, ttlSeconds }: Decision): boolean {
  return (
    actual.ttlSeconds === ttlSeconds &&
    without(exchanges, actual.exchanges).length === 0 &&
    without(actual.exchanges, exchanges).length === 0
  );
}
