import assert from "node:assert/strict";
import { goodSettings } from "../../lab/world/postfix-settings.ts";
import { problemsOf } from "../../provider/mail/buffer-problems.ts";

const hold = "check_client_access static:HOLD";
const good = {
  ...goodSettings(["contoso.com"], "mail.contoso.com"),
  delay_warning_time: "0h",
  smtpd_end_of_data_restrictions: "",
  smtpd_proxy_filter: "",
  maillog_file: "",
};
const problems = (changed: Readonly<Record<string, string>>, services: Readonly<Record<string, string>> = {}) =>
  problemsOf(new Map(Object.entries({ ...good, ...changed })), new Map(Object.entries(services)), "/var/log/mail.log");

describe("settings of the buffer that would lose mail", () => {
  it("a good buffer has no problem, holding or not", () => {
    assert.deepEqual(problems({}), []);
    assert.deepEqual(problems({ smtpd_end_of_data_restrictions: hold }), []);
  });

  const rows: readonly (readonly [changed: Readonly<Record<string, string>>, problem: RegExp])[] = [
    [{ enable_long_queue_ids: "no" }, /^enable_long_queue_ids is no: short queue ids are used again/],
    [{ maximal_queue_lifetime: "4d" }, /^maximal_queue_lifetime is 4d: mail older than that is bounced/],
    [{ maximal_queue_lifetime: "101d" }, /^maximal_queue_lifetime is 101d: above 100d Postfix accepts mail but delivers none/],
    [{ bounce_queue_lifetime: "1h" }, /^bounce_queue_lifetime is 1h/],
    [{ delay_warning_time: "4h" }, /^delay_warning_time is 4h: senders are told/],
    [{ relay_domains: "" }, /^relay_domains is empty/],
    [{ mydestination: "contoso.com, localhost" }, /^mydestination names contoso\.com/],
    [{ relay_recipient_maps: "" }, /^relay_recipient_maps is empty/],
    [{ smtputf8_enable: "yes" }, /^smtputf8_enable is yes/],
    [{ message_size_limit: "10240000" }, /^message_size_limit is 10240000/],
    [{ smtpd_discard_ehlo_keywords: "", smtpd_etrn_restrictions: "" }, /^ETRN is open to strangers/],
    [{ transport_maps: "", relayhost: "" }, /^Neither transport_maps nor relayhost names a next hop/],
    [{ relayhost: "mail.contoso.com:25" }, /^relayhost "mail\.contoso\.com:25" has no brackets/],
    [
      { transport_maps: "inline:{{ contoso.com = relay:mail.contoso.com:25 }}" },
      /^the next hop "mail\.contoso\.com:25" in transport_maps has no brackets/,
    ],
    [{ relayhost: "[127.0.0.1]:2525" }, /^relayhost "\[127\.0\.0\.1\]:2525" is the buffer host itself/],
    [
      { transport_maps: "inline:{{ contoso.com = relay:[::1]:25 }}" },
      /^the next hop "\[::1\]:25" in transport_maps is the buffer host itself/,
    ],
    [{ enable_long_queue_ids: "$foo" }, /^enable_long_queue_ids is "\$foo": what the \$ in it stands for is not known\. Write it out\.$/],
    [{ maximal_queue_lifetime: "$foo" }, /^maximal_queue_lifetime is "\$foo"/],
    [{ mydestination: "$foo" }, /^mydestination is "\$foo"/],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how Postfix writes it.
    [{ smtputf8_enable: "${{$compatibility_level} <level {1} ? {no} : {yes}}" }, /^smtputf8_enable is "\$\{\{/],
    [{ smtputf8_enable: "Yes" }, /^smtputf8_enable is Yes/],
    [{ mydestination: "CONTOSO.com" }, /^mydestination names contoso\.com/],
    [{ mydestination: "lmdb:/etc/postfix/local, localhost" }, /^mydestination names lmdb:\/etc\/postfix\/local, which is not looked into/],
    [{ smtpd_proxy_filter: "[127.0.0.1]:10025" }, /^smtpd_proxy_filter is \[127\.0\.0\.1\]:10025: mail cannot be held/],
    [
      { maillog_file: "/var/log/postfix.log" },
      /^maillog_file is \/var\/log\/postfix\.log, and the program's logFile is \/var\/log\/mail\.log/,
    ],
    [{ smtpd_end_of_data_restrictions: "reject_unauth_pipelining" }, /^smtpd_end_of_data_restrictions is "reject_unauth_pipelining"/],
  ];
  for (const [changed, problem] of rows) {
    it(`${JSON.stringify(changed)} is told once`, () => {
      const told = problems(changed);
      assert.equal(told.length, 1, told.join("\n"));
      assert.match(told[0] ?? "", problem);
    });
  }

  it("what a single service is set to counts as well", () => {
    assert.match(problems({}, { "smtp/inet/smtpd_proxy_filter": "[127.0.0.1]:10025" }).join(), /^smtp\/inet\/smtpd_proxy_filter is \[127/);
    assert.deepEqual(problems({}, { "smtp/inet/smtpd_proxy_filter": "", "smtp/inet/content_filter": "scan:dummy" }), []);
  });

  it("words are taken in any case, as Postfix takes them", () => {
    assert.deepEqual(problems({ enable_long_queue_ids: "Yes", smtputf8_enable: "NO", maillog_file: "/var/log/mail.log" }), []);
  });

  it("lifetimes of 5 and of 100 days are in order", () => {
    assert.deepEqual(problems({ maximal_queue_lifetime: "5d", bounce_queue_lifetime: "100d" }), []);
  });

  it("an open ETRN does no harm while mail is held", () => {
    assert.deepEqual(problems({ smtpd_discard_ehlo_keywords: "", smtpd_etrn_restrictions: "", smtpd_end_of_data_restrictions: hold }), []);
  });
});
