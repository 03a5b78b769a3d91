// One cmdlet as it is asked of the site: its arguments read out of what was bound, and what it may answer.
// Whether a parameter exists and fits was decided before; here a value is only read. Names are compared without case.
import { PsDate, PsTagged, type PsValue } from "../../../provider/remoting/clixml/values.ts";
import type { Server } from "../../world/server.ts";
import type { Site } from "../../world/site.ts";
import type { CmdletRequest, HostError } from "../cmdlet-host.ts";

/** What a cmdlet writes. */
export interface Answer {
  readonly output?: readonly PsValue[];
  readonly warnings?: readonly string[];
  readonly errors?: readonly HostError[];
}

export interface Call {
  readonly site: Site;
  /** The server whose endpoint was asked: local for cmdlets that act locally. */
  readonly local: Server;
  readonly cmdlet: string;
  readonly args: Arguments;
}

export type Cmdlet = (call: Call) => Answer;

/** Thrown by a cmdlet that ends with one error; becomes an ErrorRecord beside whatever was written. */
export class CmdletFailure extends Error {
  override readonly name = "CmdletFailure";
  readonly error: HostError;
  constructor(error: HostError) {
    super(error.message);
    this.error = error;
  }
}

export class Arguments {
  readonly #values = new Map<string, PsValue>();

  constructor(parameters: CmdletRequest["parameters"]) {
    for (const [name, value] of parameters) this.#values.set(name.toLowerCase(), value);
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  /** As text; `undefined` when it is missing, null or empty. */
  text(name: string): string | undefined {
    const value = this.#values.get(name.toLowerCase());
    const text = value === undefined ? undefined : textOf(value);
    return text === "" ? undefined : text;
  }

  /** One value or many, as texts. */
  texts(name: string): readonly string[] {
    const value = this.#values.get(name.toLowerCase());
    const values = isList(value) ? value : isObject(value) && value.items !== undefined ? value.items.values : [value ?? null];
    return values
      .map(textOf)
      .filter((text) => text !== undefined && text !== "")
      .map(String);
  }

  /** A switch or boolean; false when it is missing. */
  flag(name: string): boolean {
    const value = this.#values.get(name.toLowerCase());
    return value === true || (isObject(value) && value.properties.get("IsPresent") === true);
  }

  /** The first of `names` that was given. */
  firstOf(names: readonly string[]): string | undefined {
    return names.find((name) => this.has(name));
  }
}

/** Does `text` match a pattern with `*` and `?`, without case? */
export function isLike(text: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "i").test(text);
}

function textOf(value: PsValue): string | undefined {
  if (value === null || isList(value)) return undefined;
  if (value instanceof PsTagged || value instanceof PsDate) return value.text;
  if (value instanceof Uint8Array) return undefined;
  if (typeof value !== "object") return String(value);
  return value.text ?? (value.value === undefined ? undefined : textOf(value.value));
}

function isList(value: PsValue | undefined): value is readonly PsValue[] {
  return Array.isArray(value);
}

function isObject(value: PsValue | undefined): value is Extract<PsValue, { readonly kind: "object" }> {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "object";
}
