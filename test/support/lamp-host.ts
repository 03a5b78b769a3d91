// The row of lamps of toy-kind.ts as a resource of the host: a site with nothing in it but that row, and what an operation has around it.

import { z } from "zod";
import type { Kind, OperationCircumstances } from "../../provider/host/operation.ts";
import { Order } from "../../provider/host/order.ts";
import { sayBlock } from "../../provider/host/say-plan.ts";
import type { SiteResource } from "../../provider/resources/define-resource.ts";
import { defineShape, identity, reach, recordedFrom, type Shape, wanted } from "../../provider/resources/define-shape.ts";
import type { Site } from "../../provider/resources/site.ts";
import { HandClock } from "./hand-clock.ts";
import { type LampArgs, type LampRecorded, type LampRow, LampSite, lampRow, lampsLit } from "./toy-kind.ts";
import { ourTurn } from "./turns.ts";

export interface LampHost {
  readonly row: LampSite;
  readonly clock: HandClock;
  readonly kind: Kind;
  readonly circumstances: OperationCircumstances;
  readonly stop: AbortController;
  /** What was said and stays, and what was said as a warning. */
  readonly lasting: string[];
  readonly warnings: string[];
  readonly status: string[];
}

/** The row as a program has it. */
export const lampShape: Shape = defineShape({
  name: "LampRow",
  about: "A row of lamps.",
  example: 'new LampRow("hall", { row: "hall", state: "lit" })',
  refuses: [],
  args: z.strictObject({
    row: identity(z.string()),
    floor: identity(z.int().optional()),
    state: wanted(z.enum(["lit", "dark"])),
    colour: wanted(z.string().optional()),
    more: z.unknown(),
    dimmer: z.string().optional(),
    fuse: reach(z.string().optional()),
  }),
  outputs: z.strictObject({}),
  recorded: z.looseObject({ normal: z.looseObject({}) }),
  titleOf: (args) => args.row,
});

export const lit = { row: "hall", state: "lit" } as const;
export const dark = { row: "hall", state: "dark" } as const;

/** What the row's kind remembers of `lampsLit()`. */
export const normalRecorded: LampRecorded = { normal: { lit: ["first", "second"], brightness: 80 } };

/** Put out on purpose, and cold. */
export const allDark = lampsLit({
  sign: true,
  brightness: 10,
  lamps: ["first", "second", "third"].map((name) => ({ name, lit: false, warmth: 0 })),
});

/** `changes` to the kind, to ask for what lamps alone do not have: silence that is expected, a thing that is gone. */
export function lampHost(row: LampRow = lampsLit(), changes: Partial<SiteResource> = {}): LampHost {
  const clock = new HandClock();
  const site = new LampSite(row, clock);
  const lasting: string[] = [];
  const warnings: string[] = [];
  const status: string[] = [];
  const stop = new AbortController();
  const { forget: _none, ...ofLamps } = lampRow;
  const resource: SiteResource = {
    ...ofLamps,
    recordedFrom: (data) => recordedFrom(lampShape, data),
    observe: () => site.look(),
    apply: (_site, _args: LampArgs, step) => site.take(step),
    ...changes,
  };
  const kind = { shape: lampShape, resource };
  const circumstances: OperationCircumstances = {
    site: emptySite(clock),
    clock,
    signal: stop.signal,
    turn: ourTurn,
    order: new Order(),
    maxWaitMs: 900_000,
    stuckAfterMs: 900_000,
    timeZone: "UTC",
    status: (text) => void status.push(text),
    planned: (block) => void lasting.push(sayBlock(block, 1)),
    lasting: (text) => void lasting.push(text),
    warning: (text) => void warnings.push(text),
  };
  return { row: site, clock, kind, circumstances, stop, lasting, warnings, status };
}

/** A site none of whose edges may be asked anything. */
export function emptySite(clock: HandClock): Site {
  const nothing = () => {
    throw new Error("nothing of this site may be asked");
  };
  return {
    program: "site/berlin",
    formerNames: new Set<string>(),
    timeZone: "UTC",
    clock,
    exchange: { run: nothing, shared: nothing, changed: nothing, know: nothing, close: async () => undefined },
    recordSets: nothing,
    askAuthoritative: nothing,
    probeSmtp: nothing,
    receiptOf: nothing,
    sendToken: nothing,
    buffer: nothing,
    connect: nothing,
    close: async () => undefined,
  };
}
