// What Pulumi asks of a resource to change it, with the row of lamps: adopted as it is, and brought to what is asked.
import { deepEqual, equal, rejects } from "node:assert/strict";
import type { Reason } from "../../provider/common/reason.ts";
import { type Properties, Unfinished } from "../../provider/host/operation.ts";
import { create, update } from "../../provider/host/operations.ts";
import { allDark, dark, lampHost, lit, normalRecorded } from "../support/lamp-host.ts";
import { LampError, lampsLit } from "../support/toy-kind.ts";

const recorded = { recorded: { version: 1, ...normalRecorded }, journal: [] };
const litState: Properties = { ...lit, ...recorded };
/** Nothing of it has to be read to be given back. */
const selfContained = { normal: { asked: {}, given: () => normalRecorded.normal } };
const silence = () => Promise.reject(new LampError("unreachable"));

describe("create", () => {
  it("records what is normal and changes nothing", async () => {
    const { kind, circumstances, row, lasting } = lampHost();
    deepEqual(await create(kind, lit, false, circumstances), litState);
    deepEqual([row.calls, lasting], [["look"], []]);
  });

  it("says in a preview what it would take for normal", async () => {
    const { kind, circumstances, lasting } = lampHost();
    const normal = { ...kind.resource.normal, asked: { state: "lit" }, say: () => "two lamps lit" };
    await create({ ...kind, resource: { ...kind.resource, normal } }, lit, true, circumstances);
    deepEqual(lasting, ["Normal for hall, and given back after a pause: two lamps lit."]);
  });

  it("refuses, with what it would have done, when the program asks for another state", async () => {
    const { kind, circumstances, row } = lampHost();
    await rejects(create(kind, dark, false, circumstances), {
      message:
        "hall is entered into this program for the first time, and the program asks for another state than it is in (it would hang out the sign).\n" +
        "Enter it as it is first, so that what is normal is recorded: set the state to what it is now (in a SitePause the word `online`), run `pulumi up`, then change it.",
    });
    deepEqual(row.calls, ["look"]);
  });

  it("refuses in a preview as well", async () => {
    const { kind, circumstances } = lampHost();
    await rejects(create(kind, dark, true, circumstances), /^Error: hall is entered into this program for the first time/);
  });

  it("says why what is normal cannot be read, in the words of the resource", async () => {
    const { kind, circumstances } = lampHost(allDark);
    await rejects(create(kind, lit, false, circumstances), {
      message:
        "hall is entered into this program for the first time, and it bears the sign.\n" +
        "What is normal there cannot be read from it. Take it away.",
    });
  });

  it("of a kind that has all of it in the program goes on to what is asked", async () => {
    const { kind, circumstances, row } = lampHost(lampsLit(), selfContained);
    const state = await create(kind, dark, false, circumstances);
    deepEqual([state["state"], state["recorded"]], ["dark", { version: 1, ...normalRecorded, dimSinceMs: 1796500800000 }]);
    deepEqual(row.row.lamps, allDark.lamps);
    deepEqual(state["journal"], [
      "2026-12-05T20:00:00Z hang out the sign",
      "2026-12-05T20:00:00Z dim from 80 to 10",
      "2026-12-05T20:10:00Z switch first off",
      "2026-12-05T20:10:00Z switch second off",
    ]);
  });

  it("of such a kind only says the plan in a preview", async () => {
    const { kind, circumstances, row, lasting } = lampHost(lampsLit(), selfContained);
    await create(kind, dark, true, circumstances);
    deepEqual(row.calls, ["look"]);
    deepEqual(lasting, [
      [
        "hall",
        "  1. hang out the sign",
        "  2. dim from 80 to 10",
        "  3. wait for everybody's eyes to get used to it",
        "  4. switch first off",
        "  5. switch second off",
        "  6. wait for the glass to be cold: first 3 degrees, second 3 degrees",
      ].join("\n"),
    ]);
  });

  it("keeps what was done when it does not end as asked", async () => {
    const { kind, circumstances, row } = lampHost(lampsLit(), selfContained);
    row.faults.set(3, { when: "before", act: () => Promise.reject(new LampError("denied")) });
    const error = await create(kind, dark, false, circumstances).catch((error: unknown) => error);
    equal(error instanceof Unfinished, true);
    deepEqual(error instanceof Unfinished && [error.message, error.state["journal"]], [
      "the row answers denied",
      ["2026-12-05T20:00:00Z hang out the sign"],
    ]);
  });

  it("shows the refusals of a plan, and changes nothing", async () => {
    const refusal = { sentence: "The hall is locked.", remedy: "Unlock it." };
    const { kind, circumstances, row } = lampHost(lampsLit(), { plan: () => ({ steps: [], refusals: [refusal, refusal] }) });
    await rejects(create(kind, lit, false, circumstances), { message: "The hall is locked.\nUnlock it.\nThe hall is locked.\nUnlock it." });
    deepEqual(row.calls, ["look"]);
  });

  it("fails where nobody can be asked whose turn it is, in a preview too", async () => {
    const host = lampHost();
    const turn = { ...host.circumstances.turn, enter: () => Promise.reject(new LampError("denied")) };
    for (const preview of [true, false])
      await rejects(create(host.kind, lit, preview, { ...host.circumstances, turn }), { message: "the row answers denied" });
  });

  it("of a thing that there is not says so", async () => {
    const { kind, circumstances } = lampHost(lampsLit(), { observe: async () => undefined });
    await rejects(create(kind, lit, false, circumstances), { message: "hall: the site says that there is no such thing." });
  });
});

describe("update", () => {
  it("brings the thing to what is asked, and adds to the journal", async () => {
    const { kind, circumstances, row, status } = lampHost();
    const state = await update(kind, { ...litState, journal: ["2026-12-04T20:00:00Z earlier"] }, dark, false, circumstances);
    deepEqual([row.row.sign, row.row.brightness, row.row.lamps], [true, 10, allDark.lamps]);
    deepEqual(Array.isArray(state["journal"]) && state["journal"].slice(0, 2), [
      "2026-12-04T20:00:00Z earlier",
      "2026-12-05T20:00:00Z hang out the sign",
    ]);
    equal(status.at(-1), "done");
  });

  it("gives back what was recorded, not what is there", async () => {
    const { kind, circumstances, row } = lampHost(allDark);
    await update(kind, { ...dark, ...recorded }, lit, false, circumstances);
    deepEqual(
      row.row.lamps.map((lamp) => lamp.lit),
      [true, true, false],
    );
    equal(row.row.brightness, 80);
  });

  it("in a preview says the plan once and changes nothing", async () => {
    const { kind, circumstances, row, lasting } = lampHost(allDark);
    const state = await update(kind, { ...dark, ...recorded }, lit, true, circumstances);
    deepEqual([row.calls, row.row], [["look"], allDark]);
    deepEqual(lasting, ["hall\n  1. switch first on\n  2. switch second on\n  3. dim from 10 to 80\n  4. take the sign away"]);
    equal(state["state"], "lit");
  });

  it("in a preview with nothing to do says nothing", async () => {
    const { kind, circumstances, lasting } = lampHost();
    await update(kind, litState, lit, true, circumstances);
    deepEqual(lasting, []);
  });

  it("in a preview fails with what would be refused", async () => {
    const { kind, circumstances } = lampHost(lampsLit(), {
      plan: () => ({ steps: [], refusals: [{ sentence: "The hall is locked.", remedy: "Unlock it." }] }),
    });
    await rejects(update(kind, litState, dark, true, circumstances), { message: "The hall is locked.\nUnlock it." });
  });

  it("in a preview of a thing that does not answer says that its steps are not known, and keeps the state", async () => {
    const { kind, circumstances, lasting } = lampHost(lampsLit(), { observe: silence });
    deepEqual(await update(kind, litState, dark, true, circumstances), { ...litState, state: "dark" });
    deepEqual(lasting, ["hall does not answer just now; what is to be done there will be seen when it does."]);
  });

  it("in a preview passes on any other error", async () => {
    const { kind, circumstances } = lampHost(lampsLit(), { observe: () => Promise.reject(new LampError("denied")) });
    await rejects(update(kind, litState, dark, true, circumstances), { message: "the row answers denied" });
  });

  it("in a preview of a thing that there is not says so", async () => {
    const { kind, circumstances } = lampHost(lampsLit(), { observe: async () => undefined });
    await rejects(update(kind, litState, dark, true, circumstances), { message: "hall: the site says that there is no such thing." });
  });

  describe("by another way in", () => {
    const another = { ...lit, fuse: "B16" };
    /** Whoever asks for whose turn it is by that way. */
    const wayThat = (host: ReturnType<typeof lampHost>, ends: () => Promise<void>) => ({
      ...host.circumstances,
      turn: { ...host.circumstances.turn, enter: ends },
    });
    const fails = (reason: Reason) => () => Promise.reject(new LampError(reason));

    for (const preview of [true, false])
      for (const reason of ["denied", "unreachable"] as const)
        it(`fails where that does not lead there, before it is recorded: ${reason}, ${preview ? "in a preview" : "in a run"}`, async () => {
          const host = lampHost();
          await rejects(update(host.kind, litState, another, preview, wayThat(host, fails(reason))), {
            message: `the row answers ${reason}`,
          });
          deepEqual(host.row.calls, []);
        });

    it("is recorded where it leads there, whosever turn it is", async () => {
      for (const enter of [async () => undefined, fails("rejected")]) {
        const host = lampHost();
        deepEqual(await update(host.kind, litState, another, true, wayThat(host, enter)), { ...litState, ...another });
      }
    });

    it("goes by what the program said last, and not by what a run that failed has left behind", async () => {
      const host = lampHost();
      const left = { ...litState, ...another };
      await rejects(update(host.kind, left, another, true, wayThat(host, fails("denied")), lit), { message: "the row answers denied" });
    });

    it("is recorded although the thing itself does not answer, where nothing else is asked of it", async () => {
      const host = lampHost(lampsLit(), { observe: silence });
      deepEqual(await update(host.kind, litState, another, false, host.circumstances), { ...litState, ...another });
      deepEqual(host.lasting, ["hall does not answer just now; what is to be done there will be seen when it does."]);
    });

    it("is not recorded where the thing cannot be read by it", async () => {
      const host = lampHost(lampsLit(), { observe: fails("denied") });
      for (const preview of [true, false])
        await rejects(update(host.kind, litState, another, preview, host.circumstances), { message: "the row answers denied" });
    });

    it("is not asked for where the way is the old one", async () => {
      const host = lampHost();
      const never = () => Promise.reject(new Error("nobody should ask"));
      await update(host.kind, { ...litState, ...another }, { ...another, dimmer: "wall" }, true, wayThat(host, never));
    });
  });

  it("that is stopped says where, and carries all that was done", async () => {
    const { kind, circumstances, row, stop } = lampHost();
    row.faults.set(1, { when: "after", act: () => stop.abort(new Error("stopped on request")) });
    const error = await update(kind, litState, dark, false, circumstances).catch((error: unknown) => error);
    deepEqual(error instanceof Unfinished && [error.message, error.state], [
      'stopped on request after "hang out the sign"; run `pulumi up` again and it goes on from here',
      { ...dark, recorded: { version: 1, ...normalRecorded }, journal: ["2026-12-05T20:00:00Z hang out the sign"] },
    ]);
  });

  it("that comes to a long wait says from when it can go on, and carries what is to be remembered", async () => {
    const { kind, circumstances } = lampHost();
    const error = await update(kind, litState, dark, false, { ...circumstances, maxWaitMs: 1_000 }).catch((error: unknown) => error);
    deepEqual(error instanceof Unfinished && [error.message, error.state["recorded"]], [
      "A planned wait, nothing is wrong: it waits for everybody's eyes to get used to it.\nRun `pulumi up` again from Sat 5 Dec 20:10 UTC on: it goes on from here.",
      { version: 1, ...normalRecorded, dimSinceMs: 1796500800000 },
    ]);
  });

  it("that fails keeps the cause", async () => {
    const { kind, circumstances, row } = lampHost();
    const cause = new LampError("denied");
    row.faults.set(1, { when: "before", act: () => Promise.reject(cause) });
    const error = await update(kind, litState, dark, false, circumstances).catch((error: unknown) => error);
    equal(error instanceof Unfinished && error.cause, cause);
  });
});
