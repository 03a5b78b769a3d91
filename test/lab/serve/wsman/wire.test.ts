import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import * as answers from "../../../../lab/serve/wsman/answers.ts";
import type { Outcome } from "../../../../lab/serve/wsman/outcome.ts";
import { tooManyShells } from "../../../../lab/serve/wsman/quota-faults.ts";
import { timedOut, unknownShellOfGet } from "../../../../lab/serve/wsman/soap-faults.ts";
import { soapText, withOtherPrefixes } from "../../../../lab/serve/wsman/wire.ts";
import { parseXml } from "../../../../provider/remoting/xml/tree.ts";

const SHELL = {
  shellId: "6F1903CA-E06A-4A8B-BDFC-B44203149D55",
  resourceUri: "http://schemas.microsoft.com/powershell/Microsoft.Exchange",
  owner: 'CONTOSO\\a<b & "c"',
  processId: 4004,
  idleTimeoutMs: 900_000,
  ageMs: 1,
  idleMs: 1,
  state: "Connected",
} as const;
const OUTCOMES: readonly Extract<Outcome, { kind: "answer" | "fault" }>[] = [
  { kind: "answer", action: "urn:a", body: answers.createdShell(SHELL, "http://ex01/?a=1&b=2") },
  { kind: "answer", action: "urn:a", body: answers.receivedStreams([Uint8Array.of(1)], SHELL.shellId, true) },
  { kind: "fault", fault: timedOut("ex01") },
  { kind: "fault", fault: unknownShellOfGet("ex01") },
  { kind: "fault", fault: tooManyShells(18) },
];

describe("an envelope in other prefixes", () => {
  for (const outcome of OUTCOMES)
    it(`says the same: ${outcome.kind === "fault" ? outcome.fault.subcode : outcome.body.slice(0, 22)}`, () => {
      const text = soapText(outcome, "uuid:1");
      const other = withOtherPrefixes(text);
      notEqual(other, text);
      deepEqual(plain(other), plain(text));
    });

  it("has its attributes in the opposite order, and its subcode under the prefix that it declares", () => {
    const [, , fault] = OUTCOMES;
    const text = fault === undefined ? "" : soapText({ ...fault, oddity: "otherPrefixes" }, "uuid:1");
    match(text, /^<o-s:Envelope xmlns:o-p=/);
    match(text, /<o-s:Value>o-w:TimedOut</);
    match(text, /<o-f:WSManFault Machine="ex01" Code="2150858793" xmlns:o-f=/);
  });
});

it("an envelope relates to the request, and to nobody's when it is told to", () => {
  const [outcome = { kind: "fault", fault: timedOut("ex01") }] = OUTCOMES;
  match(soapText(outcome, "uuid:the-request"), /<a:RelatesTo>uuid:the-request</);
  equal(soapText({ ...outcome, oddity: "wrongRelatesTo" }, "uuid:the-request").includes("uuid:the-request"), false);
});

/** The tree without the prefixes in texts and attributes, which nothing but a reader can resolve. */
function plain(text: string): unknown {
  const withoutNames = (value: string) => value.replace(/^(o-)?\w+:(?=\w+$)/, "");
  const simple = ({ namespace, name, attributes, children, text: own }: ReturnType<typeof parseXml>): unknown => ({
    namespace,
    name,
    attributes: Object.fromEntries([...attributes].map(([key, value]) => [key, withoutNames(value)])),
    text: withoutNames(own),
    children: children.map(simple),
  });
  return simple(parseXml(text));
}
