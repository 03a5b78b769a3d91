// The key under which a session's secrets travel: our public key goes out, the server's session key comes back under it. Pure but for randomness.
// Source: [MS-PSRP] 2.2.2.3 to 2.2.2.5 and 2.2.5.1.24 (SecureString); layouts are those of CryptoAPI, little-endian. Protocol 2.4 has none of it.
import { constants, createCipheriv, generateKeyPair, type KeyObject, privateDecrypt } from "node:crypto";
import { promisify } from "node:util";
import { psObject } from "../clixml/build.ts";
import { decodeClixml } from "../clixml/decode.ts";
import { encodeClixml } from "../clixml/encode.ts";
import { property, textOf } from "../clixml/read.ts";
import { isPsObject, PsTagged } from "../clixml/values.ts";
import type { Secret } from "../transport.ts";
import { PsrpError } from "./messages.ts";

const MODULUS_BYTES = 256;
const SESSION_KEY_BYTES = 32;
/** PUBLICKEYBLOB for key exchange: type 6, version 2, CALG_RSA_KEYX, "RSA1", 2048 bits. */
const PUBLIC_KEY_HEADER = Buffer.from("06020000" + "00a40000" + "52534131" + "00080000", "hex");
/** SIMPLEBLOB: type 1, version 2, two algorithms. What they name is settled by the protocol: AES of 256 bits under RSA. */
const SESSION_KEY_HEADER_BYTES = 12;

/** Our half: made for one session, forgotten with it. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  /** Data of PUBLIC_KEY. */
  readonly message: string;
}

/** A new pair. RSA with 2048 bits; a tenth of a second of work off the main thread. */
export async function newKeyPair(): Promise<KeyPair> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 8 * MODULUS_BYTES });
  const { n = "", e = "" } = publicKey.export({ format: "jwk" });
  const exponent = Buffer.alloc(4);
  exponent.set(Buffer.from(e, "base64url").reverse());
  const blob = Buffer.concat([PUBLIC_KEY_HEADER, exponent, Buffer.from(n, "base64url").reverse()]);
  return { privateKey, message: encodeClixml(psObject({ notes: { PublicKey: blob.toString("base64") } })) };
}

/** The server's half, ready to encrypt with. */
export class SessionKey {
  readonly #key: Uint8Array;

  private constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** Out of the data of ENCRYPTED_SESSION_KEY. @throws {PsrpError} without a word of what was inside */
  static read(data: string, { privateKey }: KeyPair): SessionKey {
    const [message] = decodeClixml(data);
    const text = isPsObject(message) ? textOf(property(message, "EncryptedSessionKey")) : undefined;
    if (text === undefined) throw new PsrpError("a session key message without a key");
    const sealed = Buffer.from(text, "base64").subarray(SESSION_KEY_HEADER_BYTES);
    if (sealed.length !== MODULUS_BYTES) throw new PsrpError(`a session key of ${sealed.length} bytes, ${MODULUS_BYTES} were due`);
    return new SessionKey(unpadded(opened(privateKey, Buffer.from(sealed).reverse())));
  }

  /** `SS`: AES-256-CBC with an initialization vector of zeros, as the protocol has it, over UTF-16LE. */
  protect(secret: Secret): PsTagged {
    const cipher = createCipheriv("aes-256-cbc", this.#key, Buffer.alloc(16));
    return new PsTagged("SS", Buffer.concat([cipher.update(secret.reveal(), "utf16le"), cipher.final()]).toString("base64"));
  }
}

/** Node.js refuses to strip PKCS#1 v1.5 itself (CVE-2023-46809), so it is asked for the block as it is. */
function opened(privateKey: KeyObject, sealed: Buffer): Buffer {
  try {
    return privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, sealed);
  } catch {
    throw new PsrpError("a session key that does not open with our private key"); // not below the modulus
  }
}

/**
 * The 32 bytes at the end of `00 02 <bytes that are not 0> 00 <key>`. Every byte is looked at, and nothing is decided before the last:
 * the time it takes says nothing of where a forged block is wrong.
 */
function unpadded(block: Buffer): Uint8Array {
  const separator = MODULUS_BYTES - SESSION_KEY_BYTES - 1;
  let wrong = (block[0] ?? 1) | ((block[1] ?? 0) ^ 2) | (block[separator] ?? 1);
  for (let index = 2; index < separator; index += 1) wrong |= (((block[index] ?? 0) - 1) >>> 8) & 1;
  if (wrong !== 0) throw new PsrpError("a session key that does not open with our private key");
  return new Uint8Array(block.subarray(separator + 1));
}
