import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { Defragmenter, fragmentsOf } from "../../../provider/remoting/psrp/fragments.ts";
import { PsrpError } from "../../../provider/remoting/psrp/messages.ts";

const bytes = (text: string) => new Uint8Array(Buffer.from(text));

describe("cutting a message", () => {
  it("gives each fragment a big-endian header of 21 bytes", () => {
    deepEqual(
      fragmentsOf(258n, bytes("abc"), 2).map((fragment) => Buffer.from(fragment).toString("hex")),
      [`0000000000000102${"0000000000000000"}01${"00000002"}6162`, `0000000000000102${"0000000000000001"}02${"00000001"}63`],
    );
  });

  it("makes one fragment of what fits exactly, and one of nothing", () => {
    equal(fragmentsOf(1n, bytes("ab"), 2).length, 1);
    deepEqual(
      fragmentsOf(1n, bytes(""), 2).map((fragment) => [fragment.length, fragment[16]]),
      [[21, 3]],
    );
  });

  it("refuses fragments that hold nothing", () => {
    throws(() => fragmentsOf(1n, bytes("ab"), 0), new RangeError("a fragment cannot hold 0 bytes"));
  });
});

describe("joining fragments", () => {
  it("gives every message back, however they are cut, interleaved and packed together", () => {
    const messages = fc.array(fc.tuple(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1, max: 70 })), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(messages, fc.infiniteStream(fc.nat()), (cut, choices) => {
        const queues = cut.map(([message, size], index) => fragmentsOf(BigInt(index + 1), message, size));
        const defragmenter = new Defragmenter();
        const joined: Uint8Array[] = [];
        const completed: number[] = [];
        let packed: Uint8Array[] = [];
        while (queues.some((queue) => queue.length > 0)) {
          const waiting = queues.flatMap((queue, index) => (queue.length > 0 ? [index] : []));
          const chosen = waiting[choices.next().value % waiting.length] ?? 0;
          packed.push(...(queues[chosen]?.splice(0, 1) ?? []));
          if (queues[chosen]?.length === 0) completed.push(chosen);
          if (choices.next().value % 2 === 0) joined.push(...defragmenter.push(Buffer.concat(packed.splice(0))));
        }
        joined.push(...defragmenter.push(Buffer.concat(packed)));
        packed = [];
        deepEqual(
          joined,
          completed.map((index) => cut[index]?.[0]),
        );
      }),
    );
  });

  it("shows a message of one fragment where it came, and copies what must wait for more", () => {
    const [whole = bytes("")] = fragmentsOf(1n, bytes("abc"), 3);
    const defragmenter = new Defragmenter();
    equal(defragmenter.push(whole)[0]?.buffer, whole.buffer);
    const [start = bytes(""), end = bytes("")] = fragmentsOf(2n, bytes("abcdef"), 3);
    defragmenter.push(start);
    start.fill(0);
    deepEqual(defragmenter.push(end), [bytes("abcdef")]);
  });

  const [first = bytes(""), second = bytes(""), third = bytes("")] = fragmentsOf(1n, bytes("abcdef"), 2);
  for (const { what, pushed, message } of [
    {
      what: "a fragment that comes before its turn",
      pushed: [first, third],
      message: "fragment 2 of message 1 came out of order, 1 was due",
    },
    {
      what: "a fragment that comes twice",
      pushed: [first, second, second],
      message: "fragment 1 of message 1 came out of order, 2 was due",
    },
    { what: "a message that begins twice", pushed: [first, first], message: "fragment 0 of message 1 came out of order, 1 was due" },
    { what: "a message without a beginning", pushed: [second], message: "fragment 1 of message 1 came out of order, 0 was due" },
    {
      what: "a start flag on a later fragment",
      pushed: [first, Uint8Array.from(second, (byte, index) => (index === 16 ? 1 : byte))],
      message: "fragment 1 of message 1 has a wrong start flag",
    },
    { what: "a header that is cut off", pushed: [first.subarray(0, 20)], message: "a fragment is cut off inside its header" },
    { what: "data that is cut off", pushed: [first.subarray(0, 22)], message: "a fragment announces 1 bytes more than there are" },
  ]) {
    it(`refuses ${what}`, () => {
      const defragmenter = new Defragmenter();
      throws(() => pushed.map((fragment) => defragmenter.push(fragment)), new PsrpError(message));
    });
  }

  it("bounds what is unfinished, and not what has passed through", () => {
    const defragmenter = new Defragmenter({ maxPendingBytes: 4, maxPendingMessages: 2 });
    for (let id = 10n; id < 20n; id++) equal(defragmenter.push(Buffer.concat(fragmentsOf(id, bytes("abcd"), 2))).length, 1);
    defragmenter.push(first);
    throws(() => defragmenter.push(Buffer.concat([second, third])), new PsrpError("unfinished messages exceed 4 bytes"));
  });

  it("bounds how many messages are unfinished", () => {
    const defragmenter = new Defragmenter({ maxPendingMessages: 2 });
    const beginning = (id: bigint) => fragmentsOf(id, bytes("abc"), 2)[0] ?? bytes("");
    defragmenter.push(Buffer.concat([beginning(1n), beginning(2n)]));
    throws(() => defragmenter.push(beginning(3n)), new PsrpError("more than 2 messages are unfinished"));
  });
});
