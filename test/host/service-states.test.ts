// The plugin over a state that an earlier version wrote, and in a refresh: an argument that has another name, or is none any more, breaks neither refresh nor destroy.
import { deepEqual, equal, rejects } from "node:assert/strict";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { check } from "../../provider/host/check.ts";
import type { Properties } from "../../provider/host/operation.ts";
import { propertiesOf, structOf } from "../../provider/host/structs.ts";
import { backupMxQueue } from "../../provider/resources/backup-mx-queue/shape.ts";
import { HandClock } from "../support/hand-clock.ts";
import { ask, type PluginClient, requests, startPlugin } from "../support/plugin-client.ts";

const gate = "urn:pulumi:berlin::site::exchange:index:ReadinessGate::ready";
const queue = "urn:pulumi:berlin::site::exchange:index:BackupMxQueue::buffer";
const closed: Properties = { name: "ready", state: "closed", ports: [], servers: [], maxWaitSeconds: 900, stuckAfterSeconds: 900 };

describe("the plugin over a state of an earlier version", () => {
  let plugin: PluginClient;

  beforeEach(async () => {
    plugin = await startPlugin(new HandClock());
  });

  afterEach(() => plugin.stop());

  const read = (inputs: Properties, state: Properties) => requests(plugin.client, gate).read("ready", inputs, state);
  const remove = (urn: string, id: string, inputs: Properties) =>
    ask((reply) =>
      plugin.client.delete(
        new proto.DeleteRequest().setUrn(urn).setId(id).setOldInputs(structOf(inputs)).setProperties(structOf(inputs)),
        reply,
      ),
    );

  it("reads what has an argument that is none any more, and gives the arguments of now", async () => {
    const old = { ...closed, patience: "15m" };
    const answer = await read(old, { ...old, asked: 0, recorded: {}, journal: [] });
    deepEqual(propertiesOf(answer.getInputs()), closed);
    deepEqual(propertiesOf(answer.getProperties()), { ...closed, asked: 0, recorded: { version: 1 }, journal: [] });
  });

  it("fills in the default of an argument that came later", async () => {
    const { stuckAfterSeconds: _later, ...old } = closed;
    deepEqual(propertiesOf((await read(old, { ...old, recorded: {}, journal: [] })).getInputs()), closed);
  });

  it("keeps as it is, with a warning, what has an argument that cannot be read any more", async () => {
    const old = { ...closed, state: "shut" };
    const state = { ...old, asked: 0, recorded: {}, journal: [] };
    const answer = await read(old, state);
    deepEqual([propertiesOf(answer.getInputs()), propertiesOf(answer.getProperties())], [old, state]);
    deepEqual(plugin.lines, [
      'warning ready: ready: state: expected open or closed, found "shut". It is read when `pulumi up` has taken over what the program says; until then its last known state stays.',
    ]);
  });

  it("keeps as it is, with a warning, what the settings of the last run do not lead to: those of this run are still to come", async () => {
    const args = { host: "buffer.contoso-mail.net", user: "mailops", hostKey: `SHA256:${"A".repeat(43)}`, domains: ["contoso.com"] };
    const { inputs } = check(backupMxQueue.args, { ...args, state: "released" });
    const state = { ...inputs, ledger: "no pause yet", recorded: { version: 2 }, journal: [] };
    const answer = await requests(plugin.client, queue).read("buffer", inputs, state);
    deepEqual([propertiesOf(answer.getInputs()), propertiesOf(answer.getProperties())], [inputs, state]);
    deepEqual(plugin.lines, [
      "warning buffer: exchange:bufferKey is missing: set it with `pulumi config set --secret exchange:bufferKey`, or give it in the environment as EXCHANGE_BUFFER_KEY. That was asked as the last run recorded it; the last known state stays, and `pulumi up` asks as the program says.",
    ]);
  });

  it("removes all the same, and says where nothing could be given back", async () => {
    await remove(gate, "ready", { ...closed, patience: "15m" });
    deepEqual(plugin.lines, []);
    await remove(queue, "buffer", { host: "buffer.contoso-mail.net" });
    deepEqual(plugin.lines, [
      "warning buffer: buffer: user: expected a user name, found nothing. It is taken out of the program's state, and nothing was done at the site.",
    ]);
  });
});

describe("the plugin in a refresh", () => {
  let plugin: PluginClient;
  before(async () => {
    plugin = await startPlugin(new HandClock());
  });
  after(() => plugin.stop());

  it("asks what comes before only when the program has spoken, which it has not in a refresh", async () => {
    const { check, diff } = requests(plugin.client, gate);
    const waiting: Properties = { ...closed, state: "open", ports: ["127.0.0.1:1"] };
    const before = { resource: "ReadinessGate", args: JSON.stringify({ ...waiting, name: "first" }), recorded: "{}" };
    const later: Properties = { ...waiting, after: [before] };
    const state = { ...waiting, recorded: { version: 1 }, journal: [] };
    equal((await diff(later, state, later)).getChanges(), proto.DiffResponse.DiffChanges.DIFF_SOME);
    await check(later);
    await rejects(diff(later, state, later), {
      details:
        "ready comes after ReadinessGate first, and that is not yet as the program asks. Nothing was changed.\n" +
        "Run `pulumi up` without `--target`: it does all of it in order, and passes over what is done already. If it reads `snapshot integrity failure`, type `pulumi state repair` first.",
    });
  });
});
