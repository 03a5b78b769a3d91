import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { guidBytes, guidText, NO_GUID } from "../../../provider/remoting/psrp/guid.ts";
import { decodeMessage, encodeMessage, MessageType, PsrpError } from "../../../provider/remoting/psrp/messages.ts";

const message = {
  destination: "server",
  type: MessageType.createPipeline,
  poolId: "00112233-4455-6677-8899-AABBCCDDEEFF",
  pipelineId: NO_GUID,
  data: "<S>ä</S>",
} as const;

describe("a PSRP message", () => {
  it("has a little-endian header of 40 bytes before its data", () => {
    const header = ["02000000", "06100200", "33221100554477668899aabbccddeeff", "00".repeat(16)].join("");
    equal(Buffer.from(encodeMessage(message)).toString("hex"), header + Buffer.from("<S>ä</S>").toString("hex"));
  });

  it("begins its data with a byte order mark when asked to, and only when it has any", () => {
    equal(
      Buffer.from(encodeMessage(message, { bom: true }))
        .subarray(40, 43)
        .toString("hex"),
      "efbbbf",
    );
    equal(encodeMessage({ ...message, data: "" }, { bom: true }).length, 40);
  });

  it("comes back as it was, with a mark or without", () => {
    const guid = fc.uuid().map((text) => text.toUpperCase());
    const anyMessage = fc.record(
      {
        destination: fc.constantFrom("client" as const, "server" as const),
        type: fc.nat(0xffffffff),
        poolId: guid,
        pipelineId: guid,
        data: fc.string({ unit: "grapheme" }),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(anyMessage, fc.boolean(), (any, bom) => {
        fc.pre(!any.data.startsWith("\ufeff"));
        deepEqual(decodeMessage(encodeMessage(any, { bom })), any);
      }),
    );
  });

  it("is refused when it is too short, goes nowhere or is not UTF-8", () => {
    const bytes = encodeMessage(message);
    throws(() => decodeMessage(bytes.subarray(0, 39)), new PsrpError("a message of 39 bytes is shorter than its header"));
    throws(() => decodeMessage(Uint8Array.of(3, ...bytes.subarray(1))), new PsrpError("a message has destination 3"));
    throws(() => decodeMessage(Uint8Array.of(...bytes, 0xff)), { name: "PsrpError", message: "a message's data is not UTF-8" });
  });
});

describe("a GUID", () => {
  it("is read in any case and written in upper case", () => {
    equal(guidText(Buffer.from(guidBytes("00112233-4455-6677-8899-aabbccddeeff")), 0), "00112233-4455-6677-8899-AABBCCDDEEFF");
  });

  it("that is none is refused", () => {
    throws(() => guidBytes("00112233-4455-6677-8899"), new RangeError('"00112233-4455-6677-8899" is not a GUID'));
  });
});
