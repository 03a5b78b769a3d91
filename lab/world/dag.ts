// The database availability group: cluster nodes and votes, the right to mount, failover, the moves that Active Manager makes by itself.
// Rules: facts/exchange.md 4.5, 4.6, 5.2, 5.4 and 12.6 to 12.12. Databases count their own logs.
import type { ActivationSettings } from "./activation.ts";
import type { DomainController } from "./cast.ts";
import type { Database } from "./databases.ts";
import type { Attribute, Directory } from "./directory.ts";
import type { Agenda } from "./events.ts";
import type { Switches } from "./switches.ts";

/** A member as the DAG sees it. */
export interface Member {
  readonly name: string;
  readonly fqdn: string;
  readonly adSite: string;
  readonly activation: ActivationSettings;
  /** Windows is up: it answers remote calls. */
  isUp(): boolean;
  runs(service: string): boolean;
}

/** Why Active Manager did not do what it was asked. */
export type MountRefusal = "serverDown" | "storeStopped" | "replicationStopped" | "noQuorum" | "noConsensus";

export class MountRefused extends Error {
  override readonly name = "MountRefused";
  readonly refusal: MountRefusal;
  constructor(refusal: MountRefusal) {
    super(refusal);
    this.refusal = refusal;
  }
}

/** PreferenceMoveFrequency that means never, in milliseconds: Timeout.InfiniteTimeSpan. */
export const neverMs = -1;
const tickMs = 10_000;
/** AutoDatabaseMountDial GoodAvailability: so many missing logs are accepted on a failover. */
const mountDialLogs = 6;

export class Dag {
  readonly members: readonly Member[];
  readonly databases: readonly Database[];
  readonly #agenda: Agenda;
  readonly #switches: Switches;
  readonly #directory: Directory;
  /** PreferenceMoveFrequency in milliseconds; negative means never. */
  readonly preferenceMove: Attribute<number>;
  #nextPreferenceMoveMs: number;
  /** Members whose automount bit is set. */
  readonly #bits: Set<string>;
  readonly #byName: ReadonlyMap<string, Member>;
  #groupOwner: string;
  /** Every node was down at once: what starts now is a cold start. */
  #wasCold = false;

  constructor(
    { agenda, directory }: { readonly agenda: Agenda; readonly directory: Directory },
    members: readonly Member[],
    databases: readonly Database[],
    switches: Switches,
  ) {
    this.#agenda = agenda;
    this.#directory = directory;
    this.members = members;
    this.databases = databases;
    this.#switches = switches;
    this.#bits = new Set(members.map((member) => member.name));
    this.#byName = new Map(members.map((member) => [member.name, member]));
    this.#groupOwner = members[0]?.name ?? "";
    this.preferenceMove = directory.attribute(3_600_000, (controller) => {
      if (controller === this.#view()) this.#nextPreferenceMoveMs = agenda.now() + this.preferenceMoveMs;
    });
    this.#nextPreferenceMoveMs = agenda.now() + this.preferenceMoveMs;
    agenda.every(tickMs, () => this.#tick());
  }

  /** PreferenceMoveFrequency as the owner of the cluster group knows it. */
  get preferenceMoveMs(): number {
    return this.preferenceMove.at(this.#view());
  }

  /** Sets PreferenceMoveFrequency where that owner reads it; negative means never. The next move is due after one period. */
  setPreferenceMove(everyMs: number): void {
    this.preferenceMove.write(everyMs, this.#view());
  }

  get mode(): "Off" | "DagOnly" {
    return this.#switches.datacenterActivationMode;
  }

  isNodeUp(member: Member): boolean {
    return member.isUp() && member.runs("ClusSvc");
  }

  nodesUp(): readonly Member[] {
    return this.members.filter((member) => this.isNodeUp(member));
  }

  usesWitness(): boolean {
    return this.members.length % 2 === 0;
  }

  hasQuorum(): boolean {
    const witness = this.usesWitness() ? 1 : 0;
    const votes = this.nodesUp().length + (witness === 1 && this.#switches.witnessUp ? 1 : 0);
    return this.nodesUp().length > 0 && votes >= Math.floor((this.members.length + witness) / 2) + 1;
  }

  /** The owner of the cluster group; `undefined` while there is no cluster. */
  primaryActiveManager(): Member | undefined {
    return this.hasQuorum() ? this.#member(this.#groupOwner) : undefined;
  }

  /** The replication service of a copy's server runs. */
  replicates(server: string): boolean {
    const member = this.#member(server);
    return member?.isUp() === true && member.runs("MSExchangeRepl");
  }

  /** May this member's Active Manager mount anything? */
  hasConsensus(member: Member): boolean {
    return this.hasQuorum() && (this.mode === "Off" || this.#bits.has(member.name));
  }

  /** Mount-Database. @throws {MountRefused} */
  mount(database: Database): void {
    const member = this.#reachActive(database);
    if (!member.runs("MSExchangeIS")) throw new MountRefused("storeStopped");
    if (!this.hasQuorum()) throw new MountRefused("noQuorum");
    if (!this.hasConsensus(member)) throw new MountRefused("noConsensus");
    if (!database.mounted) database.mount(this.#agenda.now(), "Administrator");
  }

  /** Dismount-Database: clean, and Active Manager will not mount it again by itself. @throws {MountRefused} */
  dismount(database: Database): void {
    this.#reachActive(database);
    if (database.mounted) database.dismount(this.#agenda.now(), "Administrator");
    database.dismountedByAdministrator = true;
  }

  /** A member's power or one of its services changed. */
  memberChanged(member: Member, service: string | undefined): void {
    if (!this.isNodeUp(member) || !member.runs("MSExchangeRepl")) this.#bits.delete(member.name);
    else if (service === "MSExchangeRepl") for (const database of this.databases) database.restarted(member.name, this.#agenda.now());
    if (this.nodesUp().length === 0) this.#wasCold = true;
    const owner = this.#member(this.#groupOwner);
    if (owner === undefined || !this.isNodeUp(owner)) this.#groupOwner = this.nodesUp()[0]?.name ?? this.#groupOwner;
    const quorum = this.hasQuorum();
    for (const database of this.databases) {
      if (database.mounted && (!quorum || !this.#serves(database.active))) database.dismount(this.#agenda.now(), "Service");
    }
  }

  #reachActive(database: Database): Member {
    const member = this.#member(database.active);
    if (member === undefined || !member.isUp()) throw new MountRefused("serverDown");
    if (!member.runs("MSExchangeRepl")) throw new MountRefused("replicationStopped");
    return member;
  }

  #tick(): void {
    const now = this.#agenda.now();
    this.#agree();
    const replicating = new Set(this.members.filter((member) => this.replicates(member.name)).map((member) => member.name));
    const hosts = { replicates: (server: string) => replicating.has(server) };
    const view = this.#view();
    for (const database of this.databases) {
      database.replicate(hosts, now);
      if (!database.mounted) this.#mountByItself(database, now);
      else if (this.#member(database.active)?.activation.moveNow.at(view) === true)
        this.#move(database, this.#targets(database, 0)[0], now);
    }
    if (this.preferenceMoveMs < 0 || now < this.#nextPreferenceMoveMs) return;
    this.#nextPreferenceMoveMs = now + this.preferenceMoveMs;
    for (const database of this.databases) this.#moveToPreferred(database, now);
  }

  /** The automount bits: with quorum, from a member that has it, or when every started member is there. */
  #agree(): void {
    if (!this.hasQuorum()) return;
    const present = this.members.filter((member) => this.isNodeUp(member) && member.runs("MSExchangeRepl"));
    const agreed = present.some((member) => this.#bits.has(member.name)) || present.length === this.members.length;
    if (agreed) for (const member of present) this.#bits.add(member.name);
    if (!this.#wasCold) return;
    this.#wasCold = false;
    if (this.#switches.mountsAfterColdStart) for (const database of this.databases) database.dismountedByAdministrator = false;
  }

  #mountByItself(database: Database, now: number): void {
    if (database.dismountedByAdministrator || !database.mountAtStartup) return;
    const active = this.#member(database.active);
    if (active !== undefined && this.#serves(active.name) && this.hasConsensus(active)) database.mount(now, "Service");
    else this.#move(database, this.#targets(database, mountDialLogs)[0], now);
  }

  #moveToPreferred(database: Database, now: number): void {
    const preferred = database.copies.find((copy) => copy.preference === 1);
    if (!database.mounted || preferred === undefined || preferred.server === database.active) return;
    this.#move(
      database,
      this.#targets(database, 0).find((server) => server === preferred.server),
      now,
    );
  }

  /** Servers that Active Manager may choose by itself, by preference, when at most `missingLogs` would be lost. */
  #targets(database: Database, missingLogs: number): readonly string[] {
    const now = this.#agenda.now();
    const from = this.#member(database.active);
    const view = this.#view();
    return [...database.copies]
      .sort((one, other) => one.preference - other.preference)
      .filter((copy) => {
        const member = this.#member(copy.server);
        if (member === undefined || copy.server === database.active || copy.activationSuspended) return false;
        const policy = member.activation.policy.at(view);
        if (policy === "Blocked" || (policy === "IntrasiteOnly" && member.adSite !== from?.adSite)) return false;
        if (member.activation.moveNow.at(view)) return false;
        const status = database.statusOf(copy, this, now);
        const isHealthy = status === "Healthy" || status === "DisconnectedAndHealthy";
        const missing = database.countersOf(copy).copyQueueLength;
        return isHealthy && missing <= missingLogs && this.#serves(copy.server) && this.hasConsensus(member);
      })
      .map((copy) => copy.server);
  }

  #move(database: Database, to: string | undefined, now: number): void {
    if (to === undefined) return;
    database.activate(to, now);
    database.mount(now, "Service");
  }

  /** A database can be mounted there: store and replication run on a node of the cluster. */
  #serves(server: string): boolean {
    const member = this.#member(server);
    return member !== undefined && this.isNodeUp(member) && member.runs("MSExchangeIS") && member.runs("MSExchangeRepl");
  }

  /** Active Manager decides on the group's owner, by what that server reads in the directory. */
  #view(): DomainController {
    return this.#directory.controllerOf(this.#groupOwner);
  }

  #member(server: string): Member | undefined {
    return this.#byName.get(server);
  }
}
