// Reads the arguments of one call of a cmdlet out of what was bound, and declares what it may answer.
// Whether a parameter exists and fits was decided before; here a value is only read. Names are compared without case.
import { booleanOf, listOf, textOf } from "../../../provider/remoting/clixml/read.ts";
import type { PsValue } from "../../../provider/remoting/clixml/values.ts";
import type { DomainController } from "../../world/cast.ts";
import type { Server } from "../../world/server.ts";
import type { Site } from "../../world/site.ts";
import type { CmdletRequest, HostError } from "../cmdlet-host.ts";
import type { Cmdlet } from "./cmdlet.ts";

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
  /** The domain controller whose view of the directory is read and written: the one that -DomainController names, else the one that `local` asks. */
  readonly controller: DomainController;
  readonly cmdlet: Cmdlet;
  readonly args: Arguments;
}

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
  /** As they were sent. */
  readonly names: readonly string[];

  constructor(parameters: CmdletRequest["parameters"]) {
    this.names = [...parameters.keys()];
    for (const [name, value] of parameters) this.#values.set(name.toLowerCase(), value);
  }

  /** As text; `undefined` when it is missing, null or empty. */
  text(name: string): string | undefined {
    return textOf(this.#values.get(name.toLowerCase())) || undefined;
  }

  /** One value or many, as texts. */
  texts(name: string): readonly string[] {
    return listOf(this.#values.get(name.toLowerCase())).flatMap((value) => textOf(value) || []);
  }

  /** A switch or boolean; false when it is missing. */
  flag(name: string): boolean {
    return booleanOf(this.#values.get(name.toLowerCase())) === true;
  }
}

/** Patterns that were asked before: a site asks for the same few names all the time. */
const patterns = new Map<string, RegExp>();

/** Does `text` match a pattern with `*` and `?`, without case? */
export function isLike(text: string, pattern: string): boolean {
  const known = patterns.get(pattern);
  if (known !== undefined) return known.test(text);
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const made = new RegExp(`^${source}$`, "i");
  patterns.set(pattern, made);
  return made.test(text);
}
