// Reads each zone at its DNS API, and asks each of its name servers whether it says the same.
import { hostName, sayName } from "../common/host-name.ts";
import { type Answer, nameServersOf } from "../dns/authoritative.ts";
import type { ObservedSet } from "../dns/record-sets.ts";
import { exchangeOf, sameExchanges, saySet } from "../dns/sets.ts";
import { fullName, type MxRecordArgs } from "../resources/mx-record/shape.ts";
import { sayTtl } from "../resources/mx-record/words.ts";
import type { Site } from "../resources/site.ts";
import { failed, found, type Line, note, ok } from "./line.ts";

/** A line for the API, and one for each name server. */
export function checkZone(site: Site, args: MxRecordArgs): Promise<readonly Line[]> {
  const name = fullName(args);
  return found(
    async () => {
      const sets = site.recordSets(args.provider, args.zone);
      const [set, servers] = await Promise.all([sets.observe(name, "MX"), nameServersOf(sets)]);
      const answers = await site.askAuthoritative({ name, type: "MX", zone: args.zone, servers });
      return [ofApi(name, set), ...answers.map((answer) => ofServer(name, set, answer))];
    },
    `Nothing else was asked about ${sayName(name)}.`,
  );
}

function ofApi(name: string, set: ObservedSet | undefined): Line {
  if (set === undefined || set.records.length === 0)
    return failed(
      `${sayName(name)}, DNS API: there is no MX, so there is nothing to take over.`,
      "Publish one, or take the zone out of `mail`.",
    );
  const words = `${sayName(name)}, DNS API: MX ${saySet(exchangesOf(set))}, TTL ${sayTtl(set.ttlSeconds)}`;
  if (set.writable) return ok(words);
  return failed(
    `${words}; the records are locked by another service of the DNS host.`,
    "Put an end to that there: nothing else can change them.",
  );
}

function ofServer(name: string, set: ObservedSet | undefined, answer: Answer): Line {
  const { server } = answer;
  const where = `${sayName(name)}, name server ${server}`;
  if (answer.outcome === "failed" && answer.isAbove)
    return note(
      `${sayName(name)}: who serves it besides the servers that the DNS API and the zone itself name could not be asked (${answer.why.replace(/\.$/, "")}); only those will be waited for.`,
    );
  if (answer.outcome === "failed")
    return failed(
      `${where}: ${answer.why}`,
      `A change is finished when all name servers answer it: mend ${server}, let this machine reach its port 53 (UDP and TCP), or take it out of the delegation.`,
    );
  const says = answer.records.map(exchangeOf);
  const expected = exchangesOf(set);
  if (answer.zoneFrom !== undefined)
    return failed(
      `${where} has the zone from ${answer.zoneFrom} and not from the DNS API: it would never hear of a change.`,
      "Let it transfer the zone from there, or take it out of the delegation.",
    );
  if (!sameExchanges(says, expected))
    return failed(
      `${where}: expected ${saySet(expected)}, found ${saySet(says)} (serial ${answer.serial}).`,
      "Wait until it has the zone of now, and see to it where it does not come.",
    );
  if (!answer.authoritative)
    return failed(
      `${where} answers without authority: it repeats what it has heard.`,
      "Take it out of the delegation, or let it serve the zone.",
    );
  return ok(`${where} answers the same (serial ${answer.serial})`);
}

function exchangesOf(set: ObservedSet | undefined) {
  return (set?.records ?? []).map(({ data }) => exchangeOf(hostName(data)));
}
