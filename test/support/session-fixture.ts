// Sessions over a conversation in this process, with ids that count, pauses that are none, and what their errors say to a person.
import { deepEqual, ok } from "node:assert/strict";
import { inspect } from "node:util";
import { WsmanError } from "../../provider/remoting/problem.ts";
import type { RemotingError, RemotingReason } from "../../provider/remoting/transport.ts";
import { WsmanClient } from "../../provider/remoting/wsman/client.ts";
import { remotingErrorOf } from "../../provider/remoting/wsman/problems.ts";
import { Session, type SessionOptions } from "../../provider/remoting/wsman/session.ts";
import { type Asked, Conversation, type Fortune } from "./wsman-conversation.ts";

/** No more than this many quick answers with nothing in them, and it is no longer a matter of a few. */
const NO_PAUSES = { repeatPausesMs: [0, 0], quickPausesMs: [0] } as const;

export interface Opening {
  readonly client: WsmanClient;
  readonly session: Promise<Session>;
}

/** Begins to open a session. Ids are `00000000-0000-0000-000<kind>-<count>`. */
export function opening(
  conversation: Conversation,
  signal: AbortSignal = new AbortController().signal,
  options: Partial<SessionOptions> = {},
): Opening {
  let count = 0;
  const id = (kind: string) => () => `00000000-0000-0000-000${kind}-${String(++count).padStart(12, "0")}`;
  const ids = { session: id("5"), shell: id("A"), command: id("C"), message: id("E") };
  const frame = {
    url: "http://ex01.contoso.local/PowerShell/",
    resourceUri: "http://schemas.microsoft.com/powershell/Microsoft.Exchange",
    sessionId: ids.session(),
    maxEnvelopeBytes: 153_600,
    operationTimeoutSeconds: 20,
  };
  const client = new WsmanClient({ main: conversation, aside: conversation }, frame, ids.message);
  return { client, session: Session.open(client, { ids, maxEnvelopeBytes: 153_600, ...NO_PAUSES, ...options }, signal) };
}

export function opened(conversation: Conversation, options: Partial<SessionOptions> = {}): Promise<Session> {
  return opening(conversation, undefined, options).session;
}

/** The error as a caller of Get-Queue on ex01 sees it. */
export async function errorOf(running: Promise<unknown>): Promise<RemotingError> {
  const error = await running.then(
    (value) => new Error(`it ended well: ${inspect(value)}`),
    (thrown: unknown) => thrown,
  );
  ok(error instanceof WsmanError, inspect(error));
  return remotingErrorOf({ endpoint: "ex01", cmdlet: "Get-Queue", parameters: {} }, error, {
    server: "ex01.contoso.local",
    user: "pauser",
    configurationName: "Microsoft.Exchange",
  });
}

/** Fails for this reason, with exactly this sentence, and says this of the cmdlet. */
export async function failsWith(running: Promise<unknown>, reason: RemotingReason, detail: string, mayHaveRun: boolean): Promise<void> {
  const error = await errorOf(running);
  const expected = { reason, message: `Get-Queue on ex01: ${detail}`, mayHaveRun };
  deepEqual({ reason: error.reason, message: error.message, mayHaveRun: error.mayHaveRun }, expected);
}

/** A conversation in which the nth request of an action meets this fortune before the server sees it. */
export function meeting(action: string, fortune: (asked: Asked) => Fortune, nth = 1): Conversation {
  const conversation = new Conversation();
  conversation.prevents = (asked) => {
    const isDue = asked.action === action && conversation.asked.filter((one) => one.action === action).length === nth;
    return isDue ? fortune(asked) : undefined;
  };
  return conversation;
}

/** The same, after the server has acted. */
export function losing(action: string, fortune: (asked: Asked) => Fortune, nth = 1): Conversation {
  const conversation = meeting("", fortune);
  conversation.spoils = (answered, asked) => {
    const isDue = asked.action === action && conversation.asked.filter((one) => one.action === action).length === nth;
    return isDue ? fortune(asked) : answered;
  };
  return conversation;
}
