// The same messages in other fragments, as a server may send them and this one does not: cut at odd places, interleaved, several in one Stream.
// Only what is whole in one answer is cut anew: the numbers of later fragments would not fit any more. Source: [MS-PSRP] 2.2.4.
import { Defragmenter, fragmentsOf } from "../../../provider/remoting/psrp/fragments.ts";

/** What each Stream element of an answer holds. */
export type Streams = readonly Uint8Array[];

/** Bytes of data in the fragments of a message that is cut anew: so few that the header of 40 bytes is cut, and characters are. */
const ODD_BYTES = 37;
/** No message of an answer is cut into more pieces than this. */
const MOST_PIECES = 50;
const START = 1;
const END = 2;

/** Whole messages cut into many small fragments, and the fragments of neighbouring messages by turns. */
export function splitOddly(streams: Streams): Streams {
  const byObject = Map.groupBy(streams, (fragment) => objectIdOf(fragment));
  const queues = [...byObject].map(([objectId, fragments]) => (isWhole(fragments) ? cutAnew(objectId, fragments) : [...fragments]));
  const turns = Math.max(0, ...queues.map((queue) => queue.length));
  return Array.from({ length: turns }, (_, turn) => queues.flatMap((queue) => queue.slice(turn, turn + 1))).flat();
}

/** All fragments in one Stream. */
export function joined(streams: Streams): Streams {
  return streams.length === 0 ? streams : [new Uint8Array(Buffer.concat(streams))];
}

function cutAnew(objectId: bigint, fragments: Streams): Uint8Array[] {
  const defragmenter = new Defragmenter();
  const [message = new Uint8Array()] = fragments.flatMap((fragment) => defragmenter.push(fragment));
  return fragmentsOf(objectId, message, Math.max(ODD_BYTES, Math.ceil(message.length / MOST_PIECES)));
}

function isWhole(fragments: Streams): boolean {
  return (flagsOf(fragments.at(0)) & START) !== 0 && (flagsOf(fragments.at(-1)) & END) !== 0;
}

function objectIdOf(fragment: Uint8Array): bigint {
  return Buffer.from(fragment.buffer, fragment.byteOffset, fragment.byteLength).readBigUInt64BE(0);
}

function flagsOf(fragment: Uint8Array | undefined): number {
  return fragment?.[16] ?? 0;
}
