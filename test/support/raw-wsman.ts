// WSMan requests by hand, for tests that need one odd request rather than a client: other prefixes than the server's, one POST each.
import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { psObject } from "../../provider/remoting/clixml/build.ts";
import { encodeClixml } from "../../provider/remoting/clixml/encode.ts";
import { PsTagged, type PsValue } from "../../provider/remoting/clixml/values.ts";
import { Defragmenter, fragmentsOf } from "../../provider/remoting/psrp/fragments.ts";
import { NO_GUID } from "../../provider/remoting/psrp/guid.ts";
import { decodeMessage, encodeMessage, MessageType, type PsrpMessage } from "../../provider/remoting/psrp/messages.ts";

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  /** As received. Absent where nothing was: answers that a test made out of text. */
  readonly bytes?: Buffer;
}

export interface RawRequest {
  /** The last part of the action URI: `Create`, `Receive`. */
  readonly action: string;
  readonly body?: string;
  readonly shellId?: string;
  readonly resourceUri?: string;
  readonly operationTimeout?: string;
  readonly maxEnvelopeBytes?: number;
  /** Breaks the connection off. */
  readonly signal?: AbortSignal;
}

const SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell";
const TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer";

/** A client of one endpoint. Every request is a connection of its own, unless `keepAlive` is called. */
export class RawWsman {
  readonly #to: { readonly host: string; readonly port: number };
  readonly #authorization: string;
  readonly poolId: string = randomUUID().toUpperCase();
  path = "/powershell";
  configuration = "Microsoft.Exchange";
  /** Set to send it. */
  cookie: string | undefined;
  #agent = new Agent({ keepAlive: false });

  constructor(to: { readonly host: string; readonly port: number }, user: string, password: string) {
    this.#to = to;
    this.#authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  }

  /** From now on all requests share their connections, which end when the server stops. */
  keepAlive(): void {
    this.#agent = new Agent({ keepAlive: true });
  }

  /** @throws the socket's error when the connection breaks */
  async post(
    body: string | Uint8Array,
    headers: Readonly<Record<string, string>> = {},
    method = "POST",
    signal?: AbortSignal,
  ): Promise<RawAnswer> {
    const agent = this.#agent;
    const own = {
      Authorization: this.#authorization,
      "Content-Type": "application/soap+xml;charset=UTF-8",
      ...(this.cookie === undefined ? {} : { Cookie: this.cookie }),
    };
    return new Promise((resolve, reject) => {
      const sent = request(
        { ...this.#to, path: this.path, method, agent, headers: { ...own, ...headers }, ...(signal === undefined ? {} : { signal }) },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.on("error", reject);
          response.on("end", () => {
            const bytes = Buffer.concat(parts);
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text: bytes.toString("utf8"), bytes });
          });
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  }

  async ask(asked: RawRequest): Promise<RawAnswer> {
    return this.post(this.envelope(asked), {}, "POST", asked.signal);
  }

  envelope({ action, body = "", shellId, resourceUri, operationTimeout = "PT20S", maxEnvelopeBytes = 153_600 }: RawRequest): string {
    const space = ["Create", "Delete", "Get", "Put"].includes(action) ? TRANSFER : SHELL;
    const selectors = shellId === undefined ? "" : `<m:SelectorSet><m:Selector Name="ShellId">${shellId}</m:Selector></m:SelectorSet>`;
    return (
      `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:ad="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:m="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><e:Header>` +
      `<ad:Action>${space}/${action}</ad:Action><ad:MessageID>uuid:${randomUUID()}</ad:MessageID><m:OperationTimeout>${operationTimeout}</m:OperationTimeout>` +
      `<m:MaxEnvelopeSize>${maxEnvelopeBytes}</m:MaxEnvelopeSize><m:ResourceURI>${resourceUri ?? `http://schemas.microsoft.com/powershell/${this.configuration}`}</m:ResourceURI>${selectors}` +
      `</e:Header><e:Body xmlns:sh="${SHELL}">${body}</e:Body></e:Envelope>`
    );
  }

  /** Creates a shell with that id and reads until it is open. */
  async open(
    shellId: string = this.poolId,
    asked: Partial<RawRequest> & { readonly protocol?: string; readonly idle?: string; readonly maxRunspaces?: number } = {},
  ): Promise<RawAnswer> {
    const created = await this.create(shellId, asked);
    if (created.status === 200) for (const _ of [1, 2]) await this.receive(shellId, undefined);
    return created;
  }

  async create(
    shellId: string,
    {
      protocol = "2.3",
      idle,
      maxRunspaces = 1,
      ...asked
    }: Partial<RawRequest> & { readonly protocol?: string; readonly idle?: string; readonly maxRunspaces?: number } = {},
  ): Promise<RawAnswer> {
    const capability = {
      protocolversion: new PsTagged("Version", protocol),
      PSVersion: new PsTagged("Version", "2.0"),
      SerializationVersion: new PsTagged("Version", "1.1.0.1"),
    };
    const bytes = [
      this.#fragments(1n, MessageType.sessionCapability, NO_GUID, capability),
      this.#fragments(2n, MessageType.initRunspacePool, NO_GUID, { MinRunspaces: 1, MaxRunspaces: maxRunspaces }),
    ];
    const idleTimeOut = idle === undefined ? "" : `<sh:IdleTimeOut>${idle}</sh:IdleTimeOut>`;
    const creation = `<creationXml xmlns="http://schemas.microsoft.com/powershell">${Buffer.concat(bytes.flat()).toString("base64")}</creationXml>`;
    return this.ask({ action: "Create", body: `<sh:Shell ShellId="${shellId}">${idleTimeOut}${creation}</sh:Shell>`, ...asked });
  }

  /** Sends a cmdlet. `commands`: more than one are joined by pipes. */
  async command(
    shellId: string,
    commandId: string,
    commands: readonly RawCommand[],
    asked: Partial<RawRequest> & { readonly noInput?: boolean } = {},
  ): Promise<RawAnswer> {
    const data = Buffer.concat(this.pipelineFragments(commandId, commands, asked.noInput ?? true)).toString("base64");
    return this.ask({
      action: "Command",
      shellId,
      body: `<sh:CommandLine CommandId="${commandId}"><sh:Command/><sh:Arguments>${data}</sh:Arguments></sh:CommandLine>`,
      ...asked,
    });
  }

  pipelineFragments(commandId: string, commands: readonly RawCommand[], noInput = true, maxDataBytes = 30_000): Uint8Array[] {
    const cmds = commands.map(({ name, isScript = false, args = [] }) =>
      psObject({
        notes: { Cmd: name, IsScript: isScript, Args: psObject({ items: args.map(([N, V]) => psObject({ notes: { N, V } })) }) },
      }),
    );
    const powershell = psObject({ notes: { ExtraCmds: null, Cmds: psObject({ items: cmds }) } });
    return this.#fragments(3n, MessageType.createPipeline, commandId, { NoInput: noInput, PowerShell: powershell }, maxDataBytes);
  }

  /** One message of the pipeline's input, or its end. */
  async send(shellId: string, commandId: string, bytes: Uint8Array): Promise<RawAnswer> {
    const stream = `<sh:Stream Name="stdin" CommandId="${commandId}">${Buffer.from(bytes).toString("base64")}</sh:Stream>`;
    return this.ask({ action: "Send", shellId, body: `<sh:Send>${stream}</sh:Send>` });
  }

  messageFragment(objectId: bigint, type: number, commandId: string, data: string): Uint8Array {
    const message = encodeMessage({ destination: "server", type, poolId: this.poolId, pipelineId: commandId, data });
    return new Uint8Array(Buffer.concat(fragmentsOf(objectId, message, 30_000)));
  }

  async receive(shellId: string, commandId: string | undefined, asked: Partial<RawRequest> = {}): Promise<RawAnswer> {
    const ofCommand = commandId === undefined ? "" : ` CommandId="${commandId}"`;
    return this.ask({
      action: "Receive",
      shellId,
      body: `<sh:Receive><sh:DesiredStream${ofCommand}>stdout</sh:DesiredStream></sh:Receive>`,
      ...asked,
    });
  }

  async signal(shellId: string, commandId: string, code: string): Promise<RawAnswer> {
    return this.ask({ action: "Signal", shellId, body: `<sh:Signal CommandId="${commandId}"><sh:Code>${code}</sh:Code></sh:Signal>` });
  }

  #fragments(
    objectId: bigint,
    type: number,
    pipelineId: string,
    notes: Readonly<Record<string, PsValue>>,
    maxDataBytes = 30_000,
  ): Uint8Array[] {
    const data = encodeClixml(psObject({ notes }));
    const message = encodeMessage({ destination: "server", type, poolId: this.poolId, pipelineId, data });
    return fragmentsOf(objectId, message, maxDataBytes);
  }
}

export interface RawCommand {
  readonly name: string;
  readonly isScript?: boolean;
  /** Name (null: positional) and value. */
  readonly args?: readonly (readonly [string | null, PsValue])[];
}

/** The streams of a ReceiveResponse, decoded. */
export function fragmentsIn({ text }: RawAnswer): Uint8Array[] {
  return [...text.matchAll(/<rsp:Stream Name="stdout"[^>]*>([^<]*)</g)].map(
    ([, base64]) => new Uint8Array(Buffer.from(base64 ?? "", "base64")),
  );
}

export function messagesIn(...answers: readonly RawAnswer[]): PsrpMessage[] {
  const defragmenter = new Defragmenter();
  return answers
    .flatMap((answer) => fragmentsIn(answer))
    .flatMap((fragment) => defragmenter.push(fragment))
    .map(decodeMessage);
}

/** Code and subcode of a fault, and its HTTP status. */
export function faultIn({ status, text }: RawAnswer): {
  readonly status: number;
  readonly subcode: string | undefined;
  readonly code: number | undefined;
} {
  const code = /<f:WSManFault [^>]*Code="(\d+)"/.exec(text)?.[1];
  return { status, subcode: /<s:Subcode><s:Value>([^<]*)</.exec(text)?.[1], code: code === undefined ? undefined : Number(code) };
}
