// What a client sends to a pool or a pipeline, fragment by fragment, until messages are whole; and the room that all of an endpoint may take.
// A hostile client can begin messages without end: what is unfinished, or waits to be run, is counted and limited.
import { Defragmenter } from "../../../provider/remoting/psrp/fragments.ts";
import { decodeMessage, PsrpError, type PsrpMessage } from "../../../provider/remoting/psrp/messages.ts";

/** Bytes that may be held for all clients of an endpoint together. */
export class Room {
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws {PsrpError} when there is not so much room left; then nothing was taken */
  take(bytes: number): void {
    if (this.#bytes + bytes > this.#mostBytes)
      throw new PsrpError(`the server holds ${this.#mostBytes} bytes of unfinished messages already`);
    this.#bytes += bytes;
  }

  free(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** Elements in one message: a real one has some thousands, and each becomes an object many times its size. */
const MOST_ELEMENTS = 500_000;

export class Inbox {
  readonly #room: Room;
  readonly #defragmenter = new Defragmenter();
  #held = 0;

  constructor(room: Room) {
    this.#room = room;
  }

  /**
   * The messages that these bytes complete. Room is taken until `empty` is called.
   * @throws {PsrpError} for what is damaged, too large, or not for a server; then the inbox must not be used again
   */
  push(bytes: Uint8Array): PsrpMessage[] {
    this.#room.take(bytes.length);
    this.#held += bytes.length;
    const messages = this.#defragmenter.push(bytes).map(decodeMessage);
    for (const { destination, data } of messages) {
      if (destination !== "server") throw new PsrpError("a message is not for the server");
      if (isCrowded(data)) throw new PsrpError(`a message has more than ${MOST_ELEMENTS} elements`);
    }
    return messages;
  }

  /** Whether no message has begun without having ended. */
  get isIdle(): boolean {
    return this.#defragmenter.isIdle;
  }

  /** Gives the room back: what came is done with, or will never be. */
  empty(): void {
    this.#room.free(this.#held);
    this.#held = 0;
  }
}

function isCrowded(data: string): boolean {
  if (data.length <= MOST_ELEMENTS) return false;
  let count = 0;
  for (let at = data.indexOf("<"); at >= 0 && count <= MOST_ELEMENTS; at = data.indexOf("<", at + 1)) count += 1;
  return count > MOST_ELEMENTS;
}
