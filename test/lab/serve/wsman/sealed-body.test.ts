// The MIME form of a sealed message: what is written, what of it is read, and that a body which is not whole is never taken for one.
import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { isSealedType, readSealedBody, type SealedBody, writeSealedBody } from "../../../../lab/serve/wsman/sealed-body.ts";

const TYPE = 'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"';
const SEALED = { header: Buffer.from("HEADER"), data: Buffer.from("DATA"), plainLength: 4 };
const BODY = Buffer.from(
  "--Encrypted Boundary\r\n\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=4\r\n" +
    "--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n\x06\x00\x00\x00HEADERDATA--Encrypted Boundary--\r\n",
  "latin1",
);

describe("the body that carries a sealed message", () => {
  it("is two parts, and the signature's length before the signature", () => {
    const { contentType, body } = writeSealedBody(SEALED, "Negotiate", { hasOddDelimiter: false });
    deepEqual([contentType, body.toString("latin1")], [TYPE, BODY.toString("latin1")]);
    deepEqual(plain(readSealedBody(contentType, body, "Negotiate")), plain(SEALED));
  });

  it("has a blank after the dashes of each delimiter where Exchange writes it", () => {
    const { body } = writeSealedBody(SEALED, "Negotiate", { hasOddDelimiter: true });
    equal(body.toString("latin1"), BODY.toString("latin1").replaceAll("--Encrypted", "-- Encrypted"));
  });

  it("is read by its lengths: what looks like a delimiter inside the message is not one", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        fc.constantFrom("", "--Encrypted Boundary--\r\n", "--Encrypted Boundary\r\n"),
        (bytes, inside) => {
          const sealed = { header: Buffer.from(bytes), data: Buffer.concat([Buffer.from(inside), Buffer.from(bytes)]), plainLength: 1 };
          const { contentType, body } = writeSealedBody(sealed, "Kerberos", { hasOddDelimiter: false });
          deepEqual(plain(readSealedBody(contentType, body, "Kerberos")), plain(sealed));
        },
      ),
    );
  });

  it("is read with other white space and case in its headers, as other clients write them", () => {
    const other = BODY.toString("latin1")
      .replaceAll("\tContent-Type: ", "content-type:")
      .replace("\tOriginalContent: ", "ORIGINALCONTENT:");
    deepEqual(plain(readSealedBody(TYPE.replaceAll(";", "; "), Buffer.from(other, "latin1"), "Negotiate")), plain(SEALED));
  });

  it("is none when the beginning or the end is missing", () => {
    for (let length = 0; length < BODY.length; length++) {
      equal(readSealedBody(TYPE, BODY.subarray(0, length), "Negotiate"), undefined, `the first ${length} bytes`);
      equal(readSealedBody(TYPE, BODY.subarray(BODY.length - length), "Negotiate"), undefined, `the last ${length} bytes`);
    }
  });

  for (const [what, from, to] of [
    ["a signature longer than the body", "\x06\x00\x00\x00", "\x0b\x00\x00\x00"],
    ["a signature of four gigabytes", "\x06\x00\x00\x00", "\xff\xff\xff\xff"],
    ["no length of the message", ";Length=4", ""],
    ["a length that is no number", "Length=4", "Length=-4"],
    ["another protocol in its part", "HTTP-SPNEGO", "HTTP-CredSSP"],
    ["a second part of another type", "octet-stream", "soap+xml"],
    [
      "the odd delimiter, which only Exchange writes",
      "--Encrypted Boundary\r\n\tContent-Type: application/HTTP",
      "-- Encrypted Boundary\r\n\tContent-Type: application/HTTP",
    ],
  ] as const)
    it(`is none with ${what}`, () => {
      const changed = BODY.toString("latin1").replace(from, to);
      equal(changed === BODY.toString("latin1"), false);
      equal(readSealedBody(TYPE, Buffer.from(changed, "latin1"), "Negotiate"), undefined);
    });

  it("is none under the header of another scheme, another boundary or without them", () => {
    const others = [TYPE.replace("SPNEGO", "Kerberos"), TYPE.replace("Encrypted B", "B"), "multipart/encrypted;"];
    for (const contentType of others) equal(readSealedBody(contentType, BODY, "Negotiate"), undefined, contentType);
    equal(readSealedBody(TYPE, BODY, "Kerberos"), undefined);
  });

  it("is known by its content type", () => {
    deepEqual([TYPE, TYPE.toUpperCase(), "application/soap+xml;charset=UTF-8", ""].map(isSealedType), [true, true, false, false]);
  });
});

/** As text, which reads better where two differ. */
function plain(sealed: SealedBody | undefined): unknown {
  return sealed && { header: sealed.header.toString("latin1"), data: sealed.data.toString("latin1"), plainLength: sealed.plainLength };
}
