// Scripted oddities of an answer: what a client must read all the same, and what it must not take for an answer.
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { MessageType } from "../../../provider/remoting/psrp/messages.ts";
import { parseXml } from "../../../provider/remoting/xml/tree.ts";
import { fragmentsIn, messagesIn } from "../../support/raw-wsman.ts";
import { asking, outputOf } from "../../support/scripted-wsman.ts";
import { SHELL_ID, type WsmanLab, wsmanLab } from "../../support/wsman-lab.ts";

let lab: WsmanLab;
const { script, number, receive, receiveOfPool } = asking(() => lab);

describe("an answer that was scripted to be odd", () => {
  beforeEach(async () => {
    lab = await wsmanLab();
  });

  afterEach(async () => {
    deepEqual(lab.faults.pending, []);
    await lab.servers.stop();
  });

  it("byteOrderMark: the answer begins with one", async () => {
    script("Create", "byteOrderMark");
    equal((await lab.client.create(SHELL_ID)).text.slice(0, 4), "\ufeff<s:");
  });

  it("otherPrefixes: the same document in other words", async () => {
    script("Create", "otherPrefixes");
    const { text } = await lab.client.create(SHELL_ID);
    match(text, /^<o-s:Envelope/);
    equal(parseXml(text).children.length, 2);
  });

  it("chunked: no length is announced, and all of it comes", async () => {
    script("Create", "chunked");
    const { headers, text } = await lab.client.create(SHELL_ID);
    deepEqual([headers["transfer-encoding"], headers["content-length"]], ["chunked", undefined]);
    parseXml(text);
  });

  it("compressed: gzip, although nobody asked for it", async () => {
    script("Create", "compressed");
    const { headers, bytes = Buffer.alloc(0) } = await lab.client.create(SHELL_ID);
    equal(headers["content-encoding"], "gzip");
    parseXml(gunzipSync(bytes).toString("utf8"));
  });

  it("wrongRelatesTo: the answer is to nobody's request", async () => {
    script("Create", "wrongRelatesTo");
    match((await lab.client.create(SHELL_ID)).text, /<a:RelatesTo>uuid:00000000-0000-0000-0000-000000000000</);
  });

  it("wrongContentType: the right bytes under a wrong name", async () => {
    script("Create", "wrongContentType");
    const { headers, text } = await lab.client.create(SHELL_ID);
    equal(headers["content-type"], "text/plain");
    parseXml(text);
  });

  it("cutInBody: the connection breaks in the middle of an answer, which is there for the next Receive", async () => {
    await lab.client.open(SHELL_ID);
    await number();
    script("Receive", "cutInBody");
    await rejects(receive(), { code: "ECONNRESET" });
    deepEqual(outputOf(await receive()), ["<I32>7</I32>"]);
  });

  it("splitOddly: small fragments of several messages by turns, which are the same messages", async () => {
    await lab.client.open(SHELL_ID);
    await number();
    script("Receive", "splitOddly");
    const answer = await receive();
    const ids = fragmentsIn(answer).map((fragment) => fragment[7]);
    equal(new Set(ids).size, 2);
    equal(ids[0] !== ids[1] && ids[0] === ids[2], true);
    deepEqual(outputOf(answer), ["<I32>7</I32>"]);
    match(answer.text, /CommandState\/Done/);
  });

  it("joined: several messages in one Stream", async () => {
    await lab.client.open(SHELL_ID);
    await number();
    script("Receive", "joined");
    const answer = await receive();
    deepEqual([fragmentsIn(answer).length, messagesIn(answer).length], [1, 2]);
  });

  it("poolBroken: Create succeeds, and then the pool says why it is of no use", async () => {
    script("Create", "poolBroken", { reason: "The domain controller is not available." });
    equal((await lab.client.create(SHELL_ID)).status, 200);
    const messages = messagesIn(await receiveOfPool(), await receiveOfPool());
    const state = messages.find(({ type }) => type === MessageType.runspacePoolState)?.data ?? "";
    match(state, /<I32 N="RunspaceState">5<.*N="ExceptionAsErrorRecord".*The domain controller is not available\./);
  });

  it("splitOddly for a cmdlet: all answers of its pipeline", async () => {
    await lab.client.open(SHELL_ID);
    lab.faults.add({ when: { edge: "wsman", call: "Get-Number" }, what: "splitOddly" });
    await number();
    const answer = await receive();
    equal(fragmentsIn(answer).length > 4, true);
    deepEqual(outputOf(answer), ["<I32>7</I32>"]);
  });

  it("byteOrderMark for a cmdlet: the answer to the request that completes it", async () => {
    await lab.client.open(SHELL_ID);
    lab.faults.add({ when: { edge: "wsman", call: "Get-Number" }, what: "byteOrderMark" });
    equal((await number()).text.slice(0, 4), "\ufeff<s:");
    equal((await receive()).text.slice(0, 3), "<s:");
  });
});
