// Remedies about Exchange: what enters the program, servers, queues, databases.
import type { Part } from "../../../provider/components/stages.ts";
import { hour, MemoryRehearsal, minute, smallest } from "../../support/memory-rehearsal.ts";
import { MiniPulumi } from "../../support/mini-pulumi.ts";
import { normalFrom, type Row, typed } from "./row.ts";

const cannotBeRead = "What is normal there cannot be read from it.";
const again = "run `pulumi up` again";
const goesOn = `${again}: it goes on from here.`;

const lostMx = (zone: string, ttlSeconds: number) => {
  const normal = `{ exchanges: [{ preference: 10, exchange: "…" }], ttlSeconds: ${ttlSeconds} }`;
  return `${cannotBeRead} Bring it back first, or give \`normal: ${normal}\` (in a SitePause \`normal: { "${zone}": ${normal} }\`), with the mail hosts that it normally names.`;
};
const lostServer = `${cannotBeRead} Bring ex01 back first, or give \`normal: { service: "Running" }\` (in a SitePause \`normal: { ex01: { service: "Running" } }\`).`;
const lostDatabases = (names: readonly string[]) => {
  const normal = `{ mounted: [${names.map((name) => `"${name}"`).join(", ")}], preferenceMoveFrequency: "01:00:00" }`;
  return `${cannotBeRead} Bring it back first, or give \`normal: ${normal}\` (in a SitePause \`normal: { DAG1: ${normal} }\`), without databases that are normally dismounted, and with the PreferenceMoveFrequency that is normal.`;
};

export const aboutExchange: readonly Row[] = [
  {
    what: "a site that enters with another word than it is in",
    start: "not in the program",
    word: "offline",
    says: [
      "Enter it as it is first, so that what is normal is recorded: set the state to what it is now (in a SitePause the word `online`), run `pulumi up`, then change it.",
    ],
    obey: (site) => site.up("online"),
  },
  {
    what: "a pause whose state file is lost",
    start: "offline",
    program: () => ({ pulumi: new MiniPulumi() }),
    word: "offline",
    says: [lostMx("contoso.com", 600), lostServer, lostDatabases(["DB01", "DB02", "DB03", "DB04"])],
    correct: (before, said) =>
      normalFrom(before, said, (typed) =>
        typed.replace('"…"', '"mail.contoso.com"').replace(', "DB04"', "").replace('"01:00:00"', '"02:00:00"'),
      ),
    // Nobody remembers the remark and the tag.
    stays: ['MX contoso.com 10 mail.contoso.com: TTL 600, "Mail of the house", team:mail -> TTL 600'],
  },
  {
    what: "databases that enter while Exchange does not know whether they are mounted",
    start: "not in the program",
    trouble: (site) => stop(site, "MSExchangeIS"),
    program: () => ({ amend: only("MailboxDatabaseState") }),
    word: "online",
    says: [`${cannotBeRead} Run \`pulumi up\` again when it does.`],
    obey: (site) => {
      start(site, "MSExchangeIS");
      site.pass(5 * minute);
    },
    correct: (before) => before,
  },
  {
    what: "databases of which Exchange does not know whether they are mounted",
    start: "prepared",
    trouble: async (site) => {
      const targets = Object.keys(site.pulumi.state).filter((name) => name !== "MailboxDatabaseState DAG1");
      await site.up("offline", { targets });
      stop(site, "MSExchangeIS");
    },
    word: "offline",
    says: [`See to the Information Store on that server, then ${goesOn}`],
    obey: (site) => start(site, "MSExchangeIS"),
  },
  {
    what: "a database that Exchange no longer knows",
    start: "offline",
    trouble: ({ world: { site } }) => {
      const gone = site.databases.shift();
      return () => gone !== undefined && site.databases.unshift(gone);
    },
    word: "online",
    says: [`If it was removed on purpose, say \`leaveDismounted: ["DB01"]\`; if not, bring it back in Exchange. Then ${goesOn}`],
    obey: (_site, undo) => undo(),
  },
  {
    what: "a list that names no database",
    start: "prepared",
    program: () => ({ args: { leaveDismounted: ["DB80"] } }),
    word: "offline",
    says: [`Correct it in the program or take it out, then ${again}.`],
  },
  {
    what: "a server whose transport was stopped before it was drained",
    start: "prepared",
    trouble: (site) => typed(site, "ex02", "Stop-Service MSExchangeTransport"),
    word: "offline",
    says: [`Start it on ex02 (Start-Service MSExchangeTransport), then ${again}.`],
    obey: (site) => typed(site, "ex02", "Start-Service MSExchangeTransport"),
  },
  {
    what: "a server whose transport stays in a state between",
    start: "prepared",
    trouble: async (site) => {
      await typed(site, "ex02", "Stop-Service MSExchangeTransport");
      const service = site.world.site.server("ex02")?.services.find("MSExchangeTransport");
      if (service !== undefined) service.status = "StartPending";
    },
    word: "offline",
    says: [`See to it, then ${goesOn}`],
    obey: (site) => typed(site, "ex02", "Start-Service MSExchangeTransport"),
  },
  {
    what: "a queue that somebody suspended",
    start: "prepared",
    trouble: async (site) => {
      await typed(site, "ex01", "Suspend-Queue EX01\\Submission");
      site.pass(30 * minute);
    },
    word: "offline",
    says: [
      `Nothing was dismounted. Resume it (\`Resume-Queue "EX01\\Submission"\`), or accept them as they are (\`allowStuck: ["ex01\\\\Submission"]\`), then ${goesOn}`,
    ],
    obey: (site) => typed(site, "ex01", "Resume-Queue EX01\\Submission"),
  },
  {
    what: "a queue to somebody who takes nothing",
    start: "prepared",
    trouble: ({ world: { site, events, ledger } }) => {
      site.outside.refuse("partner.example", { code: 451, text: "4.7.1 Try again later" });
      events.at(events.now() + 4 * hour, () => site.outside.refuse("partner.example", undefined));
      const message = { id: "m@contoso.local", from: "a@contoso.com", to: ["b@partner.example"], sizeBytes: 9, sentAtMs: events.now() };
      ledger.sent(message);
      site.server("ex01")?.transport.accept(message);
    },
    word: "offline",
    says: [`Nothing was dismounted. Deliver, redirect or accept them (\`allowStuck: ["ex01\\\\partner.example"]\`), then ${goesOn}`],
    correct: () => ({ args: { allowStuck: ["ex01\\partner.example"] } }),
  },
  {
    what: "a server that does not tell its queues, because its transport starts again and again",
    start: "prepared",
    site: () => new MemoryRehearsal({ ...smallest, switches: { whileQueuesLoad: "fails" } }),
    trouble: ({ world: { site, events } }) => {
      let isBroken = true;
      events.every(100, () => {
        const { services, transport } = site.server("ex02") ?? {};
        if (!isBroken || transport?.isLoading() || services?.find("MSExchangeTransport")?.status !== "Paused") return;
        services.stop("MSExchangeTransport", false);
        services.start("MSExchangeTransport");
        services.pause("MSExchangeTransport");
      });
      return () => {
        isBroken = false;
      };
    },
    program: () => ({ args: { stuckAfterSeconds: 120 } }),
    word: "offline",
    says: [`Nothing was dismounted. See to MSExchangeTransport on ex02, then ${goesOn}`],
    obey: (_site, undo) => undo(),
  },
  {
    what: "a copy that is not level",
    start: "prepared",
    trouble: ({ world: { site } }) => {
      const copy = site.database("DB01")?.copyOn("ex02");
      if (copy !== undefined) copy.losesSightOfNewestLog = true;
    },
    word: "offline",
    says: [
      `See why with \`Test-ReplicationHealth ex02\`, and repair that copy, or accept it as it is (\`allowBehind: ["DB01\\\\ex02"]\`), then ${goesOn}`,
    ],
    correct: () => ({ args: { allowBehind: ["DB01\\ex02"] } }),
  },
  {
    what: "a server that was left Draining",
    start: "offline",
    trouble: (site) => hubTransport(site, "Draining"),
    word: "online",
    says: [
      `The MX was not changed back. See to transport on ex02: MSExchangeTransport and MSExchangeFrontEndTransport must run, and HubTransport be Active (\`Get-ServerComponentState ex02\`; after a change, \`Restart-Service MSExchangeTransport\` there). Then ${goesOn}`,
    ],
    obey: (site) => hubTransport(site, "Active"),
  },
  {
    what: "servers without power",
    start: "offline",
    trouble: ({ world: { site } }) => site.servers.map(({ name }) => site.power(name, "off")),
    word: "online",
    says: [`Nothing was mounted or resumed. See to it, then ${again}.`],
    obey: ({ world: { site } }) => site.servers.map(({ name }) => site.power(name, "on")),
  },
];

function stop({ world: { site } }: MemoryRehearsal, service: string): void {
  for (const { services } of site.servers) services.stop(service, true);
}

function start({ world: { site } }: MemoryRehearsal, service: string): void {
  for (const { services } of site.servers) services.start(service);
}

/** As an administrator does it who has it take effect at once. */
function hubTransport({ world: { site, events } }: MemoryRehearsal, state: "Draining" | "Active"): void {
  const ex02 = site.server("ex02");
  ex02?.components.set("HubTransport", "Functional", state, events.now());
  ex02?.services.stop("MSExchangeTransport", false);
  ex02?.services.start("MSExchangeTransport");
}

/** A program that has this kind of resource alone. */
function only(kind: string): (part: Part) => Part | undefined {
  return (part) => (part.class.shape.name === kind ? part : undefined);
}
