import assert from "node:assert/strict";
import { endpointOf } from "../../provider/mail/endpoint.ts";

describe("where a host is really reached", () => {
  it("a host and port in the table are reached where it says", () => {
    assert.deepEqual(endpointOf("mail.contoso.com", 25, { "mail.contoso.com:25": "127.0.0.1:2525" }), { host: "127.0.0.1", port: 2525 });
  });

  it("an IPv6 address stands in brackets", () => {
    assert.deepEqual(endpointOf("mail.contoso.com", 25, { "mail.contoso.com:25": "[::1]:2525" }), { host: "::1", port: 2525 });
  });

  it("another port of the same host is reached as it is named", () => {
    assert.deepEqual(endpointOf("mail.contoso.com", 587, { "mail.contoso.com:25": "127.0.0.1:2525" }), {
      host: "mail.contoso.com",
      port: 587,
    });
  });

  it("a place without a port is refused with what was expected", () => {
    assert.throws(() => endpointOf("mail.contoso.com", 25, { "mail.contoso.com:25": "127.0.0.1" }), {
      message: 'connectTo of mail.contoso.com:25 is "127.0.0.1"; expected <host>:<port>, such as 127.0.0.1:2525',
    });
  });
});
