// The lab's SSH server under its fault script. Judged by ssh(1) in test/contract/openssh.test.ts.
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import ssh2, { type ParsedKey } from "ssh2";
import { type FaultKind, FaultScript } from "../../../lab/serve/faults.ts";
import { type SshService, startSsh } from "../../../lab/serve/ssh.ts";
import { newSshKey } from "../../../lab/serve/ssh-keys.ts";
import { SshConnection } from "../../../provider/mail/ssh.ts";

const name = "buffer.contoso-mail.net";

/** Shows a public key and signs with another private one. */
class Pretender extends ssh2.BaseAgent<string> {
  readonly #shown: string;
  constructor(shown: string) {
    super();
    this.#shown = shown;
  }
  override getIdentities(callback: (error: Error | undefined, keys?: string[]) => void): void {
    callback(undefined, [this.#shown]);
  }
  override sign(_key: string | Buffer | ParsedKey, data: Buffer, ...rest: unknown[]): void {
    const signature = generateKeyPairSync("ed25519");
    const callback = rest.findLast((one) => typeof one === "function");
    callback?.(null, sign(null, data, signature.privateKey));
  }
}

describe("the lab's SSH server", () => {
  const keys = newSshKey();
  let ran: string[];
  let faults: FaultScript;
  let service: SshService;
  let connection: SshConnection;

  const open = (user = "mailops", privateKey = keys.private) =>
    new SshConnection({
      host: name,
      connectTo: { [`${name}:22`]: `127.0.0.1:${service.port}` },
      user,
      privateKey: { reveal: () => privateKey },
      hostKey: service.fingerprint,
    });

  beforeEach(async () => {
    ran = [];
    faults = new FaultScript();
    const run = (command: string, stdin: string, user: string) => {
      ran.push(`${user}: ${command} < ${stdin}`);
      return { code: 0, stdout: "done", stderr: "" };
    };
    service = await startSsh({ name, run, users: { mailops: [keys.public] }, faults });
    connection = open();
  });
  afterEach(async () => {
    connection.close();
    await service.close();
  });

  it("a command runs as the user who was let in, with its input", async () => {
    const { code, stdout } = await connection.run("postsuper -H -", { stdin: "4jX\n" });
    assert.deepEqual([code, stdout.toString(), ran], [0, "done", ["mailops: postsuper -H - < 4jX\n"]]);
  });

  it("another key, and the key of another user, are not let in", async () => {
    const stranger = open("mailops", newSshKey().private);
    await assert.rejects(stranger.run("true"), { reason: "denied" });
    const other = open("root");
    await assert.rejects(other.run("true"), { reason: "denied" });
    assert.deepEqual(ran, []);
  });

  it("the public key alone, without its private half, does not let in", async () => {
    const client = new ssh2.Client();
    const ended = Promise.withResolvers<string>();
    client.on("ready", () => ended.resolve("let in"));
    client.on("error", ({ level }) => ended.resolve(level ?? "error"));
    client.connect({ host: "127.0.0.1", port: service.port, username: "mailops", agent: new Pretender(keys.public) });
    assert.equal(await ended.promise, "client-authentication");
    client.destroy();
  });

  const rows: readonly (readonly [what: FaultKind, reason: string, ran: number])[] = [
    ["cutBefore", "sessionLost", 0],
    ["cutAfter", "sessionLost", 1],
    ["refused", "sessionLost", 0],
    ["timeOut", "timedOut", 0],
  ];
  for (const [what, reason, count] of rows) {
    it(`${what} at a command is ${reason}, with the command ${count === 0 ? "not " : ""}done; the next one works`, async () => {
      faults.add({ when: { edge: "ssh", server: name, call: "exec" }, what });
      await assert.rejects(connection.run("first", { timeoutMs: what === "timeOut" ? 300 : 10_000 }), { reason });
      assert.equal(ran.length, count);
      assert.equal((await connection.run("second")).stdout.toString(), "done");
    });
  }

  it("a connection cut at its start is a lost session, and the next one works", async () => {
    faults.add({ when: { edge: "ssh", call: "connect" }, what: "cutBefore" });
    await assert.rejects(connection.run("first"), { reason: "sessionLost" });
    assert.equal((await connection.run("second")).code, 0);
  });

  it("a wrong answer comes with the command done", async () => {
    faults.add({ when: { edge: "ssh", call: "exec" }, what: "wrongAnswer" });
    assert.equal((await connection.run("first")).stdout.toString(), "Last login: never\n");
    assert.equal(ran.length, 1);
  });

  it("a slow answer is an answer", async () => {
    faults.add({ when: { edge: "ssh", call: "exec" }, what: "slow" });
    assert.equal((await connection.run("first")).stdout.toString(), "done");
    assert.deepEqual(faults.pending, []);
  });
});
