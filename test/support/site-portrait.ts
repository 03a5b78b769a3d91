// The lab's site as a person would compare it before and after: one line for each thing that a pause touches. Asked of the world itself,
// past every protocol and past the provider.
import type { SiteWorld } from "../../lab/site-world.ts";
import { isHolding } from "../../provider/mail/settings.ts";

/** Sorted lines; two portraits of the same state are equal. */
export function portraitOf(world: SiteWorld): readonly string[] {
  const { site, zones, buffer } = world;
  const records = zones.zones().flatMap((zone) => {
    return [...zone.records.values()].map(
      ({ name, type, priority, content, ttl, comment }) => `record ${name} ${type} ${priority} ${content} TTL ${ttl} "${comment ?? ""}"`,
    );
  });
  const served = zones.nameServers.flatMap((server) =>
    zones
      .zones()
      .flatMap((zone) =>
        zones
          .answer(server, zone.name, "MX")
          .records.map(({ priority, content, ttl }) => `${server} serves ${zone.name} ${priority} ${content} TTL ${ttl}`),
      ),
  );
  const services = site.servers.flatMap((server) =>
    server.services.all().map(({ name, status, startType }) => `service ${server.name} ${name} ${status} ${startType}`),
  );
  const databases = site.databases.map(
    ({ name, mounted, active, dismountedByAdministrator }) =>
      `database ${name} ${mounted ? "mounted" : "dismounted"} on ${active}${dismountedByAdministrator ? ", by an administrator" : ""}`,
  );
  const settings = buffer.settings.inFile().flatMap(([name, value]) => (value === "" ? [] : [`buffer ${name} = ${value}`]));
  return [
    ...records,
    ...served,
    ...services,
    ...databases,
    ...settings,
    `buffer ${isHolding(buffer.settings.value("smtpd_end_of_data_restrictions")) ? "holds" : "does not hold"} mail`,
    `PreferenceMoveFrequency ${site.dag.preferenceMoveMs} ms`,
  ].sort();
}

/** What differs, `-` as it was and `+` as it is; none when nothing does. */
export function differences(before: readonly string[], after: readonly string[]): readonly string[] {
  const gone = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
  const come = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
  return [...gone, ...come];
}
