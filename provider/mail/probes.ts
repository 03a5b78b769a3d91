// Who asks a mail host, and how many at a time: a program of forty zones has one mail host, and Exchange lets one source hold twenty connections
// (MaxInboundConnectionPerSource). What one dialogue asks: probe.ts.
import { kept } from "../common/kept.ts";
import { SmtpDialogue } from "./dialogue.ts";
import { MailError } from "./error.ts";
import { answersTo, hello, type OpenedDialogue, open, type ProbeOptions, readingOf, type SmtpReading, unreachable } from "./probe.ts";

/** Dialogues that are held with one host at the same time. */
const atOnce = 8;
/** Milliseconds that a dialogue waits for another question: the engine asks for some resources at a time, and many hosts let a new connection wait. */
const idleMs = 300;

/** Answers no in one dialogue: Exchange ends it at the fifth (MaxProtocolErrors), Postfix answers slowly from the tenth on (smtpd_soft_error_limit). */
const refusedAtMost = 4;

interface Asking {
  readonly question: ProbeOptions;
  readonly resolve: (reading: SmtpReading) => void;
  readonly reject: (error: unknown) => void;
}

interface Host {
  waiting: Asking[];
  dialogues: number;
  /** Ends the wait of a dialogue that has nothing to ask just now. */
  readonly idle: Set<() => void>;
}

export class SmtpProbes {
  readonly #hosts = new Map<string, Host>();

  /**
   * What a host would take; nothing is ever sent. One that does not answer, breaks off or answers nonsense is `reachable: false`, with the reason in words.
   * @throws {MailError} reason `rejected` when an address holds a line break; the signal's reason when aborted
   */
  ask(question: ProbeOptions): Promise<SmtpReading> {
    if (question.signal?.aborted) return Promise.reject(question.signal.reason);
    const where = `${question.host}:${question.port ?? 25}`;
    const host = kept(this.#hosts, where, (): Host => ({ waiting: [], dialogues: 0, idle: new Set() }));
    const { promise, resolve, reject } = Promise.withResolvers<SmtpReading>();
    const asking: Asking = { question, resolve, reject };
    host.waiting.push(asking);
    const onAbort = () => {
      host.waiting = host.waiting.filter((other) => other !== asking);
      reject(question.signal?.reason);
    };
    question.signal?.addEventListener("abort", onAbort, { once: true });
    const [wake] = host.idle;
    if (wake !== undefined) wake();
    else if (host.dialogues < atOnce) void askAll(host);
    // The signal is the run's, and outlives every question.
    return promise.finally(() => question.signal?.removeEventListener("abort", onAbort));
  }

  /** Says goodbye where a dialogue waits for another question. */
  close(): void {
    for (const { idle } of this.#hosts.values()) for (const wake of [...idle]) wake();
  }
}

async function askAll(host: Host): Promise<void> {
  host.dialogues += 1;
  for (let first = host.waiting.shift(); first !== undefined; first = host.waiting.shift()) await ask(first, host);
  host.dialogues -= 1;
}

/** One dialogue: asks `first`, and then whoever waits, until too much was refused. */
async function ask(first: Asking, host: Host): Promise<void> {
  const dialogue = new SmtpDialogue(first.question);
  let opened: OpenedDialogue | undefined;
  let asking = first;
  let refused = 0;
  try {
    opened = await open(dialogue, first.question.helo);
    for (let next: Asking | undefined = first, { helo } = first.question; next !== undefined; next = await nextOf(host)) {
      asking = next;
      if (next.question.helo !== helo) await hello(dialogue, next.question.helo);
      helo = next.question.helo;
      const answers = await answersTo(dialogue, next.question);
      next.resolve(readingOf(opened, answers));
      refused += answers.filter(({ code }) => code >= 300).length;
      if (refused >= refusedAtMost) break;
    }
    await dialogue.quit();
  } catch (error) {
    // Whoever was not the first may have met what came before, and is asked anew.
    if (asking !== first) host.waiting.unshift(asking);
    else settle(first, error, opened === undefined ? host : undefined);
  } finally {
    dialogue.close();
  }
}

/** `undefined` when nobody asks for a while. */
async function nextOf(host: Host): Promise<Asking | undefined> {
  if (host.waiting.length === 0)
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        host.idle.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, idleMs);
      host.idle.add(wake);
    });
  return host.waiting.shift();
}

/** What keeps a dialogue from being opened at all is so for all who wait for the same host as long; but for a name of ours that it refuses. */
function settle(first: Asking, error: unknown, host: Host | undefined): void {
  if (!(error instanceof MailError) || error.reason === "rejected") {
    first.reject(error);
    return;
  }
  const reading = unreachable(error);
  first.resolve(reading);
  if (host === undefined || reading.about !== undefined) return;
  const isAlike = ({ question }: Asking) => question.timeoutMs === first.question.timeoutMs;
  for (const asking of host.waiting.filter(isAlike)) asking.resolve(reading);
  host.waiting = host.waiting.filter((asking) => !isAlike(asking));
}
