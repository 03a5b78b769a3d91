// What is known of a mail host that is normal: how it behaved at port 25 while nothing was paused. On its way home it must do as much, and no more:
// Exchange out of the box accepts what nobody has, a firewall may hide STARTTLS, and one may keep us from port 25 at all. Pure.
import type { SmtpReading } from "../mail/probe.ts";
import { isTemporary } from "../mail/reply.ts";
import type { KnownHost } from "./known-host-shape.ts";
import type { Demands } from "./mail-host.ts";

export type HostReading = { readonly host: string; readonly reading: SmtpReading };

/** What is asked of a normal host of which nothing is known, as of one recorded by an earlier version. */
const ofANormalHost: Demands = { reachable: true, startTls: false, accepts: true };

/** What may be asked of a host that was normal. */
export function demandsOf(host: string, known: readonly KnownHost[]): Demands {
  return known.find((one) => one.host === host) ?? ofANormalHost;
}

/**
 * Milliseconds of real time for one host: a preview waits for the slowest, such as one behind a firewall that says nothing. One that has never answered
 * from here gets a short time, so that only the first preview waits for it.
 */
export function askMs(host: string, known: readonly KnownHost[]): number {
  return known.find((one) => one.host === host)?.reachable === false ? 2_000 : 10_000;
}

/** What is known after these readings at rest. A host that does not answer, or puts us off, just now teaches nothing new. */
export function remembered(before: readonly KnownHost[], readings: readonly HostReading[]): readonly KnownHost[] {
  return readings.flatMap(({ host, reading }) => {
    const known = before.find((one) => one.host === host);
    if (!reading.reachable && reading.isPutOff) return known === undefined ? [] : [known];
    if (!reading.reachable) return [known ?? { host, reachable: false, startTls: false, accepts: false }];
    const answers = reading.recipients.filter(({ expected }) => expected === "accepted");
    if (answers.some(({ code }) => isTemporary(code))) return known === undefined ? [] : [known];
    return [{ host, reachable: true, startTls: reading.startTls, accepts: answers.every(({ code }) => code < 300) }];
  });
}

/** What cannot be proved of these hosts when they come home, a line for each. `argument` names the recipient that they were asked for. */
export function sayUnproved(hosts: readonly KnownHost[], argument: "probe.accepted" | "token" = "probe.accepted"): readonly string[] {
  return hosts.flatMap(({ host, reachable, accepts }) => {
    if (!reachable)
      return [`${host} did not answer on port 25 from here while it was normal: whether it takes mail again cannot be checked from here.`];
    return accepts
      ? []
      : [`${host} refused the recipient it was asked for while it was normal: name a mailbox that it takes mail for (\`${argument}\`).`];
  });
}
