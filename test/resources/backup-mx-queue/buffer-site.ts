// A site with nothing but a buffer, which notes what is asked of it.
import assert from "node:assert/strict";
import type { Buffer } from "../../../provider/mail/buffer.ts";
import type { MailError } from "../../../provider/mail/error.ts";
import type { Site } from "../../../provider/resources/site.ts";
import { actualBuffer, bufferHost, logUpTo, type Seen } from "../../support/buffer-builders.ts";
import { program, takesMail } from "../../support/builders.ts";

export interface Faked {
  readonly site: Site;
  readonly calls: string[];
}

/** A site with a buffer only, which tells what was asked of it in order. */
export function siteWith(reading: Seen = {}, faults: { token?: boolean; log?: MailError; gap?: string } = {}): Faked {
  const calls: string[] = [];
  const noted = async <T>(call: string, answer: T): Promise<T> => {
    calls.push(call);
    return answer;
  };
  const unasked = () => assert.fail("the buffer's resource asks nothing else of the site");
  const buffer: Buffer = {
    observe: () => noted("observe", actualBuffer(reading)),
    hold: () => noted("hold", undefined),
    unhold: () => noted("unhold", undefined),
    releaseBatch: (ids, { requeue }) => noted(`release ${ids.join(" ")}${requeue ? " anew" : ""}`, ids.length),
    claim: (name) => noted(`claim ${name}`, undefined),
    unclaim: (name) => noted(`unclaim ${name}`, undefined),
    ledgerSince: async (start) => {
      const { position } = start ?? {};
      calls.push(position === undefined ? "log, its end" : `log from ${"before" in position ? position.offsetBytes : position.cursor}`);
      if (faults.log) throw faults.log;
      return faults.gap === undefined ? logUpTo(900) : { ...logUpTo(900), gap: faults.gap };
    },
    turns: { newest: unasked, take: unasked, end: unasked },
  };
  const site: Site = {
    program,
    formerNames: new Set<string>(),
    timeZone: "Europe/Berlin",
    clock: { now: unasked, sleep: unasked },
    exchange: { run: unasked, shared: unasked, changed: unasked, know: unasked, close: unasked },
    recordSets: unasked,
    askAuthoritative: unasked,
    probeSmtp: ({ host, port, from, recipients }) =>
      noted(
        `probe ${host}:${port ?? "default"}${from === undefined ? "" : ` from ${from}`} ${recipients.map(({ address, expected }) => `${address} ${expected}`).join(", ")}`,
        takesMail(),
      ),
    receiptOf: unasked,
    sendToken: ({ host, from, to }) =>
      noted(`token from ${from} to ${to} at ${host}`, {
        accepted: faults.token !== true,
        code: faults.token ? 550 : 250,
        text: "5.7.1 no",
        messageId: "",
      }),
    buffer: ({ host }) => {
      assert.equal(host, bufferHost);
      return buffer;
    },
    connect: unasked,
    close: unasked,
  };
  return { site, calls };
}
