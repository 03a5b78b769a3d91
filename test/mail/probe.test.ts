// The SMTP dialogue against servers that answer by a script, hostile ones among them. Real servers: test/contract.
import assert from "node:assert/strict";
import { MailError } from "../../provider/mail/error.ts";
import type { ProbeOptions } from "../../provider/mail/probe.ts";
import { SmtpProbes } from "../../provider/mail/probes.ts";
import { sendToken } from "../../provider/mail/token.ts";
import { answerWith, type Replies, ScriptedSmtp } from "../support/scripted-smtp.ts";

const recipients = [{ address: "anna.abel@contoso.com", expected: "accepted" }] as const;

describe("an SMTP dialogue", () => {
  let server: ScriptedSmtp;

  beforeEach(async () => {
    server = new ScriptedSmtp();
    await server.start();
  });
  afterEach(() => server.stop());

  const where = () => ({ host: "mail.contoso.com", connectTo: server.connectTo("mail.contoso.com"), helo: "ops.example" });
  const probe = (more: Partial<ProbeOptions> = {}) => new SmtpProbes().ask({ ...where(), from: "", recipients, ...more });
  const token = (text = "token-0001") => sendToken({ ...where(), from: "ops@contoso.com", to: "anna.abel@contoso.com", token: text });

  it("a probe asks every recipient in a transaction of its own, takes all back and sends nothing", async () => {
    const two = [...recipients, { address: "nobody-here@contoso.com", expected: "refused" }] as const;
    assert.deepEqual(await probe({ recipients: two }), {
      reachable: true,
      greeting: "mail.contoso.com ready",
      startTls: false,
      sizeLimitBytes: 36_700_160,
      recipients: two.map((recipient) => ({ ...recipient, code: 250, text: "2.1.5 Ok" })),
    });
    await server.quiet();
    assert.deepEqual(server.lines, [
      "EHLO ops.example",
      "MAIL FROM:<>",
      "RCPT TO:<anna.abel@contoso.com>",
      "RSET",
      "MAIL FROM:<>",
      "RCPT TO:<nobody-here@contoso.com>",
      "RSET",
      "QUIT",
    ]);
  });

  it("a refused sender stands for the recipient, who is not asked for", async () => {
    server.act = answerWith({ MAIL: "452 4.3.1 Insufficient system storage" });
    const reading = await probe();
    assert.ok(reading.reachable);
    assert.deepEqual(reading.recipients, [{ ...recipients[0], code: 452, text: "4.3.1 Insufficient system storage" }]);
    assert.ok(!server.lines.some((line) => line.startsWith("RCPT")));
  });

  it("a server that closes at QUIT has answered all the same", async () => {
    server.act = (socket, command) => (command === "QUIT" ? void socket.destroy() : answerWith({})(socket, command));
    assert.equal((await probe()).reachable, true);
  });

  const hostile: readonly (readonly [title: string, replies: Replies, why: RegExp])[] = [
    [
      "a greeting that refuses",
      { "": "421 4.3.2 Service not active" },
      /^mail\.contoso\.com:25: refused the connection: 421 4\.3\.2 Service not active$/,
    ],
    ["a refused STARTTLS", { EHLO: "250-mail\r\n250 STARTTLS", STAR: "454 4.7.0 TLS not available" }, /refused STARTTLS: 454/],
    [
      "text in the clear behind STARTTLS",
      { EHLO: "250-mail\r\n250 STARTTLS", STAR: "220 go\r\n250 injected" },
      /text in the clear after STARTTLS/,
    ],
    ["a line that is no reply", { "": "HTTP/1.1 400 Bad Request" }, /"HTTP\/1\.1 400 Bad Request" is not a reply/],
    ["a line that is too long", { "": `220 ${"x".repeat(5_000)}` }, /a line longer than 4096 bytes/],
    ["a reply that never ends", { EHLO: "250-more\r\n".repeat(300) }, /a reply of more than 200 lines/],
  ];
  for (const [title, replies, why] of hostile) {
    it(`${title} makes the host not reachable, with the reason`, async () => {
      server.act = answerWith(replies);
      const reading = await probe();
      assert.equal(reading.reachable, false);
      assert.match(reading.reachable ? "" : reading.why, why);
    });
  }

  it("a line that never ends is not waited for", async () => {
    server.act = (socket) => void socket.write("220 ".padEnd(100_000, "x"));
    const reading = await probe({ timeoutMs: 5_000 });
    assert.match(reading.reachable ? "" : reading.why, /a line longer than 4096 bytes/);
  });

  it("more bytes than a dialogue needs end it", async () => {
    const noise = `${"250-".padEnd(1_000, "x")}\r\n`.repeat(150);
    server.act = answerWith({ EHLO: `${noise}250 ok`, MAIL: `${noise}250 ok` });
    const reading = await probe();
    assert.match(reading.reachable ? "" : reading.why, /more than 262144 bytes/);
  });

  it("a server that says nothing is given up after its time", async () => {
    server.act = () => undefined;
    const reading = await probe({ timeoutMs: 50 });
    assert.deepEqual(reading, { reachable: false, why: "mail.contoso.com:25: no end of the dialogue after 50 ms" });
  });

  it("a port where nobody listens is not reachable", async () => {
    const reading = await probe({ connectTo: { "mail.contoso.com:25": "127.0.0.1:1" } });
    assert.match(reading.reachable ? "" : reading.why, /ECONNREFUSED/);
  });

  it("an address with a line break is refused before it is sent", async () => {
    await assert.rejects(probe({ recipients: [{ address: "a@b>\r\nDATA", expected: "refused" }] }), {
      name: "MailError",
      reason: "rejected",
    });
    assert.deepEqual(server.lines, ["EHLO ops.example", "MAIL FROM:<>"]);
  });

  it("an aborted probe ends with the signal's reason", async () => {
    await assert.rejects(probe({ signal: AbortSignal.abort(new Error("cancelled by the user")) }), { message: "cancelled by the user" });
  });

  const kinds: readonly (readonly [what: string, replies: Replies, isFinal: boolean, about?: string])[] = [
    ["a greeting that refuses for now", { "": "421 4.3.2 Service not active" }, false],
    ["a greeting that refuses for good", { "": "554 5.7.1 Client host blocked using a list" }, true, "client"],
    ["an EHLO refused for good", { EHLO: "550 5.7.1 no" }, true, "helo"],
    ["a STARTTLS refused for now", { EHLO: "250-mail\r\n250 STARTTLS", STAR: "454 4.7.0 TLS not available" }, false],
    ["421 after MAIL, as of a server left Draining", { MAIL: "421 4.3.2 Service not active" }, false],
    ["421 after RCPT", { RCPT: "421 4.7.0 Too many errors" }, false],
    ["what is no reply", { "": "HTTP/1.1 400 Bad Request" }, true],
  ];
  for (const [what, replies, isFinal, about] of kinds) {
    it(`${what} ${isFinal ? "does not pass by itself" : "may pass by itself"}`, async () => {
      server.act = answerWith(replies);
      const reading = await probe();
      assert.ok(!reading.reachable);
      assert.deepEqual([reading.isFinal ?? false, reading.isPutOff ?? false, reading.about], [isFinal, !isFinal, about]);
    });
  }

  it("a name that is not found does not pass by itself, a port where nobody listens may", async () => {
    const finality = async (connectTo: Readonly<Record<string, string>>) => {
      const reading = await probe({ connectTo });
      return !reading.reachable && reading.isFinal === true;
    };
    assert.deepEqual(
      [await finality({ "mail.contoso.com:25": "127.0.0.1:1" }), await finality({ "mail.contoso.com:25": "no..such:25" })],
      [false, true],
    );
  });

  it("says what of us a refusal is about, where it is not about the recipient", async () => {
    server.act = answerWith({ RCPT: "450 4.7.1 <ops.example>: Helo command rejected: Host not found" });
    const reading = await probe();
    assert.equal(reading.reachable && reading.recipients[0]?.about, "helo");
  });

  it("a token is sent with itself in Message-ID and subject, and the server's queue id comes back", async () => {
    assert.deepEqual(await token(), {
      accepted: true,
      code: 250,
      text: "2.0.0 Ok: queued as 4hXYZ7Bc1zw",
      queueId: "4hXYZ7Bc1zw",
      messageId: "pulumi-exchange.token-0001@ops.example",
    });
    assert.ok(server.lines.includes("Message-ID: <pulumi-exchange.token-0001@ops.example>"));
    assert.ok(server.lines.includes("Subject: Mail path test token-0001"));
  });

  it("a refused recipient ends the token's way, and no data is sent", async () => {
    server.act = answerWith({ RCPT: "550 5.1.1 User unknown" });
    const receipt = await token();
    assert.deepEqual([receipt.accepted, receipt.code, receipt.text, receipt.queueId], [false, 550, "5.1.1 User unknown", undefined]);
    assert.ok(!server.lines.includes("DATA"));
  });

  it("an answer to the data that is neither yes nor no does not count as accepted", async () => {
    server.act = answerWith({ ".": "334 VXNlcm5hbWU6" });
    assert.equal((await token()).accepted, false);
  });

  it("a connection that breaks after the data is a lost session, since the message may have been taken", async () => {
    server.act = (socket, command) => (command === "." ? void socket.destroy() : answerWith({})(socket, command));
    await assert.rejects(token(), (error) => error instanceof MailError && error.reason === "sessionLost");
  });

  it("a token that could break a header is refused before anything is sent", async () => {
    await assert.rejects(token("a\r\nBcc: x"), { reason: "rejected", message: /expected 8 to 64 letters, digits, dots or hyphens/ });
    assert.deepEqual(server.lines, []);
  });
});
