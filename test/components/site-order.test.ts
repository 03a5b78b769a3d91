// The order of a pause: mail is sent elsewhere before anything stops, and comes back after everything works.
import { deepEqual } from "node:assert/strict";
import { stagesTowards } from "../../provider/components/site-order.ts";
import { partsOf } from "../../provider/components/site-parts.ts";
import { type Word, words } from "../../provider/components/word.ts";

const site = {
  dag: "DAG1",
  servers: ["ex01", "ex02"],
  mail: [{ zone: "contoso.com" }, { zone: "contoso.de" }],
  buffer: { host: "buffer.contoso-mail.net", user: "mailops", hostKey: "SHA256:…" },
};

/** The names of the parts, chain by chain. */
function namesTowards(state: Word): readonly (readonly (readonly string[])[])[] {
  return stagesTowards(state, partsOf({ ...site, state })).map(({ chains }) => chains.map((chain) => chain.map(({ name }) => name)));
}

const gate = [["ready"]];
const queue = [["buffer.contoso-mail.net"]];
const mx = [["contoso.com"], ["contoso.de"]];
const transport = [["ex01"], ["ex02"]];
const databases = [["DAG1"]];

describe("the order of the parts", () => {
  it("going offline: the buffer holds mail before the MX names it, and databases go last", () => {
    deepEqual(namesTowards("offline"), [gate, queue, mx, transport, databases]);
  });

  it("coming back: gates first, then databases, transport, the mail that waited, and the MX last", () => {
    deepEqual(namesTowards("online"), [gate, databases, transport, queue, mx]);
  });

  it("to prepared is that of coming back, as it may be asked of a site that is offline", () => {
    deepEqual(namesTowards("prepared"), namesTowards("online"));
  });

  it("has the same parts for every word", () => {
    const sorted = (word: Word) => namesTowards(word).flat(2).sort();
    for (const word of words) deepEqual(sorted(word), sorted("online"));
  });
});
