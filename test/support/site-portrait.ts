// The lab's picture of the site, and more of what a pause must give back: what every name server answers, who dismounted a database, and
// the buffer's settings. Without the number of messages in the buffer, which is never twice the same.
import { type Picture, pictureOf } from "../../lab/picture.ts";
import type { SiteWorld } from "../../lab/site-world.ts";

/** One line for each thing; asked of the world itself, past every protocol and past the provider. */
export function portraitOf(world: SiteWorld): Picture {
  const { site, zones, buffer } = world;
  const served = zones.nameServers.flatMap((server) =>
    zones.zones().map(({ name }): [string, string] => {
      const set = zones.answer(server, name, "MX").records.map(({ priority, content, ttl }) => `${priority} ${content} TTL ${ttl}`);
      return [`${name} at ${server}`, set.sort().join(", ")];
    }),
  );
  const dismounted = site.databases.map(({ name, dismountedByAdministrator }): [string, string] => [
    `${name} by an administrator`,
    dismountedByAdministrator ? "dismounted" : "not touched",
  ]);
  const settings = buffer.settings
    .inFile()
    .flatMap(([name, value]): [string, string][] => (value === "" ? [] : [[`main.cf ${name}`, value]]));
  const holds = buffer.settings.value("smtpd_end_of_data_restrictions") !== "";
  return {
    ...pictureOf(world),
    ...Object.fromEntries([...served, ...dismounted, ...settings]),
    [buffer.name]: holds ? "holds" : "passes on",
  };
}
