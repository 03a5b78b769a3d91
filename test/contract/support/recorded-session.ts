// Sends the requests of a recorded conversation to the lab's endpoint, one by one, and pairs each recorded answer with the lab's.
// Values differ (the lab has its own ids and cmdlets), so pairs are for comparing shapes. What the lab cannot be asked is left out by `SKIPPED`.
import { MessageType, type PsrpMessage } from "../../../provider/remoting/psrp/messages.ts";
import { messagesIn, type RawAnswer, type RawWsman } from "../../support/raw-wsman.ts";
import { asPlainCommand, base64Of } from "./recorded-host.ts";
import { type Exchange, psrpMessages } from "./wsman-conversations.ts";

/** Answers to one request, or all answers to the Receives of one command or of the pool. */
export interface Pair {
  readonly what: string;
  readonly recorded: readonly RawAnswer[];
  readonly own: readonly RawAnswer[];
}

export interface Playing {
  readonly client: RawWsman;
  /** Whether scripts and several statements are asked as recorded: a no-language endpoint has an answer to them. */
  readonly asRecorded: boolean;
  /** Called before the request of that number, counted from 0. */
  readonly beforeRequest?: (index: number) => void;
}

const COMMAND_RESOURCE = /http:\/\/schemas\.microsoft\.com\/powershell\/[\w.]+/;
const MOST_RECEIVES = 40;

/** @throws {Error} when a command never ends */
export async function play(exchanges: readonly Exchange[], { client, asRecorded, beforeRequest = () => {} }: Playing): Promise<Pair[]> {
  const pairs: Pair[] = [];
  const receives = new Map<string, { what: string; recorded: RawAnswer[]; own: RawAnswer[] }>();
  const begun = new Map<string, number>();
  for (const [index, exchange] of exchanges.entries()) {
    beforeRequest(index);
    const { action, commandId } = exchange;
    if (beginsAnew(exchange)) begun.set(commandId, (begun.get(commandId) ?? 0) + 1);
    const request = requestFor(exchange, exchanges, asRecorded, client.configuration);
    if (request === undefined) continue;
    if (action !== "Receive") {
      pairs.push({ what: action, recorded: [answerIn(exchange)], own: [await client.post(request)] });
      continue;
    }
    const key = `${commandId} ${begun.get(commandId) ?? 0}`; // a client may use an id again
    const of = receives.get(key) ?? { what: `Receive of ${commandId === "" ? "the pool" : "a command"}`, recorded: [], own: [] };
    receives.set(key, of);
    of.recorded.push(answerIn(exchange));
    const next = exchanges
      .slice(index + 1)
      .find((other) => other.commandId === commandId && (other.action === "Receive" || beginsAnew(other)));
    const isLast = next?.action !== "Receive";
    do {
      if (isFinished(of.own)) break;
      if (of.own.length > MOST_RECEIVES) throw new Error(`no end after ${MOST_RECEIVES} answers: ${of.own.at(-1)?.text}`);
      of.own.push(await client.post(request));
    } while (isLast);
  }
  return [...pairs, ...receives.values()];
}

/** The messages in the answers of a pair, faults left out. */
export function messagesOf(answers: readonly RawAnswer[]): PsrpMessage[] {
  return messagesIn(...answers.filter(({ status }) => status === 200));
}

function isFinished(answers: readonly RawAnswer[]): boolean {
  const text = answers.at(-1)?.text ?? "";
  const hasAll = messagesOf(answers).some(({ type }) => type === MessageType.runspacePoolState || type === MessageType.encryptedSessionKey);
  return hasAll || text.includes("CommandState/Done") || text.includes("InvalidSelectors");
}

function answerIn({ response }: Exchange): RawAnswer {
  return { status: response.includes("<s:Fault") ? 500 : 200, headers: {}, text: response };
}

/** Undefined for what a pool of one runspace is not asked: more runspaces, or a reset. */
function requestFor(exchange: Exchange, exchanges: readonly Exchange[], asRecorded: boolean, configuration: string): string | undefined {
  const { action, commandId, requestText } = exchange;
  const text = requestText.replace(COMMAND_RESOURCE, `http://schemas.microsoft.com/powershell/${configuration}`);
  const poolSend = [exchange, exchanges[exchanges.indexOf(exchange) - 1]].find((one) => one !== undefined && isPoolSend(one));
  if (poolSend !== undefined && commandId === "") return sendsKey(poolSend) ? text : undefined;
  const ofCommand = exchanges.filter((other) => other.commandId === commandId);
  if (action === "Command" && !asRecorded)
    return text.replace(/(<rsp:Arguments>)[^<]*/, (_whole, tag: string) => tag + commandOf(ofCommand.slice(ofCommand.indexOf(exchange))));
  if (action !== "Send") return text;
  const end = psrpMessages(ofCommand).sent.find(({ type }) => type === MessageType.endOfPipelineInput);
  const isLast = ofCommand.filter((other) => other.action === "Send").at(-1) === exchange;
  if (!isLast || end === undefined) return undefined;
  return text.replace(/(<rsp:Stream [^>]*>)[^<]*/, (_whole, tag: string) => tag + base64Of(end, 99n));
}

/** After it, what is received is about something else. */
function beginsAnew(exchange: Exchange): boolean {
  return exchange.action === "Command" || isPoolSend(exchange);
}

function isPoolSend({ action, commandId }: Exchange): boolean {
  return action === "Send" && commandId === "";
}

function sendsKey(exchange: Exchange): boolean {
  return psrpMessages([exchange]).sent.some(({ type }) => type === MessageType.publicKey);
}

/** The whole pipeline in one fragment, whichever requests carried it. */
function commandOf(ofCommand: readonly Exchange[]): string {
  const create = psrpMessages(ofCommand).sent.find(({ type }) => type === MessageType.createPipeline);
  if (create === undefined) throw new Error("the recorded Command starts no pipeline");
  return base64Of(asPlainCommand(create), 98n);
}
