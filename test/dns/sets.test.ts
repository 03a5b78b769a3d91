import assert from "node:assert/strict";
import { exchangeOf, keyOf, mxProblem, sameExchanges, saySet } from "../../provider/dns/sets.ts";

const mail = { preference: 10, exchange: "mail.contoso.com" };
const second = { preference: 20, exchange: "mx2.contoso.com" };

describe("MX sets", () => {
  it("are the same in any order", () => {
    assert.equal(sameExchanges([mail, second], [second, mail]), true);
  });

  const others = [
    { what: "a record is missing", other: [mail] },
    { what: "a record is added", other: [mail, second, { preference: 30, exchange: "mx3.contoso.com" }] },
    { what: "a preference differs", other: [mail, { ...second, preference: 21 }] },
    { what: "a host differs", other: [mail, { ...second, exchange: "mx3.contoso.com" }] },
    { what: "all are missing", other: [] },
  ];
  for (const { what, other } of others) {
    it(`are not the same when ${what}`, () => {
      assert.equal(sameExchanges([mail, second], other), false);
      assert.equal(sameExchanges(other, [mail, second]), false);
    });
  }

  it("are written in the order in which senders try them", () => {
    assert.equal(
      saySet([second, { ...mail, exchange: "zz.contoso.com" }, mail]),
      "10 mail.contoso.com, 10 zz.contoso.com, 20 mx2.contoso.com",
    );
    assert.equal(saySet([{ preference: 100, exchange: "a.contoso.com" }, second]), "20 mx2.contoso.com, 100 a.contoso.com");
    assert.equal(saySet([]), "no MX");
  });

  it("have members that are read from their data, whether or not they ought to be published", () => {
    for (const exchange of [mail, second, { preference: 0, exchange: "." }]) assert.deepEqual(exchangeOf(keyOf(exchange)), exchange);
  });

  it("are written in the script that people read", () => {
    assert.equal(saySet([{ preference: 10, exchange: "mail.xn--mnchen-3ya.de" }]), "10 mail.münchen.de");
  });
});

describe("an MX record", () => {
  const label63 = "a".repeat(63);
  const longest = `${label63}.${label63}.${label63}.${"a".repeat(57)}.com`;
  for (const exchange of ["mail.contoso.com", "mx-1.contoso.com", "3com.example", "xn--mller-kva.de", `${label63}.com`, longest]) {
    it(`may name ${exchange.slice(0, 40)}`, () => {
      assert.equal(mxProblem({ preference: 10, exchange }), undefined);
    });
  }

  it("may have any preference of 16 bits", () => {
    assert.equal(mxProblem({ ...mail, preference: 0 }), undefined);
    assert.equal(mxProblem({ ...mail, preference: 65_535 }), undefined);
  });

  for (const preference of [-1, 65_536, 1.5, Number.NaN]) {
    it(`may not have preference ${preference}`, () => {
      const problem = `MX preference ${preference} of "mail.contoso.com" is not a whole number from 0 to 65535.`;
      assert.equal(mxProblem({ ...mail, preference }), problem);
    });
  }

  const refused = [
    ["", "An MX record needs a host name, and this one has none."],
    [".", 'MX "." (null MX) tells senders that the domain takes no mail at all: they bounce it at once (RFC 7505).'],
    ["192.0.2.25", '"192.0.2.25" is an IP address; an MX record names a host, whose A or AAAA record has the address.'],
    ["[192.0.2.25]", '"[192.0.2.25]" is an IP address; an MX record names a host, whose A or AAAA record has the address.'],
    ["2001:db8::25", '"2001:db8::25" is an IP address; an MX record names a host, whose A or AAAA record has the address.'],
    ["mail", '"mail" is one word; an MX record needs the full name, such as "mail.contoso.com".'],
    ["mail..com", '"mail..com" has an empty part between two dots.'],
    [`a${label63}.com`, `"a${label63}.com": "a${label63}" has 64 characters; a part of a host name has at most 63.`],
    [`a${longest}`, `"a${longest}" has 254 characters; a host name has at most 253.`],
    ["mail.contoso.123", '"mail.contoso.123" ends in a number, which no host name does.'],
  ] as const;
  for (const [exchange, problem] of refused) {
    it(`may not name "${exchange.slice(0, 40)}"`, () => {
      assert.equal(mxProblem({ preference: 10, exchange }), problem);
    });
  }

  for (const label of ["-mail", "mail-", "ma_il", "mäil", "ma il"]) {
    it(`may not name a host with "${label}" in it`, () => {
      const exchange = `${label}.contoso.com`;
      const rule = "may have letters a to z, digits, and hyphens inside only";
      assert.equal(mxProblem({ preference: 10, exchange }), `"${exchange}": "${label}" ${rule}`);
    });
  }
});
