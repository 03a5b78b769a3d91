// SSH host keys: their types, and what is said of a host that has none with the fingerprint that was expected. Pure. Sources: RFC 4253 6.6, RFC 8332.
import { createHash } from "node:crypto";
import type { ServerHostKeyAlgorithm } from "ssh2";

/** A type of key: as `ssh-keygen` says it, and the names under which one is agreed upon. A host has one key of a type, or none. */
export interface KeyType {
  readonly name: "ED25519" | "ECDSA" | "RSA";
  readonly algorithms: ServerHostKeyAlgorithm[];
}

/** A fingerprint does not tell its key's type, so each may have to be asked for. Curves are asked for apart: a host may have a key of each. */
export const keyTypes: readonly KeyType[] = [
  { name: "ED25519", algorithms: ["ssh-ed25519"] },
  { name: "ECDSA", algorithms: ["ecdsa-sha2-nistp256"] },
  { name: "ECDSA", algorithms: ["ecdsa-sha2-nistp384"] },
  { name: "ECDSA", algorithms: ["ecdsa-sha2-nistp521"] },
  { name: "RSA", algorithms: ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] },
];

/** A key as a host has shown it. */
export interface ShownKey {
  readonly type: KeyType | undefined;
  /** `SHA256:…`, as `ssh-keygen -lf` prints it. */
  readonly fingerprint: string;
}

/** `key` is in wire format, which begins with the name of its type. */
export function shownKey(key: Buffer): ShownKey {
  const name = key.length < 4 ? "" : key.toString("latin1", 4, 4 + key.readUInt32BE(0));
  return {
    type: keyTypes.find(({ algorithms }) => algorithms.some((algorithm) => algorithm === name)),
    fingerprint: `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`,
  };
}

/** Goes on from the host's name: none of its keys, which are all `shown`, is the one that is `expected`. */
export function sayOtherKeys(shown: readonly ShownKey[], expected: string): string {
  const found = shown.map(({ type, fingerprint }) => `${fingerprint}${type === undefined ? "" : ` (${type.name})`}`).join(", ");
  const files = shown.flatMap(({ type }) => (type === undefined ? [] : [`/etc/ssh/ssh_host_${type.name.toLowerCase()}_key.pub`]));
  const command = [...new Set(files)].map((file) => `\`ssh-keygen -lf ${file}\``).join(", ");
  const what = shown.length === 1 ? "the SSH host key" : "the SSH host keys";
  return `shows ${what} ${found}; expected ${expected}. Nothing was sent. Compare it on the host itself (${command}): where that prints what is shown here, the host has a new key, and \`hostKey\` is to name it; where not, something else answers in its place.`;
}
