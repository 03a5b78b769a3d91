import { deepEqual, equal, notEqual, throws } from "node:assert/strict";
import { inspect } from "node:util";
import { CallDeadline } from "../../../provider/remoting/call-deadline.ts";
import { encodeClixml } from "../../../provider/remoting/clixml/encode.ts";
import { listOf } from "../../../provider/remoting/clixml/read.ts";
import { type KeyPair, newKeyPair, SessionKey } from "../../../provider/remoting/psrp/key-exchange.ts";
import { MessageType } from "../../../provider/remoting/psrp/messages.ts";
import { toPsValue } from "../../../provider/remoting/psrp/parameters.ts";
import { RemotingError, Secret } from "../../../provider/remoting/transport.ts";
import { errorOf, failsWith, opened } from "../../support/session-fixture.ts";
import { answerKey, openSecret, type ServerKey } from "../../support/session-key-server.ts";
import { Conversation } from "../../support/wsman-conversation.ts";

const password = "not-for-anyone \u00e4\ud83d\ude00";

describe("a session key", () => {
  let pair: KeyPair;

  before(async () => {
    pair = await newKeyPair();
  });

  const readFrom = (answer: ServerKey) => SessionKey.read(encodeClixml(answer.answer), pair);

  it("comes through the padding that Node.js will not strip, and encrypts so that its owner can read", () => {
    for (const text of ["", "a", password, "x".repeat(1_000)]) {
      const server = answerKey(pair.message);
      equal(openSecret(readFrom(server).protect(new Secret(text)), server.key), text);
    }
  });

  it("in a block that is padded otherwise is refused, wherever it is wrong, in the same words", () => {
    const good = Buffer.concat([Buffer.of(0, 2), Buffer.alloc(221, 7), Buffer.of(0), Buffer.alloc(32, 9)]);
    readFrom(answerKey(pair.message, { block: good }));
    for (const [index, byte] of [
      [1, 1],
      [2, 0],
      [100, 0],
      [222, 0],
      [223, 1],
    ] as const) {
      const block = Buffer.from(good);
      block[index] = byte;
      const message = "a session key that does not open with our private key";
      throws(() => readFrom(answerKey(pair.message, { block })), { name: "PsrpError", message }, `byte ${index}`);
    }
  });

  it("of a wrong length, beyond the modulus, or missing is refused", () => {
    const sent = (base64: string) => () => SessionKey.read(`<Obj RefId="0"><MS><S N="EncryptedSessionKey">${base64}</S></MS></Obj>`, pair);
    throws(sent(Buffer.alloc(267).toString("base64")), { message: "a session key of 255 bytes, 256 were due" });
    throws(sent(Buffer.alloc(268, 255).toString("base64")), { message: "a session key that does not open with our private key" });
    throws(() => SessionKey.read('<Obj RefId="0" />', pair), { message: "a session key message without a key" });
  });

  it("of another pair does not open", async () => {
    const other = await newKeyPair();
    notEqual(other.message, pair.message);
    throws(() => readFrom(answerKey(other.message)), { name: "PsrpError" });
  });

  it("is needed to send a secret at all", () => {
    throws(() => toPsValue(new Secret(password)), { message: "a secret is sent only under a session's key" });
  });
});

describe("a session with secrets to send", () => {
  const keys: ServerKey[] = [];
  const willing = () => {
    const conversation = new Conversation();
    conversation.poolAnswers = ({ type, data }) => {
      if (type !== MessageType.publicKey) return [];
      const key = answerKey(data);
      keys.push(key);
      return [[MessageType.encryptedSessionKey, key.answer]];
    };
    return conversation;
  };

  beforeEach(() => keys.splice(0));

  it("asks for its key at the first one, and never again", async () => {
    const conversation = willing();
    const session = await opened(conversation);
    await session.run("Get-Queue", {}, new CallDeadline());
    await session.run("Set-User", { Password: new Secret(password), Others: [new Secret("a")] }, new CallDeadline());
    await session.run("Set-User", { Password: new Secret("again") }, new CallDeadline());
    equal(keys.length, 1);
    const [key] = keys;
    const sent = conversation.commands.slice(1).map(({ parameters }) => openSecret(parameters.get("Password"), key?.key ?? Buffer.of()));
    deepEqual(sent, [password, "again"]);
    equal(openSecret(listOf(conversation.commands[1]?.parameters.get("Others"))[0], key?.key ?? Buffer.of()), "a");
    const clear = [password, Buffer.from(password, "utf16le").toString("base64")];
    for (const { text } of conversation.asked) equal(clear.filter((part) => text.includes(part)).length, 0);
  });

  it("and a server that does not answer ends the call in time, with nothing run", async () => {
    const conversation = new Conversation();
    const session = await opened(conversation, { keyExchangeMs: 20, quickPausesMs: [5] });
    const words = "the server did not answer the key exchange within 0.02 s, so a secret cannot be sent; the cmdlet did not run";
    await failsWith(session.run("Set-User", { Password: new Secret(password) }, new CallDeadline()), "rejected", words, false);
    equal(conversation.count("Command"), 0);
    equal(session.isUsable, false);
  });

  it("and a server of a protocol without key exchange is sent none", async () => {
    const conversation = willing();
    conversation.protocol = "2.4";
    const session = await opened(conversation);
    const words = "the server's protocol 2.4 has no key exchange, so a secret cannot be sent; the cmdlet did not run";
    await failsWith(session.run("Set-User", { Password: new Secret(password) }, new CallDeadline()), "rejected", words, false);
    equal(conversation.count("Send"), 0);
  });

  it("and an answer that is no key is invalid, and says nothing of what it was", async () => {
    const conversation = new Conversation();
    conversation.poolAnswers = ({ data }) => [[MessageType.encryptedSessionKey, answerKey(data, { block: Buffer.alloc(256, 1) }).answer]];
    const error = await errorOf((await opened(conversation)).run("Set-User", { Password: new Secret(password) }, new CallDeadline()));
    deepEqual([error.reason, error.mayHaveRun], ["invalidAnswer", false]);
    equal(conversation.count("Command"), 0);
  });

  it("shows them to nobody who prints the call or its error", () => {
    const parameters = { Password: new Secret(password), Nested: { List: [new Secret(password)] } };
    const error = new RemotingError({ endpoint: "ex01", cmdlet: "Set-User", parameters }, "rejected", "no");
    for (const shown of [inspect(error, { depth: 20, showHidden: true }), JSON.stringify(error), String(error), `${error.stack}`])
      equal(shown.includes(password), false);
  });
});
