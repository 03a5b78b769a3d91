// The mail edge against a real Postfix behind a real OpenSSH server.
import assert from "node:assert/strict";
import { probeSmtp } from "../../provider/mail/probe.ts";
import { requireJudge } from "../support/judges.ts";
import { type BufferSite, bufferName } from "./buffer-site.ts";
import { bufferSuite } from "./buffer-suite.ts";
import { postfixAvailable, startPostfix } from "./postfix.ts";

describe("the buffer host, a real Postfix behind OpenSSH", () => {
  bufferSuite((context) => {
    requireJudge(context, "Postfix with smtp-sink and sshd, as root", postfixAvailable());
    return startPostfix();
  });
});

describe("a real Postfix that looks at whoever asks", () => {
  let site: BufferSite;
  const recipients = [{ address: "postmaster@contoso.com", expected: "accepted" }] as const;

  before(async function () {
    requireJudge(this, "Postfix with smtp-sink and sshd, as root", postfixAvailable());
    site = await startPostfix();
    const rules = [
      "smtpd_helo_restrictions = reject_non_fqdn_helo_hostname, reject_unknown_helo_hostname",
      "smtpd_sender_restrictions = reject_unknown_sender_domain",
    ];
    const config = `-c ${site.configDirectory}`;
    await site.shell(`postconf ${config} -e ${rules.map((rule) => `'${rule}'`).join(" ")} && postfix ${config} reload`);
  });
  after(() => site?.stop());

  /** An address in brackets is looked up nowhere. */
  const known = "[127.0.0.1]";
  const rows: readonly (readonly [what: string, helo: string, from: string, code: number, about: string | undefined, text: RegExp])[] = [
    ["a name that is none is refused", "runner", "", 504, "helo", /^5\.5\.2 <runner>: Helo command rejected: /],
    ["a name that DNS does not know is refused", "x.invalid", "", 450, "helo", /^4\.7\.1 <x\.invalid>: Helo command rejected: /],
    [
      "a sender that DNS does not know is refused",
      known,
      "a@x.invalid",
      450,
      "sender",
      /^4\.1\.8 <a@x\.invalid>: Sender address rejected: /,
    ],
    ["the null sender is taken", known, "", 250, undefined, /^2\.1\.5 Ok$/],
  ];
  for (const [what, helo, from, code, about, text] of rows) {
    it(`${what}, at RCPT${about === undefined ? "" : `, and that is found to be about our ${about}`}`, async () => {
      const reading = await probeSmtp({ host: bufferName, connectTo: site.connectTo, helo, from, recipients });
      assert.ok(reading.reachable, JSON.stringify(reading));
      const [answer] = reading.recipients;
      assert.deepEqual([answer?.code, answer?.about], [code, about]);
      assert.match(answer?.text ?? "", text);
    });
  }
});
