// One mailbox database and its copies: who is active, log generations, and the queues that follow from them.
// Who may mount it, and where, is the DAG's decision. Arithmetic: facts/exchange.md 4.2, 12.8.
import type { CopyPlace } from "./cast.ts";
import { LogTimes } from "./log-times.ts";

export type CopyStatus = "Mounted" | "Dismounted" | "Healthy" | "Initializing" | "DisconnectedAndHealthy" | "ServiceDown";

/** How a server stands, as far as its copies depend on it. */
export interface CopyHost {
  /** Windows is up and the replication service runs. */
  replicates(server: string): boolean;
}

export interface Copy extends CopyPlace {
  /** Log generation up to which logs were inspected, and replayed. On the active copy both equal the database's. */
  inspected: number;
  replayed: number;
  initializingUntilMs: number;
  inspectedAtMs: number;
  replayedAtMs: number;
  statusSinceMs: number;
  startedAtMs: number;
  inspectedAtStart: number;
  replayedAtStart: number;
  activationSuspended: boolean;
  /** Milliseconds for which it keeps logs before it replays them: ReplayLagTime. */
  readonly replayLagMs: number;
  /** What it hears of the newest log through the cluster has stood still for too long: it takes no number for it. */
  losesSightOfNewestLog: boolean;
}

/** The numbers of a copy as Get-MailboxDatabaseCopyStatus gives them. */
export interface CopyCounters {
  readonly copyQueueLength: number | bigint;
  readonly replayQueueLength: number;
  readonly lastLogGenerated: number | bigint;
  readonly lastLogInspected: number;
  readonly lastLogReplayed: number;
}

/** A passive copy that starts is Initializing for so long. */
export const initializingMs = 15_000;
const quietLogEveryMs = 60_000;
/** The newest log of a copy that has lost sight of it: the greatest number of 64 bits. That the queue is this less what it has fits what was seen. */
const noNewestLog = 2n ** 63n - 1n;
/** Logs that travel in one round of replication, every ten seconds. */
const logsPerRound = 2000;
const logBytes = 1_048_576;

export class Database {
  readonly name: string;
  readonly guid: string;
  readonly copies: readonly Copy[];
  readonly createdAtMs: number;
  /** Short name of the server whose copy is active, mounted or not. */
  active: string;
  mounted = false;
  /** An administrator dismounted it: Active Manager leaves it alone. */
  dismountedByAdministrator = false;
  mountAtStartup = true;
  /** The newest closed log. */
  generation: number;
  lastActionBy: "Administrator" | "Service" = "Service";
  mountedSinceMs = 0;
  sizeBytes: number;
  /** Shares of a log that deliveries have filled. */
  #written = 0;
  #quietSinceMs: number;
  readonly #logTimes: LogTimes;

  constructor(
    name: string,
    guid: string,
    places: readonly CopyPlace[],
    nowMs: number,
    generation: number,
    lagOf: (server: string) => number = () => 0,
  ) {
    this.name = name;
    this.guid = guid;
    this.generation = generation;
    this.createdAtMs = nowMs - 400 * 86_400_000;
    this.sizeBytes = generation * 12_288 + 136_314_880;
    this.#quietSinceMs = nowMs;
    this.#logTimes = new LogTimes(generation, nowMs, quietLogEveryMs);
    this.active = places[0]?.server ?? "";
    this.copies = places.map((place) => ({
      ...place,
      inspected: generation,
      replayed: generation,
      initializingUntilMs: nowMs,
      inspectedAtMs: nowMs,
      replayedAtMs: nowMs,
      statusSinceMs: nowMs,
      startedAtMs: nowMs,
      inspectedAtStart: generation,
      replayedAtStart: generation,
      // As Microsoft advises for a lagged copy: nobody activates it by himself.
      activationSuspended: lagOf(place.server) > 0,
      replayLagMs: lagOf(place.server),
      losesSightOfNewestLog: false,
    }));
    this.settle(nowMs);
  }

  copyOn(server: string): Copy | undefined {
    return this.copies.find((copy) => copy.server === server.toLowerCase());
  }

  statusOf(copy: Copy, hosts: CopyHost, nowMs: number): CopyStatus {
    if (!hosts.replicates(copy.server)) return "ServiceDown";
    if (copy.server === this.active) return this.mounted ? "Mounted" : "Dismounted";
    if (nowMs < copy.initializingUntilMs) return "Initializing";
    return hosts.replicates(this.active) ? "Healthy" : "DisconnectedAndHealthy";
  }

  countersOf(copy: Copy): CopyCounters {
    if (copy.server === this.active) {
      return { copyQueueLength: 0, replayQueueLength: 0, lastLogGenerated: this.generation, lastLogInspected: 0, lastLogReplayed: 0 };
    }
    return {
      copyQueueLength: copy.losesSightOfNewestLog ? noNewestLog - BigInt(copy.inspected) : this.generation - copy.inspected,
      replayQueueLength: copy.inspected - copy.replayed,
      lastLogGenerated: copy.losesSightOfNewestLog ? noNewestLog : this.generation,
      lastLogInspected: copy.inspected,
      lastLogReplayed: copy.replayed,
    };
  }

  /** Every copy has what it would have after a quiet week. */
  settle(nowMs: number): void {
    for (const copy of this.copies) {
      copy.inspected = this.generation;
      copy.replayed = this.#replayable(copy, nowMs);
    }
  }

  /** A message was stored. */
  mailArrived(): void {
    this.#written += 0.25;
    this.sizeBytes += 40_000;
  }

  mount(nowMs: number, by: "Administrator" | "Service"): void {
    this.mounted = true;
    this.mountedSinceMs = nowMs;
    this.dismountedByAdministrator = false;
    this.#actedOn(by, nowMs);
    this.#closeLog(nowMs);
  }

  /** A clean shutdown closes the current log; one by failure leaves it as it is. */
  dismount(nowMs: number, by: "Administrator" | "Service"): void {
    if (this.mounted && by === "Administrator") this.#closeLog(nowMs);
    this.mounted = false;
    this.#actedOn(by, nowMs);
  }

  /** Makes another copy the active one. What it had not inspected is gone with the old one's log stream. */
  activate(server: string, nowMs: number): void {
    const copy = this.copyOn(server);
    if (copy === undefined) return;
    const left = this.copyOn(this.active);
    this.generation = copy.inspected + 1;
    this.active = copy.server;
    for (const level of [copy, left]) if (level !== undefined) this.#level(level, nowMs);
    this.#actedOn("Service", nowMs);
  }

  /** The replication service of the copy's server started. */
  restarted(server: string, nowMs: number): void {
    const copy = this.copyOn(server);
    if (copy === undefined) return;
    copy.initializingUntilMs = nowMs + initializingMs;
    copy.startedAtMs = nowMs;
    copy.statusSinceMs = nowMs;
    copy.inspectedAtStart = copy.inspected;
    copy.replayedAtStart = copy.replayed;
  }

  /** One round: logs are written while mounted, copied to passive copies that can reach the active one, replayed a round later. */
  replicate(hosts: CopyHost, nowMs: number): void {
    if (this.mounted) this.#write(nowMs);
    for (const copy of this.copies) {
      if (copy.server === this.active) {
        this.#level(copy, nowMs);
        continue;
      }
      if (nowMs < copy.initializingUntilMs || !hosts.replicates(copy.server)) continue;
      const replayed = Math.max(copy.replayed, Math.min(this.#replayable(copy, nowMs), copy.replayed + logsPerRound));
      if (replayed > copy.replayed) copy.replayedAtMs = nowMs;
      copy.replayed = replayed;
      if (!hosts.replicates(this.active)) continue;
      const inspected = Math.min(this.generation, copy.inspected + logsPerRound);
      if (inspected > copy.inspected) copy.inspectedAtMs = nowMs;
      copy.inspected = inspected;
    }
  }

  /** Bytes of logs that wait for a copy that is away. */
  logBacklogBytes(): number {
    return Math.max(0, ...this.copies.map((copy) => this.generation - copy.replayed)) * logBytes;
  }

  #write(nowMs: number): void {
    const closed = Math.floor(this.#written);
    this.#written -= closed;
    this.generation += closed;
    this.#logTimes.note(this.generation, nowMs);
    if (closed > 0) this.#quietSinceMs = nowMs;
    else if (nowMs - this.#quietSinceMs >= quietLogEveryMs) this.#closeLog(nowMs);
  }

  #closeLog(nowMs: number): void {
    this.generation++;
    this.#logTimes.note(this.generation, nowMs);
    this.#written = 0;
    this.#quietSinceMs = nowMs;
  }

  /** The newest log that the copy may replay: it has it, and it is old enough. */
  #replayable(copy: Copy, nowMs: number): number {
    return copy.replayLagMs === 0 ? copy.inspected : Math.min(copy.inspected, this.#logTimes.newestAt(nowMs - copy.replayLagMs));
  }

  #level(copy: Copy, nowMs: number): void {
    copy.inspected = this.generation;
    copy.replayed = this.generation;
    copy.inspectedAtMs = nowMs;
    copy.replayedAtMs = nowMs;
  }

  #actedOn(by: "Administrator" | "Service", nowMs: number): void {
    this.lastActionBy = by;
    const copy = this.copyOn(this.active);
    if (copy !== undefined) copy.statusSinceMs = nowMs;
  }
}
