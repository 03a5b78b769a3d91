// A toy resource for tests of the engine: a row of lamps that is put out and lit again, in several acts and waits, with a normal state to give back.
// Dark: hang out the sign, dim, let the eyes get used to it (a known time), put out lamp by lamp, see them cool. Lit: the other way, the sign goes last.
// The site is a mutable thing that takes its time and fails where it is told to.
import { EdgeError, type Reason } from "../../provider/common/reason.ts";
import type { Plan, Wait } from "../../provider/engine/plan.ts";
import type { Resource } from "../../provider/engine/resource.ts";
import type { HandClock } from "./hand-clock.ts";

export interface LampArgs {
  readonly row: string;
  readonly state: "lit" | "dark";
}

export interface LampRow {
  /** Says that somebody has put the row out on purpose. */
  readonly sign: boolean;
  /** 1 to 100. */
  readonly brightness: number;
  readonly lamps: readonly Lamp[];
}

export interface Lamp {
  readonly name: string;
  readonly lit: boolean;
  /** Degrees above the room; falls by itself when out. */
  readonly warmth: number;
}

export type LampRecorded = {
  readonly normal: { readonly lit: readonly string[]; readonly brightness: number };
  readonly dimSinceMs?: number;
};

export type LampStep =
  | { readonly kind: "sign"; readonly hung: boolean }
  | { readonly kind: "dim"; readonly from: number; readonly to: number }
  | { readonly kind: "switch"; readonly lamp: string; readonly lit: boolean };

export const dimmed = 10;
/** Eyes get used to dim light in ten minutes. */
export const dusk = 600_000;
const degreesWhenLit = 3;
const coolingMs = 20_000;

/** An edge's error, as the engine knows it: by its reason. */
export class LampError extends EdgeError {
  override readonly name = "LampError";
  constructor(reason: Reason, retryAfterMs?: number) {
    super(reason, `the row answers ${reason}`, { retryAfterMs });
  }
}

/** What happens at one remote call; `deaf`: it is accepted and changes nothing. */
export type Fault = { readonly when: "before" | "after"; readonly act: () => void | Promise<void> } | "deaf";

export class LampSite {
  row: LampRow;
  /** Remote calls so far, in order: `look`, or the step in words. */
  readonly calls: string[] = [];
  /** By the number of the call, from 0. Each happens once. */
  readonly faults = new Map<number, Fault>();
  readonly #clock: HandClock;

  constructor(row: LampRow, clock: HandClock) {
    this.row = row;
    this.#clock = clock;
  }

  async look(): Promise<LampRow> {
    return this.#call("look", () => this.row);
  }

  async take(step: LampStep): Promise<void> {
    await this.#call(sayStep(step), (deaf) => {
      if (!deaf) this.#change(step);
    });
  }

  async #call<T>(words: string, perform: (deaf: boolean) => T): Promise<T> {
    const fault = this.faults.get(this.calls.length);
    this.calls.push(words);
    if (fault !== undefined && fault !== "deaf" && fault.when === "before") await fault.act();
    const result = perform(fault === "deaf");
    if (fault !== undefined && fault !== "deaf" && fault.when === "after") await fault.act();
    return result;
  }

  #change(step: LampStep): void {
    switch (step.kind) {
      case "sign":
        this.row = { ...this.row, sign: step.hung };
        return;
      case "dim":
        this.row = { ...this.row, brightness: step.to };
        return;
      case "switch": {
        const { lit } = step;
        this.#lamp(step.lamp, (lamp) => ({ ...lamp, lit, warmth: lit ? degreesWhenLit : lamp.warmth }));
        if (!lit) this.#cool(step.lamp);
      }
    }
  }

  #cool(name: string): void {
    this.#clock.at(this.#clock.now() + coolingMs, () => {
      this.#lamp(name, (lamp) => (lamp.lit ? lamp : { ...lamp, warmth: Math.max(0, lamp.warmth - 1) }));
      if (this.row.lamps.some((lamp) => lamp.name === name && !lamp.lit && lamp.warmth > 0)) this.#cool(name);
    });
  }

  #lamp(name: string, change: (lamp: Lamp) => Lamp): void {
    this.row = { ...this.row, lamps: this.row.lamps.map((lamp) => (lamp.name === name ? change(lamp) : lamp)) };
  }
}

export const lampRow: Resource<LampSite, LampArgs, LampRow, LampRecorded, LampStep> = {
  titleOf: (args) => args.row,
  recordedFrom: (data) => data as LampRecorded,
  observe: (site) => site.look(),
  normal: {
    asked: { state: "lit" },
    read: (_args, row) => ({ lit: row.lamps.filter((lamp) => lamp.lit).map((lamp) => lamp.name), brightness: row.brightness }),
    mark: (_args, row) => (row.sign ? { sign: "it bears the sign", remedy: "Take it away." } : undefined),
  },
  follow: (_args, row, { normal, dimSinceMs }, nowMs) =>
    row.brightness > dimmed ? { normal } : { normal, dimSinceMs: dimSinceMs ?? nowMs },
  plan: (args, row, recorded, nowMs) => ({
    steps: args.state === "dark" ? putOut(row, recorded, nowMs) : light(row, recorded),
    refusals: [],
  }),
  apply: (site, _args, step) => site.take(step),
  say: sayStep,
  headline: (args) => [args.row],
  outputs: () => ({}),
};

/** A row of three lamps of which the last is normally out. */
export function lampsLit(overrides: Partial<LampRow> = {}): LampRow {
  const lamp = (name: string, lit: boolean): Lamp => ({ name, lit, warmth: lit ? degreesWhenLit : 0 });
  return { sign: false, brightness: 80, lamps: [lamp("first", true), lamp("second", true), lamp("third", false)], ...overrides };
}

function putOut(row: LampRow, recorded: LampRecorded, nowMs: number): Plan<LampStep>["steps"] {
  const lit = row.lamps.filter((lamp) => lamp.lit);
  const warm = row.lamps.filter((lamp) => lamp.warmth > 0);
  return [
    ...signTo(row, true),
    ...dimTo(row, dimmed),
    ...(lit.length > 0 ? untilUsedTo((recorded.dimSinceMs ?? nowMs) + dusk, nowMs) : []),
    ...lit.map((lamp): LampStep => ({ kind: "switch", lamp: lamp.name, lit: false })),
    ...(warm.length > 0 ? [untilCold(warm)] : []),
  ];
}

function light(row: LampRow, { normal }: LampRecorded): Plan<LampStep>["steps"] {
  const wrong = row.lamps.filter((lamp) => lamp.lit !== normal.lit.includes(lamp.name));
  return [
    ...wrong.map((lamp): LampStep => ({ kind: "switch", lamp: lamp.name, lit: !lamp.lit })),
    ...dimTo(row, normal.brightness),
    ...signTo(row, false),
  ];
}

function signTo(row: LampRow, hung: boolean): LampStep[] {
  return row.sign === hung ? [] : [{ kind: "sign", hung }];
}

function dimTo(row: LampRow, to: number): LampStep[] {
  return row.brightness === to ? [] : [{ kind: "dim", from: row.brightness, to }];
}

function untilUsedTo(dueAtMs: number, nowMs: number): Wait[] {
  return dueAtMs <= nowMs ? [] : [{ kind: "wait", key: "dusk", for: "everybody's eyes to get used to it", dueAtMs, recheckMs: 60_000 }];
}

function untilCold(warm: readonly Lamp[]): Wait {
  const count = warm.reduce((sum, lamp) => sum + lamp.warmth, 0);
  const sentence = `${warm.map((lamp) => lamp.name).join(" and ")} will not cool.`;
  return {
    kind: "wait",
    key: "cold",
    for: `the glass to be cold: ${warm.map((lamp) => `${lamp.name} ${lamp.warmth} degrees`).join(", ")}`,
    left: { count, unit: "degrees" },
    recheckMs: 5_000,
    stuck: { sentence, remedy: "Touch them." },
  };
}

function sayStep(step: LampStep): string {
  switch (step.kind) {
    case "sign":
      return step.hung ? "hang out the sign" : "take the sign away";
    case "dim":
      return `dim from ${step.from} to ${step.to}`;
    case "switch":
      return `switch ${step.lamp} ${step.lit ? "on" : "off"}`;
  }
}
