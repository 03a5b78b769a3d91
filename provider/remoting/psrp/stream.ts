// The messages of one stream, of the pool or of a pipeline, out of the bytes that come for it: joined, none twice, and none of another pool.
// Object ids rise within a stream; they leave gaps, for one counter serves all streams of a server process. Source: [MS-PSRP] 2.2.4; recordings.
import { Defragmenter } from "./fragments.ts";
import { NO_GUID } from "./guid.ts";
import { decodeMessage, PsrpError, type PsrpMessage } from "./messages.ts";

const HEADER_BYTES = 21;
const START = 1;

export class MessageStream {
  readonly #poolId: string;
  readonly #defragmenter = new Defragmenter();
  #lastStarted: bigint | undefined;
  #mustFollow = false;

  /** `poolId` is the GUID under which the pool was made. */
  constructor(poolId: string) {
    this.#poolId = poolId.toUpperCase();
  }

  /** Whether no message has begun without having ended. */
  get isIdle(): boolean {
    return this.#defragmenter.isIdle;
  }

  /** The messages that the bytes of one stream element complete. @throws {PsrpError} after which the stream must not be used again */
  push(bytes: Uint8Array): PsrpMessage[] {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let offset = 0; offset + HEADER_BYTES <= bytes.length; offset += HEADER_BYTES + view.getUint32(offset + 17))
      this.#follow(view.getBigUint64(offset), (view.getUint8(offset + 16) & START) !== 0);
    return this.#defragmenter.push(bytes).map((message) => this.#ours(decodeMessage(message)));
  }

  /**
   * An answer was lost on the way, and its request is repeated. A server that had given its output away by then goes on after it; so the next
   * message must be the very next one. On a server whose counter others use, this gives up an answer that may have been whole.
   */
  answerWasLost(): void {
    this.#mustFollow = this.#lastStarted !== undefined;
  }

  #follow(objectId: bigint, starts: boolean): void {
    if (!starts) return; // whether it continues what has begun is known where fragments are joined
    const last = this.#lastStarted ?? 0n;
    if (objectId <= last) throw new PsrpError(`message ${objectId} came after message ${last}`);
    if (this.#mustFollow && objectId !== last + 1n)
      throw new PsrpError(`after an answer that was lost came message ${objectId}, message ${last + 1n} was due`);
    this.#mustFollow = false;
    this.#lastStarted = objectId;
  }

  #ours(message: PsrpMessage): PsrpMessage {
    if (message.destination !== "client") throw new PsrpError("a message that is meant for a server");
    if (message.poolId !== NO_GUID && message.poolId !== this.#poolId) throw new PsrpError(`a message of another pool, ${message.poolId}`);
    return message;
  }
}
