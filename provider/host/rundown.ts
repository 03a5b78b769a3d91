// What the parts of a component are about to do, said in one place and in the order of the run: Pulumi shows what is said of each row by itself, in no
// order. And where a run ends in a planned wait: what is done, what waits until when, what has not begun.
import { kept } from "../common/kept.ts";
import { sayDuration } from "../engine/progress.ts";
import type { Place } from "../resources/vocabulary.ts";
import { Unfinished } from "./operation.ts";
import { type Block, sayBlock } from "./say-plan.ts";

/** A part, by its row. Without a place it stands for itself. */
export interface Row {
  readonly urn: string;
  readonly title: string;
  readonly place: Place | undefined;
}

/** How what was asked of a part ended; a wait with an end that is known, by that end. */
type End = "done" | "failed" | { readonly untilMs: number };

interface Noted {
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly end: End;
}

/** What has been said of a component so far. */
interface Said {
  readonly noted: Map<number, Noted[]>;
  /** The number of the next step. */
  next: number;
  waitsMs: number;
}

export interface Sayer {
  /** Under Diagnostics of a row; resolves once it is there, so that what comes later stands below. */
  say(urn: string, text: string): Promise<void>;
  /** On the row itself. */
  row(urn: string, text: string): void;
  sayInstant(ms: number): string;
}

export class Rundown {
  readonly #sayer: Sayer;
  readonly #components = new Map<string, Said>();

  constructor(sayer: Sayer) {
    this.#sayer = sayer;
  }

  /** Does what is asked of a part, and takes down what it says it is about to do and how it ends. `isOver` where more is asked of it afterwards. */
  async during<Result>(
    row: Row,
    operation: (planned: (block: Block) => void) => Promise<Result>,
    isOver: (result: Result) => boolean = () => true,
  ): Promise<Result> {
    const blocks: Block[] = [];
    try {
      const result = await operation((block) => {
        blocks.push(block);
        if (row.place !== undefined) this.#sayer.row(row.urn, block.headline);
      });
      if (isOver(result)) await this.#note(row, { title: row.title, blocks, end: "done" });
      return result;
    } catch (error) {
      const untilMs = error instanceof Unfinished ? error.untilMs : undefined;
      await this.#note(row, { title: row.title, blocks, end: untilMs === undefined ? "failed" : { untilMs } });
      throw error;
    }
  }

  async #note({ urn, place }: Row, noted: Noted): Promise<void> {
    if (place === undefined) {
      for (const block of noted.blocks) await this.#sayer.say(urn, sayBlock(block, 1));
      return;
    }
    const component = urnOf(urn, place);
    const said = kept(this.#components, component, () => ({ noted: new Map(), next: 1, waitsMs: 0 }));
    const stage = [...(said.noted.get(place.stage) ?? []), noted];
    said.noted.set(place.stage, stage);
    if (stage.length < place.parts) return;
    // `pulumi up` asks all of it once for its preview, and once again.
    if (place.stage === place.stages.length) this.#components.delete(component);
    const lines = this.#ofStage(place, stage.toSorted(byTitle), said);
    if (lines.length > 0) await this.#sayer.say(component, lines.join("\n"));
  }

  #ofStage(place: Place, stage: readonly Noted[], said: Said): readonly string[] {
    const lines: string[] = [];
    for (const those of alike(stage)) {
      const [blocks = [], others] = [those[0]?.blocks, those.slice(1).map(({ title }) => title)];
      for (const [index, block] of blocks.entries()) {
        const headline = index === 0 ? `${sayPlace(place)}: ${block.headline}` : block.headline;
        lines.push(sayBlock({ ...block, headline }, said.next));
        said.next += block.steps.length;
      }
      if (blocks.length > 0 && others.length > 0) lines.push(`Likewise ${sayList(others)}.`);
    }
    said.waitsMs += Math.max(0, ...stage.flatMap(({ blocks }) => blocks.map(({ waitsMs }) => waitsMs)));
    if (place.stage === place.stages.length && said.waitsMs > 0)
      lines.push(`The waits whose end is known make ${sayDuration(said.waitsMs)} in all.`);
    const waiting = stage.flatMap(({ title, end }) => (typeof end === "object" ? [{ title, ...end }] : []));
    if (waiting.length > 0 && !stage.some(({ end }) => end === "failed")) lines.push(this.#sayWait(place, waiting));
    return lines;
  }

  #sayWait({ stages, stage }: Place, waiting: readonly { readonly title: string; readonly untilMs: number }[]): string {
    const { sayInstant } = this.#sayer;
    const [done, begun, later] = [stages.slice(0, stage - 1), stages[stage - 1] ?? "", stages.slice(stage)];
    const byEnd = Map.groupBy(waiting, ({ untilMs }) => sayInstant(untilMs));
    const last = Math.max(...waiting.map(({ untilMs }) => untilMs));
    return [
      "This run ends in a planned wait; nothing is wrong. Pulumi calls it failed all the same, and ends with exit code 1.",
      ...(done.length === 0 ? [] : [`  done: ${done.join(", ")}`]),
      ...[...byEnd].map(([when, those]) => `  waits: ${begun} (${sayList(those.map(({ title }) => title))}), until ${when}`),
      ...(later.length === 0 ? [] : [`  not begun: ${later.join(", ")}`]),
      `Run \`pulumi up\` again from ${sayInstant(last)} on: it goes on from here.`,
    ].join("\n");
  }
}

/** `2 of 5, after the buffer` */
function sayPlace({ stage, stages }: Place): string {
  const before = stages[stage - 2];
  return `${stage} of ${stages.length}${before === undefined ? "" : `, after ${before}`}`;
}

/** Parts of which the same is said but for their names, together. */
function alike(stage: readonly Noted[]): Iterable<readonly Noted[]> {
  const words = ({ title, blocks }: Noted) => blocks.map((block) => withoutName(sayBlock(block, 1), title)).join("\n");
  return Map.groupBy(stage, words).values();
}

/** A name within another name, as contoso.com in mail.contoso.com, is part of that. */
function withoutName(text: string, name: string): string {
  return text.split(new RegExp(`(?<![\\p{L}\\d.-])${escaped(name)}(?![\\p{L}\\d-])`, "u")).join("\0");
}

function escaped(name: string): string {
  return name.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

/** The component's own row: the part's type without its last member, and the component's name. */
function urnOf(urn: string, { within }: Place): string {
  const [stack, project, type = ""] = urn.split("::");
  return [stack, project, type.slice(0, type.lastIndexOf("$")), within].join("::");
}

function byTitle(one: Noted, other: Noted): number {
  return one.title < other.title ? -1 : 1;
}

/** `ex01, ex02 and ex03` */
function sayList(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
