// The SSH edge against programs that nobody here wrote: the provider against a real sshd and a real shell, the lab's server against ssh(1).
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { startSsh } from "../../lab/serve/ssh.ts";
import { newSshKey } from "../../lab/serve/ssh-keys.ts";
import { quote } from "../../provider/mail/quote.ts";
import { SshConnection } from "../../provider/mail/ssh.ts";
import { commandAvailable, requireJudge } from "../support/judges.ts";
import { type Sshd, sshdAvailable, startSshd } from "./sshd.ts";

describe("SSH to a real sshd", () => {
  let folder = "";
  let sshd: Sshd;
  let connection: SshConnection;

  const open = (options: { privateKey?: string; hostKey?: string; port?: number } = {}) =>
    new SshConnection({
      host: "buffer.contoso-mail.net",
      connectTo: { "buffer.contoso-mail.net:22": `127.0.0.1:${options.port ?? sshd.port}` },
      user: "root",
      privateKey: { reveal: () => options.privateKey ?? sshd.privateKey },
      hostKey: options.hostKey ?? sshd.fingerprint,
    });

  before(async function () {
    requireJudge(this, "sshd, as root", sshdAvailable());
    folder = mkdtempSync(path.join(tmpdir(), "exchange-sshd-"));
    sshd = await startSshd(folder);
    connection = open();
  });
  after(async () => {
    connection?.close();
    await sshd?.stop();
    if (folder !== "") rmSync(folder, { recursive: true });
  });

  it("a command's output, errors and exit code come back", async () => {
    const { code, stdout, stderr } = await connection.run("printf out; printf err >&2; exit 7");
    assert.deepEqual({ code, stdout: stdout.toString(), stderr }, { code: 7, stdout: "out", stderr: "err" });
  });

  it("standard input arrives whole, and a large answer comes back byte for byte", async () => {
    const text = "0123456789abcdef\n".repeat(40_000);
    const { stdout } = await connection.run("cat", { stdin: text });
    assert.equal(stdout.toString(), text);
  });

  it("any argument passes the shell as it is once it is quoted", async () => {
    const argument = fc
      .oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("'", "''", "\\", "$HOME `id` $(id)", "a\nb", "-n", "*", "\\'", "!!"))
      .filter((text) => !text.includes("\0"));
    await fc.assert(
      fc.asyncProperty(fc.array(argument, { minLength: 1, maxLength: 8 }), async (words) => {
        const { stdout } = await connection.run(`printf '%s\\0' ${words.map(quote).join(" ")}`);
        assert.deepEqual(stdout.toString(), words.map((word) => `${word}\0`).join(""));
      }),
      { numRuns: 50 },
    );
  });

  it("a key that the host does not know is denied, and the key is in no message", async () => {
    const stranger = newSshKey().private;
    await assert.rejects(open({ privateKey: stranger }).run("true"), {
      reason: "denied",
      message: "buffer.contoso-mail.net: does not let root in with the private key that was given",
    });
  });

  it("text that is no key is denied without being quoted", async () => {
    await assert.rejects(open({ privateKey: "not-a-key" }).run("true"), {
      reason: "denied",
      message: "buffer.contoso-mail.net: the private key of root cannot be read as an OpenSSH or PEM key",
    });
  });

  it("a host is let pass by any one of its keys, whichever type both would agree on first", async () => {
    for (const hostKey of sshd.fingerprints) {
      const pinned = open({ hostKey });
      const { stdout } = await pinned.run("printf in");
      assert.equal(stdout.toString(), "in");
      pinned.close();
      assert.equal((await pinned.run("printf again")).stdout.toString(), "again");
      pinned.close();
    }
  });

  it("a host that has another key shows all of them, and nothing is sent", async () => {
    const [ed25519, ecdsa, rsa] = sshd.fingerprints;
    const hostKey = `SHA256:${"A".repeat(43)}`;
    await assert.rejects(open({ hostKey }).run("true"), {
      reason: "denied",
      message: `buffer.contoso-mail.net shows the SSH host keys ${ed25519} (ED25519), ${ecdsa} (ECDSA), ${rsa} (RSA); expected ${hostKey}. Nothing was sent. Compare it on the host itself (\`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\`, \`ssh-keygen -lf /etc/ssh/ssh_host_ecdsa_key.pub\`, \`ssh-keygen -lf /etc/ssh/ssh_host_rsa_key.pub\`): where that prints what is shown here, the host has a new key, and \`hostKey\` is to name it; where not, something else answers in its place.`,
    });
  });

  it("a port where nobody listens is unreachable", async () => {
    await assert.rejects(open({ port: 1 }).run("true"), { reason: "unreachable" });
  });

  it("a command that does not end is given up after its time, and the next one has a new connection", async () => {
    const { stdout: before } = await connection.run('printf %s "$PPID"');
    await assert.rejects(connection.run("sleep 60", { timeoutMs: 200 }), {
      reason: "timedOut",
      message: /no answer over SSH after 200 ms/,
    });
    const { stdout: afterwards } = await connection.run('printf %s "$PPID"');
    assert.notEqual(afterwards.toString(), before.toString());
  });

  it("commands one after the other use one connection", async () => {
    const ask = async () => (await connection.run('printf %s "$PPID"')).stdout.toString();
    assert.equal(await ask(), await ask());
  });

  it("more commands at one time than sshd lets run on a connection come to their end on that one", async () => {
    const all = await Promise.all(Array.from({ length: 30 }, () => connection.run('sleep 0.1; printf %s "$PPID"')));
    assert.deepEqual([all.length, new Set(all.map(({ stdout }) => stdout.toString())).size], [30, 1]);
  });

  it("commands that ask over the same connection whether they may be sent do not wait for each other", async () => {
    const beforeSend = async () => void (await connection.run("true"));
    const acts = Array.from({ length: 5 }, () => connection.run("printf sent", { beforeSend, timeoutMs: 5_000 }));
    assert.deepEqual(
      (await Promise.all(acts)).map(({ stdout }) => stdout.toString()),
      acts.map(() => "sent"),
    );
  });

  it("a command that waits for others is given up after its time as well, and they are left alone", async () => {
    const others = Array.from({ length: 4 }, () => connection.run("sleep 0.5; printf slept"));
    await assert.rejects(connection.run("printf waited", { timeoutMs: 100 }), { reason: "timedOut" });
    assert.deepEqual(
      (await Promise.all(others)).map(({ stdout }) => stdout.toString()),
      others.map(() => "slept"),
    );
  });

  it("a connection that breaks under a command is a lost session", async () => {
    await assert.rejects(connection.run('kill "$PPID"; sleep 60'), { reason: "sessionLost" });
  });

  it("an aborted call ends with the signal's reason", async () => {
    const controller = new AbortController();
    const running = connection.run("sleep 60", { signal: controller.signal });
    controller.abort(new Error("cancelled by the user"));
    await assert.rejects(running, { message: "cancelled by the user" });
  });
});

describe("the lab's SSH server and ssh(1)", () => {
  it("ssh lets itself in with the key, trusts the fingerprint that the server tells, and runs a command", async function () {
    requireJudge(this, "ssh", commandAvailable("ssh") && commandAvailable("ssh-keyscan"));
    const keys = newSshKey();
    const folder = mkdtempSync(path.join(tmpdir(), "exchange-ssh-"));
    const run = (command: string, stdin: string, user: string) => ({
      code: 3,
      stdout: `${user} ran ${command} with ${stdin}`,
      stderr: "and said so",
    });
    const service = await startSsh({ name: "buffer", run, users: { mailops: [keys.public] } });
    try {
      const keyFile = path.join(folder, "key");
      writeFileSync(keyFile, keys.private, { mode: 0o600 });
      const scanned = await ended("ssh-keyscan", ["-p", String(service.port), "-t", "ed25519", "127.0.0.1"], "");
      const known = path.join(folder, "known");
      writeFileSync(known, scanned.stdout);
      assert.ok((await ended("ssh-keygen", ["-lf", known], "")).stdout.includes(service.fingerprint));
      const options = [
        "-F",
        "none",
        "-o",
        `UserKnownHostsFile=${known}`,
        "-o",
        "StrictHostKeyChecking=yes",
        "-o",
        "BatchMode=yes",
        "-o",
        "IdentitiesOnly=yes",
      ];
      const result = await ended(
        "ssh",
        [...options, "-i", keyFile, "-p", String(service.port), "mailops@127.0.0.1", "postqueue -j"],
        "input",
      );
      assert.deepEqual(result, { code: 3, stdout: "mailops ran postqueue -j with input", stderr: "and said so" });
    } finally {
      await service.close();
      rmSync(folder, { recursive: true });
    }
  });
});

function ended(file: string, args: readonly string[], stdin: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += String(chunk);
    });
    child.stderr.on("data", (chunk) => {
      stderr += String(chunk);
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
    // One that reads nothing may have ended by then.
    child.stdin.on("error", () => undefined).end(stdin);
  });
}
