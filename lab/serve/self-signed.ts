// A certificate that a lab server makes for itself at its start: X.509 v3, ECDSA P-256, signed by its own key, valid for a year.
// Written in DER by hand, since Node.js makes keys but no certificates. Source: RFC 5280 (fields), RFC 5480 and 5758 (algorithms).
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

export interface SelfSigned {
  /** Private key, PEM. */
  readonly key: string;
  /** Certificate, PEM. */
  readonly cert: string;
}

const ecdsaWithSha256 = sequence(Buffer.from("06082a8648ce3d040302", "hex"));
const commonName = Buffer.from("0603550403", "hex");
const subjectAltName = Buffer.from("0603551d11", "hex");
const yearMs = 365 * 86_400_000;

/** A certificate for `name`, valid from an hour before `nowMs` for a year. */
export function selfSigned(name: string, nowMs: number = Date.now()): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const distinguishedName = sequence(tagged(0x31, sequence(commonName, tagged(0x0c, Buffer.from(name)))));
  const alternativeNames = sequence(tagged(0x82, Buffer.from(name)));
  const fields = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    ecdsaWithSha256,
    distinguishedName,
    sequence(time(nowMs - 3_600_000), time(nowMs + yearMs)),
    distinguishedName,
    publicKey.export({ type: "spki", format: "der" }),
    tagged(0xa3, sequence(sequence(subjectAltName, tagged(0x04, alternativeNames)))),
  );
  const signature = sign("sha256", fields, privateKey);
  const certificate = sequence(fields, ecdsaWithSha256, tagged(0x03, Buffer.from([0]), signature));
  const lines = certificate.toString("base64").replace(/.{1,64}/g, "$&\n");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`,
  };
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length < 0x80 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

/** UTCTime, which RFC 5280 asks for before 2050. */
function time(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replace(/\.\d+Z$|[-:T]/g, "");
  return tagged(0x17, Buffer.from(`${digits.slice(2)}Z`));
}
