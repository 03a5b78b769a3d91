// Active Directory as far as settings live in it: its domain controllers, and each setting as each of them holds it. A setting is written at one
// controller and seen at another after a delay; of two writes that cross, the same one stands everywhere in the end. What is a setting of the
// directory is decided by who keeps it. Rules: facts/exchange.md 12.14; of writes that cross: version, then time, then writer, as in [MS-ADTS] 3.1.1.1.
import type { DomainController } from "./cast.ts";
import type { Agenda } from "./events.ts";

export interface ReplicationDelays {
  /** Milliseconds of lab time until another controller of the same AD site has a change. In life some 15 s. */
  readonly withinSiteMs: number;
  /** The same for a controller of another AD site. In life 15 minutes to 3 hours. */
  readonly betweenSitesMs: number;
}

export const noDelay: ReplicationDelays = { withinSiteMs: 0, betweenSitesMs: 0 };

interface ServerPlace {
  readonly name: string;
  readonly adSite: string;
}

interface Change {
  readonly from: DomainController;
  readonly to: DomainController;
  readonly arrive: () => void;
}

export class Directory {
  readonly agenda: Agenda;
  readonly controllers: readonly DomainController[];
  readonly #delays: ReplicationDelays;
  /** Server by name to the controllers that it would ask, best first. */
  readonly #preferred: ReadonlyMap<string, readonly DomainController[]>;
  readonly #silent = new Set<DomainController>();
  /** Changes that one of their ends kept from travelling. */
  #held: Change[] = [];

  constructor(
    agenda: Agenda,
    controllers: readonly DomainController[],
    servers: readonly ServerPlace[],
    delays: Partial<ReplicationDelays> = {},
  ) {
    this.agenda = agenda;
    this.controllers = controllers;
    this.#delays = { ...noDelay, ...delays };
    this.#preferred = new Map(servers.map((server) => [server.name, preferenceOf(server, servers, controllers)]));
  }

  /** A setting that every controller holds with the same value until somebody writes it. `changed` hears of each controller that has a new value. */
  attribute<T>(initial: T, changed: (controller: DomainController) => void = () => undefined): Attribute<T> {
    return new Attribute(this, initial, changed);
  }

  /** A controller by short name or FQDN, in any case. */
  find(name: string): DomainController | undefined {
    const wanted = name.toLowerCase();
    return this.controllers.find((controller) => controller.name === wanted || controller.fqdn === wanted);
  }

  /** The controller that a server asks: one of its own AD site, the servers of a site spread over them; of another site when none of its own answers. */
  controllerOf(server: string): DomainController {
    const preferred = this.#preferred.get(server) ?? this.controllers;
    const found = preferred.find((controller) => this.answers(controller)) ?? preferred[0];
    if (found === undefined) throw new Error("a directory needs a domain controller");
    return found;
  }

  answers(controller: DomainController): boolean {
    return !this.#silent.has(controller);
  }

  /** Lets a controller fall silent, or answer again. What it wrote and has not passed on, and what it missed, travels when it answers again. */
  setAnswering(controller: DomainController, answering: boolean): void {
    if (!answering) {
      this.#silent.add(controller);
      return;
    }
    this.#silent.delete(controller);
    const held = this.#held;
    this.#held = [];
    for (const change of held) this.#arrive(change);
  }

  /** Lets a change travel from one controller to another; at once where there is no delay. */
  carry(from: DomainController, to: DomainController, arrive: () => void): void {
    const change = { from, to, arrive };
    const delayMs = from.adSite === to.adSite ? this.#delays.withinSiteMs : this.#delays.betweenSitesMs;
    if (delayMs === 0) this.#arrive(change);
    else this.agenda.at(this.agenda.now() + delayMs, () => this.#arrive(change));
  }

  #arrive(change: Change): void {
    if (this.answers(change.from) && this.answers(change.to)) change.arrive();
    else this.#held.push(change);
  }
}

interface Version<T> {
  readonly value: T;
  /** Counts writes: one more than what the writing controller held. */
  readonly number: number;
  readonly atMs: number;
  readonly writer: string;
}

/** One setting, as every controller holds it. A list is one value: of two writers that cross, one loses all of his. */
export class Attribute<T> {
  readonly #directory: Directory;
  readonly #changed: (controller: DomainController) => void;
  readonly #initial: Version<T>;
  readonly #versions = new Map<DomainController, Version<T>>();

  constructor(directory: Directory, initial: T, changed: (controller: DomainController) => void) {
    this.#directory = directory;
    this.#changed = changed;
    this.#initial = { value: initial, number: 1, atMs: 0, writer: "" };
  }

  /** What that controller holds. */
  at(controller: DomainController): T {
    return this.#versionAt(controller).value;
  }

  /** Writes it at one controller; the others follow. */
  write(value: T, controller: DomainController): void {
    const { agenda, controllers } = this.#directory;
    const version = { value, number: this.#versionAt(controller).number + 1, atMs: agenda.now(), writer: controller.name };
    this.#take(controller, version);
    for (const other of controllers) if (other !== controller) this.#directory.carry(controller, other, () => this.#take(other, version));
  }

  #versionAt(controller: DomainController): Version<T> {
    return this.#versions.get(controller) ?? this.#initial;
  }

  #take(controller: DomainController, version: Version<T>): void {
    if (!isNewer(version, this.#versionAt(controller))) return;
    this.#versions.set(controller, version);
    this.#changed(controller);
  }
}

function isNewer(one: Version<unknown>, other: Version<unknown>): boolean {
  if (one.number !== other.number) return one.number > other.number;
  return one.atMs !== other.atMs ? one.atMs > other.atMs : one.writer > other.writer;
}

function preferenceOf(
  server: ServerPlace,
  servers: readonly ServerPlace[],
  controllers: readonly DomainController[],
): readonly DomainController[] {
  const own = controllers.filter((controller) => controller.adSite === server.adSite);
  const turn = servers.filter((other) => other.adSite === server.adSite).indexOf(server) % Math.max(own.length, 1);
  return [...own.slice(turn), ...own.slice(0, turn), ...controllers.filter((controller) => controller.adSite !== server.adSite)];
}
