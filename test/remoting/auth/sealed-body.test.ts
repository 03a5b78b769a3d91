import { deepEqual, equal, throws } from "node:assert/strict";
import { isSealed, sealedBody, sealedMessageIn } from "../../../provider/remoting/auth/sealed-body.ts";
import { WsmanError } from "../../../provider/remoting/problem.ts";

const signature = Uint8Array.from({ length: 60 }, (_, index) => index);
const data = Buffer.from("--Encrypted Boundary--\r\n inside, with \0 and more");

function body(text: string, payload: Uint8Array = payloadOf(), end = "--Encrypted Boundary--\r\n"): Uint8Array {
  return Buffer.concat([Buffer.from(text), payload, Buffer.from(end)]);
}

function payloadOf(signatureBytes = signature.length): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(signatureBytes);
  return Buffer.concat([length, signature, data]);
}

function head(length: number | string = data.length, dashes = "--"): string {
  return (
    `${dashes}Encrypted Boundary\r\n\tContent-Type: application/HTTP-Kerberos-session-encrypted\r\n` +
    `\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=${length}\r\n` +
    `${dashes}Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n`
  );
}

describe("a sealed body", () => {
  it("is written as Windows clients write it, and read again", () => {
    const { headers, bytes } = sealedBody("Kerberos", { signature, data }, "application/soap+xml;charset=UTF-8", { A: "b" });
    const protocol = "application/HTTP-Kerberos-session-encrypted";
    deepEqual(headers, { A: "b", "Content-Type": `multipart/encrypted;protocol="${protocol}";boundary="Encrypted Boundary"` });
    deepEqual(Buffer.from(bytes), Buffer.from(body(head())));
    equal(isSealed(headers["Content-Type"] ?? ""), true);
    deepEqual(read(bytes), { signature: [...signature], data: [...data] });
  });

  it("names SPNEGO where the server offered Negotiate", () => {
    const { headers } = sealedBody("Negotiate", { signature, data }, "text/plain", {});
    equal(
      headers["Content-Type"],
      'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"',
    );
  });

  it("is read with the blank after the dashes that Exchange writes", () => {
    deepEqual(read(body(head(data.length, "-- "), payloadOf(), "-- Encrypted Boundary--\r\n")).data, [...data]);
  });

  const damages: Readonly<Record<string, Uint8Array>> = {
    "nothing at all": new Uint8Array(),
    "a page of HTML": Buffer.from("<html></html>"),
    "no end": body(head(), payloadOf(), ""),
    "no second part": body(head().split("--Encrypted Boundary\r\n\tContent-Type: application/octet")[0] ?? ""),
    "a length that is one too many": body(head(data.length + 1)),
    "a length that is no number": body(head("many")),
    "a signature longer than all there is": body(head(), payloadOf(4_000_000_000)),
    "a signature longer than any": body(head(0), Buffer.concat([payloadOf(2_000).subarray(0, 4), Buffer.alloc(2_000)])),
    "no bytes after the head": body(head(0), new Uint8Array()),
  };
  for (const [what, bytes] of Object.entries(damages)) {
    it(`is refused when it has ${what}`, () => {
      throws(
        () => sealedMessageIn(bytes),
        (error: unknown) => error instanceof WsmanError && error.problem.kind === "nonsense",
      );
    });
  }
});

describe("a body that is not sealed", () => {
  it("is known by its content type", () => {
    for (const type of ["", "text/html", "application/soap+xml;charset=UTF-8", "multipart/form-data"]) equal(isSealed(type), false);
  });
});

function read(bytes: Uint8Array): { signature: number[]; data: number[] } {
  const message = sealedMessageIn(bytes);
  return { signature: [...message.signature], data: [...message.data] };
}
