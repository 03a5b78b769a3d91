import { deepEqual, equal } from "node:assert/strict";
import { joined, splitOddly } from "../../../../lab/serve/psrp/rearrange.ts";
import { Defragmenter, fragmentsOf } from "../../../../provider/remoting/psrp/fragments.ts";

const [first, second] = [Buffer.alloc(100, "a"), Buffer.alloc(3_000, "b")];
const streams = [...fragmentsOf(1n, first, 1_000), ...fragmentsOf(2n, second, 1_000)];

describe("fragments arranged otherwise", () => {
  it("are cut at odd places and come by turns, and are the same messages", () => {
    const odd = splitOddly(streams);
    deepEqual(
      odd.slice(0, 6).map((fragment) => fragment[7]),
      [1, 2, 1, 2, 1, 2],
    );
    equal(odd[0]?.length, 21 + 37);
    deepEqual(messagesOf(odd), [new Uint8Array(first), new Uint8Array(second)]);
  });

  it("stay as they are where a message begins or ends in another answer", () => {
    deepEqual(
      splitOddly(streams.slice(0, 3)).filter((fragment) => fragment[7] === 2),
      streams.slice(1, 3),
    );
    deepEqual(splitOddly([]), []);
  });

  it("are one Stream when they are joined", () => {
    const one = joined(streams);
    equal(one.length, 1);
    deepEqual(messagesOf(one), [new Uint8Array(first), new Uint8Array(second)]);
    deepEqual(joined([]), []);
  });
});

function messagesOf(fragments: readonly Uint8Array[]): Uint8Array[] {
  const defragmenter = new Defragmenter();
  return fragments.flatMap((fragment) => defragmenter.push(fragment));
}
