// Plays Get- and Set-DatabaseAvailabilityGroup. Properties: facts/exchange.md 5.1 (a list that was seen, no recording of 2019).
import type { PsObject, PsValue } from "../../../provider/remoting/clixml/values.ts";
import { shown } from "../../world/cast.ts";
import { parseSpan, spanText } from "../../world/text.ts";
import { defineCmdlet } from "./cmdlet.ts";
import { categories, refuse, refuseUnknown } from "./errors.ts";
import { named } from "./lookup.ts";
import { type DirectoryView, directoryObject, texts } from "./wire.ts";

const witness = { server: "fs1.contoso.local", directory: "C:\\DAGFileShareWitnesses\\DAG1.contoso.local" };

export const GetDatabaseAvailabilityGroup = defineCmdlet({
  name: "Get-DatabaseAvailabilityGroup",
  reads: ["Identity", "Status"],
  roles: { named: ["View-Only Configuration"], inferred: ["Database Availability Groups", "Exchange Servers"] },
  run(call) {
    const found = named(call, [call.site.cast.dag], (name) => [name]);
    const wantsStatus = call.args.flag("Status");
    if (found.length > 0 && wantsStatus && !call.site.dag.hasQuorum()) {
      const warning = `Unable to get Primary Active Manager information due to an Active Manager call failure. Error: An Active Manager operation failed.`;
      return { output: [dagObject(call, true)], warnings: [warning] };
    }
    return { output: found.map(() => dagObject(call, wantsStatus)) };
  },
});

export const SetDatabaseAvailabilityGroup = defineCmdlet({
  name: "Set-DatabaseAvailabilityGroup",
  reads: ["Identity", "PreferenceMoveFrequency"],
  roles: { named: ["Database Availability Groups"] },
  run(call) {
    const { site, args, controller } = call;
    const identity = args.text("Identity") ?? "";
    if (identity.toLowerCase() !== site.cast.dag.toLowerCase()) refuseUnknown(call, identity);
    const nothingChanged = { warnings: [`The command completed successfully but no settings of '${site.cast.dag}' have been modified.`] };
    const text = args.text("PreferenceMoveFrequency");
    if (text === undefined) return nothingChanged;
    const everyMs = parseSpan(text) ?? parseDuration(text);
    if (everyMs === undefined) {
      return refuse(call, {
        message: `Cannot process argument transformation on parameter 'PreferenceMoveFrequency'. Cannot convert value "${text}" to type "System.TimeSpan".`,
        exception: "System.Management.Automation.ParameterBindingException",
        category: categories.invalidArgument,
      });
    }
    if (everyMs === site.dag.preferenceMove.at(controller)) return nothingChanged;
    if (!args.flag("WhatIf")) site.dag.preferenceMove.write(everyMs, controller);
    return {};
  },
});

function dagObject(view: DirectoryView, withStatus: boolean): PsObject {
  const { site, controller } = view;
  const { dag, cast } = site;
  const names = (members: readonly { readonly name: string }[]) => texts(members.map((member) => shown(member.name)));
  const started = dag.mode === "DagOnly" ? cast.servers.map((server) => server.fqdn) : [];
  const manager = dag.primaryActiveManager();
  const status: Readonly<Record<string, PsValue>> = withStatus
    ? {
        WitnessShareInUse: dag.usesWitness() && site.switches.witnessUp ? "Primary" : dag.usesWitness() ? "InvalidConfiguration" : "None",
        OperationalServers: names(dag.hasQuorum() ? dag.nodesUp() : []),
        PrimaryActiveManager: manager === undefined ? null : shown(manager.name),
        ServersInMaintenance: texts([]),
        ReplicationPort: 64327,
        NetworkNames: texts(["MapiDagNetwork"]),
      }
    : {
        WitnessShareInUse: null,
        OperationalServers: null,
        PrimaryActiveManager: null,
        ServersInMaintenance: null,
        ReplicationPort: 0,
        NetworkNames: texts([]),
      };
  const properties = {
    Servers: names([...cast.servers].reverse()),
    WitnessServer: witness.server,
    WitnessDirectory: witness.directory,
    AlternateWitnessServer: null,
    AlternateWitnessDirectory: null,
    NetworkCompression: "InterSubnetOnly",
    NetworkEncryption: "InterSubnetOnly",
    ManualDagNetworkConfiguration: false,
    DatacenterActivationMode: dag.mode,
    StoppedMailboxServers: texts([]),
    StartedMailboxServers: texts(started),
    DatabaseAvailabilityGroupIpv4Addresses: texts([]),
    DatabaseAvailabilityGroupIpAddresses: texts([]),
    AllowCrossSiteRpcClientAccess: false,
    ...status,
    ActivityState: null,
    AutoDagSchemaVersion: "1.0",
    AutoDagDatabaseCopiesPerDatabase: 1,
    AutoDagDatabaseCopiesPerVolume: 1,
    AutoDagTotalNumberOfDatabases: 0,
    AutoDagTotalNumberOfServers: 0,
    AutoDagDatabasesRootFolderPath: "C:\\ExchangeDatabases",
    AutoDagVolumesRootFolderPath: "C:\\ExchangeVolumes",
    AutoDagAllServersInstalled: false,
    AutoDagAutoReseedEnabled: true,
    AutoDagDiskReclaimerEnabled: true,
    AutoDagBitlockerEnabled: false,
    AutoDagFIPSCompliant: false,
    AutoDagAutoRedistributeEnabled: true,
    AutoDagSIPEnabled: false,
    ReplayLagManagerEnabled: true,
    PreferenceMoveFrequency: spanText(dag.preferenceMove.at(controller)),
    MailboxLoadBalanceMaximumEdbFileSize: null,
    MailboxLoadBalanceRelativeLoadCapacity: null,
    MailboxLoadBalanceOverloadedThreshold: null,
    MailboxLoadBalanceUnderloadedThreshold: null,
    MailboxLoadBalanceMinimumBalancingThreshold: null,
    MailboxLoadBalanceEnabled: null,
    FileSystem: "NTFS",
    MetaCacheDatabaseVolumesPerServer: 0,
    SiloName: null,
    ThirdPartyReplication: "Disabled",
  };
  const types = ["DatabaseAvailabilityGroup", "ADConfigurationObject"].map(
    (name) => `Microsoft.Exchange.Data.Directory.SystemConfiguration.${name}`,
  );
  return directoryObject(view, types, properties, {
    name: cast.dag,
    container: "CN=Database Availability Groups,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups",
    schemaClass: "ms-Exch-MDB-Availability-Group",
    objectClasses: ["top", "msExchMDBAvailabilityGroup"],
  });
}

/** A TimeSpan as CLIXML writes it: `PT1H`, `-PT0.001S`. */
function parseDuration(text: string): number | undefined {
  const match = /^(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, days = "0", hours = "0", minutes = "0", seconds = "0"] = match;
  const ms = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000;
  return sign === undefined ? ms : -ms;
}
