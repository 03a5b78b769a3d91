// Who is in the lab: names of servers, databases, domains and people, as plain data that scales by the number of servers.
// What they do is decided elsewhere. The first half of the servers stands in Berlin, the second in Potsdam.

export interface ServerName {
  /** `ex01`; Exchange itself shows it in upper case. */
  readonly name: string;
  /** `ex01.contoso.local` */
  readonly fqdn: string;
  readonly adSite: string;
  readonly address: string;
}

export interface DomainController {
  /** `dc01` */
  readonly name: string;
  /** `dc01.contoso.local`; Exchange shows it so. */
  readonly fqdn: string;
  readonly adSite: string;
}

export interface CopyPlace {
  readonly server: string;
  /** Activation preference, from `1`. */
  readonly preference: number;
}

export interface DatabaseName {
  readonly name: string;
  readonly copies: readonly CopyPlace[];
  /** An administrator dismounted it before the lab began, and no mailbox is left in it. */
  readonly retired: boolean;
}

export interface Cast {
  readonly adDomain: string;
  readonly dag: string;
  /** Two in each AD site. */
  readonly domainControllers: readonly DomainController[];
  readonly servers: readonly ServerName[];
  readonly databases: readonly DatabaseName[];
  /** The accepted domains; the first is the default one. */
  readonly domains: readonly string[];
  /** Address in lower case to the name of the database of its mailbox. */
  readonly mailboxes: ReadonlyMap<string, string>;
  readonly mailHost: string;
  readonly bufferHost: string;
  readonly smartHost: string;
  readonly partner: string;
}

export interface CastOptions {
  /** How many Exchange servers: an even number from `2` to `16`; `4` unless told. */
  readonly servers?: number;
  /** Mailboxes in each accepted domain; `60` unless told. */
  readonly recipientsPerDomain?: number;
}

/** DB08; in a lab with fewer databases the last one. */
const retiredNumber = 8;
const domains = ["contoso.com", "contoso.de", "contoso.org"];
const firstNames = ["anna", "ben", "clara", "david", "emma", "felix", "greta", "hans", "ida", "jonas", "karla", "leon"];
const lastNames = ["abel", "brandt", "conrad", "dietz", "ernst", "franke"];

/** The names of a lab of that size. */
export function makeCast({ servers: count = 4, recipientsPerDomain = 60 }: CastOptions = {}): Cast {
  const adDomain = "contoso.local";
  const servers = Array.from({ length: count }, (_, index): ServerName => {
    const name = `ex${String(index + 1).padStart(2, "0")}`;
    const inBerlin = index < count / 2;
    return {
      name,
      fqdn: `${name}.${adDomain}`,
      adSite: inBerlin ? "Berlin" : "Potsdam",
      address: `10.${inBerlin ? 1 : 2}.0.${index + 11}`,
    };
  });
  const databases = Array.from({ length: count * 2 }, (_, index) => databaseOf(index, servers, Math.min(retiredNumber, count * 2)));
  const inUse = databases.filter((database) => !database.retired);
  const mailboxes = new Map<string, string>();
  domains.forEach((domain, domainIndex) => {
    const people = Array.from({ length: recipientsPerDomain }, (_, index) => personName(index));
    ["postmaster", ...people].forEach((person, index) => {
      const database = inUse[(index + domainIndex) % inUse.length];
      if (database !== undefined) mailboxes.set(`${person}@${domain}`, database.name);
    });
  });
  return {
    adDomain,
    dag: "DAG1",
    domainControllers: controllersIn(["Berlin", "Potsdam"], adDomain),
    servers,
    databases,
    domains,
    mailboxes,
    mailHost: "mail.contoso.com",
    bufferHost: "buffer.contoso-mail.net",
    smartHost: "smarthost.contoso.net",
    partner: "partner.example",
  };
}

/** The name as Exchange prints it: `EX01`. */
export function shown(server: string): string {
  return server.toUpperCase();
}

function controllersIn(adSites: readonly string[], adDomain: string): readonly DomainController[] {
  return adSites.flatMap((adSite, site) =>
    [1, 2].map((number) => {
      const name = `dc${String(site * 2 + number).padStart(2, "0")}`;
      return { name, fqdn: `${name}.${adDomain}`, adSite };
    }),
  );
}

function databaseOf(index: number, servers: readonly ServerName[], retired: number): DatabaseName {
  const home = Math.floor(index / 2);
  const other = (home + servers.length / 2) % servers.length;
  const name = `DB${String(index + 1).padStart(2, "0")}`;
  const copies = [home, other].map((place, order): CopyPlace => ({ server: servers[place]?.name ?? "", preference: order + 1 }));
  return { name, copies, retired: index + 1 === retired };
}

function personName(index: number): string {
  const first = firstNames[index % firstNames.length];
  const last = lastNames[Math.floor(index / firstNames.length) % lastNames.length];
  const round = Math.floor(index / (firstNames.length * lastNames.length));
  return `${first}.${last}${round === 0 ? "" : round + 1}`;
}
