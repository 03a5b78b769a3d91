// Plays the cmdlets of the ordinary PowerShell endpoint, each for the server that was asked: services and the cluster's nodes.
// Shapes: recordings of Get-Service, facts/exchange.md 5.3. Words: Windows PowerShell 5.1.
import { psObject } from "../../../provider/remoting/clixml/build.ts";
import type { PsObject } from "../../../provider/remoting/clixml/values.ts";
import { shown } from "../../world/cast.ts";
import type { Member } from "../../world/dag.ts";
import { type Service, ServiceRefused } from "../../world/services.ts";
import type { HostError } from "../cmdlet-host.ts";
import { type Answer, type Call, CmdletFailure, isLike } from "./call.ts";
import { type Cmdlet, defineCmdlet } from "./cmdlet.ts";
import { categories } from "./errors.ts";
import { array } from "./wire.ts";

const commands = "Microsoft.PowerShell.Commands";
const serviceTypes = [
  "System.ServiceProcess.ServiceController",
  "System.ComponentModel.Component",
  "System.MarshalByRefObject",
  "System.Object",
];

export const GetService = defineCmdlet({
  name: "Get-Service",
  reads: ["Name", "DisplayName"],
  run(call) {
    const { found, errors } = servicesNamed(call, true);
    return { output: found.map((one) => serviceObject(call, one)), errors };
  },
});

/** What those read that change services. */
const controlReads = ["Name", "DisplayName", "PassThru", "Force"];

export const SuspendService = defineCmdlet({
  name: "Suspend-Service",
  reads: controlReads,
  run: (call) => control(call, (service) => call.local.services.pause(service.name)),
});

export const ResumeService = defineCmdlet({
  name: "Resume-Service",
  reads: controlReads,
  run: (call) => control(call, (service) => call.local.services.resume(service.name)),
});

export const StartService = defineCmdlet({
  name: "Start-Service",
  reads: controlReads,
  run: (call) => control(call, (service) => call.local.services.start(service.name)),
});

export const StopService = defineCmdlet({
  name: "Stop-Service",
  reads: controlReads,
  run: (call) => control(call, (service) => call.local.services.stop(service.name, call.args.flag("Force"))),
});

export const GetClusterNode = defineCmdlet({
  name: "Get-ClusterNode",
  reads: ["Name"],
  run(call) {
    const { site, local, args } = call;
    if (!local.runs("ClusSvc") || !site.dag.hasQuorum()) {
      throw new CmdletFailure({
        message:
          "The cluster service is not running.  Make sure that the service is running on all nodes in the cluster.\r\n    There are no more endpoints available from the endpoint mapper",
        fullyQualifiedErrorId: "Get-ClusterNode,Microsoft.FailoverClusters.PowerShell.GetNodeCommand",
        exception: "Microsoft.FailoverClusters.PowerShell.ClusterCmdletException",
        category: categories.connectionError,
      });
    }
    const names = args.texts("Name");
    const found = site.dag.members.filter((member) => names.length === 0 || names.some((name) => isLike(member.name, name)));
    return { output: found.map((member) => nodeObject(call, member)) };
  },
});

/** Does one thing to each service that -Name names; the rest goes on when one is refused. */
function control(call: Call, act: (service: Service) => void): Answer {
  const { found, errors } = servicesNamed(call, false);
  const refused: HostError[] = [];
  const done: Service[] = [];
  for (const service of found) {
    try {
      if (!call.args.flag("WhatIf")) act(service);
      done.push(service);
    } catch (error) {
      if (!(error instanceof ServiceRefused)) throw error;
      refused.push(refusalOf(call, service, error));
    }
  }
  return { output: call.args.flag("PassThru") ? done.map((service) => serviceObject(call, service)) : [], errors: [...errors, ...refused] };
}

function servicesNamed(call: Call, allWhenMissing: boolean): { readonly found: readonly Service[]; readonly errors: readonly HostError[] } {
  const all = call.local.services.all();
  const isByDisplayName = call.args.texts("DisplayName").length > 0;
  const names = call.args.texts(isByDisplayName ? "DisplayName" : "Name");
  if (names.length === 0) return { found: allWhenMissing ? all : [], errors: [] };
  const found = new Set<Service>();
  const errors: HostError[] = [];
  for (const name of names) {
    const matching = all.filter((service) => isLike(isByDisplayName ? service.displayName : service.name, name));
    for (const service of matching) found.add(service);
    if (matching.length > 0 || /[*?]/.test(name)) continue;
    errors.push({
      message: `Cannot find any service with ${isByDisplayName ? "display" : "service"} name '${name}'.`,
      fullyQualifiedErrorId: `NoServiceFoundForGiven${isByDisplayName ? "DisplayName" : "Name"},${commandClass(call.cmdlet)}`,
      exception: `${commands}.ServiceCommandException`,
      category: categories.objectNotFound,
      targetName: name,
    });
  }
  return { found: [...found], errors };
}

function refusalOf(call: Call, service: Service, { refusal, service: at }: ServiceRefused): HostError {
  const verb = call.cmdlet.name.slice(0, call.cmdlet.name.indexOf("-"));
  const done = { Suspend: "suspended", Resume: "resumed", Start: "started", Stop: "stopped" }[verb] ?? "controlled";
  const named = `'${service.displayName} (${service.name})'`;
  const error = (id: string, message: string, category: HostError["category"]): HostError => ({
    message,
    fullyQualifiedErrorId: `${id},${commandClass(call.cmdlet)}`,
    exception: `${commands}.ServiceCommandException`,
    category,
    targetName: service.name,
  });
  switch (refusal) {
    case "notRunning":
      return error(
        `CouldNot${verb}ServiceNotRunning`,
        `Service ${named} cannot be ${done} because it is not currently running.`,
        categories.closeError,
      );
    case "cannotPause":
      return error(
        `CouldNot${verb}ServiceNotSupported`,
        `Service ${named} cannot be ${done} because the service does not support being suspended or resumed.`,
        categories.closeError,
      );
    case "hasDependents":
      return error(
        "ServiceHasDependentServices",
        `Cannot stop service ${named} because it has dependent services. It can only be stopped if the Force flag is set.`,
        categories.invalidOperation,
      );
    case "disabled":
    case "notFound":
      return error(
        "CouldNotStartService",
        `Service ${named} cannot be ${done} due to the following error: Cannot start service ${at} on computer '.'.`,
        categories.openError,
      );
  }
}

function commandClass({ name }: Cmdlet): string {
  return `${commands}.${name.replace("-", "")}Command`;
}

function serviceObject(call: Call, service: Service): PsObject {
  const isLive = service.status === "Running" || service.status === "Paused";
  const required = array("System.ServiceProcess.ServiceController", service.dependsOn);
  return psObject({
    typeNames: serviceTypes,
    text: service.name,
    properties: {
      CanPauseAndContinue: isLive && service.canPause,
      CanShutdown: isLive,
      CanStop: isLive,
      DisplayName: service.displayName,
      DependentServices: array(
        "System.ServiceProcess.ServiceController",
        call.local.services.dependentsOf(service.name).map((one) => one.name),
      ),
      MachineName: ".",
      ServiceName: service.name,
      ServicesDependedOn: required,
      ServiceHandle: "SafeServiceHandle",
      Status: service.status,
      ServiceType: "Win32OwnProcess",
      StartType: service.startType,
      Site: null,
      Container: null,
    },
    notes: { Name: service.name, RequiredServices: required },
  });
}

function nodeObject({ site }: Call, member: Member): PsObject {
  const index = site.dag.members.indexOf(member) + 1;
  return psObject({
    typeNames: [
      "Microsoft.FailoverClusters.PowerShell.ClusterNode",
      "Microsoft.FailoverClusters.PowerShell.ClusterObject",
      "System.Object",
    ],
    text: shown(member.name),
    properties: {
      BuildNumber: 17763,
      Cluster: site.cast.dag,
      CSDVersion: "",
      Description: "",
      DrainStatus: "NotInitiated",
      DrainTarget: -1,
      DynamicWeight: site.dag.isNodeUp(member) ? 1 : 0,
      FaultDomain: "",
      Id: String(index),
      MajorVersion: 10,
      Manufacturer: "",
      MinorVersion: 0,
      Model: "",
      Name: shown(member.name),
      NeedsPreventQuorum: 0,
      NodeHighestVersion: 655_362,
      NodeInstanceID: `00000000-0000-0000-0000-${String(index).padStart(12, "0")}`,
      NodeLowestVersion: 589_834,
      NodeName: shown(member.name),
      NodeWeight: 1,
      SerialNumber: "",
      State: site.dag.isNodeUp(member) ? "Up" : "Down",
      StatusInformation: "Normal",
    },
  });
}
