// What keeps the buffer from being used: another program's claim, settings that lose mail, an SMTP server that does not answer as it must. Pure.
import { sayInstant } from "../../common/utc.ts";
import type { Refusal } from "../../engine/plan.ts";
import { demandsOf } from "../known-host.ts";
import { type Fitness, fitnessOf } from "../mail-host.ts";
import type { ActualBuffer } from "./observe.ts";
import type { BackupMxQueueArgs, BufferRecorded } from "./shape.ts";

/** What to do about what is wrong with the host itself. */
export const correctIt = "The MX was not changed. Correct it on the host, then run `pulumi up` again.";

/** Less than this and a night's mail may not fit. */
const leastFreeBytes = 1_000_000_000;

export function refusalsOf(args: BackupMxQueueArgs, actual: ActualBuffer, recorded: BufferRecorded): readonly Refusal[] {
  return [
    ...otherProgram(args, actual, recorded),
    ...(args.state === "held" && !actual.holding ? unfitToHold(args, actual) : []),
    ...fitnessOfBuffer(args, actual, recorded).refusals,
  ];
}

/** What its own port 25, or the next hop's, says against the next step. */
export function fitnessOfBuffer(args: BackupMxQueueArgs, actual: ActualBuffer, recorded: BufferRecorded): Fitness {
  const { ownProbe, tokenProbe, nextHopProbe } = actual;
  const known = recorded.nextHop === undefined ? [] : [recorded.nextHop];
  const kept = `Mail stays held on ${args.host}; nothing is released. See to ${nextHopProbe?.host}, then run \`pulumi up\` again: it goes on from here.`;
  const found = [
    ...(ownProbe === undefined || args.state !== "held" || actual.holding ? [] : [fitnessOf(args.host, ownProbe, correctIt)]),
    ...(tokenProbe === undefined ? [] : [fitnessOf(args.host, tokenProbe, correctIt)]),
    ...(nextHopProbe === undefined ? [] : [fitnessOf(nextHopProbe.host, nextHopProbe.reading, kept, demandsOf(nextHopProbe.host, known))]),
  ];
  return { refusals: found.flatMap(({ refusals }) => refusals), waits: found.flatMap(({ waits }) => waits) };
}

/** The claim stays this program's own when it is renamed: what is recorded bears its earlier name. */
function otherProgram(args: BackupMxQueueArgs, actual: ActualBuffer, recorded: BufferRecorded): Refusal[] {
  const { claim } = actual;
  if (claim === undefined || claim.program === actual.program || claim.program === recorded.program) return [];
  return [
    {
      sentence: `${args.host} is in use by another program, ${claim.program}, since ${sayInstant(claim.sinceMs, actual.timeZone)}; this one is ${actual.program}. Nothing was changed.`,
      remedy: `Two programs must not pause one site. Use ${claim.program}, or, if that program is gone or was this one before it was renamed, type: ssh -p ${args.port} ${args.user}@${args.host} ${args.sudo ? "sudo " : ""}rm /var/lib/pulumi-exchange/claim`,
    },
  ];
}

function unfitToHold(args: BackupMxQueueArgs, actual: ActualBuffer): Refusal[] {
  const remedy = correctIt;
  const listed = !actual.relayDomains.some((domain) => /[:/]/.test(domain));
  const missing = listed ? args.domains.filter((domain) => !actual.relayDomains.includes(domain.toLowerCase())) : [];
  return [
    ...actual.problems.map((problem) => ({ sentence: `${args.host} would lose mail: ${problem}`, remedy })),
    ...missing.map((domain) => ({
      sentence: `${args.host} does not take mail for ${domain}: it is not in relay_domains (${actual.relayDomains.join(", ") || "empty"}).`,
      remedy,
    })),
    ...(actual.freeBytes < leastFreeBytes
      ? [
          {
            sentence: `${args.host} has ${Math.round(actual.freeBytes / 1_000_000)} MB free for its queue; expected at least 1 GB.`,
            remedy,
          },
        ]
      : []),
    ...(actual.log !== undefined && "unreadable" in actual.log ? [unreadable(args, actual.log.unreadable)] : []),
  ];
}

/** Whoever may read the journal in Debian may read what syslog writes there, too. */
function unreadable({ host, port, user, sudo }: BackupMxQueueArgs, why: string): Refusal {
  const right = sudo
    ? `the sudo rules of ${user} must name what docs/site-pause.md lists`
    : `type: ssh -p ${port} root@${host} usermod -aG adm,systemd-journal ${user}`;
  return {
    sentence: `${why}: nothing would prove that no mail was lost.`,
    remedy: `The MX was not changed. Name the file that Postfix writes its log to as logFile, or leave it to the journal; if ${user} may not read it, ${right}. Then run \`pulumi up\` again.`,
  };
}
