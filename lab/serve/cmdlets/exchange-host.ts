// The cmdlets that the lab's endpoints offer, by configuration: Exchange's at Microsoft.Exchange, Windows' at Microsoft.PowerShell.
// A name asked at the wrong endpoint is not there. Binding of parameters and prompts came before; transport comes after.
import type { Site } from "../../world/site.ts";
import { commandNotFound } from "../binding-errors.ts";
import type { CmdletHost, CmdletReply, CmdletRequest, Configuration } from "../cmdlet-host.ts";
import { type Answer, Arguments, type Call, type Cmdlet, CmdletFailure } from "./call.ts";
import { getServerComponentState, setServerComponentState } from "./component-state.ts";
import { getMailboxDatabaseCopyStatus } from "./copy-status.ts";
import { getDatabaseAvailabilityGroup, setDatabaseAvailabilityGroup } from "./dag.ts";
import { dismountDatabase, getMailboxDatabase, mountDatabase } from "./database.ts";
import { notSimulated, refuseController } from "./errors.ts";
import { getExchangeServer, getMailboxServer } from "./exchange-server.ts";
import { testReplicationHealth, testServiceHealth } from "./health.ts";
import { setMailboxServer } from "./mailbox-server.ts";
import { getAcceptedDomain, getTransportConfig } from "./organization.ts";
import { getQueue, redirectMessage, retryQueue } from "./queue.ts";
import { getClusterNode, getService, resumeService, startService, stopService, suspendService } from "./windows.ts";

/** Understood the same way in all of them: prompts were seen to before, and -DomainController is read below. */
const understood = ["Confirm", "WhatIf", "DomainController", "ActiveDirectoryTimeout"];
const copyReads = ["Identity", "Server", "Active", "Local", "ConnectionStatus", "ExtendedErrorInfo", "UseServerCache"];
const activationReads = ["Identity", "DatabaseCopyAutoActivationPolicy", "DatabaseCopyActivationDisabledAndMoveNow"];
const componentReads = ["Identity", "Component", "Requester", "State", "LocalOnly", "RemoteOnly"];
const serviceReads = ["Name", "DisplayName", "PassThru", "Force"];

const cmdlets: Readonly<Record<Configuration, Readonly<Record<string, Cmdlet>>>> = {
  "Microsoft.Exchange": {
    "Get-ExchangeServer": { run: getExchangeServer, reads: ["Identity", "Status"] },
    "Get-MailboxServer": { run: getMailboxServer, reads: ["Identity", "Status"] },
    "Set-MailboxServer": { run: setMailboxServer, reads: activationReads },
    "Get-DatabaseAvailabilityGroup": { run: getDatabaseAvailabilityGroup, reads: ["Identity", "Status"] },
    "Set-DatabaseAvailabilityGroup": { run: setDatabaseAvailabilityGroup, reads: ["Identity", "PreferenceMoveFrequency"] },
    "Get-MailboxDatabase": { run: getMailboxDatabase, reads: ["Identity", "Server", "Status", "IncludePreExchange2013"] },
    "Get-MailboxDatabaseCopyStatus": { run: getMailboxDatabaseCopyStatus, reads: copyReads },
    "Mount-Database": { run: mountDatabase, reads: ["Identity", "Force", "AcceptDataLoss"] },
    "Dismount-Database": { run: dismountDatabase, reads: ["Identity"] },
    "Get-Queue": { run: getQueue, reads: ["Identity", "Server", "ResultSize"] },
    "Retry-Queue": { run: retryQueue, reads: ["Identity", "Server", "Resubmit"] },
    "Redirect-Message": { run: redirectMessage, reads: ["Server", "Target"] },
    "Get-ServerComponentState": { run: getServerComponentState, reads: ["Identity", "Component"] },
    "Set-ServerComponentState": { run: setServerComponentState, reads: componentReads },
    "Get-AcceptedDomain": { run: getAcceptedDomain, reads: ["Identity"] },
    "Get-TransportConfig": { run: getTransportConfig, reads: ["Identity"] },
    "Test-ReplicationHealth": { run: testReplicationHealth, reads: ["Identity"] },
    "Test-ServiceHealth": { run: testServiceHealth, reads: ["Server"] },
  },
  "Microsoft.PowerShell": {
    "Get-Service": { run: getService, reads: ["Name", "DisplayName"] },
    "Suspend-Service": { run: suspendService, reads: serviceReads },
    "Resume-Service": { run: resumeService, reads: serviceReads },
    "Start-Service": { run: startService, reads: serviceReads },
    "Stop-Service": { run: stopService, reads: serviceReads },
    "Get-ClusterNode": { run: getClusterNode, reads: ["Name"] },
  },
};

/** Every cmdlet has these; only ErrorAction says anything here. */
const common = /^(verbose|debug|(error|warning|information)(action|variable)|out(variable|buffer)|pipelinevariable)$/i;

/** The asked server does not answer at all: whoever serves the endpoint lets the connection time out. */
export class EndpointSilent extends Error {
  override readonly name = "EndpointSilent";
  constructor(request: CmdletRequest) {
    super(`${request.server} does not answer at ${request.configuration}`);
  }
}

/** The site's endpoints. Rejects with {@link EndpointSilent} when the asked server is off or its endpoint dead. */
export function exchangeHost(site: Site): CmdletHost {
  return async (request) => {
    const local = site.server(request.server);
    if (local === undefined || !local.endpointAnswers(request.configuration)) throw new EndpointSilent(request);
    const found = find(request.configuration, request.cmdlet);
    if (found === undefined) return { output: [], warnings: [], errors: [], failed: commandNotFound(request.cmdlet) };
    const [name, cmdlet] = found;
    const args = new Arguments(request.parameters);
    const unread = args.names.find((parameter) => !isRead(cmdlet, parameter));
    if (unread !== undefined) return { output: [], warnings: [], errors: [], failed: notSimulated(name, unread) };
    return replyOf(
      answer(() => cmdlet.run(askedController({ site, local, controller: local.controller, cmdlet: name, args }))),
      args,
    );
  };
}

function find(configuration: Configuration, name: string): readonly [string, Cmdlet] | undefined {
  return Object.entries(cmdlets[configuration]).find(([known]) => known.toLowerCase() === name.toLowerCase());
}

function isRead(cmdlet: Cmdlet, parameter: string): boolean {
  return common.test(parameter) || [...understood, ...cmdlet.reads].some((name) => name.toLowerCase() === parameter.toLowerCase());
}

/** The same call, on the view of the domain controller that it names. */
function askedController(call: Call): Call {
  const name = call.args.text("DomainController");
  if (name === undefined) return call;
  const controller = call.site.directory.find(name);
  return controller !== undefined && call.site.directory.answers(controller) ? { ...call, controller } : refuseController(call, name);
}

function answer(run: () => Answer): Answer {
  try {
    return run();
  } catch (error) {
    if (error instanceof CmdletFailure) return { errors: [error.error] };
    throw error;
  }
}

function replyOf({ output = [], warnings = [], errors = [] }: Answer, args: Arguments): CmdletReply {
  const [first] = errors;
  const action = args.text("ErrorAction")?.toLowerCase();
  if (first !== undefined && (action === "stop" || action === "1")) return { output, warnings, errors: [], failed: first };
  return { output, warnings, errors };
}
