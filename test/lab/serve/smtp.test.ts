// The lab's port 25, judged by swaks and by the fault script.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { FaultScript } from "../../../lab/serve/faults.ts";
import { type SmtpService, startSmtp } from "../../../lab/serve/smtp.ts";
import type { MailHost, Message } from "../../../lab/world/message.ts";
import { SmtpProbes } from "../../../provider/mail/probes.ts";
import { sendToken } from "../../../provider/mail/token.ts";
import { commandAvailable, requireJudge } from "../../support/judges.ts";

const hello = "mail.contoso.com";

describe("the lab's SMTP server", () => {
  const nowMs = Date.UTC(2026, 11, 5, 18);
  let taken: Message[];
  let faults: FaultScript;
  let service: SmtpService;
  const host: MailHost = {
    name: hello,
    open: () => ({ code: 220, text: "ex01.contoso.local Microsoft ESMTP MAIL Service ready" }),
    sender: () => ({ code: 250, text: "2.1.0 Sender OK" }),
    recipient: (address) =>
      address === "anna.abel@contoso.com" ? { code: 250, text: "2.1.5 Recipient OK" } : { code: 550, text: "5.1.10 Recipient not found" },
    accept: (message) => {
      taken.push(message);
      return { code: 250, text: "2.6.0 Queued mail for delivery" };
    },
  };

  beforeEach(async () => {
    taken = [];
    faults = new FaultScript();
    service = await startSmtp({ host, hello, now: () => nowMs, faults });
  });
  afterEach(() => service.close());

  it("offers STARTTLS, unless a firewall before the host hides it", async () => {
    const hidden = await startSmtp({ host: { ...host, hidesStartTls: true }, hello, now: () => nowMs });
    const offers = async (port: number) => {
      const where = { host: hello, connectTo: { [`${hello}:25`]: `127.0.0.1:${port}` }, helo: "ops.example" };
      const reading = await new SmtpProbes().ask({ ...where, from: "", recipients: [] });
      return reading.reachable && reading.startTls;
    };
    try {
      assert.deepEqual([await offers(service.port), await offers(hidden.port)], [true, false]);
    } finally {
      await hidden.close();
    }
  });

  it("lets one source hold twenty connections, and counts none that is over, encrypted or not", async () => {
    const ends = Array.from({ length: 20 }, () => connect(service.port, "127.0.0.1"));
    await Promise.all(ends.map((socket) => once(socket, "data")));
    assert.match(JSON.stringify(await probe()), /refused the connection: 421 4\.3\.2 The maximum number of concurrent server connections/);
    await Promise.all(ends.map((socket) => once(socket.end("QUIT\r\n"), "close")));
    for (let times = 0; times < 5; times++) {
      const readings = await Promise.all(Array.from({ length: 5 }, () => probe()));
      assert.ok(readings.every(({ reachable }) => reachable));
    }
  });

  const where = () => ({ host: hello, connectTo: { [`${hello}:25`]: `127.0.0.1:${service.port}` }, helo: "ops.example" });
  const probe = async (timeoutMs?: number) => {
    const probes = new SmtpProbes();
    const recipients = [{ address: "anna.abel@contoso.com", expected: "accepted" }] as const;
    const reading = await probes.ask({ ...where(), from: "", recipients, ...(timeoutMs ? { timeoutMs } : {}) });
    probes.close();
    return reading;
  };
  const token = () => sendToken({ ...where(), from: "ops@contoso.com", to: "anna.abel@contoso.com", token: "token-0001" });
  const swaks = (...args: readonly string[]) =>
    new Promise<{ code: number; stdout: string }>((resolve) => {
      const all = [
        "--server",
        "127.0.0.1",
        "--port",
        String(service.port),
        "--helo",
        "partner.example",
        "--from",
        "Ann@Partner.example",
        ...args,
      ];
      execFile("swaks", all, (error, stdout) => resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout }));
    });

  it("swaks sends a message, and the world has it as it was written", async function () {
    requireJudge(this, "swaks", commandAvailable("swaks"));
    const headers = ["--header", "Message-Id: <7@partner.example>", "--header", "Subject: Token\n  abc-1"];
    const { code, stdout } = await swaks("--to", "Anna.Abel@contoso.com", ...headers);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /<- {2}250 2\.6\.0 Queued mail for delivery/);
    const [message] = taken;
    assert.ok(message !== undefined && message.sizeBytes > 100);
    assert.deepEqual(
      { ...message, sizeBytes: 0 },
      {
        id: "7@partner.example",
        from: "ann@partner.example",
        to: ["anna.abel@contoso.com"],
        sizeBytes: 0,
        sentAtMs: nowMs,
        subject: "Token abc-1",
      },
    );
  });

  it("openssl shakes hands after STARTTLS and reads the server's own certificate", async function () {
    requireJudge(this, "openssl", commandAvailable("openssl"));
    const args = ["s_client", "-connect", `127.0.0.1:${service.port}`, "-starttls", "smtp", "-verify_hostname", hello];
    const said = await new Promise<string>((resolve) => {
      execFile("openssl", args, (_error, stdout, stderr) => resolve(stdout + stderr)).stdin?.end("QUIT\r\n");
    });
    assert.match(said, /subject=CN ?= ?mail\.contoso\.com/);
    // Only that nobody else signed it is found wrong: neither its name, nor its times, nor its signature.
    assert.deepEqual(new Set(said.match(/verify error:num=\d+/g)), new Set(["verify error:num=18"]));
  });

  it("swaks is refused for an unknown recipient, in the world's words", async function () {
    requireJudge(this, "swaks", commandAvailable("swaks"));
    const { code, stdout } = await swaks("--to", "nobody@contoso.com");
    assert.equal(code, 24, stdout);
    assert.match(stdout, /550 5\.1\.10 Recipient not found/);
    assert.deepEqual(taken, []);
  });

  it("a message above the size limit is refused and not handed on", async () => {
    await service.close();
    service = await startSmtp({ host, hello, now: () => nowMs, sizeLimitBytes: 50 });
    const receipt = await token();
    assert.deepEqual([receipt.code, taken.length], [552, 0]);
  });

  it("without a fault the probe is answered", async () => {
    const reading = await probe();
    assert.ok(reading.reachable, JSON.stringify(reading));
    assert.match(reading.greeting, /^mail\.contoso\.com ESMTP Microsoft ESMTP MAIL Service ready$/);
    assert.equal(reading.recipients[0]?.code, 250);
  });

  it("a connection cut before the data was taken leaves nothing behind", async () => {
    faults.add({ when: { edge: "smtp", server: hello, call: "DATA" }, what: "cutBefore" });
    await assert.rejects(token(), { reason: "sessionLost" });
    assert.deepEqual(taken, []);
  });

  it("a connection cut after the data was taken looks the same, but the message is there", async () => {
    faults.add({ when: { edge: "smtp", server: hello, call: "DATA" }, what: "cutAfter" });
    await assert.rejects(token(), { reason: "sessionLost" });
    assert.equal(taken.length, 1);
  });

  it("a host that refuses is not reachable, and is again at the next call", async () => {
    faults.add({ when: { edge: "smtp", call: "connect" }, what: "refused" });
    const reading = await probe();
    assert.match(reading.reachable ? "" : reading.why, /refused the connection: 421/);
    assert.equal((await probe()).reachable, true);
  });

  it("a host that never answers is given up", async () => {
    faults.add({ when: { edge: "smtp", call: "RCPT" }, what: "timeOut" });
    assert.deepEqual(await probe(300), { reachable: false, why: "mail.contoso.com:25: no end of the dialogue after 300 ms" });
  });

  it("a senseless answer to a recipient is neither yes nor no", async () => {
    faults.add({ when: { edge: "smtp", call: "RCPT" }, what: "wrongAnswer" });
    const reading = await probe();
    assert.equal(reading.reachable && reading.recipients[0]?.code, 334);
  });

  it("a slow answer is an answer", async () => {
    faults.add({ when: { edge: "smtp", call: "RCPT" }, what: "slow" });
    const reading = await probe();
    assert.equal(reading.reachable && reading.recipients[0]?.code, 250);
    assert.deepEqual(faults.pending, []);
  });
});
