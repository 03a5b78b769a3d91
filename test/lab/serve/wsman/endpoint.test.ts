// An endpoint without HTTP: answers that get lost, and requests that only a hostile client makes.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { FaultScript } from "../../../../lab/serve/faults.ts";
import { Endpoint } from "../../../../lab/serve/wsman/endpoint.ts";
import type { Outcome } from "../../../../lab/serve/wsman/outcome.ts";
import { readRequest } from "../../../../lab/serve/wsman/request.ts";
import { toyHost } from "../../../support/cmdlet-host.ts";
import { type RawRequest, RawWsman } from "../../../support/raw-wsman.ts";
import { COMMAND_ID, OTHER_ID, SHELL_ID } from "../../../support/wsman-lab.ts";

const MEBIBYTE = 1_048_576;
const TERMINATE = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/signal/Terminate";
const CREATION = '<creationXml xmlns="http://schemas.microsoft.com/powershell"></creationXml>';
const RECEIVE = `<sh:Receive><sh:DesiredStream CommandId="${COMMAND_ID}">stdout</sh:DesiredStream></sh:Receive>`;
let endpoint: Endpoint;

describe("an endpoint without HTTP", () => {
  beforeEach(async () => {
    const server = { name: "ex01", fqdn: "ex01.contoso.local" };
    const configuration = "Microsoft.Exchange";
    endpoint = new Endpoint({ server, configuration, host: toyHost().host, faults: new FaultScript(), nowMs: () => 0 });
    await create();
  });

  it("gives an answer that was lost again, and after a delivered one forgets the command", async () => {
    await command(COMMAND_ID, Buffer.alloc(0));
    await signal(COMMAND_ID, "powershell/signal/ctrl_c");
    const lost = await ask("Receive", RECEIVE);
    ok(lost.kind === "answer");
    lost.onLost?.();
    const again = await ask("Receive", RECEIVE);
    deepEqual(again.kind === "answer" && again.body, lost.body);
    equal((await ask("Receive", RECEIVE)).kind, "fault");
  });

  for (const id of ["no-id", '"/><x y="', "", `${SHELL_ID} `])
    it(`takes nothing but GUIDs for ids, which go back into answers: ${JSON.stringify(id)}`, async () => {
      const written = id.replaceAll('"', "&quot;").replaceAll("<", "&lt;");
      equal(codeOf(await ask("Create", `<sh:Shell ShellId="${written}">${CREATION}</sh:Shell>`)), 87);
      equal(codeOf(await ask("Command", `<sh:CommandLine CommandId="${written}"/>`)), 87);
      equal(subcodeOf(await ask("Receive", RECEIVE.replace(COMMAND_ID, written))), "w:InvalidSelectors");
    });

  it("does not run a command twice that comes twice", async () => {
    equal((await command(COMMAND_ID, Buffer.alloc(0))).kind, "answer");
    equal(codeOf(await command(COMMAND_ID.toLowerCase(), Buffer.alloc(0))), 87);
    await signal(COMMAND_ID, TERMINATE);
    equal((await command(COMMAND_ID, Buffer.alloc(0))).kind, "answer");
  });

  it("forgets a command whose fragments are damaged, and the whole shell where the pool's are", async () => {
    equal(codeOf(await command(COMMAND_ID, Buffer.from("damaged"))), 87);
    equal(subcodeOf(await ask("Receive", RECEIVE)), "w:InvalidSelectors");
    equal((await command(OTHER_ID, Buffer.alloc(0))).kind, "answer");
    equal(
      codeOf(await ask("Send", `<sh:Send><sh:Stream Name="stdin">${Buffer.from("damaged").toString("base64")}</sh:Stream></sh:Send>`)),
      87,
    );
    equal(subcodeOf(await ask("Get")), "w:InvalidSelectors");
  });

  it("holds 16 MB of messages that are begun and not ended, refuses more, and gives the room back with the shell", async () => {
    for (let at = 0; at < 16; at += 1) equal((await command(idOf(at), begun(MEBIBYTE - 21))).kind, "answer");
    equal(endpoint.heldBytes, 16 * MEBIBYTE);
    equal(codeOf(await command(COMMAND_ID, begun(1))), 87);
    equal(endpoint.heldBytes, 16 * MEBIBYTE);
    await signal(idOf(3), TERMINATE);
    equal((await command(OTHER_ID, begun(1))).kind, "answer");
    await ask("Delete");
    equal(endpoint.heldBytes, 0);
  });

  it("counts fragments that hold nothing", async () => {
    await command(COMMAND_ID, Buffer.concat([begun(0), ...Array.from({ length: 99 }, (_, at) => begun(0, at + 1))]));
    equal(endpoint.heldBytes, 2_100);
  });

  it("refuses a message of more elements than any client needs", async () => {
    const header = Buffer.alloc(40);
    header.writeUInt32LE(2, 0);
    header.writeUInt32LE(0x00021006, 4);
    const crowded = Buffer.concat([header, Buffer.from(`<Obj><LST>${"<Nil/>".repeat(500_000)}</LST></Obj>`)]);
    const outcome = await command(COMMAND_ID, begun(crowded.length, 0, 3, crowded));
    match(textOf(outcome), /a message has more than 500000 elements/);
  });

  it("refuses a pipeline with more input than 10,000 objects", async () => {
    const input = Buffer.alloc(40);
    input.writeUInt32LE(2, 0);
    input.writeUInt32LE(0x00041002, 4);
    const one = begun(40, 0, 3, input);
    match(textOf(await command(COMMAND_ID, Buffer.concat(Array.from({ length: 10_001 }, () => one)))), /10000 input objects at most/);
  });

  it("lets a user wait for 1,500 answers and no more, whoever else asks", async () => {
    const other = "CONTOSO\\reader";
    await ask("Create", `<sh:Shell ShellId="${SHELL_ID}">${CREATION}</sh:Shell>`, {}, undefined, other);
    const leaves = new AbortController();
    const pool = "<sh:Receive><sh:DesiredStream>stdout</sh:DesiredStream></sh:Receive>";
    const waiting = Array.from({ length: 1_500 }, () => ask("Receive", pool, {}, leaves.signal));
    equal(codeOf(await ask("Receive", pool)), 2150859174);
    equal((await ask("Get")).kind, "answer");
    equal((await ask("Delete", "", {}, undefined, other)).kind, "answer");
    leaves.abort();
    deepEqual([...new Set((await Promise.all(waiting)).map(codeOf))], [2150858793]);
  });

  it("refuses an envelope size that no answer fits, or that is none", async () => {
    equal(subcodeOf(await ask("Get", "", { maxEnvelopeBytes: 8_191 })), "w:EncodingLimit");
    equal(subcodeOf(await ask("Get", "", { maxEnvelopeBytes: Number.NaN })), "w:EncodingLimit");
    equal((await ask("Get", "", { maxEnvelopeBytes: 8_192 })).kind, "answer");
  });

  it("refuses an idle time that is none, with which a shell would stay for ever", async () => {
    const shell = (idle: string) => `<sh:Shell ShellId="${OTHER_ID}"><sh:IdleTimeOut>${idle}</sh:IdleTimeOut>${CREATION}</sh:Shell>`;
    equal(codeOf(await ask("Create", shell("for ever"))), 87);
    equal((await ask("Create", shell("PT60S"))).kind, "answer");
  });
});

const writer = new RawWsman({ host: "127.0.0.1", port: 0 }, "", "");

function ask(
  action: string,
  body = "",
  more: Partial<RawRequest> = {},
  signal = new AbortController().signal,
  user = "CONTOSO\\pauser",
): Promise<Outcome> {
  const asker = { user, address: "http://ex01.contoso.local/PowerShell/", signal };
  return endpoint.handle(readRequest(writer.envelope({ action, shellId: SHELL_ID, body, ...more })), asker);
}

function create(): Promise<Outcome> {
  return ask("Create", `<sh:Shell ShellId="${SHELL_ID}">${CREATION}</sh:Shell>`);
}

function command(commandId: string, bytes: Buffer): Promise<Outcome> {
  return ask(
    "Command",
    `<sh:CommandLine CommandId="${commandId}"><sh:Arguments>${bytes.toString("base64")}</sh:Arguments></sh:CommandLine>`,
  );
}

function signal(commandId: string, code: string): Promise<Outcome> {
  return ask("Signal", `<sh:Signal CommandId="${commandId}"><sh:Code>${code}</sh:Code></sh:Signal>`);
}

/** A fragment of so many bytes of data; its message does not end with it unless `flags` says so. */
function begun(bytes: number, fragmentId = 0, flags = fragmentId === 0 ? 1 : 0, data = Buffer.alloc(bytes)): Buffer {
  const header = Buffer.alloc(21);
  header.writeBigUInt64BE(7n, 0);
  header.writeBigUInt64BE(BigInt(fragmentId), 8);
  header.writeUInt8(flags, 16);
  header.writeUInt32BE(bytes, 17);
  return Buffer.concat([header, data]);
}

function idOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

function codeOf(outcome: Outcome): number | undefined {
  const code = /Code="(\d+)"/.exec(textOf(outcome))?.[1];
  return code === undefined ? undefined : Number(code);
}

function subcodeOf(outcome: Outcome): string | undefined {
  return outcome.kind === "fault" ? outcome.fault.subcode : undefined;
}

function textOf(outcome: Outcome): string {
  return outcome.kind === "fault" ? outcome.fault.detail : "";
}
