// What is normal as a file: the same text for the same values, read back whole, and every mistake named with its line.
import { deepEqual, equal, throws } from "node:assert/strict";
import { type Normals, normalsIn, textOf } from "../../provider/components/normal-file.ts";

const file = "normal.prod.yaml";
const normals: Normals = {
  ex02: { service: "Stopped" },
  ex01: { service: "Running" },
  DAG1: { preferenceMoveFrequency: "01:00:00", mounted: ["DB02", "DB01"] },
  "contoso.org": { ttlSeconds: 1, exchanges: [{ preference: 10, exchange: "mail.contoso.com" }] },
  "contoso.com": {
    ttlSeconds: 600,
    notes: { "10 mail.contoso.com": "Mail: of the house" },
    exchanges: [
      { exchange: "mail.contoso.com", preference: 10 },
      { exchange: "mx0.contoso.com", preference: 5 },
    ],
    attributes: { "10 mail.contoso.com": { tags: ["team:mail"], settings: { ipv4_only: true } } },
  },
};
const text = `# What is normal in the stack prod, and is given back after a pause. Written by \`pulumi up\` when it ends well: keep it in the
# repository. There are no secrets in it. During a pause it says what was normal before. A ttlSeconds of 1 is Cloudflare's automatic.
# A stack that has lost its state gets it back by \`normal: exchange.normalFrom("normal.prod.yaml")\` in its SitePause, until the site is home.

contoso.com:
  ttlSeconds: 600
  attributes:
    10 mail.contoso.com:
      settings:
        ipv4_only: true
      tags:
        - team:mail
  exchanges:
    - preference: 5
      exchange: mx0.contoso.com
    - preference: 10
      exchange: mail.contoso.com
  notes:
    10 mail.contoso.com: "Mail: of the house"
contoso.org:
  ttlSeconds: 1
  exchanges:
    - preference: 10
      exchange: mail.contoso.com
DAG1:
  mounted:
    - DB01
    - DB02
  preferenceMoveFrequency: "01:00:00"
ex01:
  service: Running
ex02:
  service: Stopped
`;

/** Members and lists the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed).reverse();
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, member]): [string, unknown] => [name, reversed(member)]);
  return Object.fromEntries(members.reverse());
}

describe("what is normal, as a file", () => {
  it("is the same text in whatever order it is told", () => {
    equal(textOf(file, "prod", normals), text);
    equal(textOf(file, "prod", reversed(normals) as Normals), text);
  });

  it("is read back as it was", () => {
    deepEqual(normalsIn(text, file), JSON.parse(JSON.stringify(normals), sortedLists));
    equal(textOf(file, "prod", normalsIn(text, file)), text);
  });

  it("keeps names that other readers of YAML take for something else", () => {
    const odd: Normals = { on: { mounted: ["1e3", "0x10", "yes", "~"], preferenceMoveFrequency: "never" } };
    deepEqual(normalsIn(textOf(file, "prod", odd), file)["on"], { mounted: ["~", "0x10", "1e3", "yes"], preferenceMoveFrequency: "never" });
  });

  const mistakes: readonly (readonly [what: string, text: string, sentence: string])[] = [
    [
      "nothing",
      "# only a remark\n",
      ': expected what is normal by the names of parts, such as `ex01: { service: "Running" }`, found nothing.',
    ],
    ["a list", "- ex01\n", ': expected what is normal by the names of parts, such as `ex01: { service: "Running" }`, found ["ex01"].'],
    [
      "a word that the member does not know",
      "ex01:\n  service: Runing\n",
      ', line 2: ex01, service: expected Running or Stopped, found "Runing".',
    ],
    [
      "a member that no part has",
      "ex01:\n  servce: Running\n",
      ', line 2: ex01: expected { mounted, preferenceMoveFrequency } or { exchanges, ttlSeconds } or { service }, found {"servce":"Running"}.',
    ],
    [
      "a member too many",
      "ex01:\n  service: Running\n  since: Friday\n",
      ", line 3: ex01, since: expected service and no more, found since.",
    ],
    [
      "a number that is too large",
      "\ncontoso.com:\n  ttlSeconds: 600\n  exchanges:\n    - preference: 10\n      exchange: mail.contoso.com\n    - preference: 99999\n      exchange: b.contoso.com\n",
      ", line 7: contoso.com, exchanges, number 2, preference: expected 0 to 65535, found 99999.",
    ],
    [
      "a member that is missing",
      "ex01:\n  service: Running\ncontoso.com:\n  ttlSeconds: 600\n",
      ", line 4: contoso.com, exchanges: expected a list of { preference, exchange }, found nothing.",
    ],
    [
      "a remark of a record that is not there",
      "contoso.com:\n  ttlSeconds: 600\n  exchanges:\n    - preference: 20\n      exchange: mail.contoso.com\n  notes:\n    10 mail.contoso.com: ours\n",
      ', line 7: contoso.com, notes, 10 mail.contoso.com: expected one of its records (20 mail.contoso.com), found "10 mail.contoso.com".',
    ],
    [
      "a part that is there twice",
      "ex01:\n  service: Running\nex01:\n  service: Stopped\n",
      ", line 3: expected YAML, found this: Map keys must be unique.",
    ],
    [
      "an alias of nothing",
      "ex01: *a\n",
      ": expected plain YAML, found this: Unresolved alias (the anchor must be set before the alias): a.",
    ],
  ];
  for (const [what, written, sentence] of mistakes) {
    it(`is refused with ${what}, by its line`, () => {
      throws(() => normalsIn(written, file), { message: `${file}${sentence}` });
    });
  }
});

/** Lists by their content, as the file has them. */
function sortedLists(_name: string, value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const preference = (one: { readonly preference?: number }) => one.preference ?? 0;
  return [...value].sort((one, other) => preference(one) - preference(other) || (String(one) < String(other) ? -1 : 1));
}
