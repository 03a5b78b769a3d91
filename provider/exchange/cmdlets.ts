// Lists every cmdlet that the provider sends. The page of cmdlets is written from it, and tests compare it with the cmdlet reference.
import { GetDatabaseAvailabilityGroup, SetDatabaseAvailabilityGroup } from "./availability-group.ts";
import type { Cmdlet } from "./cmdlet.ts";
import { GetServerComponentState } from "./components.ts";
import { DismountDatabase, GetMailboxDatabase, GetMailboxDatabaseCopyStatus, MountDatabase } from "./databases.ts";
import { GetExchangeServer } from "./domain-controller.ts";
import { GetQueue } from "./queues.ts";
import { GetService, ResumeService, StartService, SuspendService } from "./services.ts";

export const cmdlets: readonly Cmdlet[] = [
  DismountDatabase,
  GetDatabaseAvailabilityGroup,
  GetExchangeServer,
  GetMailboxDatabase,
  GetMailboxDatabaseCopyStatus,
  GetQueue,
  GetServerComponentState,
  GetService,
  MountDatabase,
  ResumeService,
  SetDatabaseAvailabilityGroup,
  StartService,
  SuspendService,
];
