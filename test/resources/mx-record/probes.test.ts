// Whom an MX set's hosts are asked for at port 25, and when the set shows how they normally behave.
import assert from "node:assert/strict";
import { askHosts, isToBeKnown } from "../../../provider/resources/mx-record/probes.ts";
import type { Site } from "../../../provider/resources/site.ts";
import { buffer, mail, markedNotes, mxArgs, mxRecorded, online, prepared, takesMail } from "../../support/builders.ts";

async function asked(args = online, isNormal = false) {
  const calls: string[] = [];
  const site: Pick<Site, "probeSmtp"> = {
    probeSmtp: async ({ host, recipients }) => {
      calls.push(`${host}: ${recipients.map(({ address, expected }) => `${address} ${expected}`).join(", ")}`);
      return takesMail();
    },
  };
  await askHosts(site, args, [mail], () => isNormal, [], { maxAgeMs: 0 });
  return calls;
}

describe("the hosts of an MX set", () => {
  it("that are new are asked for a mailbox, and for what nobody has", async () => {
    assert.deepEqual(await asked(), ["mail.contoso.com: postmaster@contoso.com accepted, nobody-here-4711@contoso.com refused"]);
  });

  it("that are normal are asked for the mailbox alone, whichever the program names", async () => {
    assert.deepEqual(await asked(online, true), ["mail.contoso.com: postmaster@contoso.com accepted"]);
    const probe = { accepted: "anna@contoso.com", refused: "none@contoso.com" };
    assert.deepEqual(await asked(mxArgs({ probe }), true), ["mail.contoso.com: anna@contoso.com accepted"]);
  });

  it("of a wildcard are asked for a name below it", async () => {
    assert.deepEqual(await asked(mxArgs({ name: "*.sales" }), true), [
      "mail.contoso.com: postmaster@mail-path-test.sales.contoso.com accepted",
    ]);
  });

  const found = { exchanges: [mail], ttlSeconds: 3600, notes: {} };
  const rows: readonly (readonly [what: string, is: boolean, args?: typeof online, set?: typeof found, entering?: true])[] = [
    ["the normal set, with nothing asked of it", true],
    ["a set that enters the program", true, online, found, true],
    ["a set that is to be prepared", false, prepared],
    ["another set than the normal one", false, online, { ...found, exchanges: [buffer] }],
    ["a set that bears a mark", false, online, { ...found, notes: markedNotes(mail) }],
  ];
  for (const [what, is, args = online, set = found, entering] of rows)
    it(`show how they normally behave in ${what}: ${is}`, () =>
      assert.equal(isToBeKnown(args, set, entering ? undefined : mxRecorded()), is));
});
