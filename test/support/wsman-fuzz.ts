// Spoilt requests, by the thousand, for an endpoint of the lab without HTTP: conversations as clients have them, of which each request comes
// right once and spoilt several times. What must hold after each is checked here; how many, and with which seed, is the caller's.
import type { CmdletHost } from "../../lab/serve/cmdlet-host.ts";
import { FaultScript } from "../../lab/serve/faults.ts";
import { Endpoint } from "../../lab/serve/wsman/endpoint.ts";
import type { Outcome } from "../../lab/serve/wsman/outcome.ts";
import { readRequestBytes } from "../../lab/serve/wsman/request.ts";
import { soapText } from "../../lab/serve/wsman/wire.ts";
import { psObject } from "../../provider/remoting/clixml/build.ts";
import { encodeClixml } from "../../provider/remoting/clixml/encode.ts";
import { PsTagged, type PsValue } from "../../provider/remoting/clixml/values.ts";
import { fragmentsOf } from "../../provider/remoting/psrp/fragments.ts";
import { NO_GUID } from "../../provider/remoting/psrp/guid.ts";
import { encodeMessage, MessageType } from "../../provider/remoting/psrp/messages.ts";
import { XmlError } from "../../provider/remoting/xml/reader.ts";
import { parseXml } from "../../provider/remoting/xml/tree.ts";
import { RawWsman } from "./raw-wsman.ts";
import { Dice, mutated } from "./wsman-mutations.ts";

export interface FuzzReport {
  readonly requests: number;
  /** How they ended: `400`, `answer`, `fault` and so on. */
  readonly ends: Readonly<Record<string, number>>;
  /** The most that the endpoint held of what clients sent, and what it held when all shells were gone. */
  readonly mostHeldBytes: number;
  readonly heldBytesAtEnd: number;
  readonly slowestMs: number;
}

const SPOILT_OF_EACH = 3;
/** Long after any request should have ended. */
const HANG_MS = 10_000;
const TERMINATE = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/signal/Terminate";
const writer = new RawWsman({ host: "127.0.0.1", port: 0 }, "", "");

/** @throws {Error} naming the seed and the request after which something did not hold that must */
export async function fuzzEndpoint({ seed, count }: { readonly seed: number; readonly count: number }): Promise<FuzzReport> {
  const dice = new Dice(seed);
  const endpoint = new Endpoint({
    server: { name: "ex01", fqdn: "ex01.contoso.local" },
    configuration: "Microsoft.Exchange",
    host: echo,
    faults: new FaultScript(),
    nowMs: () => 0,
  });
  const ends: Record<string, number> = {};
  let [requests, mostHeldBytes, slowestMs] = [0, 0, 0];
  while (requests < count) {
    for (const text of conversation(dice)) {
      await end(endpoint, Buffer.from(text, "utf8"));
      for (let again = 0; again < SPOILT_OF_EACH && requests < count; again += 1) {
        const { names, bytes } = mutated(text, dice);
        const begunMs = performance.now();
        const ended = await end(endpoint, bytes).catch((cause: unknown) => {
          throw new Error(`seed ${seed}, request ${requests} (${names.join(", ")}): ${String(cause)}`, { cause });
        });
        slowestMs = Math.max(slowestMs, performance.now() - begunMs);
        ends[ended] = (ends[ended] ?? 0) + 1;
        mostHeldBytes = Math.max(mostHeldBytes, endpoint.heldBytes);
        requests += 1;
      }
    }
  }
  endpoint.shells.clear();
  return { requests, ends, mostHeldBytes, heldBytesAtEnd: endpoint.heldBytes, slowestMs };
}

/** Right and spoilt requests as bytes, for who has a server to send them to. No Receives: one with a spoilt time may rightly wait for minutes. */
export function* spoiltRequests(seed: number, count: number): Generator<Buffer> {
  const dice = new Dice(seed);
  for (let made = 0; made < count; )
    for (const text of conversation(dice).filter((request) => !request.includes("/Receive<"))) {
      yield Buffer.from(text, "utf8");
      yield mutated(text, dice).bytes;
      made += 2;
    }
}

/** The requests of a whole conversation, in order, with ids of its own. */
export function conversation(dice: Dice): string[] {
  const shellId = guid(dice);
  const [first, second] = [guid(dice), guid(dice)];
  const args = {
    Identity: "ex01",
    Count: 7,
    Filter: "x".repeat(dice.below(3_000)),
    Confirm: false,
    Ratio: 0.5,
    Blob: Uint8Array.of(1, 2, 3),
  };
  const pieces = writer.pipelineFragments(second, [{ name: "Get-Queue", args: Object.entries(args) }], false, 300);
  const ask = (action: string, body: string) =>
    writer.envelope({ action, ...(action === "Create" ? {} : { shellId }), operationTimeout: "PT0.5S", body });
  const receive = (commandId?: string) =>
    ask(
      "Receive",
      `<sh:Receive><sh:DesiredStream${commandId === undefined ? "" : ` CommandId="${commandId}"`}>stdout</sh:DesiredStream></sh:Receive>`,
    );
  const command = (commandId: string, bytes: Uint8Array) =>
    ask("Command", `<sh:CommandLine CommandId="${commandId}"><sh:Command/><sh:Arguments>${base64(bytes)}</sh:Arguments></sh:CommandLine>`);
  const send = (commandId: string, bytes: Uint8Array) =>
    ask("Send", `<sh:Send><sh:Stream Name="stdin" CommandId="${commandId}">${base64(bytes)}</sh:Stream></sh:Send>`);
  const signal = (commandId: string, code: string) =>
    ask("Signal", `<sh:Signal CommandId="${commandId}"><sh:Code>${code}</sh:Code></sh:Signal>`);
  return [
    ask(
      "Create",
      `<sh:Shell ShellId="${shellId}"><sh:InputStreams>stdin pr</sh:InputStreams><sh:IdleTimeOut>PT120.000S</sh:IdleTimeOut>${creation()}</sh:Shell>`,
    ),
    receive(),
    receive(),
    command(first, Buffer.concat(writer.pipelineFragments(first, [{ name: "Get-Queue", args: Object.entries(args) }]))),
    receive(first),
    command(second, pieces[0] ?? Buffer.alloc(0)),
    ...pieces.slice(1, 4).map((piece) => send(second, piece)),
    send(second, Buffer.concat(pieces.slice(4))),
    send(second, writer.messageFragment(9n, MessageType.pipelineInput, second, "<S>ex01</S>")),
    signal(second, "powershell/signal/ctrl_c"),
    signal(first, TERMINATE),
    ask("Delete", ""),
  ];
}

/** What becomes of a request, after all that must hold was looked at. */
async function end(endpoint: Endpoint, bytes: Buffer): Promise<string> {
  const listening = new AbortController();
  const leaves = setImmediate(() => listening.abort());
  const { promise: hung, reject } = Promise.withResolvers<never>();
  const deadline = setTimeout(() => reject(new Error("no end although nobody waits for it any more")), HANG_MS);
  try {
    const request = readRequestBytes(bytes);
    const asker = { user: "CONTOSO\\pauser", address: "http://ex01/PowerShell/", signal: listening.signal };
    const outcome = await Promise.race([endpoint.handle(request, asker), hung]);
    if (outcome.kind === "answer" || outcome.kind === "fault") parseXml(soapText(outcome, request.messageId));
    return endOf(outcome);
  } catch (error) {
    if (error instanceof XmlError && bytesAreToBlame(bytes)) return "400";
    throw error;
  } finally {
    clearImmediate(leaves);
    clearTimeout(deadline);
  }
}

function endOf(outcome: Outcome): string {
  return outcome.kind === "fault" ? `fault ${outcome.fault.subcode}` : outcome.kind;
}

/** An XmlError about the request, not about the answer. */
function bytesAreToBlame(bytes: Buffer): boolean {
  try {
    readRequestBytes(bytes);
    return false;
  } catch {
    return true;
  }
}

const echo: CmdletHost = async ({ parameters }) => ({ output: [...parameters.values()].slice(0, 5), warnings: ["w"], errors: [] });

function creation(): string {
  const capability = {
    protocolversion: new PsTagged("Version", "2.3"),
    PSVersion: new PsTagged("Version", "2.0"),
    SerializationVersion: new PsTagged("Version", "1.1.0.1"),
  };
  const bytes = [
    message(1n, MessageType.sessionCapability, capability),
    message(2n, MessageType.initRunspacePool, { MinRunspaces: 1, MaxRunspaces: 1 }),
  ];
  return `<creationXml xmlns="http://schemas.microsoft.com/powershell">${base64(Buffer.concat(bytes))}</creationXml>`;
}

function message(objectId: bigint, type: number, notes: Readonly<Record<string, PsValue>>): Uint8Array {
  const data = encodeClixml(psObject({ notes }));
  const bytes = encodeMessage({ destination: "server", type, poolId: writer.poolId, pipelineId: NO_GUID, data });
  return new Uint8Array(Buffer.concat(fragmentsOf(objectId, bytes, 30_000)));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

function guid(dice: Dice): string {
  return "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, () => dice.below(16).toString(16)).toUpperCase();
}
