import assert from "node:assert/strict";
import { addressOf, parseAddress } from "../../provider/common/address.ts";

describe("where a host is really reached", () => {
  const elsewhere = { host: "127.0.0.1", port: 2525 };

  it("a host and port in the table are reached where it says", () => {
    assert.deepEqual(addressOf("mail.contoso.com", 25, { "mail.contoso.com:25": "127.0.0.1:2525" }), elsewhere);
  });

  for (const [host, entry] of [
    ["Mail.Contoso.com", "mail.contoso.com:25"],
    ["mail.contoso.com", "Mail.CONTOSO.com:25"],
    ["mail.contoso.com.", "mail.contoso.com:25"],
    ["mail.contoso.com", "mail.contoso.com.:25"],
    ["2001:DB8::1", "[2001:db8::1]:25"],
    ["[2001:db8::1]", "[2001:db8::1]:25"],
  ] as const) {
    it(`${host} is found as ${entry}`, () => {
      assert.deepEqual(addressOf(host, 25, { "other.contoso.com:25": "127.0.0.1:1", [entry]: "127.0.0.1:2525" }), elsewhere);
    });
  }

  it("an IPv6 address stands in brackets, and is given without", () => {
    assert.deepEqual(addressOf("mail.contoso.com", 25, { "mail.contoso.com:25": "[::1]:2525" }), { host: "::1", port: 2525 });
    assert.deepEqual(addressOf("[::1]", 25), { host: "::1", port: 25 });
  });

  it("another port of the same host is reached as it is named", () => {
    assert.deepEqual(addressOf("mail.contoso.com", 587, { "mail.contoso.com:25": "127.0.0.1:2525" }), {
      host: "mail.contoso.com",
      port: 587,
    });
  });

  for (const place of ["127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", ":2525", "::1:2525", "[::1]", "http://127.0.0.1:2525"]) {
    it(`"${place}" is refused with what was expected, and the real host is not contacted`, () => {
      assert.throws(() => addressOf("mail.contoso.com", 25, { "mail.contoso.com:25": place }), {
        name: "RangeError",
        message: `connectTo of mail.contoso.com:25 is "${place}"; expected <host>:<port>, such as 127.0.0.1:2525`,
      });
    });
  }

  it("an entry for a host without a port is refused, whoever is asked for", () => {
    assert.throws(() => addressOf("ex01.contoso.local", 80, { "mail.contoso.com": "127.0.0.1:2525" }), {
      message: 'connectTo has "mail.contoso.com"; expected <host>:<port>, such as 127.0.0.1:2525',
    });
  });

  it("an address that stands alone is read and refused likewise", () => {
    assert.deepEqual(parseAddress("dc1.contoso.local:389"), { host: "dc1.contoso.local", port: 389 });
    assert.throws(() => parseAddress("dc1"), { message: 'an address is "dc1"; expected <host>:<port>, such as 127.0.0.1:2525' });
  });
});
