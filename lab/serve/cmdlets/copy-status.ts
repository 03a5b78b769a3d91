// Plays Get-MailboxDatabaseCopyStatus. Fields and order: a dump of Exchange 2016 and a recording of 2010 (facts/exchange.md 4.2);
// the rules of its numbers are the databases' own. A copy whose server does not answer is told by the others: ServiceDown.
import { psObject } from "../../../provider/remoting/clixml/build.ts";
import type { PsObject } from "../../../provider/remoting/clixml/values.ts";
import { shown } from "../../world/cast.ts";
import type { Copy, Database } from "../../world/databases.ts";
import { sizeText, spanText } from "../../world/text.ts";
import { type Call, isLike } from "./call.ts";
import { defineCmdlet } from "./cmdlet.ts";
import { activationPolicy, copyStatus } from "./enums.ts";
import { refuseUnknown } from "./errors.ts";
import { serverOf } from "./lookup.ts";
import { array, utcDate } from "./wire.ts";

const typeName = "Microsoft.Exchange.Management.SystemConfigurationTasks.DatabaseCopyStatusEntry";
const volumeBytes = 1_099_511_627_776;

interface Pair {
  readonly database: Database;
  readonly copy: Copy;
}

export const GetMailboxDatabaseCopyStatus = defineCmdlet({
  name: "Get-MailboxDatabaseCopyStatus",
  reads: ["Identity", "Server", "Active", "Local", "ConnectionStatus", "ExtendedErrorInfo", "UseServerCache"],
  roles: { inferred: ["Database Copies", "View-Only Configuration"] },
  run(call) {
    const pairs = call.args.text("Identity") === undefined ? onServer(call) : byIdentity(call, call.args.text("Identity") ?? "");
    const asked = call.args.flag("Active") ? pairs.filter(({ database, copy }) => copy.server === database.active) : pairs;
    return { output: asked.map((pair) => entry(call, pair)) };
  },
});

function allPairs(call: Call): readonly Pair[] {
  return call.site.databases.flatMap((database) => database.copies.map((copy) => ({ database, copy })));
}

function onServer(call: Call): readonly Pair[] {
  const server = serverOf(call, "Server");
  return allPairs(call).filter(({ copy }) => copy.server === server.name);
}

function byIdentity(call: Call, identity: string): readonly Pair[] {
  const [database = "", server = "*"] = identity.split("\\");
  const all = allPairs(call);
  const found = all.filter((pair) => isLike(pair.database.name, database) && isLike(pair.copy.server, server));
  if (found.length > 0 || identity.includes("*")) return found;
  return call.site.switches.unknownIdentity === "returnsAll" ? all : refuseUnknown(call, identity);
}

function entry({ site }: Call, { database, copy }: Pair): PsObject {
  const now = site.agenda.now();
  const server = site.server(copy.server);
  const name = `${database.name}\\${shown(copy.server)}`;
  const status = database.statusOf(copy, site.dag, now);
  const isActive = copy.server === database.active;
  const isDown = status === "ServiceDown";
  const counters = database.countersOf(copy);
  const manager = site.dag.primaryActiveManager();
  const passive = <Value>(value: Value) => (isActive || isDown ? null : value);
  const number = (value: number | bigint) => BigInt(isDown ? 0 : value);
  const freeBytes = Math.max(0, volumeBytes - database.sizeBytes - database.logBacklogBytes());
  const properties = {
    Identity: name,
    Id: name,
    Name: name,
    DatabaseName: database.name,
    Status: copyStatus(site, status),
    InstanceStartTime: utcDate(isDown ? undefined : copy.startedAtMs),
    LastStatusTransitionTime: utcDate(copy.statusSinceMs),
    InternalStartupMessage: null,
    InternalStartupMessageTimeUtc: null,
    MailboxServer: shown(copy.server),
    ActiveDatabaseCopy: database.active,
    ActiveCopy: isActive,
    ActivationPreference: copy.preference,
    StatusRetrievedTime: utcDate(now),
    WorkerProcessId: isActive && database.mounted ? 4_000 + Number(database.name.slice(2)) * 12 : null,
    IsLastCopyAvailabilityChecksPassed: !isDown,
    LastCopyAvailabilityChecksPassedTime: utcDate(isDown ? undefined : now),
    LastCopyAvailabilityCheckFailedID: null,
    LastCopyAvailabilityCheckFailedErrorMsg: null,
    IsLastCopyRedundancyChecksPassed: !isDown,
    LastCopyRedundancyChecksPassedTime: utcDate(isDown ? undefined : now),
    LastCopyRedundancyCheckFailedID: null,
    LastCopyRedundancyCheckFailedErrorMsg: null,
    ActivationSuspended: copy.activationSuspended,
    ActionInitiator: isActive ? database.lastActionBy : "Unknown",
    ErrorMessage: isDown
      ? `The Microsoft Exchange Replication service does not appear to be running on "${shown(copy.server)}". Verify that the server is operating, and that the services can be queried remotely.`
      : null,
    ErrorEventId: null,
    ExtendedErrorInfo: null,
    SuspendComment: null,
    RequiredLogsPresent: null,
    SinglePageRestore: 0n,
    ContentIndexState: "NotApplicable",
    ContentIndexErrorMessage: "",
    ContentIndexErrorCode: null,
    ContentIndexVersion: null,
    ContentIndexCrawlVersion: null,
    ContentIndexBacklog: null,
    ContentIndexRetryQueueSize: null,
    ContentIndexMailboxesToCrawl: null,
    ContentIndexSeedingPercent: null,
    ContentIndexSeedingSource: null,
    ContentIndexServerSource: null,
    SeedingSourceForDB: false,
    SeedingSourceForCI: false,
    SeedingThrottleStatus: "Unknown",
    RecentServerCpuPercentage: 7,
    IsFileModeReplicationBeingThrottled: false,
    CopyQueueLength: number(counters.copyQueueLength),
    ReplayQueueLength: number(counters.replayQueueLength),
    ReplaySuspended: false,
    ResumeBlocked: false,
    ReseedBlocked: false,
    InPlaceReseedBlocked: false,
    MinimumSupportedDatabaseSchemaVersion: "0.121",
    MaximumSupportedDatabaseSchemaVersion: "0.150",
    RequestedDatabaseSchemaVersion: null,
    LatestAvailableLogTime: passive(utcDate(copy.inspectedAtMs)),
    LastCopyNotificationedLogTime: passive(utcDate(copy.inspectedAtMs)),
    LastCopiedLogTime: passive(utcDate(copy.inspectedAtMs)),
    LastInspectedLogTime: passive(utcDate(copy.inspectedAtMs)),
    LastReplayedLogTime: passive(utcDate(copy.replayedAtMs)),
    CurrentReplayLogTime: passive(utcDate(copy.replayedAtMs)),
    LastLogGenerated: number(counters.lastLogGenerated),
    LastLogCopyNotified: number(isActive ? 0 : counters.lastLogGenerated),
    LastLogCopied: number(counters.lastLogInspected),
    LastLogInspected: number(counters.lastLogInspected),
    LastLogReplayed: number(counters.lastLogReplayed),
    LowestLogPresent: 0n,
    LastLogInfoIsStale: copy.losesSightOfNewestLog && !isActive,
    LastLogInfoFromCopierTime: passive(utcDate(now)),
    LastLogInfoFromClusterTime: passive(utcDate(now)),
    LastLogInfoFromClusterGen: number(counters.lastLogGenerated),
    ReplicationIsInBlockMode: false,
    ReplicationIsInScavengeMode: false,
    ActivationDisabledAndMoveNow: server?.moveNow ?? false,
    AutoActivationPolicy: activationPolicy(site, server?.policy ?? "Unrestricted"),
    LogsReplayedSinceInstanceStart: number(isActive ? 0 : copy.replayed - copy.replayedAtStart),
    LogsCopiedSinceInstanceStart: number(isActive ? 0 : copy.inspected - copy.inspectedAtStart),
    LatestFullBackupTime: null,
    LatestIncrementalBackupTime: null,
    LatestDifferentialBackupTime: null,
    LatestCopyBackupTime: null,
    SnapshotBackup: null,
    SnapshotLatestFullBackup: null,
    SnapshotLatestIncrementalBackup: null,
    SnapshotLatestDifferentialBackup: null,
    SnapshotLatestCopyBackup: null,
    LogReplayQueueIncreasing: false,
    LogCopyQueueIncreasing: false,
    // Nothing of a copy whose server is silent: who knows then that it is lagged, knows it from the directory.
    ReplayLagStatus: isDown ? null : replayLagText(copy.replayLagMs),
    DatabaseSeedStatus: "",
    OutstandingDumpsterRequests: array("Microsoft.Exchange.Management.SystemConfigurationTasks.DumpsterRequestEntry", []),
    OutgoingConnections: null,
    IncomingLogCopyingNetwork: null,
    SeedingNetwork: null,
    DiskFreeSpacePercent: isDown ? 0 : Math.floor((freeBytes / volumeBytes) * 100),
    DiskFreeSpace: sizeText(isDown ? 0 : freeBytes),
    DiskTotalSpace: sizeText(isDown ? 0 : volumeBytes),
    ExchangeVolumeMountPoint: "",
    DatabaseVolumeMountPoint: "D:\\",
    DatabaseVolumeName: "",
    DatabasePathIsOnMountedFolder: false,
    LogVolumeMountPoint: "D:\\",
    LogVolumeName: "",
    LogPathIsOnMountedFolder: false,
    LastDatabaseVolumeName: "",
    LastDatabaseVolumeNameTransitionTime: null,
    VolumeInfoError: "",
    MaxLogToReplay: 0n,
    IsPrimaryActiveManager: manager?.name === copy.server,
    IsActiveManagerRoleUnknown: isDown,
    LowestRequiredLog: 0n,
    HighestRequiredLog: 0n,
    IsValid: true,
    ObjectState: "Unchanged",
  };
  return psObject({ typeNames: [typeName, "System.Object"], text: name, properties });
}

function replayLagText(lagMs: number): string {
  const [enabled, percentage, lag] = [lagMs > 0 ? "True" : "False", lagMs > 0 ? 100 : 0, spanText(lagMs)];
  return `Enabled:${enabled}; PlayDownReason:None; ReplaySuspendReason:None; Percentage:${percentage}; Configured:${lag}; MaxDelay:1.00:00:00; Actual:${lag}`;
}
