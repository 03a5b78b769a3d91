// Ways in which a message of WSMan and PSRP can be wrong, for tests that ask whether whoever reads it stays whole: requests and answers alike.
// Deterministic: the same seed gives the same mutations in the same order. Judges nothing.
import { fragmentsOf } from "../../provider/remoting/psrp/fragments.ts";

/** Random numbers that can be had again. (mulberry32, public domain algorithm.) */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to `count - 1`. */
  below(count: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * count);
  }

  /** One of a list that is not empty. */
  of<T>(list: readonly [T, ...T[]] | readonly T[]): T {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new RangeError("nothing to choose from");
    return item;
  }
}

/** Text or bytes to text or bytes; what has nothing to be spoilt comes back as it is. */
export type Mutation<T> = (value: T, dice: Dice) => T;

const GUID = /[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}/g;
const BASE64 = /(?<=>)[A-Za-z0-9+/=]{40,}(?=<)/g;
const TAG = /<[A-Za-z][^<>]*>/g;
const LAUGHS = '<!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>';
const NUMBERS = ["-1", "0", "1", "8191", "65536", "4294967296", "99999999999999999999", "1e308", "NaN", "", "0x10", " 7 ", "１２"] as const;
const ODD_TEXTS = [
  "&#0;",
  "&#xFFFE;",
  "&a;",
  "&amp",
  "&#99999999;",
  "]]>",
  "<!--",
  "<![CDATA[",
  "<?x?>",
  "\u0000",
  "\ud800",
  "<",
  '"',
  "_x0000_",
] as const;
const HUGE = 200_000;

/** Of any text with tags in it. */
export const TEXT_MUTATIONS: Readonly<Record<string, Mutation<string>>> = {
  cut: (text, dice) => text.slice(0, dice.below(text.length)),
  beheaded: (text, dice) => text.slice(dice.below(text.length)),
  partsSwapped: (text, dice) => {
    const [a = 0, b = 0, c = 0] = [dice.below(text.length), dice.below(text.length), dice.below(text.length)].sort((x, y) => x - y);
    return text.slice(0, a) + text.slice(b, c) + text.slice(a, b) + text.slice(c);
  },
  partDoubled: (text, dice) => {
    const [a = 0, b = 0] = [dice.below(text.length), dice.below(text.length)].sort((x, y) => x - y);
    return text.slice(0, b) + text.slice(a);
  },
  wrongId: (text, dice) =>
    replaceOne(text, GUID, dice, () => dice.of(["00000000-0000-0000-0000-000000000000", randomGuid(dice), "no-id", '"/><x y="'])),
  wrongNumber: (text, dice) => replaceOne(text, /(?<=>|")-?\d+(?:\.\d+)?(?=<|")/g, dice, () => dice.of(NUMBERS)),
  wrongDuration: (text, dice) =>
    replaceOne(text, /PT[\d.]+S/g, dice, () => dice.of(["PT", "P1Y", "PT99999999999999S", "PT-1S", `PT${"9".repeat(400)}S`])),
  oddText: (text, dice) => insertAt(text, dice.below(text.length), dice.of(ODD_TEXTS)),
  oddTextInElement: (text, dice) => replaceOne(text, /(?<=>)(?=[^<])/g, dice, () => dice.of(ODD_TEXTS)),
  documentType: (text) => `${LAUGHS}${text.replace(/(?<=>)(?=[^<])/, "&c;")}`,
  externalEntity: (text) => `<!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/hostname">]>${text}`,
  deepNesting: (text, dice) => insertAtTag(text, dice, "<d>".repeat(10 ** (1 + dice.below(4)))),
  deepPrefixed: (text, dice) => insertAtTag(text, dice, `<q:d xmlns:q="urn:q">${"<q:d>".repeat(20_000)}`),
  manyAttributes: (text, dice) =>
    replaceOne(text, TAG, dice, (tag) => addAttributes(tag, Array.from({ length: 3_000 }, (_, at) => ` a${at}="1"`).join(""))),
  doubledAttribute: (text, dice) => replaceOne(text, /\s[\w:]+="[^"]*"/g, dice, (attribute) => attribute + attribute),
  lostAttribute: (text, dice) => replaceOne(text, /\s[\w:]+="[^"]*"/g, dice, () => ""),
  lostElement: (text, dice) => replaceOne(text, /<([\w:]{1,60})(?: [^<>]*)?>[^<]*<\/\1>/g, dice, () => ""),
  doubledElement: (text, dice) => replaceOne(text, /<([\w:]{1,60})(?: [^<>]*)?>[^<]*<\/\1>/g, dice, (element) => element + element),
  foreignNamespace: (text, dice) => replaceOne(text, /(?<=xmlns[:\w]*=")[^"]*/g, dice, () => "urn:other"),
  hugeText: (text, dice) =>
    replaceOne(text, /(?<=>)[^<]+(?=<)/g, dice, () => dice.of(["9", " ", "A", "&amp;", "="]).repeat(HUGE) + dice.of(["", "x", "!"])),
  hugeAttribute: (text, dice) => replaceOne(text, /(?<=")[^"<>]+(?=")/g, dice, () => "x".repeat(HUGE)),
};

/** Of any bytes. */
export const BYTE_MUTATIONS: Readonly<Record<string, Mutation<Buffer>>> = {
  cutBytes: (bytes, dice) => bytes.subarray(0, dice.below(bytes.length + 1)),
  bitsFlipped: (bytes, dice) => {
    const spoilt = Buffer.from(bytes);
    for (let count = 1 + dice.below(8); count > 0 && spoilt.length > 0; count -= 1) spoilt[dice.below(spoilt.length)] = dice.below(256);
    return spoilt;
  },
  badUtf8: (bytes, dice) => {
    const at = dice.below(bytes.length + 1);
    const bad = dice.of([[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf8, 0x88, 0x80, 0x80, 0x80]]);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(bad), bytes.subarray(at)]);
  },
  randomBytes: (bytes, dice) => Buffer.from(Uint8Array.from({ length: 1 + dice.below(bytes.length + 1) }, () => dice.below(256))),
  zeroBytes: (bytes, dice) => Buffer.concat([bytes.subarray(0, dice.below(bytes.length + 1)), Buffer.alloc(dice.below(2_000))]),
};

/** Of the content of one stream element: fragments with a header of 21 bytes each, as far as they can be read. */
export const FRAGMENT_MUTATIONS: Readonly<Record<string, Mutation<Buffer>>> = {
  reordered: (bytes, dice) => Buffer.concat(shuffled(smaller(bytes, dice), dice)),
  lostFragment: (bytes, dice) => {
    const fragments = smaller(bytes, dice);
    fragments.splice(dice.below(fragments.length), 1);
    return Buffer.concat(fragments);
  },
  doubledFragment: (bytes, dice) => {
    const fragments = smaller(bytes, dice);
    return Buffer.concat([...fragments, dice.of(fragments)]);
  },
  wrongObjectId: (bytes, dice) =>
    changed(bytes, dice, (fragment) => fragment.writeBigUInt64BE(BigInt(dice.below(9)) << BigInt(dice.below(60)), 0)),
  wrongFragmentId: (bytes, dice) => changed(bytes, dice, (fragment) => fragment.writeBigUInt64BE(BigInt(dice.below(9)), 8)),
  wrongFlags: (bytes, dice) => changed(bytes, dice, (fragment) => fragment.writeUInt8(dice.below(256), 16)),
  wrongLength: (bytes, dice) => changed(bytes, dice, (fragment) => fragment.writeUInt32BE(dice.of([0, 1, 20, 0x7fffffff, 0xffffffff]), 17)),
  manyBegun: (bytes) => Buffer.concat(Array.from({ length: 500 }, (_, at) => fragment(BigInt(at + 100), 0n, 1, bytes.subarray(21, 61)))),
  emptyWithoutEnd: (_bytes, dice) => {
    const id = BigInt(100 + dice.below(1_000));
    return Buffer.concat(
      Array.from({ length: 1 + dice.below(2_000) }, (_, at) => fragment(id, BigInt(at), at === 0 ? 1 : 0, Buffer.alloc(0))),
    );
  },
  wrongMessageHeader: (bytes, dice) =>
    changed(bytes, dice, (fragment) => fragment.writeUInt8(dice.below(256), Math.min(fragment.length - 1, 21 + dice.below(40)))),
  innerText: (bytes, dice) => withInnerText(bytes, dice),
};

/** A message with one to three things wrong in it, and their names. */
export function mutated(text: string, dice: Dice): { readonly names: readonly string[]; readonly bytes: Buffer } {
  const names: string[] = [];
  let spoilt = text;
  for (let count = dice.below(3); count >= 0; count -= 1) {
    if (dice.below(4) > 0 && BASE64.test(spoilt)) spoilt = inStreams(spoilt, dice, names);
    else spoilt = named(TEXT_MUTATIONS, dice, names)(spoilt, dice);
    BASE64.lastIndex = 0;
  }
  const bytes = Buffer.from(spoilt, "utf8");
  return dice.below(10) > 0 ? { bytes, names } : { bytes: named(BYTE_MUTATIONS, dice, names)(bytes, dice), names };
}

function inStreams(text: string, dice: Dice, names: string[]): string {
  const table = dice.below(3) === 0 ? BYTE_MUTATIONS : FRAGMENT_MUTATIONS;
  const mutation = named(table, dice, names);
  return replaceOne(text, BASE64, dice, (base64) => mutation(Buffer.from(base64, "base64"), dice).toString("base64"));
}

function named<T>(table: Readonly<Record<string, Mutation<T>>>, dice: Dice, names: string[]): Mutation<T> {
  const [name, mutation] = dice.of(Object.entries(table));
  names.push(name);
  return mutation;
}

/** The CLIXML inside the first message spoilt as text, in fragments that are in order. */
function withInnerText(bytes: Buffer, dice: Dice): Buffer {
  const inner = bytes.subarray(61).toString("utf8");
  const spoilt = dice.of(Object.values(TEXT_MUTATIONS))(inner, dice);
  const message = Buffer.concat([bytes.subarray(21, 61), Buffer.from(spoilt, "utf8")]);
  return Buffer.concat(fragmentsOf(bytes.length < 8 ? 1n : bytes.readBigUInt64BE(0), message, 1 + dice.below(30_000)));
}

/** The first message in smaller fragments than it came in. */
function smaller(bytes: Buffer, dice: Dice): Buffer[] {
  const id = bytes.length < 8 ? 1n : bytes.readBigUInt64BE(0);
  return fragmentsOf(id, bytes.subarray(21), 40 + dice.below(400)).map((fragment) => Buffer.from(fragment));
}

function changed(bytes: Buffer, dice: Dice, change: (fragment: Buffer) => void): Buffer {
  const fragments = dice.below(2) === 0 ? [Buffer.from(bytes)] : smaller(bytes, dice);
  const chosen = dice.of(fragments);
  if (chosen.length > 21) change(chosen);
  return Buffer.concat(fragments);
}

function fragment(objectId: bigint, fragmentId: bigint, flags: number, data: Buffer): Buffer {
  const header = Buffer.alloc(21);
  header.writeBigUInt64BE(objectId, 0);
  header.writeBigUInt64BE(fragmentId, 8);
  header.writeUInt8(flags, 16);
  header.writeUInt32BE(data.length, 17);
  return Buffer.concat([header, data]);
}

function shuffled<T>(list: readonly T[], dice: Dice): T[] {
  return list
    .map((item) => [dice.below(1_000_000), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

function replaceOne(text: string, what: RegExp, dice: Dice, by: (found: string) => string): string {
  const places = [...text.matchAll(what)];
  if (places.length === 0) return text;
  const place = dice.of(places);
  return text.slice(0, place.index) + by(place[0]) + text.slice(place.index + place[0].length);
}

function insertAt(text: string, at: number, more: string): string {
  return text.slice(0, at) + more + text.slice(at);
}

function insertAtTag(text: string, dice: Dice, more: string): string {
  return replaceOne(text, TAG, dice, (tag) => tag + more);
}

function addAttributes(tag: string, more: string): string {
  return tag.replace(/\/?>$/, (end) => more + end);
}

function randomGuid(dice: Dice): string {
  return "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, () => dice.below(16).toString(16)).toUpperCase();
}
