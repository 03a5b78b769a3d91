// The turns of one run: a fence for each way to a host on which this program's runs take them, opened at the first step. Two ways may lead to one host,
// where the turn that was taken by one of them is this run's by the other as well. What a fence guarantees: engine/fence.ts.
import type { Clock } from "../engine/clock.ts";
import { Fence } from "../engine/fence.ts";
import { type Refusal, wordsOf } from "../engine/plan.ts";
import { type Runner, type Turn, TurnError } from "../engine/turn.ts";
import type { Shape } from "../resources/define-shape.ts";
import type { BufferAddress, Site } from "../resources/site.ts";

export interface FencesOptions {
  readonly runner: Runner;
  readonly isOver: (runner: Runner) => boolean;
  /** Real time that passes, also while this process stands still. */
  readonly elapsed: Clock;
}

export class Fences {
  readonly #options: FencesOptions;
  readonly #fences = new Map<string, Fence>();
  #isClosed = false;

  constructor(options: FencesOptions) {
    this.#options = options;
  }

  /** This run's turn for one operation on a resource of `shape`, which ends with `signal`; `say` tells a person whose turn was ended. */
  turnOf(
    site: Site,
    shape: Pick<Shape, "titleOf" | "turnsAt">,
    args: Readonly<Record<string, unknown>>,
    { say, signal }: { readonly say: (text: string) => void; readonly signal: AbortSignal },
  ): Turn {
    const address = shape.turnsAt(args);
    if (address === undefined) return noTurn(nowhere(shape.titleOf(args)));
    return this.#fenceAt(site, address).turn(say, signal);
  }

  /** This run takes no further step; says so at each host, as far as that can be reached. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled([...this.#fences.values()].map((fence) => fence.close()));
  }

  #fenceAt(site: Site, address: BufferAddress): Fence {
    const way = wayTo(address);
    const known = this.#fences.get(way);
    if (known !== undefined) return known;
    // Opened by whoever asks there first: a key that is missing in the settings is no matter of those who only look.
    const turns = () => site.buffer(address).turns;
    const fence = new Fence({
      ...this.#options,
      program: site.program,
      place: {
        name: address.host,
        newest: async (expected) => turns().newest([site.program, ...site.formerNames], expected),
        take: async (number, note) => turns().take(number, note),
        end: async (number) => turns().end(number),
      },
      nowMs: () => site.clock.now(),
      timeZone: site.timeZone,
    });
    if (this.#isClosed) void fence.close();
    this.#fences.set(way, fence);
    return fence;
  }
}

/** What has to be the same for a connection to serve both: a wrong host key of one resource is not that of another, nor is its right one. */
function wayTo({ host, port = 22, user, hostKey, sudo }: BufferAddress): string {
  return JSON.stringify([host, port, user, hostKey, sudo]);
}

function nowhere(title: string): Refusal {
  return {
    sentence: `${title}: the program names no host on which its runs take turns, so one that was frozen or left behind could undo what this one does. Nothing was changed.`,
    remedy: "Give `turnsAt: { host, user, hostKey }`: the buffer host of the site, or any other host that is reached by SSH.",
  };
}

function noTurn(refusal: Refusal): Turn {
  const refused = async () => {
    throw new TurnError(wordsOf(refusal));
  };
  return { refusal, enter: async () => undefined, mayAct: refused, begin: refused };
}
