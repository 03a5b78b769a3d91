// What stands in the settings of Postfix, and what in them mail passes before it goes to the next hop.
import assert from "node:assert/strict";
import { filterNames, filtersOf, parseSettings, secondsOf } from "../../provider/mail/settings.ts";

describe("settings as postconf prints them", () => {
  const none = filterNames.map((name) => `${name} =\n`).join("");

  it("no filter is none, in main.cf and in a service that switches one off", () => {
    assert.deepEqual(
      filtersOf(parseSettings(none), parseSettings("smtp/inet/content_filter =\n127.0.0.1:10025/inet/smtpd_milters =\n")),
      [],
    );
  });

  it("each filter is named, that of a service with the service", () => {
    const settings = parseSettings(none.replace("content_filter =", "content_filter = smtp-amavis:[127.0.0.1]:10024"));
    const services = parseSettings("smtp/inet/smtpd_milters = inet:127.0.0.1:8891\nsmtp/inet/smtpd_tls_security_level = may\n");
    assert.deepEqual(filtersOf(settings, services), [
      "content_filter smtp-amavis:[127.0.0.1]:10024",
      "smtp/inet/smtpd_milters inet:127.0.0.1:8891",
    ]);
  });

  it("a time that is none is refused by the setting's name", () => {
    assert.throws(() => secondsOf("maximal_queue_lifetime", "a month"), {
      message: 'maximal_queue_lifetime is "a month", which is not a time of Postfix',
    });
    assert.equal(secondsOf("maximal_queue_lifetime", "30"), 30 * 86_400);
  });
});
