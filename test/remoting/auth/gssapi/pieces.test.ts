// What the library is given for sealing and opening, laid out by hand, against koffi's own reading of the same structure.
import { deepEqual, equal } from "node:assert/strict";
import koffi from "koffi";
import { PIECE, Pieces } from "../../../../provider/remoting/auth/gssapi/pieces.ts";

const buffer = koffi.struct("pieces_test_buffer", { length: "size_t", value: "void *" });
const iov = koffi.struct("pieces_test_iov", { type: "uint32_t", buffer });
const [header, data] = [Buffer.alloc(60, 1), Buffer.from("sealed in place")];

describe("the pieces of a message", () => {
  it("lie as C has them, those of the call before written over", () => {
    const pieces = new Pieces(koffi.address);
    pieces.lay([PIECE.data, header], [PIECE.padding, header], [PIECE.padding, data]);
    pieces.lay([PIECE.header, header], [PIECE.data, data]);
    deepEqual(koffi.decode(pieces.memory, koffi.array(iov, 3)), [
      { type: 2, buffer: { length: 60, value: koffi.address(header) } },
      { type: 1, buffer: { length: data.length, value: koffi.address(data) } },
      { type: 9, buffer: { length: data.length, value: koffi.address(data) } },
    ]);
  });

  it("say how long the library left them", () => {
    const pieces = new Pieces(koffi.address);
    pieces.lay([PIECE.header, header], [PIECE.data, data]);
    koffi.encode(pieces.memory, koffi.array(iov, 2), [
      { type: 2, buffer: { length: 28, value: null } },
      { type: 1, buffer: { length: 4_294_967_296, value: null } },
    ]);
    equal(pieces.lengthOf(0), 28);
    equal(pieces.lengthOf(1), 4_294_967_296);
  });
});
