// The plugin as the engine sees it: over gRPC on loopback, with Pulumi's generated client. The resource is a gate, which needs no site but one port.
import { deepEqual, equal, rejects } from "node:assert/strict";
import { createServer, type Server } from "node:net";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type { Clock } from "../../provider/engine/clock.ts";
import type { Properties } from "../../provider/host/operation.ts";
import { propertiesOf, structOf } from "../../provider/host/structs.ts";
import { HandClock } from "../support/hand-clock.ts";
import { ask, detailsOf, keptBy, type PluginClient, requests, startPlugin } from "../support/plugin-client.ts";

const urn = "urn:pulumi:berlin::site::exchange:index:SitePause$exchange:index:ReadinessGate::ready";
const controller = "dc1.contoso.local:389";
const open: Properties = { name: "ready", state: "open", ports: [controller] };
const checked: Properties = { ...open, servers: [], maxWaitSeconds: 900, stuckAfterSeconds: 900 };
const closed: Properties = { ...checked, state: "closed" };
/** As the state keeps it. */
const closedState: Properties = { ...closed, asked: 0, recorded: { version: 1 }, journal: [] };

describe("the plugin over gRPC", () => {
  let plugin: PluginClient;
  let port: Server;

  beforeEach(async () => {
    port = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => port.listen(0, "127.0.0.1", resolve));
    plugin = await startPlugin(new HandClock());
  });

  afterEach(async () => {
    await plugin.stop();
    port.close();
  });

  async function restartWith(clock: Clock): Promise<void> {
    await plugin.stop();
    plugin = await startPlugin(clock);
  }

  /** The controller is reached at our own port; after that nobody listens there, when it is to be silent. */
  async function configure(reachable: boolean): Promise<proto.ConfigureResponse> {
    const address = port.address();
    const at = address !== null && typeof address === "object" ? address.port : 0;
    if (!reachable) await new Promise<void>((resolve) => port.close(() => resolve()));
    const args = { connectTo: JSON.stringify({ [controller]: `127.0.0.1:${at}` }), version: "9.8.7" };
    return ask((reply) => plugin.client.configure(new proto.ConfigureRequest().setArgs(structOf(args)), reply));
  }

  const check = (news: Properties, of = urn) => requests(plugin.client, of).check(news);
  const create = (properties: Properties, preview = false) => requests(plugin.client, urn).create(properties, preview);
  const read = (inputs: Properties, state: Properties) => requests(plugin.client, urn).read("ready", inputs, state);
  const diff = (oldInputs: Properties, olds: Properties, news: Properties) => requests(plugin.client, urn).diff(oldInputs, olds, news);
  const update = (olds: Properties, news: Properties) => requests(plugin.client, urn).update("ready", olds, news);

  it("says its version and its schema", async () => {
    const info = await ask<{ getVersion(): string }>((reply) => plugin.client.getPluginInfo(new empty.Empty(), reply));
    equal(info.getVersion(), "9.8.7");
    const answer = await ask<proto.GetSchemaResponse>((reply) => plugin.client.getSchema(new proto.GetSchemaRequest(), reply));
    deepEqual(
      Object.entries(JSON.parse(answer.getSchema())).flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : [])),
      [
        ["name", "exchange"],
        ["version", "9.8.7"],
        ["description", "The operational state of a self-hosted Exchange site"],
      ],
    );
  });

  it("tells every mistake in its configuration, with the name that the stack gives it", async () => {
    const news = structOf({ timeZone: "Berlin", user: "pauser@contoso.local", timeoutSeconds: "0" });
    const answer = await ask<proto.CheckResponse>((reply) => plugin.client.checkConfig(new proto.CheckRequest().setNews(news), reply));
    deepEqual(failuresIn(answer), [
      ["timeoutSeconds", "exchange:timeoutSeconds: expected a whole number of seconds from 1 to 3600, found 0"],
      ["timeZone", 'exchange:timeZone: expected an IANA time zone, such as Europe/Berlin, found "Berlin"'],
    ]);
    deepEqual(propertiesOf(answer.getInputs()), news.toJavaScript());
  });

  it("takes part in previews, and wants plain values", async () => {
    const answer = await configure(true);
    deepEqual(
      [answer.getSupportspreview(), answer.getAcceptsecrets(), answer.getAcceptresources(), answer.getAcceptoutputs()],
      [true, false, false, false],
    );
  });

  it("checks a resource: defaults, or every mistake with its place", async () => {
    const good = await check(open);
    deepEqual([failuresIn(good), propertiesOf(good.getInputs())], [[], checked]);
    deepEqual(failuresIn(await check({ name: "ready", state: "ajar", ports: [controller, 389] })), [
      ["state", 'expected open or closed, found "ajar"'],
      ["ports[1]", "expected host:port, found 389"],
    ]);
  });

  it("says which resource it does not have", async () => {
    const other = "urn:pulumi:berlin::site::exchange:index:MailRecord::x";
    await rejects(check({}, other), { details: "pulumi-exchange has no resource exchange:index:MailRecord." });
  });

  it("previews a new resource: its state, the plan in words, and nothing more", async () => {
    await configure(false);
    const answer = await create(checked, true);
    deepEqual([answer.getId(), propertiesOf(answer.getProperties())["asked"], answer.getRefreshBeforeUpdate()], ["ready", 1, true]);
    deepEqual(plugin.lines, [
      `info ready: ready: before anything comes back, dc1.contoso.local:389 must accept a connection\n  1. wait for 1 of 1 servers and ports that are not ready: ${controller} (${controller} refuses a connection)`,
    ]);
    deepEqual(plugin.status, []);
  });

  it("makes a resource, and asks to be read before each later run", async () => {
    await configure(true);
    const answer = await create(checked);
    deepEqual(
      [answer.getId(), propertiesOf(answer.getProperties()), answer.getRefreshBeforeUpdate()],
      ["ready", { ...checked, asked: 1, recorded: { version: 1 }, journal: [] }, true],
    );
    deepEqual(plugin.lines, []);
  });

  it("reads, and finds by that reading what is to be done", async () => {
    await configure(false);
    const reading = await read(checked, { ...checked, recorded: { version: 1 }, journal: [] });
    deepEqual([reading.getId(), propertiesOf(reading.getInputs())["state"], reading.getRefreshBeforeUpdate()], ["ready", "open", true]);
    const difference = await diff(checked, { ...checked, recorded: { version: 1 }, journal: [] }, checked);
    const { DIFF_SOME } = proto.DiffResponse.DiffChanges;
    deepEqual(
      [difference.getChanges(), difference.getDiffsList(), difference.getReplacesList(), kindsIn(difference)],
      [DIFF_SOME, ["state"], [], [["state", proto.PropertyDiff.Kind.UPDATE]]],
    );
  });

  it("finds nothing to do where all is as asked", async () => {
    await configure(true);
    const difference = await diff(checked, { ...checked, recorded: { version: 1 }, journal: [] }, checked);
    const { DIFF_NONE } = proto.DiffResponse.DiffChanges;
    deepEqual([difference.getChanges(), difference.getDiffsList(), kindsIn(difference)], [DIFF_NONE, [], []]);
  });

  it("asks the site once for a reading and the difference after it, and anew after a change", async () => {
    await configure(true);
    let connections = 0;
    port.on("connection", () => {
      connections += 1;
    });
    const state = { ...checked, recorded: { version: 1 }, journal: [] };
    const seen: number[] = [];
    for (const request of [() => read(checked, state), () => diff(checked, state, checked), () => update(state, checked)]) {
      await request();
      seen.push(connections);
    }
    await diff(checked, state, checked);
    deepEqual([...seen, connections], [1, 1, 2, 3]);
  });

  it("replaces what has become another thing", async () => {
    await configure(true);
    const difference = await diff(closed, closedState, { ...closed, name: "other" });
    deepEqual([difference.getReplacesList(), kindsIn(difference)], [["name"], [["name", proto.PropertyDiff.Kind.UPDATE_REPLACE]]]);
  });

  it("imports nothing, and says what to do instead", async () => {
    await rejects(read({}, {}), {
      details: "There is nothing to import: write the resource into the program, and `pulumi up` takes it over as it is.",
    });
  });

  it("updates, and shows on the row that it is done", async () => {
    await configure(true);
    const answer = await update(closedState, checked);
    deepEqual(propertiesOf(answer.getProperties()), { ...checked, asked: 1, recorded: { version: 1 }, journal: [] });
    equal(plugin.status.at(-1), "done");
  });

  it("keeps the state of an update that does not end as asked, and says why", async () => {
    await configure(false);
    const error = await update(closedState, checked).catch((error: unknown) => error);
    const sentence =
      `Not ready for 15 minutes: ${controller} (${controller} refuses a connection).\n` +
      "Nothing was mounted or resumed. See to it, then run `pulumi up` again.";
    equal(detailsOf(error), sentence);
    deepEqual(keptBy(error), { id: "ready", state: { ...checked, asked: 1, recorded: { version: 1 }, journal: [] }, reasons: [sentence] });
  });

  it("removes without touching anything", async () => {
    const request = new proto.DeleteRequest().setUrn(urn).setId("ready").setOldInputs(structOf(checked)).setProperties(structOf(checked));
    await ask((reply) => plugin.client.delete(request, reply));
    deepEqual([plugin.lines, plugin.status], [[], []]);
  });

  it("ends a wait on request, with the state kept", async () => {
    const asleep = Promise.withResolvers<void>();
    const hand = new HandClock();
    await restartWith({
      now: () => hand.now(),
      sleep: (_ms, signal) => {
        const { promise, reject } = Promise.withResolvers<void>();
        signal?.addEventListener("abort", () => reject(signal.reason));
        asleep.resolve();
        return promise;
      },
    });
    await configure(false);
    const updating = update(closedState, checked).catch((error: unknown) => error);
    await asleep.promise;
    await ask((reply) => plugin.client.cancel(new empty.Empty(), reply));
    const error = await updating;
    const sentence = "stopped on request before the first step; run `pulumi up` again and it goes on from here";
    deepEqual([detailsOf(error), keptBy(error)?.reasons], [sentence, [sentence]]);
  });

  it("outlives a bug of its own: said to be one, without a trace of our code, and the next request is answered", async () => {
    const hand = new HandClock();
    const bugs = [new TypeError("Cannot read properties of undefined (reading 'exchanges')")];
    await restartWith({
      now: () => {
        const bug = bugs.pop();
        if (bug !== undefined) throw bug;
        return hand.now();
      },
      sleep: (ms, signal) => hand.sleep(ms, signal),
    });
    const error = await create(closed).catch((error: unknown) => error);
    equal(
      detailsOf(error),
      "This is a defect of pulumi-exchange, not of the site: TypeError: Cannot read properties of undefined (reading 'exchanges').\n" +
        "Each step is recorded when it is done, so `pulumi up` can be run again; please report it with this line.",
    );
    equal(keptBy(error), undefined);
    equal((await create(closed)).getId(), "ready");
  });

  it("answers what it was never made for with gRPC's own word", async () => {
    await rejects(
      ask((reply) => plugin.client.invoke(new proto.InvokeRequest().setTok("exchange:index:any"), reply)),
      { code: 12 },
    );
  });
});

function failuresIn(response: proto.CheckResponse): readonly (readonly [string, string])[] {
  return response.getFailuresList().map((failure) => [failure.getProperty(), failure.getReason()] as const);
}

function kindsIn(response: proto.DiffResponse): readonly (readonly [string, number])[] {
  return [...response.getDetaileddiffMap().entries()].map(([key, found]) => [key, found.getKind()] as const);
}
