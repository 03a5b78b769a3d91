// What Pulumi's engine does around the provider's operations, in order and no more: read everything that is in the state, then follow the
// program part by part, with the resources of one part at the same time, and save after each finished step. Facts: how refresh, diff,
// partial failure and a killed plugin behave was seen with the real CLI. One plugin process, and so one opened site, per deployment.

import { sayInstant } from "../../provider/common/utc.ts";
import { ordered, type Part, type Stage } from "../../provider/components/stages.ts";
import { kindOf, shapeNamed } from "../../provider/host/catalogue.ts";
import { check } from "../../provider/host/check.ts";
import type { Fences } from "../../provider/host/fences.ts";
import { remove } from "../../provider/host/leaving.ts";
import { type Properties, Unfinished } from "../../provider/host/operation.ts";
import { create, diff, read, update } from "../../provider/host/operations.ts";
import { Order } from "../../provider/host/order.ts";
import { type Row, Rundown } from "../../provider/host/rundown.ts";
import type { Site } from "../../provider/resources/site.ts";
import { circumstancesOf, nameOf, predecessorOf, type Run, rowOf } from "./mini-pulumi-run.ts";

/** One resource in the state file. */
export interface Kept {
  readonly kind: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** The program of a deployment: its resources in order. */
export type Program = readonly Stage[];

/** A plugin process that was started for one deployment. */
export interface Plugin {
  readonly site: Site;
  /** The turns of the run that it belongs to. */
  readonly fences: Fences;
  /** Aborts when its engine has died. */
  readonly signal: AbortSignal;
  /** Settles when it or its engine dies, with the words of the call at which that happens. */
  readonly death: Promise<string>;
  /** Whether one of them is dead: nothing is saved any more. */
  readonly isDead: boolean;
}

/** How a deployment ended. */
export interface Deployment {
  readonly ended: "done" | "failed" | "killed";
  /** What a person reads at the end: errors, or the call that the plugin died at. */
  readonly sentences: readonly string[];
  readonly warnings: readonly string[];
  /** `update TransportState ex01`; in a preview, what would be. Empty: everything is as it should be. */
  readonly did: readonly string[];
  /** Lines that stay: in a preview the plans. */
  readonly lines: readonly string[];
  /** What a row showed for a while, each text once: `TransportState ex01: suspend MSExchangeTransport on ex01`. */
  readonly shown: readonly string[];
}

export class MiniPulumi {
  #state: ReadonlyMap<string, Kept>;

  /** `state`: what another one has kept, as from a file. */
  constructor(state: Readonly<Record<string, Kept>> = {}) {
    this.#state = new Map(Object.entries(state));
  }

  /** The state file. */
  get state(): Readonly<Record<string, Kept>> {
    return Object.fromEntries(this.#state);
  }

  /** `pulumi up --skip-preview`; with `--target` for each name in `targets`. */
  up(plugin: Plugin, program: Program, targets?: readonly string[]): Promise<Deployment> {
    return this.#deploy(plugin, program, false, targets);
  }

  /** `pulumi preview`: nothing is saved. */
  preview(plugin: Plugin, program: Program, targets?: readonly string[]): Promise<Deployment> {
    return this.#deploy(plugin, program, true, targets);
  }

  /** The same state, in another file. */
  copy(): MiniPulumi {
    const other = new MiniPulumi();
    other.#state = this.#state;
    return other;
  }

  /** What is kept of a resource: `outputsOf("MxRecord contoso.com")`. */
  outputsOf(name: string): Properties | undefined {
    return this.#state.get(name)?.outputs;
  }

  async #deploy(plugin: Plugin, program: Program, preview: boolean, targets?: readonly string[]): Promise<Deployment> {
    const lines: string[] = [];
    const run: Run = {
      plugin,
      preview,
      state: new Map(this.#state),
      readings: new Map(),
      order: new Order(),
      rundown: new Rundown({
        say: async (_urn, text) => void lines.push(text),
        row: () => undefined,
        sayInstant: (ms) => sayInstant(ms, plugin.site.timeZone),
      }),
      passesOver: (name) => targets !== undefined && !targets.includes(name),
      did: [],
      lines,
      shown: new Set(),
      warnings: [],
    };
    const work = this.#refresh(run).then(async (errors) => (errors.length > 0 ? errors : this.#follow(run, program)));
    const told = () => ({ did: run.did, lines: run.lines, warnings: run.warnings, shown: [...run.shown] });
    return Promise.race([
      work.then((sentences): Deployment => ({ ended: sentences.length === 0 ? "done" : "failed", sentences, ...told() })),
      plugin.death.then(async (call): Promise<Deployment> => {
        // A plugin that outlives its engine ends by itself.
        if (plugin.signal.aborted) await work;
        return { ended: "killed", sentences: [call], ...told() };
      }),
    ]);
  }

  /** Reads everything at once; what came of it is kept when all reads have ended well. */
  async #refresh(run: Run): Promise<readonly string[]> {
    const errors: string[] = [];
    const refreshed = await Promise.all(
      [...run.state].map(async ([name, kept]) => {
        if (run.passesOver(name)) return [name, kept] as const;
        try {
          const shape = shapeNamed(kept.kind);
          const { state, reading } = await read(await kindOf(shape), kept.inputs, kept.outputs, circumstancesOf(run, shape, kept.inputs));
          run.readings.set(name, reading);
          return [name, { ...kept, outputs: state }] as const;
        } catch (error) {
          errors.push(`${name}: ${wordsOf(error)}`);
          return [name, kept] as const;
        }
      }),
    );
    if (errors.length === 0) for (const [name, kept] of refreshed) this.#save(run, name, kept);
    return errors;
  }

  /** Each resource when those that it waits for are done; none that waits for one that failed. */
  async #follow(run: Run, program: Program): Promise<readonly string[]> {
    const errors: string[] = [];
    const steps = new Map<Part, Promise<boolean>>();
    for (const { part, after, place } of ordered(program)) {
      const ready = Promise.all(after.map((before) => steps.get(before)));
      const step = async () => {
        if ((await ready).includes(false)) return false;
        if (run.passesOver(nameOf(part))) return true;
        return this.#step(run, part, after, rowOf(part, place)).then(
          () => true,
          (error: unknown) => {
            errors.push(`${nameOf(part)}: ${wordsOf(error)}`);
            return false;
          },
        );
      };
      steps.set(part, step());
    }
    await Promise.all(steps.values());
    return errors.length > 0 ? errors : this.#leave(run, [...steps.keys()].map(nameOf));
  }

  /** Takes out what the program no longer has, what came last first; the first that cannot go ends it. */
  async #leave(run: Run, names: readonly string[]): Promise<readonly string[]> {
    for (const [name, kept] of [...run.state].reverse()) {
      if (names.includes(name) || run.passesOver(name)) continue;
      run.did.push(`delete ${name}`);
      if (run.preview || run.plugin.isDead) continue;
      const shape = shapeNamed(kept.kind);
      try {
        await remove(await kindOf(shape), kept.inputs, kept.outputs, circumstancesOf(run, shape, kept.inputs));
      } catch (error) {
        return [`${name}: ${wordsOf(error)}`];
      }
      run.state.delete(name);
      this.#state = new Map(run.state);
    }
    return [];
  }

  async #step(run: Run, part: Part, after: readonly Part[], row: Row): Promise<void> {
    if (run.plugin.isDead) throw new Error("nobody asks any more");
    const name = nameOf(part);
    const { shape } = part.class;
    const kind = await kindOf(shape);
    const { inputs, failures } = check(shape.args, { ...part.args, after: after.map((earlier) => predecessorOf(run, earlier)) });
    if (failures.length > 0) throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
    const save = (kept: Omit<Kept, "kind">) => this.#save(run, name, { kind: shape.name, ...kept });
    const before = run.state.get(name);
    if (before === undefined) {
      run.did.push(`create ${name}`);
      const creating = run.rundown.during(row, (planned) =>
        create(kind, inputs, run.preview, circumstancesOf(run, shape, inputs, planned)),
      );
      const outputs = await creating.catch((error: unknown) => {
        if (error instanceof Unfinished) save({ inputs, outputs: error.state });
        throw error;
      });
      return save({ inputs, outputs });
    }
    const { replaces, changes } = await run.rundown.during(
      row,
      () => diff(kind, before.inputs, before.outputs, inputs, run.readings.get(name), circumstancesOf(run, shape, inputs)),
      ({ changes }) => changes.length === 0,
    );
    if (replaces.length > 0) throw new Error(`would be replaced, for ${replaces.join(", ")}`);
    if (changes.length === 0) return save({ inputs, outputs: before.outputs });
    run.did.push(`update ${name}`);
    run.readings.delete(name);
    const updating = run.rundown.during(row, (planned) =>
      update(kind, before.outputs, inputs, run.preview, circumstancesOf(run, shape, inputs, planned), before.inputs),
    );
    const outputs = await updating.catch((error: unknown) => {
      // A partial update keeps the old inputs with the new outputs.
      if (error instanceof Unfinished) save({ inputs: before.inputs, outputs: error.state });
      throw error;
    });
    save({ inputs, outputs });
  }

  /** Plain data, as in a file. What a dead plugin's run still has to say is heard by nobody; a preview writes nothing. */
  #save(run: Run, name: string, kept: Kept): void {
    if (run.plugin.isDead) return;
    run.state.set(name, JSON.parse(JSON.stringify(kept)));
    if (!run.preview) this.#state = new Map(run.state);
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
