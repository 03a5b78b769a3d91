// Asks the lab's endpoints as a client would, without any wire, and reads what came back.
import assert from "node:assert/strict";
import type { CmdletReply, Configuration } from "../../../../lab/serve/cmdlet-host.ts";
import { exchangeHost } from "../../../../lab/serve/cmdlets/exchange-host.ts";
import type { World } from "../../../../lab/world/world.ts";
import { isPsObject, type PsObject, type PsValue } from "../../../../provider/remoting/clixml/values.ts";
import { stillWorld } from "../../world/worlds.ts";

export type Ask = (cmdlet: string, parameters?: Readonly<Record<string, PsValue>>, server?: string) => Promise<CmdletReply>;

/** Asks one configuration of a world; `ex01` unless a server is named. */
export function asking(world: World, configuration: Configuration): Ask {
  const host = exchangeHost(world.site);
  return (cmdlet, parameters = {}, server = "ex01") =>
    host({ server, configuration, user: "CONTOSO\\pauser", cmdlet, parameters: new Map(Object.entries(parameters)) });
}

/** The objects of a reply without errors. */
export async function objects(reply: Promise<CmdletReply>): Promise<readonly PsObject[]> {
  const { output, errors, failed } = await reply;
  assert.equal(failed, undefined, failed?.message);
  assert.deepEqual(
    errors.map((error) => error.message),
    [],
  );
  return output.filter(isPsObject);
}

/** Some properties of an object; lists as arrays. */
export function pick(object: PsObject | undefined, ...names: readonly string[]): Record<string, unknown> {
  assert.ok(object, "no object");
  return Object.fromEntries(
    names.map((name) => {
      const value = object.properties.get(name);
      return [name, isPsObject(value) && value.items !== undefined ? value.items.values : value];
    }),
  );
}

/** A still world and both of its configurations. */
export function scene(options: Parameters<typeof stillWorld>[0] = {}) {
  const world = stillWorld(options);
  return { world, exchange: asking(world, "Microsoft.Exchange"), windows: asking(world, "Microsoft.PowerShell") };
}
