// One spelling inside, another for people, and both from whatever was typed.
import assert from "node:assert/strict";
import { hostName, mailAddressName, sayName } from "../../provider/common/host-name.ts";

describe("a name of another script", () => {
  const rows: readonly (readonly [typed: string, inside: string, said: string])[] = [
    ["München.DE.", "xn--mnchen-3ya.de", "münchen.de"],
    ["XN--MNCHEN-3YA.de", "xn--mnchen-3ya.de", "münchen.de"],
    ["münchen。de", "xn--mnchen-3ya.de", "münchen.de"],
    ["_dmarc.straße.de", "_dmarc.xn--strae-oqa.de", "_dmarc.straße.de"],
    ["*.münchen.de", "*.xn--mnchen-3ya.de", "*.münchen.de"],
    ["почта.рф", "xn--80a1acny.xn--p1ai", "почта.рф"],
    ["Mail.Contoso.com", "mail.contoso.com", "mail.contoso.com"],
    ["@", "@", "@"],
    [".", ".", "."],
    ["bad name.ü", "bad name.ü", "bad name.ü"],
    ["xn--a.com", "xn--a.com", "xn--a.com"],
  ];
  for (const [typed, inside, said] of rows) {
    it(`${typed} is ${inside} inside and ${said} for people`, () => {
      assert.deepEqual([hostName(typed), sayName(hostName(typed))], [inside, said]);
      assert.equal(hostName(said), inside);
    });
  }

  it("in a mail address is sent in A-labels, and what else stands there stays", () => {
    assert.equal(mailAddressName("Max@München.de"), "Max@xn--mnchen-3ya.de");
    assert.equal(mailAddressName("Max@Contoso.com"), "Max@Contoso.com");
    assert.equal(mailAddressName("max"), "max");
  });
});
