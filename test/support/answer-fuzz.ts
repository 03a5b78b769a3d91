// Spoilt answers, by the thousand, for sessions of the client without a wire: whole conversations, of which one answer or all of them are wrong.
// What must hold after each is checked here; how many, and with which seed, is the caller's.
import { inspect, isDeepStrictEqual } from "node:util";
import { CallDeadline } from "../../provider/remoting/call-deadline.ts";
import { psObject } from "../../provider/remoting/clixml/build.ts";
import type { PsValue } from "../../provider/remoting/clixml/values.ts";
import { closeAllSessions } from "../../provider/remoting/open-sessions.ts";
import { WsmanError } from "../../provider/remoting/problem.ts";
import { MessageType } from "../../provider/remoting/psrp/messages.ts";
import type { CmdletAnswer } from "../../provider/remoting/transport.ts";
import { remotingErrorOf } from "../../provider/remoting/wsman/problems.ts";
import { opening } from "./session-fixture.ts";
import { type Answered, fault, GONE, NOTHING_YET } from "./wsman-answers.ts";
import { type Asked, COMPLETED, Conversation, type Fortune, type Said } from "./wsman-conversation.ts";
import { Dice, mutated } from "./wsman-mutations.ts";

export interface AnswerFuzzReport {
  /** Answers that were spoilt. */
  readonly answers: number;
  /** How the calls ended: `right`, `other value`, or the reason of the error. */
  readonly ends: Readonly<Record<string, number>>;
  readonly slowestMs: number;
}

/**
 * What no reader can notice: these change or take away content, and PSRP has neither checksum nor count. After all others an answer must be an
 * error or the right one.
 */
const UNNOTICEABLE: ReadonlySet<string> = new Set([
  "partsSwapped",
  "partDoubled",
  "lostElement",
  "hugeText",
  "cutBytes",
  "bitsFlipped",
  "randomBytes",
  "zeroBytes",
  "lostFragment",
  "wrongMessageHeader",
  "innerText",
]);
const STATUSES = [200, 100, 204, 302, 400, 401, 403, 404, 405, 408, 413, 429, 500, 502, 503, 504, 599] as const;
/** A call whose server needs more answers than this is at its deadline. */
const MOST_REQUESTS = 60;
/** Real milliseconds after which a conversation hangs: a whole one takes a few. */
const HANGS_MS = 10_000;
const CALLS = 2;

/** @throws {Error} naming the seed and the conversation after which something did not hold that must */
export async function fuzzAnswers({ seed, count }: { readonly seed: number; readonly count: number }): Promise<AnswerFuzzReport> {
  const ends: Record<string, number> = {};
  let [answers, slowestMs] = [0, 0];
  const right = await answersOf(new Conversation(), new AbortController().signal);
  for (let number = 0; answers < count; number += 1) {
    const one = new SpoiltConversation(new Dice(seed + number));
    const begunMs = performance.now();
    const end = (what: string) => {
      ends[what] = (ends[what] ?? 0) + 1;
    };
    const complain = (why: string): never => {
      throw new Error(`seed ${seed + number} (${one.names.join(", ") || "nothing spoilt"}): ${why}`);
    };
    await inTime(one.run(), complain).then(
      (found) => {
        const isRight = isDeepStrictEqual(found, right);
        if (!isRight && one.isNoticeable)
          complain(`a wrong value was taken for a right one: ${inspect(found, { depth: 6 }).slice(0, 4_000)}`);
        end(isRight ? "right" : "other value");
      },
      (error: unknown) => end(reasonOf(error, complain)),
    );
    if ((await closeAllSessions(HANGS_MS)) > 0) complain("a session is left open");
    slowestMs = Math.max(slowestMs, performance.now() - begunMs);
    answers += one.spoilt;
  }
  return { answers, ends, slowestMs };
}

class SpoiltConversation {
  readonly names: string[] = [];
  spoilt = 0;
  readonly #dice: Dice;
  readonly #stop = new AbortController();
  readonly #conversation = new Conversation();
  /** Which answer is spoilt; undefined: all. */
  readonly #nth: number | undefined;
  #previous: Answered | undefined;

  constructor(dice: Dice) {
    this.#dice = dice;
    this.#nth = dice.below(8) === 0 ? undefined : dice.below(11);
    this.#conversation.prevents = (asked) => {
      if (this.#conversation.asked.length > MOST_REQUESTS) this.#stop.abort();
      return this.#isDue ? this.#prevent(asked) : undefined;
    };
    this.#conversation.spoils = (answered, asked) => {
      const fortune = this.#isDue ? this.#spoil(answered, asked) : answered;
      this.#previous = answered;
      return fortune;
    };
  }

  get isNoticeable(): boolean {
    return !this.names.some((name) => UNNOTICEABLE.has(name));
  }

  run(): Promise<CmdletAnswer[]> {
    return answersOf(this.#conversation, this.#stop.signal);
  }

  get #isDue(): boolean {
    return this.#nth === undefined || this.#nth === this.#conversation.asked.length - 1;
  }

  /** What happens instead of what was asked. */
  #prevent(asked: Asked): Fortune | undefined {
    const fortune = this.#dice.below(20);
    if (fortune > 2) return undefined;
    this.spoilt += 1;
    if (fortune === 0) return this.#named("broken", "broken");
    if (fortune === 1) setImmediate(() => this.#stop.abort());
    if (fortune === 1) return this.#named("silent", "silent");
    return this.#named("fault", fault(asked, this.#dice.of([GONE, NOTHING_YET, { subcode: "w:InternalError", text: "no" }])));
  }

  #spoil(answered: Answered, { action }: Asked): Fortune {
    this.spoilt += 1;
    const dice = this.#dice;
    const fortune = dice.below(20);
    if (fortune === 0) return this.#named(action === "Receive" ? "lostElement" : "brokenAfter", "broken");
    const status = dice.of(STATUSES);
    if (fortune === 1) return this.#named("page", { status, body: `<html><title>x</title>${"<p>".repeat(dice.below(9_000))}` });
    if (fortune === 2) return this.#named("status", { ...answered, status });
    const previous = this.#previous;
    if (fortune === 3 && previous !== undefined) return this.#named("swapped", previous);
    const { names, bytes } = mutated(answered.body, dice);
    this.names.push(...names);
    return { ...answered, body: bytes.toString("utf8") };
  }

  #named(name: string, fortune: Fortune): Fortune {
    this.names.push(name);
    return fortune;
  }
}

/** What each of some calls answers, of which one brings its output in several Receives. */
async function answersOf(conversation: Conversation, signal: AbortSignal): Promise<CmdletAnswer[]> {
  conversation.says = () => OUTPUT;
  const session = await opening(conversation, signal).session;
  const answers: CmdletAnswer[] = [];
  for (let call = 0; call < CALLS; call += 1)
    answers.push(await session.run("Get-Queue", { Server: "ex01" }, new CallDeadline({ signal })));
  return answers;
}

const queue = (number: number): PsValue =>
  psObject({ properties: { Identity: `ex01\\${number}`, MessageCount: number, Status: "Ready", LastError: "451 4.4.0 ".repeat(40) } });
const OUTPUT: readonly (readonly Said[])[] = [
  [
    [MessageType.pipelineOutput, queue(1)],
    [MessageType.pipelineOutput, queue(2)],
  ],
  [],
  [
    [MessageType.warningRecord, psObject({ text: "slow" })],
    [MessageType.pipelineOutput, queue(3)],
    [MessageType.errorRecord, psObject({ text: "one is missing", notes: { FullyQualifiedErrorId: "X,Get-Queue" } })],
    COMPLETED,
  ],
];

/** The reason that a caller sees. */
function reasonOf(error: unknown, complain: (why: string) => never): string {
  if (!(error instanceof WsmanError)) return complain(`an error without a kind: ${error instanceof Error ? error.stack : String(error)}`);
  const call = { endpoint: "ex01", cmdlet: "Get-Queue", parameters: {} };
  const { reason, message } = remotingErrorOf(call, error, { server: "ex01", user: "pauser", configurationName: "Microsoft.Exchange" });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is what is asked
  if (message.length > 2_000 || /[\u0000-\u001f]/.test(message)) complain(`an error that nobody can read: ${message.length} characters`);
  return error.problem.kind === "aborted" ? "given up" : reason;
}

async function inTime<Result>(work: Promise<Result>, complain: (why: string) => never): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("it hangs")), HANGS_MS);
  try {
    return await Promise.race([work, promise]);
  } catch (error) {
    if (error instanceof Error && error.message === "it hangs") complain("no end");
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
