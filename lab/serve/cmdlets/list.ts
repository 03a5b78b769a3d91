// Lists every cmdlet that the lab serves, and finds them by endpoint: Exchange's at Microsoft.Exchange, Windows' at Microsoft.PowerShell.
import type { Configuration } from "../cmdlet-host.ts";
import type { Signature } from "../signatures.ts";
import type { Cmdlet } from "./cmdlet.ts";
import { GetServerComponentState, SetServerComponentState } from "./component-state.ts";
import { GetMailboxDatabaseCopyStatus } from "./copy-status.ts";
import { GetDatabaseAvailabilityGroup, SetDatabaseAvailabilityGroup } from "./dag.ts";
import { DismountDatabase, GetMailboxDatabase, MountDatabase } from "./database.ts";
import { GetExchangeServer, GetMailboxServer } from "./exchange-server.ts";
import { TestReplicationHealth, TestServiceHealth } from "./health.ts";
import { SetMailboxServer } from "./mailbox-server.ts";
import { GetAcceptedDomain, GetTransportConfig } from "./organization.ts";
import { GetQueue, RedirectMessage, ResumeQueue, RetryQueue, SuspendQueue } from "./queue.ts";
import { GetClusterNode, GetService, ResumeService, StartService, StopService, SuspendService } from "./windows.ts";

export const cmdlets: readonly Cmdlet[] = [
  GetExchangeServer,
  GetMailboxServer,
  SetMailboxServer,
  GetDatabaseAvailabilityGroup,
  SetDatabaseAvailabilityGroup,
  GetMailboxDatabase,
  GetMailboxDatabaseCopyStatus,
  MountDatabase,
  DismountDatabase,
  GetQueue,
  SuspendQueue,
  ResumeQueue,
  RetryQueue,
  RedirectMessage,
  GetServerComponentState,
  SetServerComponentState,
  GetAcceptedDomain,
  GetTransportConfig,
  TestReplicationHealth,
  TestServiceHealth,
  GetService,
  SuspendService,
  ResumeService,
  StartService,
  StopService,
  GetClusterNode,
];

/** A cmdlet by its name in any case; undefined when that endpoint does not have it: Exchange's has no Get-Service, and the other way round. */
export function cmdletAt(configuration: Configuration, name: string): Cmdlet | undefined {
  const cmdlet = cmdlets.find((one) => one.name.toLowerCase() === name.toLowerCase());
  const endpoint: Configuration = cmdlet?.signature.module === "Exchange" ? "Microsoft.Exchange" : "Microsoft.PowerShell";
  return endpoint === configuration ? cmdlet : undefined;
}

export function signatureOf(configuration: Configuration, name: string): Signature | undefined {
  return cmdletAt(configuration, name)?.signature;
}
