// Asks the buffer host all that a pause will need of it: the way in, Postfix's settings, its log, and its port 25. What is judged, and in which words, is
// what the preview of `offline` would say.
import { isSilence, messageOf, reasonOf } from "../common/reason.ts";
import type { Refusal } from "../engine/plan.ts";
import type { BufferReading } from "../mail/buffer-reading.ts";
import type { LogReading } from "../mail/log-reading.ts";
import { correctIt, refusalsOf } from "../resources/backup-mx-queue/guard.ts";
import { recipientsOf } from "../resources/backup-mx-queue/observe.ts";
import type { BackupMxQueueArgs } from "../resources/backup-mx-queue/shape.ts";
import { fitnessOf } from "../resources/mail-host.ts";
import type { Site } from "../resources/site.ts";
import { type Difference, differenceOf } from "./clocks.ts";
import { failed, type Line, ok, sentenceOf } from "./line.ts";

export interface CheckedBuffer {
  readonly lines: readonly Line[];
  /** How far its clock is from ours; absent where nobody was let in. */
  readonly clock?: Difference;
}

export async function checkBuffer(site: Site, args: BackupMxQueueArgs): Promise<CheckedBuffer> {
  // What port 25 is asked stands in the log afterwards, also where nobody ever wrote to the host.
  const port = await portOf(site, args);
  const beforeMs = site.clock.now();
  try {
    const reading = await site.buffer(args).observe();
    const clock = differenceOf(reading.readAtMs, beforeMs, site.clock.now());
    const log = await logOf(site, args);
    return { lines: [...ofHost(site, args, reading, log), ...port], clock };
  } catch (error) {
    return { lines: [failed(sentenceOf(error), wayIn(args, error)), ...port] };
  }
}

/** A setting that is missing says itself where it goes. */
function wayIn({ host, port }: BackupMxQueueArgs, error: unknown): string {
  if (reasonOf(error) === undefined) return "";
  if (isSilence(error)) return `See that ${host} is on, and that this machine may reach its port ${port}.`;
  return "The rights of its user and its settings: docs/site-pause.md, The buffer host.";
}

async function logOf(site: Site, args: BackupMxQueueArgs): Promise<LogReading | { readonly unreadable: string }> {
  try {
    return await site.buffer(args).ledgerSince();
  } catch (error) {
    if (isSilence(error)) throw error;
    return { unreadable: messageOf(error) };
  }
}

function ofHost(site: Site, args: BackupMxQueueArgs, reading: BufferReading, log: LogReading | { readonly unreadable: string }): Line[] {
  const none = {
    tokenSender: "",
    ownProbe: undefined,
    tokenProbe: undefined,
    nextHopProbe: undefined,
    nextHopAtRest: undefined,
    untold: [],
  };
  const actual = { ...reading, ...none, program: site.program, timeZone: site.timeZone, log, holding: false };
  const refusals = refusalsOf({ ...args, state: "held" }, actual, {});
  const { host, user, logFile } = args;
  const free = Math.round(reading.freeBytes / 1_000_000_000);
  const days = Math.round(reading.lifetimeSeconds / 86_400);
  const source = "unreadable" in log ? undefined : "cursor" in log.position ? "the journal" : logFile;
  const held = reading.holding ? `; it holds mail now (${reading.queue.length} in the queue)` : "";
  return [
    ok(`${host} lets ${user} in by SSH, with the host key of the program`),
    ...(reading.problems.length > 0
      ? []
      : [ok(`${host}: Postfix keeps mail ${days} days, ${free} GB free, next hop ${reading.nextHop}${held}`)]),
    ...(source === undefined ? [] : [ok(`${host}: the mail log is read from ${source}`)]),
    ...refusals.map(lineOf),
  ];
}

/** Here no run was stopped, and none is to go on. */
function lineOf({ sentence, remedy }: Refusal): Line {
  return failed(sentence, remedy === correctIt ? "Correct it on the host: docs/site-pause.md, The buffer host." : remedy);
}

/** What its port 25 says to a mailbox of each domain, and to one that nobody has. */
async function portOf(site: Site, args: BackupMxQueueArgs): Promise<readonly Line[]> {
  const { host, domains } = args;
  const recipients = domains.flatMap((domain) => recipientsOf(args, domain));
  const reading = await site.probeSmtp({ host, recipients });
  const { refusals, waits } = fitnessOf(host, reading, correctIt);
  const wrong = [
    ...refusals.map(lineOf),
    ...waits.map(({ for: what }) =>
      failed(`An \`up\` to offline would wait for ${what.replace(/\.$/, "")}.`, "Run this check again in some minutes."),
    ),
  ];
  if (wrong.length > 0) return wrong;
  const [taken, refused] = recipients.map(({ address }) => address);
  return [
    ok(
      `${host}, port 25: offers TLS, takes ${taken} and refuses ${refused}${domains.length > 1 ? `, likewise in ${domains.length - 1} more` : ""}`,
    ),
  ];
}
