// The turns of one run as its operations have them: one for each host, none where the program names no host, and nothing sent once the run ends.
import { deepEqual, equal, rejects } from "node:assert/strict";
import type { TurnPlace } from "../../provider/engine/turn.ts";
import { Fences } from "../../provider/host/fences.ts";
import { remove } from "../../provider/host/leaving.ts";
import { create, read, update } from "../../provider/host/operations.ts";
import type { BufferAddress, Site } from "../../provider/resources/site.ts";
import { HandClock } from "../support/hand-clock.ts";
import { dark, emptySite, lampHost, lampShape, lit, normalRecorded } from "../support/lamp-host.ts";
import { MemoryTurns, newFences } from "../support/turns.ts";

const state = { ...lit, recorded: { version: 1, ...normalRecorded }, journal: [] };
const refusal =
  "hall: the program names no host on which its runs take turns, so one that was frozen or left behind could undo what this one does. Nothing was changed.\n" +
  "Give `turnsAt: { host, user, hostKey }`: the buffer host of the site, or any other host that is reached by SSH.";
const address = { host: "buffer.contoso-mail.net", port: 22, user: "mailops", hostKey: "SHA256:…", sudo: true };

/** A site with hosts for turns alone, each at its own name. */
function siteWith(places: Readonly<Record<string, TurnPlace>>): Site {
  const buffer = ({ host }: { readonly host: string }) => {
    const place = places[host];
    if (place === undefined) throw new Error(`there is no ${host}`);
    return {
      turns: {
        newest: (_program: string, expected?: number) => place.newest(expected),
        take: place.take.bind(place),
        end: place.end.bind(place),
      },
    };
  };
  return { ...emptySite(new HandClock()), buffer: buffer as unknown as Site["buffer"] };
}

describe("a resource for which the program names no host for turns", () => {
  const { signal } = new AbortController();
  const noTurn = (host: ReturnType<typeof lampHost>) => ({
    ...host.circumstances,
    turn: newFences().turnOf(emptySite(host.clock), { ...lampShape, turnsAt: () => undefined }, lit, { say: () => undefined, signal }),
  });

  it("is read, and taken over as it is", async () => {
    const host = lampHost();
    deepEqual(await create(host.kind, lit, false, noTurn(host)), state);
    deepEqual((await read(host.kind, lit, state, noTurn(host))).state, state);
  });

  it("is not changed: the preview says so, and so does `up`", async () => {
    const host = lampHost();
    for (const preview of [true, false]) await rejects(update(host.kind, state, dark, preview, noTurn(host)), { message: refusal });
    equal(host.row.row.sign, false);
  });

  it("is not given back either", async () => {
    const host = lampHost(undefined, { forget: async () => undefined });
    await rejects(remove(host.kind, lit, state, noTurn(host)), { message: refusal });
  });
});

describe("the turns of a run", () => {
  const shape = { ...lampShape, turnsAt: (args: Readonly<Record<string, unknown>>) => ({ ...address, host: String(args["at"]) }) };
  const say = () => undefined;

  it("are one for all resources that name the same host, and another for another host", async () => {
    const [one, other] = [new MemoryTurns(), new MemoryTurns()];
    const site = siteWith({ "one.example": one, "other.example": other });
    const fences = newFences(new HandClock());
    const { signal } = new AbortController();
    const turns = ["one.example", "one.example", "other.example"].map((at) => fences.turnOf(site, shape, { at }, { say, signal }));
    for (const turn of turns) await turn.begin();
    deepEqual([(await one.newest())?.number, (await other.newest())?.number], [1, 1]);
    await fences.close();
    deepEqual([(await one.newest())?.ended, (await other.newest())?.ended], [true, true]);
    await rejects(turns[0]?.mayAct() ?? Promise.resolve(), { message: "This run has ended." });
    await rejects(fences.turnOf(site, shape, { at: "one.example" }, { say, signal }).begin(), { message: "This run has ended." });
    const never = new MemoryTurns();
    const late = fences.turnOf(siteWith({ "never.example": never }), shape, { at: "never.example" }, { say, signal });
    await rejects(late.begin(), { message: "This run has ended." });
    equal(await never.newest(), undefined);
  });

  it("are told apart by the whole way to the host, and are this run's by each: a wrong key of one resource is not that of another", async () => {
    const place = new MemoryTurns();
    const { buffer } = siteWith({ "one.example": place });
    const refused = () => Promise.reject(new Error("another key"));
    const site = {
      ...siteWith({}),
      buffer: (way: BufferAddress) =>
        way.hostKey === "SHA256:typo"
          ? ({ turns: { newest: refused, take: refused, end: refused } } as unknown as ReturnType<Site["buffer"]>)
          : buffer(way),
    };
    const fences = newFences(new HandClock());
    const { signal } = new AbortController();
    const turnBy = (way: object) =>
      fences.turnOf(site, { ...lampShape, turnsAt: () => ({ ...address, host: "one.example", ...way }) }, {}, { say, signal });
    await rejects(turnBy({ hostKey: "SHA256:typo" }).begin(), { message: "another key" });
    for (const way of [{}, { user: "root", sudo: false }, { port: 2222 }, { configDirectory: "/etc/postfix-out" }])
      await turnBy(way).begin();
    equal((await place.newest())?.number, 1);
  });

  it("end although a host is not reached", async () => {
    const place = new MemoryTurns();
    const fences = newFences(new HandClock());
    await fences
      .turnOf(siteWith({ "one.example": place }), shape, { at: "one.example" }, { say, signal: new AbortController().signal })
      .begin();
    place.end = () => Promise.reject(new Error("unreachable"));
    await fences.close();
  });

  it("let nothing be sent for an operation that is to end, not even what waits for whose turn it is", async () => {
    const place = new MemoryTurns();
    const stop = new AbortController();
    const fences = new Fences({ runner: { host: "", pid: 1, startedAt: "", machine: "" }, isOver: () => true, elapsed: new HandClock() });
    const turn = fences.turnOf(siteWith({ "one.example": place }), shape, { at: "one.example" }, { say, signal: stop.signal });
    const begun = turn.begin();
    stop.abort(new Error("its engine has gone"));
    await rejects(begun, { message: "its engine has gone" });
    await rejects(turn.mayAct(), { message: "its engine has gone" });
  });
});
