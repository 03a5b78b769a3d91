import { deepEqual, equal, ok, throws } from "node:assert/strict";
import type { WsmanFault } from "../../../provider/remoting/problem.ts";
import { createdShellId, parseAnswer, received, startedCommandId } from "../../../provider/remoting/wsman/answer.ts";
import { isDenial, isGone, isNothingYet, isThrottling } from "../../../provider/remoting/wsman/faults.ts";
import { NS } from "../../../provider/remoting/wsman/names.ts";

/** An answer in prefixes that nobody else uses: they must not matter. */
function soap(body: string, header = ""): string {
  return `<q1:Envelope xmlns:q1="${NS.soap}" xmlns:q2="${NS.addressing}" xmlns:q3="${NS.shell}" xmlns:q4="${NS.transfer}" xmlns:q5="${NS.wsman}"><q1:Header>${header}</q1:Header><q1:Body>${body}</q1:Body></q1:Envelope>`;
}

function answer(body: string, header?: string) {
  const parsed = parseAnswer(soap(body, header));
  ok(parsed !== undefined);
  return parsed;
}

function fault(detail: string, subcode = ""): WsmanFault {
  const parsed = answer(
    `<q1:Fault><q1:Code><q1:Value>q1:Receiver</q1:Value><q1:Subcode><q1:Value>${subcode}</q1:Value></q1:Subcode></q1:Code>` +
      `<q1:Reason><q1:Text>the reason</q1:Text></q1:Reason><q1:Detail>${detail}</q1:Detail></q1:Fault>`,
  ).fault;
  ok(parsed !== undefined);
  return parsed;
}

describe("an answer", () => {
  it("is read by namespaces, whatever the prefixes, and says what it relates to", () => {
    equal(answer("", "<q2:RelatesTo>uuid:abc-1</q2:RelatesTo>").relatesTo, "ABC-1");
    equal(answer("").relatesTo, "");
  });

  it("in XML of another kind is none; what is no XML, or has a document type, is refused", () => {
    equal(parseAnswer("<html />"), undefined);
    equal(parseAnswer('<Envelope xmlns="urn:else"><Body /></Envelope>'), undefined);
    throws(() => parseAnswer("<html><br></html>"), { name: "XmlError" });
    throws(() => parseAnswer(`<!DOCTYPE a [<!ENTITY b "c">]>${soap("&b;")}`), { name: "XmlError" });
    throws(() => parseAnswer("<a>".repeat(100) + "</a>".repeat(100)), { name: "XmlError", message: "nested deeper than 64 elements" });
  });

  it("to a Create names the shell in its selector, and in the Shell element where there is no selector", () => {
    const created = '<q4:ResourceCreated><q5:SelectorSet><q5:Selector Name="ShellId">A</q5:Selector></q5:SelectorSet></q4:ResourceCreated>';
    equal(createdShellId(answer(created).body), "A");
    equal(createdShellId(answer("<q3:Shell><q3:ShellId>B</q3:ShellId></q3:Shell>").body), "B");
    equal(createdShellId(answer("").body), undefined);
  });

  it("to a Command names the command", () => {
    equal(startedCommandId(answer("<q3:CommandResponse><q3:CommandId>C</q3:CommandId></q3:CommandResponse>").body), "C");
    equal(startedCommandId(answer("<q3:CommandResponse />").body), undefined);
  });

  it("to a Receive holds streams in order and says whether the command is done", () => {
    const stream = (text: string) => `<q3:Stream Name="stdout">${Buffer.from(text).toString("base64")}</q3:Stream>`;
    const state = (name: string) => `<q3:CommandState State="${NS.shell}/CommandState/${name}" />`;
    const read = (content: string) => received(answer(`<q3:ReceiveResponse>${content}</q3:ReceiveResponse>`).body);
    const texts = (content: string) => read(content)?.chunks.map((chunk) => Buffer.from(chunk).toString());
    deepEqual(texts(stream("a") + stream("b")), ["a", "b"]);
    deepEqual([read(state("Done"))?.done, read(state("Running"))?.done, read("")?.done], [true, false, false]);
    equal(received(answer("").body), undefined);
  });
});

describe("a fault", () => {
  const windows = (code: string, message = "") =>
    `<f:WSManFault xmlns:f="${NS.fault}" Code="${code}"><f:Message>${message}</f:Message></f:WSManFault>`;

  it("gives code, subcode without prefix, and the most precise words on one line", () => {
    deepEqual(fault(windows("2150858793", "  two\n  lines "), "w:TimedOut"), { code: 2150858793, subcode: "TimedOut", text: "two lines" });
    deepEqual(fault(windows("87"), "w:InvalidParameter"), { code: 87, subcode: "InvalidParameter", text: "the reason" });
    deepEqual(fault(""), { subcode: "", text: "the reason" });
  });

  it("is found inside a provider's fault, and the code in a WMI error", () => {
    equal(
      fault(
        `<f:WSManFault xmlns:f="${NS.fault}" Code="5"><f:Message><f:ProviderFault>${windows("87", "inner")}</f:ProviderFault></f:Message></f:WSManFault>`,
      ).code,
      5,
    );
    equal(
      fault('<p:MSFT_WmiError xmlns:p="urn:p"><p:error_Code>2150859173</p:error_Code></p:MSFT_WmiError>', "w:QuotaLimit").code,
      2150859173,
    );
  });

  it("of each kind is told from the others", () => {
    const kinds = (given: WsmanFault) => [isNothingYet(given), isGone(given), isThrottling(given), isDenial(given)];
    const [yes, no] = [true, false];
    deepEqual(kinds(fault(windows("2150858793"), "w:TimedOut")), [yes, no, no, no]);
    deepEqual(kinds(fault(windows("2150858843"), "w:InvalidSelectors")), [no, yes, no, no]);
    deepEqual(kinds(fault("", "w:InvalidSelectors")), [no, yes, no, no]);
    deepEqual(kinds(fault("", "w:QuotaLimit")), [no, no, yes, no]);
    deepEqual(kinds(fault(windows("1", "The user load quota of 300 requests per 10 seconds has been exceeded"))), [no, no, yes, no]);
    deepEqual(kinds(fault(windows("5"))), [no, no, no, yes]);
    deepEqual(kinds(fault(windows("87", "The parameter is incorrect."), "w:InvalidParameter")), [no, no, no, no]);
  });
});
