// The server's side of the session key: the exchange, SecureStrings in both directions, and SecureStrings for which there is no key.
import { deepEqual, equal, match } from "node:assert/strict";
import { constants, createCipheriv, generateKeyPairSync, privateDecrypt } from "node:crypto";
import { SessionKey } from "../../../lab/serve/psrp/session-key.ts";
import { hashtable, psObject } from "../../../provider/remoting/clixml/build.ts";
import { decodeClixml } from "../../../provider/remoting/clixml/decode.ts";
import { encodeClixml } from "../../../provider/remoting/clixml/encode.ts";
import { property, textOf } from "../../../provider/remoting/clixml/read.ts";
import { isPsObject, PsTagged } from "../../../provider/remoting/clixml/values.ts";
import { NO_GUID } from "../../../provider/remoting/psrp/guid.ts";
import { MessageType } from "../../../provider/remoting/psrp/messages.ts";
import { faultIn, messagesIn, type RawAnswer } from "../../support/raw-wsman.ts";
import { COMMAND_ID, SHELL_ID, TIMED_OUT, type WsmanLab, wsmanLab } from "../../support/wsman-lab.ts";

const RSA = generateKeyPairSync("rsa", { modulusLength: 2048 });
let lab: WsmanLab;

describe("the session key of a pool", () => {
  beforeEach(async () => {
    lab = await wsmanLab();
    await lab.client.open(SHELL_ID);
  });

  afterEach(async () => {
    await lab.servers.stop();
  });

  it("is 32 bytes, for the holder of the private key, in the form of Windows", async () => {
    equal((await sendKey(publicBlob())).status, 200);
    const blob = await receiveKey();
    equal(blob.subarray(0, 12).toString("hex"), "010200001066000000a40000");
    equal(keyIn(blob).length, 32);
  });

  it("opens a parameter for the cmdlet, deep inside a value too, and closes it in output", async () => {
    await sendKey(publicBlob());
    const key = keyIn(await receiveKey());
    const secret = new PsTagged("SS", encrypted(key, "p@ss, wörd 𝄞"));
    await lab.client.command(SHELL_ID, COMMAND_ID, [
      {
        name: "Get-Number",
        args: [
          ["Value", secret],
          ["Table", hashtable({ list: [1, secret] })],
        ],
      },
    ]);
    const output = messagesIn(await receive()).find(({ type }) => type === MessageType.pipelineOutput)?.data ?? "";
    deepEqual(lab.toy.requests[0]?.parameters.get("Value"), new PsTagged("SS", "p@ss, wörd 𝄞"));
    deepEqual(lab.toy.requests[0]?.parameters.get("Table"), hashtable({ list: [1, new PsTagged("SS", "p@ss, wörd 𝄞")] }));
    equal(output, `<SS>${encrypted(key, "p@ss, wörd 𝄞")}</SS>`);
  });

  it("is asked for by the server that meets a SecureString without one, and the cmdlet does not run", async () => {
    await lab.client.command(SHELL_ID, COMMAND_ID, [
      { name: "Get-Number", args: [["Value", new PsTagged("SS", "AAAAAAAAAAAAAAAAAAAAAA==")]] },
    ]);
    deepEqual(faultIn(await receive("PT0.001S")), TIMED_OUT);
    deepEqual(
      messagesIn(await lab.client.receive(SHELL_ID, undefined)).map(({ type }) => type),
      [MessageType.publicKeyRequest],
    );
    await sendKey(publicBlob());
    equal(errorIn(await receive()), "CannotDecryptSecureString");
    deepEqual(lab.toy.requests, []);
  });

  it("does not keep a pipeline from being stopped that waits for it", async () => {
    await lab.client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Number", args: [["Value", new PsTagged("SS", "")]] }]);
    await lab.client.signal(SHELL_ID, COMMAND_ID, "powershell/signal/ctrl_c");
    equal(errorIn(await receive()), "PipelineStopped");
  });

  it("fails a SecureString that was encrypted with another key", async () => {
    await sendKey(publicBlob());
    await receiveKey();
    const secret = new PsTagged("SS", encrypted(Buffer.alloc(32, 7), "a secret that is longer than one block"));
    await lab.client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Number", args: [["Value", secret]] }]);
    const answer = await receive();
    equal(errorIn(answer), "CannotDecryptSecureString");
    deepEqual(lab.toy.requests, []);
  });

  it("is sent once, also when the client sends its public key again", async () => {
    await sendKey(publicBlob());
    await sendKey(publicBlob());
    deepEqual(
      messagesIn(await lab.client.receive(SHELL_ID, undefined)).map(({ type }) => type),
      [MessageType.encryptedSessionKey],
    );
    deepEqual(faultIn(await lab.client.receive(SHELL_ID, undefined, { operationTimeout: "PT0.001S" })), TIMED_OUT);
  });

  for (const [what, blob] of [
    ["nothing", Buffer.alloc(0)],
    ["a key that is cut off", publicBlob().subarray(0, 100)],
    ["another algorithm", Buffer.from(publicBlob()).fill(1, 4, 8)],
    ["a key of four billion bits", Buffer.from(publicBlob()).fill(0xff, 12, 16)],
    ["a key of 8,192 bits, whole", Buffer.concat([Buffer.from("0602000000a400005253413100200000", "hex"), Buffer.alloc(1_028, 1)])],
    ["a modulus of zeros", Buffer.from(publicBlob()).fill(0, 20)],
  ] as const)
    it(`is refused to ${what}, and the pool is over`, async () => {
      deepEqual(faultIn(await sendKey(blob)), { status: 500, subcode: "w:InvalidParameter", code: 87 });
      match((await lab.client.ask({ action: "Get", shellId: SHELL_ID })).text, /InvalidSelectors/);
    });
});

describe("a session key", () => {
  it("opens what it closed, the empty text too, and nothing else", () => {
    const [key, other] = [new SessionKey(), new SessionKey()];
    for (const text of ["", "x", "long ".repeat(1_000), "\ud800"]) equal(key.decrypt(key.encrypt(text)), text);
    equal(other.decrypt(key.encrypt("a text of more than one block")), undefined);
    equal(key.decrypt("no base64"), undefined);
  });
});

function sendKey(blob: Buffer): Promise<RawAnswer> {
  const data = encodeClixml(psObject({ notes: { PublicKey: blob.toString("base64") } }));
  const fragment = lab.client.messageFragment(9n, MessageType.publicKey, NO_GUID, data);
  const stream = `<sh:Stream Name="stdin">${Buffer.from(fragment).toString("base64")}</sh:Stream>`;
  return lab.client.ask({ action: "Send", shellId: SHELL_ID, body: `<sh:Send>${stream}</sh:Send>` });
}

async function receiveKey(): Promise<Buffer> {
  const [message] = messagesIn(await lab.client.receive(SHELL_ID, undefined));
  equal(message?.type, MessageType.encryptedSessionKey);
  const [value] = decodeClixml(message?.data ?? "");
  return Buffer.from((isPsObject(value) ? textOf(property(value, "EncryptedSessionKey")) : undefined) ?? "", "base64");
}

function receive(operationTimeout = "PT20S"): Promise<RawAnswer> {
  return lab.client.receive(SHELL_ID, COMMAND_ID, { operationTimeout });
}

function errorIn(answer: RawAnswer): string | undefined {
  const state = messagesIn(answer).find(({ type }) => type === MessageType.pipelineState)?.data ?? "";
  return /FullyQualifiedErrorId">([^<]*)</.exec(state)?.[1];
}

/** PUBLICKEYBLOB of the test's own key, written anew from [MS-PSRP] 2.2.2.3. */
function publicBlob(): Buffer {
  const { n = "", e = "" } = RSA.publicKey.export({ format: "jwk" });
  const exponent = Buffer.alloc(4);
  Buffer.from(e, "base64url").reverse().copy(exponent);
  return Buffer.concat([Buffer.from("0602000000a400005253413100080000", "hex"), exponent, Buffer.from(n, "base64url").reverse()]);
}

/** PKCS#1 v1.5 taken off by hand: 00 02, anything but zeros, 00, the key. */
function keyIn(blob: Buffer): Buffer {
  const padded = privateDecrypt({ key: RSA.privateKey, padding: constants.RSA_NO_PADDING }, Buffer.from(blob.subarray(12)).reverse());
  deepEqual([padded[0], padded[1]], [0, 2]);
  return padded.subarray(padded.indexOf(0, 2) + 1);
}

function encrypted(key: Buffer, text: string): string {
  const cipher = createCipheriv("aes-256-cbc", key, Buffer.alloc(16));
  return Buffer.concat([cipher.update(Buffer.from(text, "utf16le")), cipher.final()]).toString("base64");
}
