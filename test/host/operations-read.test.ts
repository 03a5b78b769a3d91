// What Pulumi asks of a resource without changing it, with the row of lamps: read without guessing, and compared.
import { deepEqual, equal, rejects } from "node:assert/strict";
import type { Properties } from "../../provider/host/operation.ts";
import { diff, read } from "../../provider/host/operations.ts";
import { idOf } from "../../provider/resources/define-shape.ts";
import { allDark, dark, lampHost, lampShape, lit, normalRecorded } from "../support/lamp-host.ts";
import { LampError, lampsLit } from "../support/toy-kind.ts";

const litState: Properties = { ...lit, recorded: { version: 1, ...normalRecorded }, journal: [] };
const silence = () => Promise.reject(new LampError("unreachable"));

describe("read", () => {
  it("gives what the site says, and keeps what was asked of it", async () => {
    const { kind, circumstances } = lampHost(allDark);
    const { state, reading } = await read(kind, lit, litState, circumstances);
    deepEqual(
      [state, reading],
      [{ ...litState, recorded: { version: 1, ...normalRecorded, dimSinceMs: 1796500800000 } }, { actual: allDark }],
    );
  });

  it("renews what is normal while nothing is under way", async () => {
    const { kind, circumstances } = lampHost(lampsLit({ brightness: 70 }));
    const { state } = await read(kind, lit, litState, circumstances);
    deepEqual(state["recorded"], { version: 1, normal: { ...normalRecorded.normal, brightness: 70 } });
  });

  it("says what is normal from now on where that has changed, and nothing where it has not", async () => {
    const say = ({ brightness }: { readonly brightness: number }) => `brightness ${brightness}`;
    for (const [row, lines] of [
      [
        lampsLit({ brightness: 70 }),
        ["What is normal for hall has changed since the last run, and is taken over: brightness 80 -> brightness 70."],
      ],
      [lampsLit(), []],
    ] as const) {
      const { kind, circumstances, lasting } = lampHost(row);
      const normal = kind.resource.normal ?? { asked: {} };
      const { state } = await read({ ...kind, resource: { ...kind.resource, normal: { ...normal, say } } }, lit, litState, circumstances);
      deepEqual([lasting, state["normally"]], [lines, `brightness ${row.brightness}`]);
    }
  });

  it("keeps the last known state, without a word, where silence is expected", async () => {
    const { kind, circumstances, warnings } = lampHost(lampsLit(), { observe: silence, expectsSilence: (args) => args.state === "dark" });
    const state = { ...litState, state: "dark" };
    deepEqual(await read(kind, dark, state, circumstances), { state, reading: { silent: true } });
    deepEqual(warnings, []);
  });

  it("keeps it with a warning where silence is not expected", async () => {
    const { kind, circumstances, warnings } = lampHost(lampsLit(), { observe: silence, expectsSilence: (args) => args.state === "dark" });
    deepEqual(await read(kind, lit, litState, circumstances), { state: litState, reading: { silent: true } });
    deepEqual(warnings, ["the row answers unreachable. Its state is not known; nothing is assumed, and the last known one stays."]);
  });

  it("takes time that ran out for silence too", async () => {
    const { kind, circumstances } = lampHost(lampsLit(), { observe: () => Promise.reject(new LampError("timedOut")) });
    deepEqual((await read(kind, lit, litState, circumstances)).reading, { silent: true });
  });

  // What the program says now may be another way in, another password, or that the thing is out of it: nobody has asked it yet.
  const asked = "That was asked as the last run recorded it; the last known state stays, and `pulumi up` asks as the program says.";
  for (const reason of ["notFound", "denied", "sessionLost"] as const) {
    it(`keeps the last known state with a warning for any other error, and takes none for a deletion: ${reason}`, async () => {
      const { kind, circumstances, warnings } = lampHost(lampsLit(), { observe: () => Promise.reject(new LampError(reason)) });
      deepEqual(await read(kind, lit, litState, circumstances), { state: litState, reading: { failed: true } });
      deepEqual(warnings, [`the row answers ${reason}. ${asked}`]);
    });
  }

  it("keeps it where the site says that there is no such thing, so that a program without it can be followed", async () => {
    const { kind, circumstances, warnings } = lampHost(lampsLit(), { observe: async () => undefined });
    deepEqual(await read(kind, lit, litState, circumstances), { state: litState, reading: { failed: true } });
    deepEqual(warnings, [`hall: the site says that there is no such thing. ${asked}`]);
  });

  it("fails where the run is to end", async () => {
    const { kind, circumstances, stop } = lampHost(lampsLit(), { observe: () => Promise.reject(new LampError("stopped")) });
    stop.abort(new Error("stopped on request"));
    await rejects(read(kind, lit, litState, circumstances), { message: "the row answers stopped" });
  });

  for (const reason of ["throttled", "serverError"] as const) {
    it(`bears ${reason} as a run does: asks again after a while, and says so`, async () => {
      let looks = 0;
      const observe = async () => {
        looks += 1;
        if (looks < 3) throw new LampError(reason, 30_000);
        return lampsLit();
      };
      const { kind, circumstances, clock, status } = lampHost(lampsLit(), { observe });
      const startMs = clock.now();
      deepEqual((await read(kind, lit, litState, circumstances)).reading, { actual: lampsLit() });
      deepEqual([looks, clock.now() - startMs >= 60_000], [3, true]);
      deepEqual(
        status,
        [2, 3].map((times) => `try ${times} soon; the row answers ${reason}`),
      );
    });
  }

  it("looks once more where the session was lost meanwhile, and no more often", async () => {
    let looks = 0;
    const observe = (losses: number) => async () => {
      looks += 1;
      if (looks <= losses) throw new LampError("sessionLost");
      return lampsLit();
    };
    const { reading } = await read(lampHost(lampsLit(), { observe: observe(1) }).kind, lit, litState, lampHost(lampsLit()).circumstances);
    deepEqual([reading, looks], [{ actual: lampsLit() }, 2]);
    looks = 0;
    const { kind, circumstances } = lampHost(lampsLit(), { observe: observe(2) });
    deepEqual((await read(kind, lit, litState, circumstances)).reading, { failed: true });
    equal(looks, 2);
  });
});

describe("diff", () => {
  const inert = { actual: lampsLit() } as const;

  it("finds nothing where the site is as asked", async () => {
    const { kind, circumstances, row } = lampHost();
    deepEqual(await diff(kind, lit, litState, lit, inert, circumstances), { replaces: [], changes: [] });
    deepEqual(row.calls, []);
  });

  it("finds what the program asks differently from last time, before it looks at the site", async () => {
    const { kind, circumstances } = lampHost(lampsLit(), { observe: silence });
    deepEqual(await diff(kind, lit, litState, dark, undefined, circumstances), { replaces: [], changes: ["state"] });
  });

  it("finds what the site does differently from what is asked", async () => {
    const { kind, circumstances } = lampHost();
    deepEqual(await diff(kind, lit, litState, lit, { actual: allDark }, circumstances), { replaces: [], changes: ["state", "colour"] });
  });

  it("names what is wanted where the plan has steps and nothing is asked differently", async () => {
    const { kind, circumstances } = lampHost();
    deepEqual(await diff(kind, lit, litState, lit, { actual: allDark }, circumstances), { replaces: [], changes: ["state", "colour"] });
  });

  it("plans against a new reading where any argument changed, for it may say where to look", async () => {
    const { kind, circumstances, row } = lampHost(allDark);
    deepEqual((await diff(kind, lit, litState, { ...lit, dimmer: "wall" }, inert, circumstances)).changes, ["dimmer"]);
    deepEqual(row.calls, ["look"]);
  });

  it("finds nothing where a changed argument leaves nothing to do, or nobody answers", async () => {
    const changed = { ...lit, dimmer: "wall" };
    for (const { kind, circumstances } of [lampHost(), lampHost(allDark, { observe: silence })])
      deepEqual((await diff(kind, lit, litState, changed, inert, circumstances)).changes, []);
  });

  it("is not empty where a plan only refuses, so that the refusal is seen", async () => {
    const refusing = { plan: () => ({ steps: [], refusals: [{ sentence: "The hall is locked.", remedy: "Unlock it." }] }) };
    const { kind, circumstances } = lampHost(lampsLit(), refusing);
    deepEqual((await diff(kind, lit, litState, lit, inert, circumstances)).changes, ["state", "colour"]);
  });

  it("replaces where another thing is meant", async () => {
    const { kind, circumstances, row } = lampHost();
    deepEqual(await diff(kind, lit, litState, { ...dark, row: "stairs" }, inert, circumstances), { replaces: ["row"], changes: ["row"] });
    deepEqual(row.calls, []);
  });

  it("does not replace where the same thing is called so in another case", async () => {
    const { kind, circumstances } = lampHost();
    deepEqual(await diff(kind, lit, litState, { ...lit, row: "HALL" }, inert, circumstances), { replaces: [], changes: [] });
  });

  it("does not replace where last time's inputs did not name the thing yet", async () => {
    const { kind, circumstances } = lampHost();
    deepEqual((await diff(kind, { state: "lit" }, litState, lit, inert, circumstances)).replaces, []);
  });

  it("finds nothing where nobody answered", async () => {
    const { kind, circumstances } = lampHost(allDark);
    deepEqual(await diff(kind, lit, litState, lit, { silent: true }, circumstances), { replaces: [], changes: [] });
  });

  it("says it, where nothing was read before", async () => {
    const { kind, circumstances, warnings } = lampHost(allDark, { observe: silence });
    deepEqual((await diff(kind, lit, litState, lit, undefined, circumstances)).changes, []);
    deepEqual(warnings, ["the row answers unreachable. Its state is not known; nothing is assumed, and the last known one stays."]);
  });

  it("is not empty where the reading failed, without another one, so that an update says why", async () => {
    const { kind, circumstances, row } = lampHost();
    deepEqual((await diff(kind, lit, litState, lit, { failed: true }, circumstances)).changes, ["state", "colour"]);
    deepEqual(row.calls, []);
  });

  it("is not empty where a new reading fails, or there is no such thing", async () => {
    for (const observe of [() => Promise.reject(new LampError("denied")), async () => undefined]) {
      const { kind, circumstances } = lampHost(lampsLit(), { observe });
      deepEqual((await diff(kind, lit, litState, { ...lit, dimmer: "wall" }, inert, circumstances)).changes, ["dimmer"]);
      deepEqual((await diff(kind, lit, litState, lit, undefined, circumstances)).changes, ["state", "colour"]);
    }
  });

  it("finds another way in, which is to be tried, whatever the thing is like", async () => {
    const { kind, circumstances, row } = lampHost();
    deepEqual((await diff(kind, lit, litState, { ...lit, fuse: "B16" }, inert, circumstances)).changes, ["fuse"]);
    deepEqual(row.calls, []);
  });

  it("looks itself where nothing was read before", async () => {
    const { kind, circumstances, row } = lampHost(allDark);
    deepEqual((await diff(kind, lit, litState, lit, undefined, circumstances)).changes, ["state", "colour"]);
    deepEqual(row.calls, ["look"]);
  });

  it("takes data in another order for the same", async () => {
    const { kind, circumstances } = lampHost(lampsLit(), { observe: silence });
    const asked = (more: object) => ({ ...lit, colour: more });
    const [one, other, another] = [asked({ a: 1, b: [{ c: 2, d: 3 }] }), asked({ b: [{ d: 3, c: 2 }], a: 1 }), asked({ a: 1, b: [] })];
    deepEqual((await diff(kind, one, litState, other, inert, circumstances)).changes, []);
    deepEqual((await diff(kind, one, litState, another, inert, circumstances)).changes, ["colour"]);
  });
});

describe("an id", () => {
  it("is made of what says which thing it is", () => {
    equal(idOf(lampShape, { ...lit, floor: 3 }), "hall/3");
  });
});
