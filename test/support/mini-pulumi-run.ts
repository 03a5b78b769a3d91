// What MiniPulumi has of one deployment, and what it gives each operation of the provider.
import { type Part, withoutHistory } from "../../provider/components/stages.ts";
import type { Reading } from "../../provider/host/look.ts";
import type { OperationCircumstances, Properties } from "../../provider/host/operation.ts";
import type { Order } from "../../provider/host/order.ts";
import type { Row, Rundown } from "../../provider/host/rundown.ts";
import type { Shape } from "../../provider/resources/define-shape.ts";
import { type Place, type Predecessor, patienceOf } from "../../provider/resources/vocabulary.ts";
import type { Kept, Plugin } from "./mini-pulumi.ts";

export interface Run {
  readonly plugin: Plugin;
  readonly preview: boolean;
  readonly state: Map<string, Kept>;
  readonly readings: Map<string, Reading>;
  readonly order: Order;
  readonly rundown: Rundown;
  /** Whether a thing stays as the state has it, and is not even looked at. */
  readonly passesOver: (name: string) => boolean;
  readonly did: string[];
  readonly lines: string[];
  readonly shown: Set<string>;
  readonly warnings: string[];
}

/** All parts are those of one component, whose row nobody looks at. */
export const component = { type: "exchange:index:SitePause", name: "berlin" };

export function circumstancesOf(
  run: Run,
  shape: Shape,
  args: Properties,
  planned: OperationCircumstances["planned"] = () => undefined,
): OperationCircumstances {
  const title = `${shape.name} ${shape.titleOf(args)}`;
  const { site, fences, signal } = run.plugin;
  return {
    site,
    turn: fences.turnOf(site, shape, args, { say: (text) => run.warnings.push(text), signal }),
    clock: site.clock,
    signal,
    timeZone: site.timeZone,
    ...patienceOf(args),
    order: run.order,
    status: (text) => run.shown.add(`${title}: ${text}`),
    planned,
    lasting: (text) => run.lines.push(text),
    warning: (text) => run.warnings.push(text),
  };
}

/** As the component gives it, whose outputs Pulumi has filled by then. */
export function predecessorOf(run: Run, { class: { shape }, name, args }: Part): Predecessor {
  const recorded = withoutHistory(shape, run.state.get(`${shape.name} ${name}`)?.outputs["recorded"] as object | undefined);
  return { resource: shape.name, args: JSON.stringify({ ...args, turnsAt: undefined }), recorded: JSON.stringify(recorded) };
}

/** As the plugin knows it by its URN. */
export function rowOf({ class: { shape }, name }: Part, place: Omit<Place, "within">): Row {
  const urn = ["urn:pulumi:berlin", "site", `${component.type}$exchange:index:${shape.name}`, name].join("::");
  return { urn, title: name, place: { ...place, within: component.name } };
}

/** `TransportState ex01` */
export function nameOf({ class: { shape }, name }: Part): string {
  return `${shape.name} ${name}`;
}
