import { deepEqual, equal, throws } from "node:assert/strict";
import { fragmentsOf } from "../../../provider/remoting/psrp/fragments.ts";
import { NO_GUID } from "../../../provider/remoting/psrp/guid.ts";
import { encodeMessage, MessageType, type PsrpMessage } from "../../../provider/remoting/psrp/messages.ts";
import { MessageStream } from "../../../provider/remoting/psrp/stream.ts";

const POOL = "00000000-0000-0000-0000-00000000000A";

function said(data: string, overrides: Partial<PsrpMessage> = {}): Uint8Array {
  const message = {
    destination: "client",
    type: MessageType.pipelineOutput,
    poolId: POOL,
    pipelineId: NO_GUID,
    data,
    ...overrides,
  } as const;
  return encodeMessage(message);
}
const whole = (objectId: bigint, data: string, overrides: Partial<PsrpMessage> = {}) =>
  Buffer.concat(fragmentsOf(objectId, said(data, overrides), 1_000));

describe("a stream of messages", () => {
  const texts = (stream: MessageStream, ...chunks: Uint8Array[]) => chunks.flatMap((chunk) => stream.push(chunk)).map(({ data }) => data);

  it("takes ids that rise, with gaps, several in a chunk, and ones that alternate", () => {
    const stream = new MessageStream(POOL.toLowerCase());
    const [begin = Buffer.of(), end = Buffer.of()] = fragmentsOf(9n, said("c"), 30);
    deepEqual(texts(stream, Buffer.concat([whole(1n, "a"), whole(5n, "b")]), begin, whole(10n, "d"), end), ["a", "b", "d", "c"]);
    equal(stream.isIdle, true);
  });

  it("says that it is in the middle of a message", () => {
    const stream = new MessageStream(POOL);
    const [begin = Buffer.of()] = fragmentsOf(1n, said("c"), 30);
    stream.push(begin);
    equal(stream.isIdle, false);
  });

  it("refuses what it had already, and what is older", () => {
    for (const objectId of [4n, 3n]) {
      const stream = new MessageStream(POOL);
      stream.push(whole(4n, "a"));
      throws(() => stream.push(whole(objectId, "a")), { name: "PsrpError", message: `message ${objectId} came after message 4` });
    }
  });

  it("after a loss takes the next message and no later one", () => {
    const stream = new MessageStream(POOL);
    stream.push(whole(4n, "a"));
    stream.answerWasLost();
    deepEqual(texts(stream, whole(5n, "b"), whole(9n, "c")), ["b", "c"]);
    stream.answerWasLost();
    throws(() => stream.push(whole(11n, "d")), { message: "after an answer that was lost came message 11, message 10 was due" });
  });

  it("after a loss before anything came takes any message", () => {
    const stream = new MessageStream(POOL);
    stream.answerWasLost();
    deepEqual(texts(stream, whole(7n, "a")), ["a"]);
  });

  it("takes the server's first words, which name no pool, and refuses those of another pool or for a server", () => {
    deepEqual(texts(new MessageStream(POOL), whole(1n, "a", { poolId: NO_GUID })), ["a"]);
    const other = "00000000-0000-0000-0000-00000000000B";
    throws(() => new MessageStream(POOL).push(whole(1n, "a", { poolId: other })), { message: `a message of another pool, ${other}` });
    throws(() => new MessageStream(POOL).push(whole(1n, "a", { destination: "server" })), {
      message: "a message that is meant for a server",
    });
  });
});
