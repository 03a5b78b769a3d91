// Every state that the buffer goes through leads on, and back: plans replayed on a model of its queue, and no message is lost on any way.
import assert from "node:assert/strict";
import type { QueueEntry } from "../../../provider/mail/buffer-reading.ts";
import { resource } from "../../../provider/resources/backup-mx-queue/index.ts";
import type { ActualBuffer } from "../../../provider/resources/backup-mx-queue/observe.ts";
import type { BufferStep } from "../../../provider/resources/backup-mx-queue/plan.ts";
import type { BackupMxQueueArgs, BufferRecorded } from "../../../provider/resources/backup-mx-queue/shape.ts";
import { actualBuffer, bufferArgs, claimed, held, lifetimeSeconds, token } from "../../support/buffer-builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";
import { breaks, type Model, type Point, resumed, walk } from "../../support/replay.ts";

/** Mail moves only while time passes; what is sent on is gone after one wait. */
interface BufferWorld {
  readonly nowMs: number;
  readonly claimed: boolean;
  readonly holding: boolean;
  readonly queue: readonly QueueEntry[];
  /** Ids as they first were, in the order in which Exchange took them. */
  readonly taken: readonly string[];
}

const model: Model<BufferWorld, BackupMxQueueArgs, ActualBuffer, BufferRecorded, BufferStep> = {
  resource,
  observe: ({ nowMs, claimed: isClaimed, holding, queue }) =>
    actualBuffer({ readAtMs: nowMs, claim: isClaimed ? claimed : undefined, holding, queue }),
  apply,
  pass: (world, ms) => ({
    ...world,
    nowMs: world.nowMs + ms,
    queue: world.queue.filter(isHeld),
    taken: [...world.taken, ...world.queue.filter((entry) => !isHeld(entry)).map(({ id }) => firstId(id))],
  }),
  nowMs: (world) => world.nowMs,
};

function apply(world: BufferWorld, step: BufferStep): BufferWorld {
  switch (step.kind) {
    case "claim":
      return { ...world, claimed: true };
    case "hold":
      return { ...world, holding: true };
    case "unhold":
      return { ...world, holding: false };
    case "token": {
      const arrived = token(0, { arrivedAtMs: world.nowMs, queue: world.holding ? "hold" : "active" });
      return { ...world, queue: [...world.queue, arrived] };
    }
    case "release":
      return {
        ...world,
        queue: world.queue.map((entry) =>
          step.ids.includes(entry.id) ? { ...entry, queue: "active", id: step.requeue ? `${entry.id}'` : entry.id } : entry,
        ),
      };
  }
}

function isHeld(entry: QueueEntry): boolean {
  return entry.queue === "hold";
}

/** A requeue gives a message another name. */
function firstId(id: string): string {
  return id.replace(/'+$/, "");
}

function world(overrides: Partial<BufferWorld> = {}): BufferWorld {
  return { nowMs: eveningMs, claimed: true, holding: false, queue: [], taken: [], ...overrides };
}

const old = lifetimeSeconds - 3_600;
const night = [held("C", 100), held("old2", old), held("A", 300), token(900), held("old1", old + 60), held("B", 200)];
const situations: readonly { readonly when: string; readonly world: BufferWorld; readonly asked: BackupMxQueueArgs["state"] }[] = [
  { when: "at rest and unclaimed, to held", world: world({ claimed: false }), asked: "held" },
  { when: "at rest, to held", world: world(), asked: "held" },
  { when: "holding without a test message, to held", world: world({ holding: true, queue: [held("A")] }), asked: "held" },
  { when: "at rest and unclaimed, to released", world: world({ claimed: false }), asked: "released" },
  { when: "holding nothing, to released", world: world({ holding: true }), asked: "released" },
  { when: "after a night, to released", world: world({ holding: true, queue: night }), asked: "released" },
  {
    when: "released half way, to released",
    world: world({ queue: [held("A", 300, { queue: "active" }), held("B", 200), held("C", 100)] }),
    asked: "released",
  },
  {
    when: "released half way, to held again",
    world: world({ queue: [token(900, { queue: "active" }), held("B", 200), held("C", 100)] }),
    asked: "held",
  },
];

type BufferPoint = Point<BufferWorld, BufferRecorded>;

/** Walks there; nothing is lost on the way, and it is as asked in the end. */
function arrive(start: BufferPoint, asked: BackupMxQueueArgs["state"]) {
  const walked = walk(model, bufferArgs(asked), start);
  const had = messages(start.world);
  for (const point of walked.points) assertHas(messages(point.world), had);
  const { end } = walked;
  assert.deepEqual(
    { claimed: end.world.claimed, holding: end.world.holding, tokenHeld: end.world.queue.some(({ id }) => id === "TOKEN") },
    { claimed: true, holding: asked === "held", tokenHeld: asked === "held" },
  );
  if (asked === "released") assert.deepEqual(end.world.queue, []);
  assert.deepEqual(walk(model, bufferArgs(asked), end).did, [], "a plan over its own result is empty");
  return walked;
}

/** What is there or with Exchange. */
function messages({ queue, taken }: BufferWorld): readonly string[] {
  return [...queue.map(({ id }) => firstId(id)), ...taken].sort();
}

function assertHas(have: readonly string[], had: readonly string[]): void {
  assert.deepEqual(
    had.filter((id) => !have.includes(id)),
    [],
    "a message was lost",
  );
}

describe("the buffer on its way", () => {
  for (const { when, world: from, asked } of situations) {
    it(`${when}: arrives, and from every point of the way goes on or back, and no message is lost`, () => {
      const before = { args: bufferArgs(asked === "held" ? "released" : "held"), recorded: {} };
      const there = arrive({ world: from, recorded: {} }, asked);
      for (const point of there.points) {
        for (const how of breaks) {
          for (const state of ["held", "released"] as const) {
            arrive(resumed(model, how, before, bufferArgs(asked), point), state);
          }
        }
      }
    });
  }

  it("gives back a night's mail in order: the test message, then batches, oldest first, those near their end anew", () => {
    const { end, did } = arrive({ world: world({ holding: true, queue: night }), recorded: {} }, "released");
    assert.deepEqual(end.world.taken, ["TOKEN", "old2", "old1", "A", "B", "C"], "within a batch as the queue lists them");
    assert.deepEqual(
      did.filter((words) => words.startsWith("release ")).map((words) => words.replace(/ held messages on .*? oldest first/, "")),
      [
        "release the test message on buffer.contoso-mail.net, before the other 5 held messages",
        "release 2 of 5, with a fresh lifetime",
        "release 2 of 3",
        "release 1 of 1",
      ],
    );
  });

  it("holds first and asks for the test message second, and gives up holding before it releases", () => {
    const kinds = (from: BufferWorld, asked: BackupMxQueueArgs["state"]) =>
      arrive({ world: from, recorded: {} }, asked).did.map((words) => words.split(" ").slice(0, 2).join(" "));
    assert.deepEqual(kinds(world({ claimed: false }), "held"), ["mark buffer.contoso-mail.net", "let buffer.contoso-mail.net", "send a"]);
    assert.deepEqual(kinds(world({ holding: true, queue: [token()] }), "released"), [
      "let buffer.contoso-mail.net",
      "release the",
      "wait for",
    ]);
  });
});
