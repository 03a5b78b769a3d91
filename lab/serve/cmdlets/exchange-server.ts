// Plays Get-ExchangeServer and Get-MailboxServer: what the directory says of servers. Shapes: recordings of Exchange 2016, facts/exchange.md 10.2, 10.3.
import type { PsObject } from "../../../provider/remoting/clixml/values.ts";
import { shown } from "../../world/cast.ts";
import type { Server } from "../../world/server.ts";
import { defineCmdlet } from "./cmdlet.ts";
import { activationPolicy } from "./enums.ts";
import { named, serverNames } from "./lookup.ts";
import {
  administrativeGroup,
  array,
  type DirectoryPlace,
  type DirectoryView,
  directoryObject,
  installPath,
  productVersion,
  texts,
} from "./wire.ts";

const presentation = "Microsoft.Exchange.Data.Directory.Management.ADPresentationObject";

export const GetExchangeServer = defineCmdlet({
  name: "Get-ExchangeServer",
  reads: ["Identity", "Status"],
  roles: { named: ["Exchange Servers", "View-Only Configuration"] },
  run(call) {
    return {
      output: named(call, call.site.servers, serverNames).map((server) => exchangeServer(call, server, call.args.flag("Status"))),
    };
  },
});

export const GetMailboxServer = defineCmdlet({
  name: "Get-MailboxServer",
  reads: ["Identity", "Status"],
  roles: { named: ["Exchange Servers", "View-Only Configuration"] },
  run: (call) => ({ output: named(call, call.site.servers, serverNames).map((server) => mailboxServer(call, server)) }),
});

function exchangeServer(view: DirectoryView, server: Server, withStatus: boolean): PsObject {
  const { site } = view;
  const name = shown(server.name);
  const inSite = site.directory.controllers.filter((one) => one.adSite === server.adSite && site.directory.answers(one));
  const domainControllers = texts(withStatus ? inSite.map((one) => one.fqdn) : []);
  const protocols = ["ncacn_vns_spp", "netbios", "ncacn_np", "ncacn_spx", "ncacn_ip_tcp", "ncalrpc"];
  const addresses = protocols.map((protocol) => `${protocol}:${protocol === "ncacn_ip_tcp" ? server.fqdn : name}`);
  const properties = {
    Name: name,
    DataPath: `${installPath}\\Mailbox`,
    Domain: site.cast.adDomain,
    Edition: "Enterprise",
    ExchangeLegacyDN: `/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers/cn=${name}`,
    ExchangeLegacyServerRole: 0,
    Fqdn: server.fqdn,
    CustomerFeedbackEnabled: false,
    InternetWebProxy: null,
    InternetWebProxyBypassList: null,
    IsHubTransportServer: true,
    IsClientAccessServer: true,
    IsExchange2007OrLater: true,
    IsEdgeServer: false,
    IsMailboxServer: true,
    IsE14OrLater: true,
    IsE15OrLater: true,
    IsProvisionedServer: false,
    IsUnifiedMessagingServer: false,
    IsFrontendTransportServer: true,
    NetworkAddress: texts(addresses, ["Microsoft.Exchange.Data.NetworkAddressCollection", "System.Object"]),
    OrganizationalUnit: `${site.cast.adDomain}/${name}`,
    AdminDisplayVersion: productVersion,
    Site: `${site.cast.adDomain}/Configuration/Sites/${server.adSite}`,
    ServerRole: "Mailbox",
    ErrorReportingEnabled: false,
    MitigationsEnabled: true,
    StaticDomainControllers: texts([]),
    StaticGlobalCatalogs: texts([]),
    StaticConfigDomainController: "",
    StaticExcludedDomainControllers: texts([]),
    MonitoringGroup: "",
    CurrentDomainControllers: domainControllers,
    CurrentGlobalCatalogs: domainControllers,
    CurrentConfigDomainController: withStatus ? server.controller.fqdn : "",
    ProductID: "02064-110-9251063-78502",
    IsExchangeTrialEdition: false,
    IsExpiredExchangeTrialEdition: false,
    MailboxProvisioningAttributes: null,
    RemainingTrialPeriod: "00:00:00",
    MitigationsApplied: null,
    MitigationsBlocked: null,
    DataCollectionEnabled: false,
  };
  return directoryObject(view, ["Microsoft.Exchange.Data.Directory.Management.ExchangeServer", presentation], properties, placeOf(server));
}

function mailboxServer(view: DirectoryView, server: Server): PsObject {
  const { site, controller } = view;
  const logs = `${installPath}\\Logging`;
  const properties = {
    Name: shown(server.name),
    DataPath: `${installPath}\\Mailbox`,
    SharingPolicySchedule: array("Microsoft.Exchange.Common.ScheduleInterval", []),
    CalendarRepairMissingItemFixDisabled: false,
    CalendarRepairLogEnabled: true,
    CalendarRepairLogSubjectLoggingEnabled: true,
    CalendarRepairLogPath: `${logs}\\Calendar Repair Assistant`,
    CalendarRepairLogFileAgeLimit: "10.00:00:00",
    CalendarRepairLogDirectorySizeLimit: "500 MB (524,288,000 bytes)",
    CalendarRepairIntervalEndWindow: 7,
    CalendarRepairMode: "RepairAndValidate",
    ManagedFolderAssistantSchedule: null,
    LogPathForManagedFolders: `${logs}\\Managed Folder Assistant`,
    LogFileAgeLimitForManagedFolders: "00:00:00",
    LogDirectorySizeLimitForManagedFolders: "Unlimited",
    LogFileSizeLimitForManagedFolders: "10 MB (10,485,760 bytes)",
    MigrationLogLoggingLevel: "Information",
    MigrationLogFilePath: null,
    MigrationLogMaxAge: "180.00:00:00",
    MigrationLogMaxDirectorySize: "5 GB (5,368,709,120 bytes)",
    MigrationLogMaxFileSize: "100 MB (104,857,600 bytes)",
    MAPIEncryptionRequired: false,
    RetentionLogForManagedFoldersEnabled: false,
    JournalingLogForManagedFoldersEnabled: false,
    FolderLogForManagedFoldersEnabled: false,
    SubjectLogForManagedFoldersEnabled: false,
    SubmissionServerOverrideList: texts([]),
    AutoDatabaseMountDial: "GoodAvailability",
    ForceGroupMetricsGeneration: false,
    IsPhoneticSupportEnabled: false,
    Locale: texts([]),
    DatabaseAvailabilityGroup: site.cast.dag,
    DatabaseCopyAutoActivationPolicy: activationPolicy(site, server.activation.policy.at(controller)),
    DatabaseCopyActivationDisabledAndMoveNow: server.activation.moveNow.at(controller),
    FaultZone: "FaultZone1",
    AutoDagServerConfigured: false,
    TransportSyncDispatchEnabled: false,
    MaxTransportSyncDispatchers: 5,
    TransportSyncLogEnabled: false,
    TransportSyncLogLoggingLevel: "None",
    TransportSyncLogFilePath: null,
    TransportSyncLogMaxAge: "30.00:00:00",
    TransportSyncLogMaxDirectorySize: "2 GB (2,147,483,648 bytes)",
    TransportSyncLogMaxFileSize: "10 MB (10,485,760 bytes)",
    TransportSyncMailboxHealthLogEnabled: false,
    TransportSyncMailboxHealthLogFilePath: null,
    TransportSyncMailboxHealthLogMaxAge: "30.00:00:00",
    TransportSyncMailboxHealthLogMaxDirectorySize: "10 GB (10,737,418,240 bytes)",
    TransportSyncMailboxHealthLogMaxFileSize: "10 MB (10,485,760 bytes)",
    IsExcludedFromProvisioning: false,
    MaximumActiveDatabases: null,
    MaximumPreferredActiveDatabases: null,
    WacDiscoveryEndpoint: null,
    AdminDisplayVersion: productVersion,
    ServerRole: "Mailbox",
    ExchangeLegacyServerRole: 0,
  };
  return directoryObject(view, ["Microsoft.Exchange.Data.Directory.Management.MailboxServer", presentation], properties, placeOf(server));
}

function placeOf(server: Server): DirectoryPlace {
  return {
    name: shown(server.name),
    container: `CN=Servers,${administrativeGroup}`,
    schemaClass: "ms-Exch-Exchange-Server",
    objectClasses: ["top", "server", "msExchExchangeServer"],
    guid: server.guid,
  };
}
