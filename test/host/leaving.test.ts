// Taking a thing out of the program: silent where it is as it normally is, refused where it is not, and possible where the program said so before.
import { deepEqual, rejects } from "node:assert/strict";
import { z } from "zod";
import { remove } from "../../provider/host/leaving.ts";
import type { Shape } from "../../provider/resources/define-shape.ts";
import { allDark, dark, lampHost, lampShape, lit, normalRecorded } from "../support/lamp-host.ts";
import { LampError, lampsLit } from "../support/toy-kind.ts";

const state = { recorded: { version: 1, ...normalRecorded }, journal: [] };
const undone = "Not done yet: switch first on; switch second on; dim from 10 to 80; take the sign away";
const remedy =
  'Bring it back first: what the program said before, `pulumi up`, then take it out. If it is to stay as it is, say `abandon: true` (in a SitePause `abandon: ["hall"]`), `pulumi up`, then take it out.';
const abandoned = { ...dark, abandon: true };

/** The row where the program itself may say what is normal of it, but for the brightness. */
const { normal: _none, ...args } = lampShape.args.shape;
const shape: Shape = {
  ...lampShape,
  args: z.strictObject({ ...args, normal: z.strictObject({ lit: z.array(z.string()) }).optional() }),
};

describe("a thing that is taken out of the program", () => {
  it("leaves without a word while it is as it normally is, and nothing is changed", async () => {
    const { kind, circumstances, row, warnings } = lampHost();
    await remove(kind, lit, state, circumstances);
    deepEqual([row.calls, warnings], [["look"], []]);
  });

  it("takes what was changed by hand at rest for normal", async () => {
    const { kind, circumstances, warnings } = lampHost(lampsLit({ brightness: 50 }));
    await remove(kind, lit, state, circumstances);
    deepEqual(warnings, []);
  });

  it("gives back what was only the program's own", async () => {
    const forgotten: unknown[] = [];
    const { kind, circumstances } = lampHost(lampsLit(), { forget: async (_site, args) => void forgotten.push(args) });
    await remove(kind, lit, state, circumstances);
    deepEqual(forgotten, [lit]);
  });

  for (const [when, inputs] of [
    ["while the program asks for another state than the normal one", dark],
    ["after a run that was killed before Pulumi could note what it asked for", lit],
  ] as const) {
    it(`stays ${when}, with all that is not done`, async () => {
      const { kind, circumstances, row } = lampHost(allDark, { forget: () => Promise.reject(new Error("forgotten")) });
      await rejects(remove(kind, inputs, state, circumstances), {
        message: `hall is not as it normally is; taken out of the program it would stay so, and nothing would remember what is normal. ${undone}.\n${remedy}`,
      });
      deepEqual(row.calls, ["look"]);
    });
  }

  it("says what is normal as the program may give it", async () => {
    const { kind, circumstances } = lampHost(allDark);
    await rejects(
      remove({ ...kind, shape }, dark, state, circumstances),
      /\. Normal there: `normal: \{ lit: \["first", "second"\] \}` \(in a SitePause `normal: \{ hall: \{ lit: \["first", "second"\] \} \}`\)\.\n/,
    );
  });

  it("leaves as it is where the program said so before, and what is not done is a warning", async () => {
    const { kind, circumstances, row, warnings } = lampHost(allDark);
    await remove({ ...kind, shape }, abandoned, state, circumstances);
    deepEqual(row.row, allDark);
    deepEqual(warnings, [
      `hall is taken out of the program and stays as it is, as \`abandon\` says. ${undone}. Normal there: \`normal: { lit: ["first", "second"] }\` (in a SitePause \`normal: { hall: { lit: ["first", "second"] } }\`).`,
    ]);
  });

  const silent = { observe: () => Promise.reject(new LampError("unreachable")) };

  it("that does not answer stays while it was asked to be out of the ordinary", async () => {
    const { kind, circumstances } = lampHost(allDark, silent);
    await rejects(remove(kind, dark, state, circumstances), /nothing would remember what is normal\. the row answers unreachable\./);
    await remove(kind, lit, state, circumstances);
  });

  it("that refuses to be looked at stays while it was asked to be out of the ordinary, unless the program said so before", async () => {
    const { kind, circumstances, warnings } = lampHost(allDark, { observe: () => Promise.reject(new LampError("denied")) });
    await rejects(remove(kind, dark, state, circumstances), /nothing would remember what is normal\. the row answers denied\./);
    await remove(kind, abandoned, state, circumstances);
    await remove(kind, lit, state, circumstances);
    deepEqual(warnings, [
      "hall is taken out of the program and stays as it is, as `abandon` says. the row answers denied.",
      "the row answers denied. Whether it is as it normally is could not be seen; it is out of the program all the same.",
    ]);
  });

  it("that is no more leaves nothing behind", async () => {
    const { kind, circumstances, warnings } = lampHost(allDark, { observe: async () => undefined });
    await remove(kind, dark, state, circumstances);
    deepEqual(warnings, []);
  });

  it("that has nothing to be given back is not even looked at", async () => {
    const { kind, circumstances, row } = lampHost(allDark);
    const { normal: _none, ...resource } = kind.resource;
    await remove({ ...kind, resource }, dark, state, circumstances);
    deepEqual(row.calls, []);
  });

  for (const reason of ["denied", "unreachable"] as const)
    it(`leaves with a warning where there is no way any more to what was the program's own: ${reason}`, async () => {
      const { kind, circumstances, warnings } = lampHost(lampsLit(), { forget: () => Promise.reject(new LampError(reason)) });
      await remove(kind, lit, state, circumstances);
      deepEqual(warnings, [
        `the row answers ${reason}. It is out of the program all the same; what was only the program's own there, such as a claim, stays.`,
      ]);
    });

  it("fails where what was the program's own is not given back", async () => {
    const { kind, circumstances } = lampHost(lampsLit(), { forget: () => Promise.reject(new LampError("rejected")) });
    await rejects(remove(kind, lit, state, circumstances), { message: "the row answers rejected" });
  });
});
