// The cmdlets that the lab's endpoints offer, by configuration: Exchange's at Microsoft.Exchange, Windows' at Microsoft.PowerShell.
// A name asked at the wrong endpoint is not there. Binding of parameters and prompts came before; transport comes after.
import type { Site } from "../../world/site.ts";
import type { CmdletHost, CmdletReply, CmdletRequest, Configuration } from "../cmdlet-host.ts";
import { type Answer, Arguments, type Cmdlet, CmdletFailure } from "./call.ts";
import { getServerComponentState } from "./component-state.ts";
import { getMailboxDatabaseCopyStatus } from "./copy-status.ts";
import { getDatabaseAvailabilityGroup, setDatabaseAvailabilityGroup } from "./dag.ts";
import { dismountDatabase, getMailboxDatabase, mountDatabase } from "./database.ts";
import { notRecognized } from "./errors.ts";
import { getExchangeServer, getMailboxServer } from "./exchange-server.ts";
import { testReplicationHealth, testServiceHealth } from "./health.ts";
import { getAcceptedDomain, getTransportConfig } from "./organization.ts";
import { getQueue, redirectMessage, retryQueue } from "./queue.ts";
import { getClusterNode, getService, resumeService, startService, stopService, suspendService } from "./windows.ts";

const cmdlets: Readonly<Record<Configuration, Readonly<Record<string, Cmdlet>>>> = {
  "Microsoft.Exchange": {
    "Get-ExchangeServer": getExchangeServer,
    "Get-MailboxServer": getMailboxServer,
    "Get-DatabaseAvailabilityGroup": getDatabaseAvailabilityGroup,
    "Set-DatabaseAvailabilityGroup": setDatabaseAvailabilityGroup,
    "Get-MailboxDatabase": getMailboxDatabase,
    "Get-MailboxDatabaseCopyStatus": getMailboxDatabaseCopyStatus,
    "Mount-Database": mountDatabase,
    "Dismount-Database": dismountDatabase,
    "Get-Queue": getQueue,
    "Retry-Queue": retryQueue,
    "Redirect-Message": redirectMessage,
    "Get-ServerComponentState": getServerComponentState,
    "Get-AcceptedDomain": getAcceptedDomain,
    "Get-TransportConfig": getTransportConfig,
    "Test-ReplicationHealth": testReplicationHealth,
    "Test-ServiceHealth": testServiceHealth,
  },
  "Microsoft.PowerShell": {
    "Get-Service": getService,
    "Suspend-Service": suspendService,
    "Resume-Service": resumeService,
    "Start-Service": startService,
    "Stop-Service": stopService,
    "Get-ClusterNode": getClusterNode,
  },
};

/** The asked server does not answer at all: whoever serves the endpoint lets the connection time out. */
export class EndpointSilent extends Error {
  override readonly name = "EndpointSilent";
  constructor(request: CmdletRequest) {
    super(`${request.server} does not answer at ${request.configuration}`);
  }
}

/** Names of the cmdlets at that endpoint. */
export function cmdletNames(configuration: Configuration): readonly string[] {
  return Object.keys(cmdlets[configuration]);
}

/** The site's endpoints. Rejects with {@link EndpointSilent} when the asked server is off or its endpoint dead. */
export function exchangeHost(site: Site): CmdletHost {
  return async (request) => {
    const local = site.server(request.server);
    if (local === undefined || !local.endpointAnswers(request.configuration)) throw new EndpointSilent(request);
    const [cmdlet, run] = find(request.configuration, request.cmdlet) ?? [request.cmdlet, undefined];
    if (run === undefined) return { output: [], warnings: [], errors: [], failed: notRecognized(request.cmdlet) };
    const args = new Arguments(request.parameters);
    return replyOf(
      answer(() => run({ site, local, cmdlet, args })),
      args,
    );
  };
}

function find(configuration: Configuration, name: string): readonly [string, Cmdlet] | undefined {
  return Object.entries(cmdlets[configuration]).find(([known]) => known.toLowerCase() === name.toLowerCase());
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
