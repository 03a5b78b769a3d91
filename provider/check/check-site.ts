// Asks everything that a pause will need of a site, and changes nothing: what is there, by which way it lets us in, what the account may do, and what would
// stand in the way. One line each; what fails says what to do. It uses what the plugin uses: the stack's program and settings, and the same edges.
import { clockFrom } from "../engine/clock.ts";
import { check } from "../host/check.ts";
import { type Config, config, fromStack, settingOf } from "../host/config.ts";
import { type OpenedSite, openSite } from "../host/open-site.ts";
import { checkBuffer } from "./buffers.ts";
import { checkClock, sayClock } from "./clocks.ts";
import { type Declared, declaredBy } from "./declared.ts";
import { failed, found, type Line, note, ok, sentenceOf, written } from "./line.ts";
import { checkServers } from "./servers.ts";
import type { Stack } from "./stack.ts";
import { checkZone } from "./zones.ts";

/** @returns the exit code: 0 when nothing failed */
export async function checkSite(stack: Stack, environment: NodeJS.ProcessEnv, tell: (line: string) => void): Promise<number> {
  const title = `${stack.project}/${stack.name}`;
  const lines = await linesOf(stack, environment).catch((error: unknown) => [failed(sentenceOf(error))]);
  for (const line of lines) tell(written(line));
  const wrong = lines.filter(({ mark }) => mark === "FAILED").length;
  tell(
    wrong === 0
      ? `${title}: ${lines.length} lines, nothing failed. Nothing was changed.`
      : `${title}: ${wrong} of ${lines.length} lines FAILED. Nothing was changed. Mend them and run this check again.`,
  );
  return wrong === 0 ? 0 : 1;
}

/** @throws {Error} in words where the program or its settings cannot be read */
async function linesOf(stack: Stack, environment: NodeJS.ProcessEnv): Promise<readonly Line[]> {
  const settings = settingsOf(stack);
  const declared = await declaredBy(stack, environment);
  const clock = clockFrom(environment["EXCHANGE_CLOCK"]);
  const notes: Line[] = [];
  const site = openSite(settings, `${stack.project}/${stack.name}`, clock, environment, (text) => notes.push(note(text)));
  try {
    return [...(await asked(site, settings, declared)), ...notes];
  } finally {
    await site.close();
  }
}

/** Settings of the provider, as it is configured by Pulumi. @throws {Error} naming the first that it would refuse */
function settingsOf({ values }: Stack): Config {
  const own = Object.entries(values).flatMap(([key, value]) =>
    key.startsWith("exchange:") ? [[key.slice("exchange:".length), value]] : [],
  );
  const { inputs, failures } = check(config, fromStack(Object.fromEntries(own)));
  const [first] = failures;
  if (first !== undefined) throw new Error(`exchange:${first.property}: ${first.reason}`);
  return config.parse(inputs);
}

/** All at once; said in the order in which a person would look. */
async function asked(site: OpenedSite, settings: Config, { servers, zones, buffers, ports }: Declared): Promise<readonly Line[]> {
  const [ofServers, ofZones, ofBuffers, ofPorts, ofClocks] = await Promise.all([
    checkServers(site, servers),
    Promise.all(zones.map((zone) => checkZone(site, zone))),
    Promise.all(buffers.map((buffer) => checkBuffer(site, buffer))),
    Promise.all(ports.map((port) => checkPort(site, port))),
    Promise.all(servers.map((server) => clockOf(site, settings, server))),
  ]);
  const bufferClocks = ofBuffers.flatMap(({ clock }, index) => (clock === undefined ? [] : [sayClock(buffers[index]?.host ?? "", clock)]));
  return [
    ...ofServers,
    ...ofZones.flat(),
    ...(zones.length === 0
      ? []
      : [note("That the DNS API's token may also write is seen at the first change only; see that it has DNS:Edit.")]),
    ...ofBuffers.flatMap(({ lines }) => lines),
    ...ofPorts.flat(),
    ...ofClocks.flat(),
    ...bufferClocks,
  ];
}

function checkPort(site: OpenedSite, port: string): Promise<readonly Line[]> {
  return found(async () => {
    await site.connect(port);
    return [ok(`${port} accepts a connection`)];
  }, "It stands in `readyWhen`: the site would not come back while it is so.");
}

/** Where no address is set, the lines of the server say so. */
async function clockOf(site: OpenedSite, settings: Config, server: string): Promise<readonly Line[]> {
  if (settings.exchangeUrl === undefined) return [];
  const url = settingOf(settings, "exchangeUrl").replaceAll("{server}", server);
  return [await checkClock(server, url, settings.connectTo, site.clock)];
}
