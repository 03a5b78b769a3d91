// A small site in the lab's world with a program that pauses it, run in this process: as fast as the machine, the same each time.
// The world is made hard to restore by guessing: a remark and a tag on one MX set, an automatic TTL, a database that an administrator dismounted,
// a PreferenceMoveFrequency of its own.
import { deepEqual } from "node:assert/strict";
import { differences, type Picture } from "../../lab/picture.ts";
import { makeSiteWorld, type SiteWorld, type SiteWorldOptions } from "../../lab/site-world.ts";
import { stagesTowards } from "../../provider/components/site-order.ts";
import { partsOf, type SitePauseArgs } from "../../provider/components/site-parts.ts";
import type { Part } from "../../provider/components/stages.ts";
import type { Word } from "../../provider/components/word.ts";
import type { Fences } from "../../provider/host/fences.ts";
import { Journal } from "./journal.ts";
import { wrongWithMail } from "./ledgers.ts";
import { type Introduction, memorySite } from "./memory-site.ts";
import { type Deployment, MiniPulumi, type Plugin } from "./mini-pulumi.ts";
import { RunClock } from "./run-clock.ts";
import { portraitOf } from "./site-portrait.ts";
import { newFences } from "./turns.ts";
import { type Change, type Kill, Wire } from "./wire.ts";

export const minute = 60_000;
export const hour = 60 * minute;

/** Sat 5 Dec 2026, 18:00 UTC. */
const startMs = Date.UTC(2026, 11, 5, 18);
/** Normal TTL of the MX sets that have one of their own, in seconds. */
export const normalTtlSeconds = 600;

export interface Ran extends Deployment {
  /** Remote calls in order; call number n is `calls[n - 1]`. */
  readonly calls: readonly string[];
  /** Those of them that changed something. */
  readonly changes: readonly Change[];
}

/** A run that goes on by itself. */
export interface Started {
  readonly ran: Promise<Ran>;
  readonly frozen: Promise<void>;
  thaw(): void;
}

export interface Options {
  /** Where the plugin or the engine dies. */
  readonly kill?: Kill | undefined;
  /** Where the plugin is frozen. */
  readonly freezeBefore?: number;
  /** How long calls are on their way. */
  readonly callMs?: () => number;
  /** Shared by runs that go on at the same time. */
  readonly clock?: RunClock;
  /** The turns of the run; those of one whose predecessors are dead, unless told. */
  readonly fences?: (clock: RunClock) => Fences;
  /** What the program says besides its word. */
  readonly args?: Partial<SitePauseArgs>;
  /** What the program says of a single resource that a site's pause has no word for; `undefined`: the program does not have it. */
  readonly amend?: (part: Part) => Part | undefined;
  /** Names of resources, `TransportState ex01`; all others are passed over. */
  readonly targets?: readonly string[];
  /** `project/stack`; `site/berlin` unless told. */
  readonly program?: string;
  /** Another state file. */
  readonly pulumi?: MiniPulumi;
  /** What the program's settings say of the machine that it runs on. */
  readonly introduced?: Introduction;
}

export class MemoryRehearsal {
  readonly world: SiteWorld;
  readonly pulumi: MiniPulumi;
  /** Name servers that do not answer. */
  readonly silent = new Set<string>();
  /** The site before anybody paused it. */
  readonly normal: Picture;
  readonly #options: readonly [options: Partial<SiteWorldOptions>, program: Partial<SitePauseArgs>];
  readonly #journal: Journal;

  constructor(options: Partial<SiteWorldOptions> = {}, program: Partial<SitePauseArgs> = {}, pulumi = new MiniPulumi()) {
    this.#options = [options, program];
    this.pulumi = pulumi;
    const world = makeSiteWorld({
      startMs,
      ttlSeconds: normalTtlSeconds,
      senders: { count: 15, perHour: 6 },
      internal: { perHour: 40 },
      ...options,
    });
    this.world = world;
    this.#journal = new Journal(world);
    world.site.dag.setPreferenceMove(2 * hour);
    const [commented, , automatic] = world.zones.zones();
    world.zones.changePlan(commented?.id ?? "", "enterprise");
    for (const { id } of commented?.records.values() ?? [])
      world.zones.edit(commented?.id ?? "", id, { comment: "Mail of the house", tags: ["team:mail"] });
    for (const { id } of automatic?.records.values() ?? []) world.zones.edit(automatic?.id ?? "", id, { ttl: 1 });
    this.pass(5 * minute);
    this.normal = portraitOf(world);
  }

  /** `pulumi up --skip-preview` with `state: word`. */
  up(word: Word, options: Options = {}): Promise<Ran> {
    return this.#deploy("up", word, options).ran;
  }

  /** `pulumi preview` with `state: word`. */
  preview(word: Word, options: Options = {}): Promise<Ran> {
    return this.#deploy("preview", word, options).ran;
  }

  /** The same as `up`, for whoever does something meanwhile. */
  start(word: Word, options: Options = {}): Started {
    return this.#deploy("up", word, options);
  }

  /** Takes the site into the program and on to `prepared` or `offline`, as on an evening when nothing goes wrong. */
  async bringTo(word: "prepared" | "offline"): Promise<void> {
    for (const step of word === "offline" ? (["online", "prepared", "offline"] as const) : (["online", "prepared"] as const)) {
      const { ended, sentences } = await this.up(step);
      if (ended !== "done") throw new Error(`not ${step}: ${sentences.join("; ")}`);
      this.pass(step === "prepared" ? 15 * minute : 5 * minute);
    }
  }

  /** Another site in the state of this one, with another state file. Nobody but runs and time has changed this one, or it throws. */
  async copy(): Promise<MemoryRehearsal> {
    const other = new MemoryRehearsal(...this.#options, this.pulumi.copy());
    await this.#journal.repeatIn(other.#journal);
    deepEqual([other.portrait(), other.world.ledger.totals()], [this.portrait(), this.world.ledger.totals()]);
    return other;
  }

  /** What is not as it was before the pause: at the site, in what a further `up` would do, and with the mail of a day. */
  async notAsBefore(options: Options = {}): Promise<readonly string[]> {
    const { did, sentences } = await this.up("online", options);
    return [...differences(this.normal, this.portrait()), ...did, ...sentences, ...this.settleMail(options.pulumi)];
  }

  /** Lets world time pass while no program runs. */
  pass(ms: number): void {
    this.world.events.advanceTo(this.world.events.now() + ms);
  }

  portrait(): Picture {
    return portraitOf(this.world);
  }

  /** Nobody writes any more; lets everything that is on its way arrive, for a day at most. What then is wrong with the mail, in words. */
  settleMail(pulumi = this.pulumi): readonly string[] {
    const { senders, internal, ledger, buffer } = this.world;
    senders.stop();
    internal.stop();
    for (let waited = 0; waited < 24 * hour && ledger.totals().onTheWay > 0; waited += 10 * minute) this.pass(10 * minute);
    return wrongWithMail(this.world, pulumi.outputsOf(`BackupMxQueue ${buffer.name}`));
  }

  #deploy(how: "up" | "preview", word: Word, options: Options): Started {
    const { args = {}, amend = (part) => part, program = "site/berlin", pulumi = this.pulumi, fences = newFences, introduced } = options;
    const { world, silent } = this;
    const { clock = new RunClock(world.events) } = options;
    const wire = new Wire(clock, this.#journal, options);
    const plugin: Plugin = {
      site: memorySite({ clock, wire, program, silent, introduced }),
      fences: fences(clock),
      signal: wire.engineGone,
      death: wire.death,
      get isDead() {
        return clock.isDead || wire.engineGone.aborted;
      },
    };
    const stages = stagesTowards(word, partsOf({ ...programOf(world), ...this.#options[1], ...args, state: word }));
    const deployed = stages.map(({ called, chains }) => ({
      called,
      chains: chains.map((chain) => chain.flatMap((part) => amend(part) ?? [])),
    }));
    const run = async (): Promise<Ran> => {
      const deployment = await pulumi[how](plugin, deployed, options.targets);
      // The plugin's farewell, when the engine has no more to ask of it.
      const died = await Promise.race([plugin.death, clock.isDead ? undefined : plugin.fences.close()]);
      const { calls, changes } = wire;
      return { ...deployment, ...(died === undefined ? {} : { ended: "killed", sentences: [died] }), calls, changes };
    };
    return { ran: run(), frozen: wire.frozen, thaw: () => clock.thaw() };
  }
}

/** As small as a site can be that still has everything: two servers, three zones, a database that stays dismounted. */
export function smallSite(): MemoryRehearsal {
  return new MemoryRehearsal(smallest);
}

export const smallest = { servers: 2, zones: { secondaryLagMs: 2_000, perRecordLagMs: 500 } } satisfies Partial<SiteWorldOptions>;

function programOf({ cast }: SiteWorld): Omit<SitePauseArgs, "state"> {
  return {
    dag: cast.dag,
    servers: cast.servers.map(({ name }) => name),
    mail: cast.domains.map((zone) => ({ zone })),
    buffer: { host: cast.bufferHost, user: "mailops", hostKey: `SHA256:${"A".repeat(43)}` },
    pausedTtlSeconds: 60,
  };
}
