// All that a Pulumi program imports.
export { type Word, words } from "./components/order.ts";
export type { SitePauseArgs } from "./components/parts.ts";
export { SitePause } from "./components/site-pause.ts";
export { wordOf } from "./components/word.ts";
export { BackupMxQueue, type BackupMxQueueInputs } from "./resources/backup-mx-queue/index.ts";
export { MailboxDatabaseState, type MailboxDatabaseStateInputs } from "./resources/mailbox-database-state/index.ts";
export { MxRecord, type MxRecordInputs } from "./resources/mx-record/index.ts";
export { ReadinessGate, type ReadinessGateInputs } from "./resources/readiness-gate/index.ts";
export { TransportState, type TransportStateInputs } from "./resources/transport-state/index.ts";
