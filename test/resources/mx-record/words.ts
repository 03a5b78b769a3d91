// The words in which the steps of an MX set are said, and the states of contoso.com that rows of planner tests start from.
import assert from "node:assert/strict";
import { resource } from "../../../provider/resources/mx-record/index.ts";
import type { ActualMx } from "../../../provider/resources/mx-record/observe.ts";
import { plan } from "../../../provider/resources/mx-record/plan.ts";
import type { MxRecordArgs, MxRecorded } from "../../../provider/resources/mx-record/shape.ts";
import { actualMx, buffer, mail, markedNotes, mxRecorded, servers } from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";
import { said } from "../../support/replay.ts";

export const [ns1, ns2] = servers;
export const both = `wait for ${ns1} and ${ns2} to answer`;
export const serial = "(serial 2026120401)";
export const putMark = "put our mark on the MX records of contoso.com";
export const lowered = "set the TTL of the MX of contoso.com from 3,600 s to 300 s";
export const raised = "set the TTL of the MX of contoso.com from 300 s to 3,600 s";
export const addBuffer = "add 10 buffer.contoso-mail.net to the MX of contoso.com";
export const removeBuffer = "remove 10 buffer.contoso-mail.net from the MX of contoso.com";
export const addMail = "add 10 mail.contoso.com to the MX of contoso.com";
export const removeMail = "remove 10 mail.contoso.com from the MX of contoso.com";
export const oldTtl = "wait for the old TTL of contoso.com (3,600 s) to run out: until then caches may hold the old MX";
export const forget = "wait for caches to forget 10 mail.contoso.com for contoso.com (300 s)";
export const bufferServed = "10 buffer.contoso-mail.net for contoso.com";
export const bufferAlone = "10 buffer.contoso-mail.net and nothing else for contoso.com";
export const mailServed = "10 mail.contoso.com for contoso.com";
export const mailAlone = "10 mail.contoso.com and nothing else for contoso.com";
export const flip = [addBuffer, `${both} ${bufferServed}`, removeMail, `${both} ${bufferAlone}`];

export const low = { lowSinceMs: eveningMs - 3_600_000 };
export const paused = { exchanges: [buffer], ttlSeconds: 300, notes: markedNotes(buffer) };
export const amid = { exchanges: [mail, buffer], ttlSeconds: 300, notes: markedNotes(mail, buffer) };
export const mailLow = { exchanges: [mail], ttlSeconds: 300, notes: markedNotes(mail) };

/** A situation, and what is planned for it, in words. */
export interface Row {
  readonly when: string;
  readonly args: MxRecordArgs;
  readonly actual?: Partial<ActualMx>;
  readonly recorded?: MxRecorded;
  readonly says: readonly string[];
}

/** A test for each row: nothing is refused, and the steps are these. */
export function testRows(rows: readonly Row[]): void {
  for (const { when, args, actual, recorded = mxRecorded(), says } of rows) {
    it(`${when}: ${says.length === 0 ? "nothing" : `${says.length} steps`}`, () => {
      const planned = plan(args, actualMx(actual), recorded, eveningMs);
      assert.deepEqual(planned.refusals, []);
      assert.deepEqual(said(resource, planned), says);
    });
  }
}
