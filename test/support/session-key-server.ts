// The server's half of a key exchange, by node:crypto's own PKCS#1 padding, which the client must strip by hand.
import { constants, createDecipheriv, createPublicKey, publicEncrypt, randomBytes } from "node:crypto";
import { psObject } from "../../provider/remoting/clixml/build.ts";
import { decodeClixml } from "../../provider/remoting/clixml/decode.ts";
import { property, textOf } from "../../provider/remoting/clixml/read.ts";
import { isPsObject, PsTagged, type PsValue } from "../../provider/remoting/clixml/values.ts";

export interface ServerKey {
  readonly key: Buffer;
  /** The value of ENCRYPTED_SESSION_KEY. */
  readonly answer: PsValue;
}

/** Answers the data of PUBLIC_KEY. `spoil` may change the block before it is encrypted without padding of its own. */
export function answerKey(
  data: string,
  { key = randomBytes(32), block }: { readonly key?: Buffer; readonly block?: Buffer } = {},
): ServerKey {
  const [message] = decodeClixml(data);
  const blob = Buffer.from((isPsObject(message) ? textOf(property(message, "PublicKey")) : undefined) ?? "", "base64");
  if (blob.subarray(0, 16).toString("hex") !== "0602000000a400005253413100080000" || blob.length !== 276)
    throw new Error("no PUBLICKEYBLOB");
  const number = (from: number, to: number) => Buffer.from(blob.subarray(from, to)).reverse().toString("base64url");
  const publicKey = createPublicKey({ format: "jwk", key: { kty: "RSA", e: number(16, 20), n: number(20, 276) } });
  const sealed =
    block === undefined
      ? publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, key)
      : publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, block);
  const header = Buffer.from("010200001066000000a40000", "hex");
  const text = Buffer.concat([header, sealed.reverse()]).toString("base64");
  return { key, answer: psObject({ notes: { EncryptedSessionKey: text } }) };
}

/** The text of an `SS` element. */
export function openSecret(value: PsValue | undefined, key: Buffer): string {
  if (!(value instanceof PsTagged) || value.tag !== "SS") throw new Error("no SecureString");
  const decipher = createDecipheriv("aes-256-cbc", key, Buffer.alloc(16));
  return Buffer.concat([decipher.update(Buffer.from(value.text, "base64")), decipher.final()]).toString("utf16le");
}
