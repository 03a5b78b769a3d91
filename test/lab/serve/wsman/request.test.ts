import { deepEqual, equal, throws } from "node:assert/strict";
import { durationMs, readRequest, readRequestBytes } from "../../../../lab/serve/wsman/request.ts";
import { XmlError } from "../../../../provider/remoting/xml/reader.ts";
import { parseXml } from "../../../../provider/remoting/xml/tree.ts";
import { RawWsman } from "../../../support/raw-wsman.ts";

const writer = new RawWsman({ host: "127.0.0.1", port: 0 }, "", "");

describe("reading a WSMan request", () => {
  it("reads what is asked, whatever its prefixes", () => {
    const envelope = writer.envelope({ action: "Receive", shellId: "A1", body: "<sh:Receive/>", maxEnvelopeBytes: 200_000 });
    const { messageId, body, ...request } = readRequest(envelope);
    equal(messageId.startsWith("uuid:"), true);
    deepEqual([body?.namespace, body?.name], ["http://schemas.microsoft.com/wbem/wsman/1/windows/shell", "Receive"]);
    deepEqual(request, {
      action: "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Receive",
      resourceUri: "http://schemas.microsoft.com/powershell/Microsoft.Exchange",
      operationTimeoutMs: 20_000,
      maxEnvelopeBytes: 200_000,
      selectors: new Map([["ShellId", "A1"]]),
    });
  });

  it("never takes more than 500 KB for granted", () => {
    equal(readRequest(writer.envelope({ action: "Receive", maxEnvelopeBytes: 4_000_000 })).maxEnvelopeBytes, 512_000);
  });

  it("knows an envelope size that is none from one that is", () => {
    const sizeOf = (text: string) => readRequest(writer.envelope({ action: "Receive" }).replace("153600", text)).maxEnvelopeBytes;
    deepEqual(["8192", "8191", "-1", "", "1e9", "0x9000", "NaN"].map(sizeOf), [8_192, NaN, NaN, NaN, NaN, NaN, NaN]);
  });

  it("reads UTF-8 and UTF-16, with a byte order mark or without", () => {
    const text = writer.envelope({ action: "Receive", shellId: "Ü𝄞" });
    for (const bytes of [
      Buffer.from(text),
      Buffer.from(`\ufeff${text}`),
      Buffer.from(text, "utf16le"),
      Buffer.from(`\ufeff${text}`, "utf16le"),
    ])
      equal(readRequestBytes(bytes).selectors.get("ShellId"), "Ü𝄞");
  });

  it("refuses bytes that are no text", () => {
    const text = Buffer.from(writer.envelope({ action: "Receive", shellId: "#" }));
    for (const bad of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80]]) {
      const at = text.indexOf("#");
      const bytes = Buffer.concat([text.subarray(0, at), Buffer.from(bad), text.subarray(at + 1)]);
      throws(() => readRequestBytes(bytes), new XmlError("the bytes are no text"));
      equal(readRequestBytes(text).selectors.get("ShellId"), "#");
    }
  });

  it("refuses elements nested so deep that reading them would take for ever", () => {
    const deep = (depth: number) => parseXml(`<a:a xmlns:a="urn:a">${"<a:a>".repeat(depth - 1)}${"</a:a>".repeat(depth)}`);
    equal(deep(64).name, "a");
    throws(() => deep(65), { name: "XmlError", message: "nested deeper than 64 elements" });
    throws(() => parseXml(`<a:a xmlns:a="urn:a">${"<a:a>".repeat(200_000)}`), { message: "nested deeper than 64 elements" });
  });

  it("does not take a header of another namespace for its own", () => {
    const foreign = writer.envelope({ action: "Receive" }).replace("<ad:Action>", '<ad:Action xmlns:ad="urn:other">');
    throws(() => readRequest(foreign), new XmlError("the header has no Action or no MessageID"));
  });

  it("refuses a document type before an envelope that is otherwise good", () => {
    const text = `<!DOCTYPE e>${writer.envelope({ action: "Receive" })}`;
    throws(() => readRequest(text), { name: "XmlError", message: "a document type is not accepted" });
  });

  for (const [what, text] of [
    ["XML that is not SOAP", "<a/>"],
    ["SOAP 1.1", '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"/>'],
    ["XML that is cut off", "<a>"],
    ["a prefix that nobody declared", "<a:b/>"],
    ["a document type", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ["nothing", ""],
  ] as const)
    it(`refuses ${what}`, () => {
      throws(() => readRequest(text), XmlError);
    });

  for (const [text, ms] of [
    ["PT20S", 20_000],
    ["PT20.500S", 20_500],
    ["PT1M30S", 90_000],
    ["P0DT1H0M2S", 3_602_000],
    ["P1D", 86_400_000],
  ] as const)
    it(`reads ${text} as ${ms} ms`, () => {
      equal(durationMs(text), ms);
    });

  for (const text of ["P", "PT", "P1DT", "20", "P1Y", "PT-1S", ""])
    it(`does not read "${text}" as a time`, () => {
      equal(durationMs(text), Number.NaN);
    });

  it("joins text around elements and CDATA, and keeps attributes by local name", () => {
    const { text, attributes } = parseXml('<a xmlns:x="urn:x" x:b="1">one<c/><![CDATA[<two>]]></a>');
    deepEqual([text, [...attributes]], ["one<two>", [["b", "1"]]]);
  });
});
