// New keys for SSH. ssh2 1.17 writes one in some 400 Ed25519 keys in a way that nobody can read, itself included; ssh-keygen's are all fine.
import ssh2 from "ssh2";

/** Private and public, as text. */
export type SshKey = ReturnType<typeof ssh2.utils.generateKeyPairSync>;

/** An Ed25519 key, in OpenSSH's form. `generate` is ssh2's own, but for a test. */
export function newSshKey(generate: () => SshKey = () => ssh2.utils.generateKeyPairSync("ed25519")): SshKey {
  for (;;) {
    const key = generate();
    if (!(ssh2.utils.parseKey(key.private) instanceof Error)) return key;
  }
}
