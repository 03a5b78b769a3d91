// What the library is given for sealing and opening, laid out by hand, against koffi's own reading of the same structures.
import { deepEqual, throws } from "node:assert/strict";
import koffi from "koffi";
import { IovMemory } from "../../../../lab/serve/gssapi/iov-memory.ts";
import type { IovBuffer, Slot } from "../../../../lab/serve/gssapi/library.ts";

const buffer = koffi.struct("iov_memory_test_buffer", { length: "size_t", value: "void *" });
const iov = koffi.struct("iov_memory_test_iov", { type: "uint32_t", buffer });
const bytes = Buffer.from("sealed in place");
const pieces = (): IovBuffer[] => [
  { type: 2, buffer: { length: bytes.length, value: bytes } },
  { type: 9, buffer: { length: 0, value: null } },
];

describe("the memory of a call with iov pieces", () => {
  it("lies as C has it", () => {
    const memory = new IovMemory(koffi.address);
    memory.put(pieces());
    deepEqual(koffi.decode(memory.iov, koffi.array(iov, 2)), [
      { type: 2, buffer: { length: bytes.length, value: koffi.address(bytes) } },
      { type: 9, buffer: { length: 0, value: null } },
    ]);
  });

  it("says afterwards what the library wrote into it", () => {
    const memory = new IovMemory(koffi.address);
    const [given, minor, isSealed]: [IovBuffer[], Slot<number>, Slot<number>] = [pieces(), [0], [0]];
    memory.put(given);
    koffi.encode(memory.minor, "uint32_t", 0xffff_fffe);
    koffi.encode(memory.isSealed, "int", 1);
    koffi.encode(memory.iov, iov, { type: 2, buffer: { length: 7, value: null } });
    memory.take(minor, isSealed, given);
    deepEqual([minor, isSealed, given.map((piece) => Number(piece.buffer.length))], [[0xffff_fffe], [1], [7, 0]]);
  });

  it("keeps nothing of the call before", () => {
    const memory = new IovMemory(koffi.address);
    memory.put(pieces());
    memory.put([{ type: 1, buffer: { length: 0, value: null } }]);
    deepEqual(koffi.decode(memory.iov, iov), { type: 1, buffer: { length: 0, value: null } });
  });

  it("has no room for a fourth piece", () => {
    throws(() => new IovMemory(koffi.address).put([...pieces(), ...pieces()]), new RangeError("there is room for 3 pieces, not for 4"));
  });
});
