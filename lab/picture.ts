// What must be the same before and after a pause: one plain picture of the site, and what differs between two of them.
import type { SiteWorld } from "./site-world.ts";

export type Picture = Readonly<Record<string, string>>;

/** Everything of the site that a pause touches, one line a thing. */
export function pictureOf({ cast, site, zones, buffer }: SiteWorld): Picture {
  const lines: [string, string][] = [];
  for (const server of site.servers) {
    for (const service of server.services.all()) lines.push([`${server.name} ${service.name}`, `${service.status}, ${service.startType}`]);
  }
  for (const database of site.databases) {
    lines.push([database.name, `${database.mounted ? "mounted" : "dismounted"} on ${database.active}`]);
  }
  lines.push([cast.dag, `PreferenceMoveFrequency ${site.dag.preferenceMoveMs} ms`]);
  for (const zone of zones.zones()) {
    for (const record of zone.records.values()) {
      const { type, name, priority, content, ttl, comment, tags } = record;
      lines.push([
        `${type} ${name} ${priority ?? ""} ${content}`,
        [`TTL ${ttl}`, ...(comment ? [`"${comment}"`] : []), ...tags].join(", "),
      ]);
    }
  }
  const holds = buffer.settings.value("smtpd_end_of_data_restrictions") !== "";
  lines.push([buffer.name, `${holds ? "holds mail" : "passes mail on"}, ${buffer.queue().length} messages`]);
  return Object.fromEntries(lines.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** `DB03: mounted on ex02 -> dismounted on ex02`, for each thing that is not as it was; none when all is. */
export function differences(before: Picture, after: Picture): readonly string[] {
  const things = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return things.flatMap((thing) =>
    before[thing] === after[thing] ? [] : [`${thing}: ${before[thing] ?? "not there"} -> ${after[thing] ?? "not there"}`],
  );
}
