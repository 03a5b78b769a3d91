// What is recorded is read by the shape of its resource, whichever version wrote it, or said to be unreadable.
import { deepEqual, equal, throws } from "node:assert/strict";
import { z } from "zod";
import { defineShape, identity, reach, recordedFrom, recordedTo, wanted } from "../../provider/resources/define-shape.ts";

const parts = {
  name: "Lamp",
  about: "A lamp.",
  example: 'new Lamp("hall")',
  refuses: [],
  args: z.strictObject({
    room: identity(z.string().describe("Where it hangs.")),
    socket: identity(z.int().default(1)),
    state: wanted(z.enum(["lit", "dark"])),
    dimmer: z.string().optional(),
    fuse: reach(z.string().default("B16")),
  }),
  outputs: z.strictObject({}),
  recorded: z.strictObject({ normal: z.strictObject({ percent: z.int() }) }),
};
const first = defineShape(parts);
/** Once the brightness was a share of one, under another name; before that it stood alone. */
const third = defineShape({
  ...parts,
  migrations: [
    ({ brightness }) => ({ normal: { share: brightness } }),
    ({ normal }) => ({ normal: { percent: z.object({ share: z.number() }).parse(normal).share * 100 } }),
  ],
});

describe("a shape", () => {
  it("knows from the arguments themselves what identifies the thing, what is wanted of it and how to get there", () => {
    deepEqual([first.identity, first.wanted, first.reach], [["room", "socket"], ["state"], ["fuse"]]);
    equal(first.args.shape.room.description, "Where it hangs.");
  });

  it("calls a thing by what identifies it, unless told otherwise", () => {
    const args = first.args.parse({ room: "hall", state: "lit" });
    equal(first.titleOf(args), "hall/1");
    equal(defineShape({ ...parts, titleOf: ({ room }) => `the ${room}` }).titleOf(args), "the hall");
  });

  it("takes turns where the argument turnsAt says, unless told otherwise", () => {
    const turnsAt = { host: "buffer.contoso-mail.net", port: 22, user: "mailops", hostKey: "SHA256:…", sudo: true };
    const args = first.args.parse({ room: "hall", state: "lit" });
    deepEqual([first.turnsAt(args), first.turnsAt({ ...args, turnsAt } as typeof args)], [undefined, turnsAt]);
    deepEqual(defineShape({ ...parts, turnsAt: () => turnsAt }).turnsAt(args), turnsAt);
  });
});

describe("recorded state", () => {
  it("bears the version that is written now", () => {
    deepEqual(recordedTo(first, { normal: { percent: 80 } }), { version: 1, normal: { percent: 80 } });
    deepEqual(recordedTo(third, { normal: { percent: 80 } }), { version: 3, normal: { percent: 80 } });
  });

  const rows: readonly (readonly [string, unknown])[] = [
    ["of now", { version: 3, normal: { percent: 80 } }],
    ["of the version before", { version: 2, normal: { share: 0.8 } }],
    ["of the first version", { version: 1, brightness: 0.8 }],
    ["without a version, which is the first", { brightness: 0.8 }],
  ];
  for (const [when, data] of rows) {
    it(`${when} is read as that of now`, () => deepEqual(recordedFrom(third, data), { normal: { percent: 80 } }));
  }

  it("of a later version is refused, with the versions", () => {
    throws(() => recordedFrom(first, { version: 2, normal: {} }), {
      message:
        "Lamp: what is recorded in Pulumi's state is of version 2, and this pulumi-exchange knows up to 1. Use the one that wrote it, or a later one.",
    });
  });

  it("that no version wrote is refused, with what is wrong", () => {
    throws(() => recordedFrom(first, { version: 1, normal: { percent: "much" } }), {
      message:
        "Lamp: what is recorded in Pulumi's state cannot be read: normal.percent: Invalid input: expected number, received string. Put back a state from before with `pulumi stack import --file state.json`: Pulumi Cloud gives it by `pulumi stack export --version <number>`, elsewhere it is in your backups.",
    });
  });
});
