// Every answer of recorded WSMan conversations with real Windows servers (2008 R2 to 2025), command shells among them, read by the reader of its
// kind: ids, streams, states, faults, and the CLIXML of every PSRP message. That our client lives with them is wsman-conversations.test.ts.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { decodeClixml } from "../../provider/remoting/clixml/decode.ts";
import { MessageType } from "../../provider/remoting/psrp/messages.ts";
import { createdShellId, parseAnswer, received, startedCommandId } from "../../provider/remoting/wsman/answer.ts";
import { isGone, isNothingYet, isThrottling } from "../../provider/remoting/wsman/faults.ts";
import { descendant, type XmlElement } from "../../provider/remoting/xml/tree.ts";
import { requireJudge, sharedFolder } from "../support/judges.ts";
import { conversation, type Exchange, isPowerShell, psrpMessages } from "./support/wsman-conversations.ts";

const isThere = sharedFolder() !== undefined;
const folder = path.join(sharedFolder() ?? "", "recordings", "wsman");
const files = isThere ? globSync(path.join(folder, "pypsrp/*.yml")).sort() : [];

describe("recorded WSMan answers", () => {
  before(function () {
    requireJudge(this, "recordings", isThere);
    ok(files.length >= 36);
  });

  for (const file of files) {
    it(`${nameOf(file)}: each answer belongs to its request, and says of ids and states what the following requests rely on`, () => {
      const exchanges = conversation(file);
      for (const [index, { request, action, response }] of exchanges.entries()) {
        const answer = parseAnswer(response);
        ok(answer !== undefined);
        equal(answer.relatesTo, (descendant(request, "MessageID")?.text ?? "").replace(/^uuid:/i, "").toUpperCase());
        equal(answer.fault !== undefined, response.includes("<s:Fault"));
        if (answer.fault !== undefined) ok(isNothingYet(answer.fault) || isGone(answer.fault), answer.fault.text);
        else readAnswer(action, answer.body, exchanges.slice(index + 1), response);
      }
    });

    it(`${nameOf(file)}: every answer is understood, and the CLIXML of every message in it`, () => {
      const exchanges = conversation(file);
      ok(exchanges.length > 0);
      for (const { response } of exchanges) ok(parseAnswer(response) !== undefined);
      if (!isPowerShell(exchanges)) return;
      const messages = psrpMessages(exchanges);
      ok(messages.sent.length >= 2 && messages.received.length >= 3);
      for (const message of [...messages.sent, ...messages.received]) {
        ok(Object.values<number>(MessageType).includes(message.type), `type ${message.type.toString(16)}`);
        equal(decodeClixml(message.data).length, message.data === "" ? 0 : 1);
      }
    });
  }
});

describe("recorded faults", () => {
  before(function () {
    requireJudge(this, "recordings", isThere);
  });

  it("of a silent Receive mean: ask again", () => {
    const faults = conversation(path.join(folder, "pypsrp", "test_psrp_long_running_cmdlet.yml")).map(
      ({ response }) => parseAnswer(response)?.fault,
    );
    const [fault] = faults.filter((candidate) => candidate !== undefined);
    ok(fault !== undefined && isNothingYet(fault));
    deepEqual([fault.code, fault.subcode], [2150858793, "TimedOut"]);
  });

  it("of too many shells are known without a WSManFault in them", () => {
    const fault = parseAnswer(readFileSync(path.join(folder, "winrb/wmi_error_v2.xml"), "utf8"))?.fault;
    ok(fault !== undefined && isThrottling(fault));
    deepEqual([fault.code, fault.subcode], [2150859173, "QuotaLimit"]);
    match(
      fault.text,
      /^The WS-Management service cannot process the request. This user is allowed a maximum number of 30 concurrent shells/,
    );
  });
});

/** Reads an answer as the client does, and compares with what the recorded client made of it. */
function readAnswer(action: string, body: XmlElement, following: readonly Exchange[], response: string): void {
  if (action === "Create") {
    const selecting = following.map(({ request }) => descendant(descendant(request, "SelectorSet"), "Selector")?.text ?? "");
    ok(selecting.includes(createdShellId(body) ?? "no id"));
  }
  if (action === "Command") ok(following.some(({ commandId }) => commandId === startedCommandId(body)));
  if (action !== "Receive") return;
  const output = received(body);
  equal(output?.chunks.length, [...response.matchAll(/<rsp:Stream /g)].length);
  equal(output?.done, response.includes("CommandState/Done"));
}

function nameOf(file: string): string {
  return path.basename(file, ".yml");
}
