// What is taken for the normal MX set, and when it is taken again.
import assert from "node:assert/strict";
import { entered, entersAsItIs, renewed } from "../../../provider/engine/normal.ts";
import type { Plan } from "../../../provider/engine/plan.ts";
import { resource } from "../../../provider/resources/mx-record/index.ts";
import type { ActualMx } from "../../../provider/resources/mx-record/observe.ts";
import type { MxStep } from "../../../provider/resources/mx-record/plan.ts";
import type { MxRecordArgs } from "../../../provider/resources/mx-record/shape.ts";
import {
  actualMx,
  buffer,
  mail,
  mail2,
  markedNotes,
  mxArgs,
  mxRecorded,
  offline,
  online,
  prepared,
  program,
} from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";

describe("an MX set that enters the program", () => {
  it("is normal as it is found, with its remarks", () => {
    const notes = { "10 mail.contoso.com": "front end" };
    assert.deepEqual(entered(resource, online, actualMx({ exchanges: [mail, mail2], ttlSeconds: 1, notes }), eveningMs), {
      recorded: { normal: { exchanges: [mail, mail2], ttlSeconds: 1, notes }, program },
    });
  });

  it("is normal with what its records bear besides", () => {
    const attributes = { "10 mail.contoso.com": { tags: ["team:mail"] } };
    const entering = entered(resource, online, actualMx({ attributes }), eveningMs);
    assert.deepEqual("recorded" in entering && entering.recorded.normal, { ...mxRecorded().normal, attributes });
  });

  for (const markedBy of [[program], ["fabrikam/rome"], [program, "fabrikam/rome"]]) {
    it(`with the mark of ${markedBy.join(" and ")} is not taken for normal`, () => {
      assert.deepEqual(entered(resource, online, actualMx({ exchanges: [buffer], markedBy, notes: markedNotes(buffer) }), eveningMs), {
        refusal: {
          sentence: `contoso.com is entered into this program for the first time, and its MX bears the mark of a pause by ${markedBy.join(", ")} (10 buffer.contoso-mail.net).`,
          remedy:
            'What is normal there cannot be read from it. Bring it back first, or give `normal: { exchanges: [{ preference: 10, exchange: "…" }], ttlSeconds: 3600 }` (in a SitePause `normal: { "contoso.com": { exchanges: [{ preference: 10, exchange: "…" }], ttlSeconds: 3600 } }`), with the mail hosts that it normally names.',
        },
      });
    });
  }

  it("with a mark is taken when the program says what is normal", () => {
    const args = mxArgs({ normal: { exchanges: [mail], ttlSeconds: 3600 } });
    assert.deepEqual(entered(resource, args, actualMx({ exchanges: [buffer], ttlSeconds: 300, notes: markedNotes(buffer) }), eveningMs), {
      recorded: {
        normal: { exchanges: [mail], ttlSeconds: 3600, notes: {} },
        program,
        lowSinceMs: eveningMs,
        flippedSinceMs: eveningMs,
      },
    });
  });
});

describe("an MX set that enters the program in another state than it is in", () => {
  const normal = { exchanges: [mail], ttlSeconds: 3600 };
  const lowers: Plan<MxStep> = {
    steps: [{ kind: "rewrite", name: "contoso.com", fromSeconds: 3600, toSeconds: 300, notes: {}, before: { ...normal, notes: {} } }],
    refusals: [],
  };
  const notYet = {
    sentence:
      "contoso.com is entered into this program for the first time, and the program asks for another state than it is in (it would set the TTL of the MX of contoso.com from 3,600 s to 300 s).",
    remedy:
      "Enter it as it is first, so that what is normal is recorded: set the state to what it is now (in a SitePause the word `online`), run `pulumi up`, then change it.",
  };
  const rows: readonly (readonly [string, MxRecordArgs, boolean])[] = [
    ["with nothing said", online, false],
    ["with a TTL only", prepared, false],
    ["with a set only", mxArgs({ exchanges: [mail] }), false],
    ["with a set and a TTL, which may be those of a pause", offline, false],
    ["with what is normal", mxArgs({ normal }), true],
  ];
  for (const [when, args, may] of rows) {
    it(`${when}, ${may ? "may" : "may not"} be changed in its first run`, () =>
      assert.deepEqual(entersAsItIs(resource, args, actualMx(), lowers), may ? undefined : notYet));
  }
});

describe("what is normal for an MX set", () => {
  const other = { exchanges: [mail, mail2], ttlSeconds: 7200, notes: { "20 mx2.contoso.com": "second" } };
  const rows: readonly {
    readonly when: string;
    readonly args: MxRecordArgs;
    readonly actual?: Partial<ActualMx>;
    readonly phase?: "underWay";
    readonly isRenewed: boolean;
  }[] = [
    { when: "found changed at rest, while the program asks for nothing", args: online, isRenewed: true },
    { when: "found changed while a run is under way", args: online, phase: "underWay", isRenewed: false },
    { when: "found changed with our mark on it", args: online, actual: { markedBy: [program] }, isRenewed: false },
    { when: "found changed with another program's mark on it", args: online, actual: { markedBy: ["fabrikam/rome"] }, isRenewed: false },
    { when: "found empty", args: online, actual: { exchanges: [] }, isRenewed: false },
    { when: "found changed while the program asks for a lower TTL", args: prepared, isRenewed: false },
    { when: "found changed while the program asks for the buffer", args: offline, isRenewed: false },
    { when: "found changed while the program asks for a set", args: mxArgs({ exchanges: [mail] }), isRenewed: false },
  ];
  for (const { when, args, actual, phase = "atRest", isRenewed } of rows) {
    it(`${when}, is ${isRenewed ? "what was found" : "what it was"}`, () => {
      const { normal } = renewed(resource, args, actualMx({ ...other, ...actual }), mxRecorded(), eveningMs, phase);
      assert.deepEqual(normal, isRenewed ? other : mxRecorded().normal);
    });
  }

  it("is what the program says, wherever it says so, and keeps its remarks", () => {
    const notes = { "10 mail.contoso.com": "front end" };
    const said = { exchanges: [mail2], ttlSeconds: 600 };
    for (const phase of ["atRest", "underWay"] as const) {
      const { normal } = renewed(resource, mxArgs({ normal: said }), actualMx(other), mxRecorded({ notes }), eveningMs, phase);
      assert.deepEqual(normal, { ...said, notes });
    }
  });
});
