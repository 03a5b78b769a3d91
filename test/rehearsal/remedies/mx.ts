// Remedies about the MX: hosts that are to enter it, servers that serve it, and who else has a hand in it.
import type { Zone } from "../../../lab/world/zones.ts";
import type { MemoryRehearsal } from "../../support/memory-rehearsal.ts";
import { normalFrom, type Row } from "./row.ts";

const again = "run `pulumi up` again";
const goesOn = `${again}: it goes on from here.`;
const other = "ns9.other-dns.example";
const gateAndBuffer = ["ReadinessGate ready", "BackupMxQueue buffer.contoso-mail.net"];

export const aboutTheMx: readonly Row[] = [
  {
    what: "a host that is to enter the MX and does not answer",
    start: "prepared",
    trouble: async (site) => {
      await site.up("offline", { targets: gateAndBuffer });
      site.world.buffer.stop();
    },
    word: "offline",
    says: [`The MX is left as it is. See to buffer.contoso-mail.net, then ${again}.`],
    obey: (site) => site.world.buffer.start(),
  },
  {
    what: "a name server that does not follow",
    start: "prepared",
    trouble: (site) => site.silent.add("ns2.contoso-dns.net"),
    word: "offline",
    says: [`Nothing that senders still use was taken away. See to that server (zone transfer, NOTIFY), then ${goesOn}`],
    obey: (site) => site.silent.clear(),
  },
  {
    what: "a zone that no name server is known of",
    start: "prepared",
    trouble: (site) => {
      const { delegation, listed } = firstZone(site);
      [delegation, listed].map((servers) => servers.splice(0));
    },
    word: "offline",
    says: [`See to the delegation of the zone at the domain's registrar, then ${again}.`],
    obey: (site) => firstZone(site).delegation.push(...site.world.zones.nameServers),
  },
  {
    what: "a zone that others serve from a zone of their own",
    start: "prepared",
    trouble: (site) => site.world.zones.addServer(firstZone(site).id, { name: other, serves: "keeps", namedBy: "parent" }),
    word: "offline",
    says: [
      `Let it transfer the zone from the servers of the DNS API, take it out of the delegation, or set the MX there to 10 buffer.contoso-mail.net with TTL 60 s by hand; then ${again}.`,
    ],
    obey: (site) => firstZone(site).delegation.pop(),
  },
  {
    what: "an MX that another service has locked",
    start: "prepared",
    trouble: (site) => lock(site, true),
    word: "offline",
    says: [`Unlock them there, then ${again}.`],
    obey: (site) => lock(site, false),
  },
  {
    what: "a TTL that the zone does not take",
    start: "online",
    program: () => ({ args: { pausedTtlSeconds: 30 } }),
    word: "prepared",
    says: [`Correct it in the program (in a SitePause \`pausedTtlSeconds\`), then ${again}.`],
  },
  ...(["If it is meant", "If not"] as const).map((branch): Row => {
    const normal =
      '{ exchanges: [{ preference: 10, exchange: "mail.contoso.com" }, { preference: 20, exchange: "ex02.contoso.local" }], ttlSeconds: 600 }';
    return {
      what: `a stranger in the MX of a site that is offline. ${branch}`,
      start: "offline",
      trouble: (site) => {
        const zone = firstZone(site);
        const stranger = site.world.zones.create(zone.id, { name: "@", type: "MX", content: "ex02.contoso.local", priority: 20, ttl: 60 });
        return () => site.world.zones.delete(zone.id, stranger.id);
      },
      word: "offline",
      says: [
        `If it is meant, give \`normal: ${normal}\` (in a SitePause \`normal: { "contoso.com": ${normal} }\`), and it is given back with the others. If not, take 20 ex02.contoso.local away at the DNS API; 10 buffer.contoso-mail.net stays. Then ${again}.`,
      ],
      ...(branch === "If not"
        ? { obey: (_site, undo) => undo() }
        : {
            correct: normalFrom,
            stays: [
              "MX contoso.com 20 ex02.contoso.local: not there -> TTL 600",
              ...["ns1", "ns2"].map(
                (server) =>
                  `contoso.com at ${server}.contoso-dns.net: 10 mail.contoso.com TTL 600 -> 10 mail.contoso.com TTL 600, 20 ex02.contoso.local TTL 600`,
              ),
            ],
          }),
    };
  }),
];

/** The first zone of the site, contoso.com. */
function firstZone({ world: { zones } }: MemoryRehearsal): Zone {
  const [zone] = zones.zones();
  if (zone === undefined) throw new Error("the lab has no zone");
  return zone;
}

function lock(site: MemoryRehearsal, locked: boolean): void {
  for (const record of firstZone(site).records.values()) record.readOnly = locked;
}
