// What is kept of a pause of the buffer after one reading, row by row.
import assert from "node:assert/strict";
import { renewed } from "../../provider/engine/normal.ts";
import { resource } from "../../provider/resources/backup-mx-queue/index.ts";
import type { BackupMxQueueArgs, BufferRecorded } from "../../provider/resources/backup-mx-queue/shape.ts";
import { actualBuffer, arrivals, bufferArgs, bufferHost, held, ledger, logUpTo, type Seen, zoneSums } from "./buffer-builders.ts";
import { program } from "./builders.ts";
import { eveningMs } from "./hand-clock.ts";

export const start = { position: { before: "4711", offsetBytes: 100 }, atMs: eveningMs - 36_000_000 };
export const lastPause = ledger({ accepted: 7, delivered: 7, recipients: 3 });
export const unreadable = `${bufferHost}: /var/log/mail.log is not there, and the journal has no line of Postfix`;
export const oneHeld = { holding: true, queue: [held("A")], log: logUpTo(900, arrivals("A")) };
export const oneLedger = ledger({
  accepted: 1,
  recipients: 1,
  stillHere: 1,
  zones: [zoneSums("contoso.com", { accepted: 1, stillHere: 1 })],
});

export interface FollowRow {
  readonly when: string;
  readonly state: BackupMxQueueArgs["state"];
  readonly phase: "atRest" | "underWay";
  readonly actual: Seen;
  readonly recorded: BufferRecorded;
  readonly becomes: BufferRecorded;
}

/** A test for each. */
export function followRows(rows: readonly FollowRow[]): void {
  for (const { when, state, phase, actual, recorded, becomes } of rows)
    it(when, () =>
      assert.deepEqual(renewed(resource, bufferArgs(state), actualBuffer(actual), recorded, eveningMs, phase), { program, ...becomes }),
    );
}
