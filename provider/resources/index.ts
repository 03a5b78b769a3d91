// Every resource of the provider, one line each: the classes for programs, from whose shapes the plugin, the schema and the reference pages derive.
export { BackupMxQueue, type BackupMxQueueInputs } from "./backup-mx-queue/shape.ts";
export { MailboxDatabaseState, type MailboxDatabaseStateInputs } from "./mailbox-database-state/shape.ts";
export { MxRecord, type MxRecordInputs } from "./mx-record/shape.ts";
export { ReadinessGate, type ReadinessGateInputs } from "./readiness-gate/shape.ts";
export { TransportState, type TransportStateInputs } from "./transport-state/shape.ts";
