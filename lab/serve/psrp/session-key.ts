// The session key of a runspace pool: made when the client sends its public key, and what SecureStrings are encrypted with, both ways.
// Source: [MS-PSRP] 2.2.2.3 and 2.2.2.4 (key blobs), 2.2.5.1.24 (SecureString); recordings of both directions. Below protocol 2.4 only.
import { constants, createCipheriv, createDecipheriv, createPublicKey, publicEncrypt, randomBytes } from "node:crypto";
import { psObject } from "../../../provider/remoting/clixml/build.ts";
import { decodeClixml } from "../../../provider/remoting/clixml/decode.ts";
import { encodeClixml } from "../../../provider/remoting/clixml/encode.ts";
import { property, textOf } from "../../../provider/remoting/clixml/read.ts";
import { isPsObject } from "../../../provider/remoting/clixml/values.ts";
import { PsrpError } from "../../../provider/remoting/psrp/messages.ts";

/** PUBLICKEYBLOB, version 2, CALG_RSA_KEYX, "RSA1". */
const PUBLIC_HEADER = Buffer.from("06020000 00a40000 52534131".replaceAll(" ", ""), "hex");
/** SIMPLEBLOB, version 2, CALG_AES_256, CALG_RSA_KEYX. */
const SESSION_HEADER = Buffer.from("01020000 10660000 00a40000".replaceAll(" ", ""), "hex");
const NUMBERS_AT = PUBLIC_HEADER.length + 8;
/** Clients make 2,048. */
const KEY_BITS = { least: 1_024, most: 4_096 };
const NO_VECTOR = Buffer.alloc(16);

export class SessionKey {
  readonly #key = randomBytes(32);

  /**
   * Data of ENCRYPTED_SESSION_KEY, for the client whose PUBLIC_KEY message had `publicKeyData`.
   * @throws {PsrpError} or {ClixmlError} when that is no RSA key of 1,024 to 4,096 bits
   */
  forClient(publicKeyData: string): string {
    const key = publicKeyIn(publicKeyData);
    const encrypted = sealed(key, this.#key).reverse();
    const blob = Buffer.concat([SESSION_HEADER, encrypted]).toString("base64");
    return encodeClixml(psObject({ notes: { EncryptedSessionKey: blob } }));
  }

  /** The text of an `SS` element as it travels. */
  encrypt(text: string): string {
    const cipher = createCipheriv("aes-256-cbc", this.#key, NO_VECTOR);
    return Buffer.concat([cipher.update(Buffer.from(text, "utf16le")), cipher.final()]).toString("base64");
  }

  /** What such an element says; undefined when it was encrypted with another key, or not at all. */
  decrypt(base64: string): string | undefined {
    const decipher = createDecipheriv("aes-256-cbc", this.#key, NO_VECTOR);
    try {
      const bytes = Buffer.concat([decipher.update(Buffer.from(base64, "base64")), decipher.final()]);
      return bytes.length % 2 === 0 ? bytes.toString("utf16le") : undefined;
    } catch {
      return undefined;
    }
  }
}

function publicKeyIn(data: string): ReturnType<typeof createPublicKey> {
  const [message] = decodeClixml(data);
  const blob = Buffer.from((isPsObject(message) ? textOf(property(message, "PublicKey")) : undefined) ?? "", "base64");
  const bits = blob.length >= NUMBERS_AT ? blob.readUInt32LE(PUBLIC_HEADER.length) : 0;
  const isSound = blob.subarray(0, PUBLIC_HEADER.length).equals(PUBLIC_HEADER) && blob.length === NUMBERS_AT + bits / 8;
  if (!isSound || bits < KEY_BITS.least || bits > KEY_BITS.most) throw new PsrpError("PUBLIC_KEY holds no RSA key");
  const number = (from: number, to?: number) => Buffer.from(blob.subarray(from, to)).reverse().toString("base64url");
  try {
    return createPublicKey({ key: { kty: "RSA", e: number(NUMBERS_AT - 4, NUMBERS_AT), n: number(NUMBERS_AT) }, format: "jwk" });
  } catch (cause) {
    throw new PsrpError("PUBLIC_KEY holds no RSA key", { cause });
  }
}

/** Encrypted as clients of Windows PowerShell want it: PKCS#1 v1.5. */
function sealed(key: ReturnType<typeof createPublicKey>, plain: Buffer): Buffer {
  try {
    return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, plain);
  } catch (cause) {
    throw new PsrpError("PUBLIC_KEY holds no usable RSA key", { cause });
  }
}
