// The short ways through CLIXML and SOAP against the XML parser, over all that real servers and clients were recorded to say.
import { deepEqual, ok } from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { decodeClixmlBytes } from "../../provider/remoting/clixml/decode.ts";
import { encodeClixml } from "../../provider/remoting/clixml/encode.ts";
import { decodePlain } from "../../provider/remoting/clixml/plain.ts";
import { readClixml } from "../../provider/remoting/clixml/reader.ts";
import { parsePlainXml } from "../../provider/remoting/wsman/plain-xml.ts";
import { parseAnyXml } from "../../provider/remoting/wsman/xml.ts";
import { comparable } from "../support/comparable.ts";
import { requireJudge, sharedFolder } from "../support/judges.ts";

const recordings = path.join(sharedFolder() ?? "", "recordings");
const isThere = sharedFolder() !== undefined;
const named = (pattern: string) => (isThere ? globSync(path.join(recordings, pattern)).sort() : []);
const Message = z.object({ xml: z.string().nullish() });

/** How many of the texts went the short way; all that did say what the parser says. */
function shortOnes(texts: readonly string[]): number {
  const short = texts.filter((text) => {
    const plain = decodePlain(text);
    if (plain !== undefined) deepEqual(comparable([plain]), comparable(readClixml(text)));
    return plain !== undefined;
  });
  return short.length;
}

describe("the short ways, over recordings", () => {
  before(function () {
    requireJudge(this, "recordings", isThere);
  });

  it("read PSRP messages of PowerShell as the XML parser does, and most of them at all", () => {
    const lines = named("powershell/psrp/*.messages.jsonl").flatMap((file) => readFileSync(file, "utf8").trim().split("\n"));
    const texts = lines.map((line) => Message.parse(JSON.parse(line)).xml ?? "").filter((text) => text !== "");
    const short = shortOnes(texts);
    ok(texts.length > 200 && short / texts.length > 0.7, `${short} of ${texts.length}`);
  });

  it("read Exchange's objects, as PSRP would carry them, as the XML parser does, and nearly all of them at all", () => {
    const texts = named("exchange/**/*.xml").flatMap((file) => decodeClixmlBytes(readFileSync(file)).map(encodeClixml));
    const short = shortOnes(texts);
    ok(texts.length > 500 && short / texts.length > 0.9, `${short} of ${texts.length}`);
  });

  it("read WSMan answers and requests as the XML parser does, and nearly all of them at all", () => {
    const envelopes = named("wsman/**/*.{yml,xml}").flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/<(\w+):Envelope\b[\s\S]*?<\/\1:Envelope>/g)].map(([text]) => text),
    );
    const short = envelopes.filter((text) => {
      const plain = parsePlainXml(text);
      if (plain !== undefined) deepEqual(plain, parseAnyXml(text));
      return plain !== undefined;
    });
    ok(envelopes.length > 300 && short.length / envelopes.length > 0.9, `${short.length} of ${envelopes.length}`);
  });
});
