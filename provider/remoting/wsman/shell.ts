// One WSMan shell as a carrier of PSRP messages: the requests of its life, each sent once. What they mean is the session's matter.
// Source: [MS-WSMV] 3.1.4; order of a conversation as recorded.
import { ClixmlError } from "../clixml/values.ts";
import { WsmanError } from "../problem.ts";
import { fragmentsOf } from "../psrp/fragments.ts";
import { NO_GUID } from "../psrp/guid.ts";
import { encodeMessage, PsrpError } from "../psrp/messages.ts";
import { MessageStream } from "../psrp/stream.ts";
import { createdShellId, type Received, received, startedCommandId } from "./answer.ts";
import type { RequestOptions, WsmanClient } from "./client.ts";
import { commandRequest, createRequest, deleteRequest, receiveRequest, sendRequest, signalRequest } from "./envelope.ts";
import { isNothingYet } from "./faults.ts";
import { SignalCode } from "./names.ts";

/** Type and CLIXML of a message to be sent. */
export interface OutgoingMessage {
  readonly type: number;
  readonly data: string;
}

/** The server closes a shell that nobody asked anything for this long, in case we were killed. Windows allows no less than 60 s. */
const IDLE_TIMEOUT_SECONDS = 180;
/** Room for the SOAP around a fragment. */
const ENVELOPE_OVERHEAD_BYTES = 4_096;
const FRAGMENT_HEADER_BYTES = 21;
const NOTHING_YET: Received = { chunks: [], done: false };

export class Shell {
  readonly #client: WsmanClient;
  readonly #poolId: string;
  #maxDataBytes: number;
  #shellId: string;
  #nextObjectId = 1n;

  /** `poolId` is an upper-case GUID, `maxEnvelopeBytes` the largest request. */
  constructor(client: WsmanClient, poolId: string, maxEnvelopeBytes: number) {
    this.#client = client;
    this.#poolId = poolId;
    this.#shellId = poolId;
    this.#maxDataBytes = dataBytesIn(maxEnvelopeBytes);
  }

  /** From now on requests may be as large as this. Answers may not: read in small pieces, they take less memory and no more time. */
  allowRequests(maxEnvelopeBytes: number): void {
    this.#maxDataBytes = dataBytesIn(maxEnvelopeBytes);
  }

  /** Where messages of the pool, or of one command, are put together. */
  stream(): MessageStream {
    return new MessageStream(this.#poolId);
  }

  /** Makes the shell, with the first messages of the pool inside. @throws {WsmanError} */
  async create(messages: readonly OutgoingMessage[], signal: AbortSignal): Promise<void> {
    const fragments = messages.flatMap((message) => this.#fragments(NO_GUID, message));
    const body = await this.#client.request(createRequest(this.#poolId, Buffer.concat(fragments), IDLE_TIMEOUT_SECONDS), { signal });
    this.#shellId = createdShellId(body) ?? this.#shellId;
  }

  /** Cuts the message that starts a pipeline: the first fragment goes with `command`, the others with `send`. */
  fragmentsOf(commandId: string, message: OutgoingMessage): readonly [Uint8Array, ...Uint8Array[]] {
    const [first = new Uint8Array(), ...rest] = this.#fragments(commandId, message);
    return [first, ...rest];
  }

  /** Starts a command and says under which id it runs, ours or one of the server's own. @throws {WsmanError} `broken` when it may have arrived */
  async command(commandId: string, fragment: Uint8Array, options: RequestOptions): Promise<string> {
    const body = await this.#client.request(commandRequest(this.#shellId, commandId, fragment), options);
    return startedCommandId(body) ?? commandId;
  }

  /** @throws {WsmanError} */
  async send(commandId: string, fragment: Uint8Array, options: RequestOptions): Promise<void> {
    await this.#client.request(sendRequest(this.#shellId, commandId, fragment), options);
  }

  /** Sends a message to the pool. @throws {WsmanError} */
  async sendToPool(message: OutgoingMessage, signal: AbortSignal): Promise<void> {
    for (const fragment of this.#fragments(NO_GUID, message))
      await this.#client.request(sendRequest(this.#shellId, undefined, fragment), { signal });
  }

  /** Output of a command, or of the pool; none when the server had nothing to say within the operation timeout. @throws {WsmanError} */
  async receive(commandId: string | undefined, signal: AbortSignal): Promise<Received> {
    try {
      const body = await this.#client.request(receiveRequest(this.#shellId, commandId), { signal });
      const answer = understood(() => received(body));
      if (answer === undefined) throw new WsmanError({ kind: "nonsense", what: "a Receive without streams" });
      return answer;
    } catch (error) {
      if (error instanceof WsmanError && error.problem.kind === "fault" && isNothingYet(error.problem.fault)) return NOTHING_YET;
      throw error;
    }
  }

  /** Tells the server to stop a running command. Not waited for; see `WsmanClient.settled`. */
  stop(commandId: string): void {
    this.#client.cleanUp(signalRequest(this.#shellId, commandId, SignalCode.stop));
  }

  /** Frees a command that has ended; the server counts those that nobody freed. Waiting would add a round trip to every call, this one or the next. */
  terminate(commandId: string): void {
    this.#client.cleanUp(signalRequest(this.#shellId, commandId, SignalCode.terminate), "aside");
  }

  /** Closes the shell. A server that does not hear it closes it by itself in a while. While a command runs, stop that first. */
  delete(): void {
    this.#client.cleanUp(deleteRequest(this.#shellId));
  }

  #fragments(pipelineId: string, { type, data }: OutgoingMessage): Uint8Array[] {
    const bytes = encodeMessage({ destination: "server", type, poolId: this.#poolId, pipelineId, data });
    return fragmentsOf(this.#nextObjectId++, bytes, this.#maxDataBytes);
  }
}

function dataBytesIn(maxEnvelopeBytes: number): number {
  return Math.floor(((maxEnvelopeBytes - ENVELOPE_OVERHEAD_BYTES) * 3) / 4) - FRAGMENT_HEADER_BYTES;
}

/** Runs a reader of what the server sent. @throws {WsmanError} `nonsense` when it cannot be read */
export function understood<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof PsrpError || error instanceof ClixmlError)
      throw new WsmanError({ kind: "nonsense", what: error.message }, { cause: error });
    throw error;
  }
}
