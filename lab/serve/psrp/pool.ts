// The server's side of a runspace pool: negotiation, the session key, the pipelines in it, and whose turn it is. One message at a time goes
// through here; how bytes come and go is WSMan's. Of the messages about a pool, those that this project's clients and pypsrp do not need are
// ignored (resizing, command metadata). Source: [MS-PSRP] 3.2; order and content as recorded from Windows PowerShell 5.1.
import { encodeClixml } from "../../../provider/remoting/clixml/encode.ts";
import { fragmentsOf } from "../../../provider/remoting/psrp/fragments.ts";
import { NO_GUID } from "../../../provider/remoting/psrp/guid.ts";
import { encodeMessage, MessageType, PsrpError, type PsrpMessage } from "../../../provider/remoting/psrp/messages.ts";
import type { Configuration } from "../cmdlet-host.ts";
import { Inbox, type Room } from "./inbox.ts";
import type { LanguageMode } from "./language.ts";
import { Outbox } from "./outbox.ts";
import { Pipeline, type RunCmdlet } from "./pipeline.ts";
import { readMaxRunspaces, readProtocolVersion } from "./pipeline-request.ts";
import { errorRecord, poolBroken, poolState, privateData, sessionCapability } from "./records.ts";
import { SessionKey } from "./session-key.ts";

const OPENED = 2;
const BROKEN = 5;
/** The newest protocol of Windows PowerShell 5.1. */
const PROTOCOL = "2.3";

export interface PoolOptions {
  readonly configuration: Configuration;
  /** Bytes of data in a fragment, its header not counted. */
  readonly fragmentBytes: number;
  readonly languageMode: LanguageMode;
  /** Shared by all pools of an endpoint. */
  readonly room: Room;
  readonly run: RunCmdlet;
  /** Why the pool says that it is broken instead of opened; absent: it opens. */
  readonly brokenBecause?: string | undefined;
}

export class RunspacePool {
  readonly outbox = new Outbox();
  readonly #options: PoolOptions;
  readonly #inbox: Inbox;
  readonly #key = Promise.withResolvers<SessionKey>();
  #keyIsAskedFor = false;
  #keyIsMade = false;
  readonly #pipelines = new Map<string, Pipeline>();
  readonly #waiting: (() => void)[] = [];
  #objectId = 0n;
  #freeRunspaces = 0;
  #isNegotiated = false;
  #protocol: string | undefined;
  /** Absent until the client has asked for runspaces. */
  #poolId: string | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#inbox = new Inbox(options.room);
  }

  /**
   * Takes bytes of the pool's own stream.
   * @throws {PsrpError} or {ClixmlError} when they are nothing that a client may send; the pool is of no use then, and must be closed
   */
  accept(bytes: Uint8Array): void {
    for (const message of this.#inbox.push(bytes)) {
      if (message.type === MessageType.sessionCapability) this.#negotiate(message);
      else if (message.type === MessageType.initRunspacePool) this.#open(message);
      else if (message.type === MessageType.publicKey) this.#exchangeKeys(message);
    }
    if (this.#inbox.isIdle) this.#inbox.empty();
  }

  /** Commands that nobody terminated, whether they have ended or not. */
  get pipelineCount(): number {
    return this.#pipelines.size;
  }

  pipeline(commandId: string): Pipeline | undefined {
    return this.#pipelines.get(commandId.toUpperCase());
  }

  begin(commandId: string): Pipeline {
    const pipeline = new Pipeline({
      ...this.#options,
      sessionKey: () => this.#sessionKey(),
      inRunspace: (work) => this.#inRunspace(work),
      fragmentsOf: (request, type, data) => this.#fragments(type, request.poolId, request.pipelineId, data),
    });
    this.#pipelines.set(commandId.toUpperCase(), pipeline);
    return pipeline;
  }

  /** Forgets a command, and stops it if it runs. */
  terminate(commandId: string): void {
    this.pipeline(commandId)?.stop();
    this.#pipelines.delete(commandId.toUpperCase());
  }

  /** Stops all; whoever waits for something is told that nothing comes. */
  close(): void {
    for (const commandId of [...this.#pipelines.keys()]) this.terminate(commandId);
    this.#inbox.empty();
    this.outbox.end();
  }

  /** A client that offers more than 2.3 is answered 2.3, one that offers less in its own; another major version gets no further word. */
  #negotiate({ data }: PsrpMessage): void {
    if (this.#isNegotiated) throw new PsrpError("a pool is negotiated once");
    this.#isNegotiated = true;
    const [major, minor] = readProtocolVersion(data).split(".").map(Number);
    this.#protocol = major !== 2 ? undefined : `2.${Math.min(minor ?? 0, Number(PROTOCOL.slice(2)))}`;
    this.outbox.push(this.#fragments(MessageType.sessionCapability, NO_GUID, NO_GUID, sessionCapability(this.#protocol ?? PROTOCOL)));
  }

  #open({ poolId, data }: PsrpMessage): void {
    if (this.#protocol === undefined) return;
    if (this.#poolId !== undefined) throw new PsrpError("a pool is opened once");
    this.#poolId = poolId;
    this.#freeRunspaces = readMaxRunspaces(data);
    this.outbox.push(this.#fragments(MessageType.applicationPrivateData, poolId, NO_GUID, privateData(this.#protocol)));
    // Recorded servers say it in an answer of its own.
    const { brokenBecause } = this.#options;
    const state =
      brokenBecause === undefined ? poolState(OPENED) : poolState(BROKEN, errorRecord(poolBroken(brokenBecause), "", { written: false }));
    this.outbox.push(this.#fragments(MessageType.runspacePoolState, poolId, NO_GUID, state), { apart: true });
  }

  /** A repeated key is not answered: the answer to the first is there to be received. */
  #exchangeKeys({ poolId, data }: PsrpMessage): void {
    if (this.#keyIsMade) return;
    const key = new SessionKey();
    this.outbox.push(this.#fragments(MessageType.encryptedSessionKey, poolId, NO_GUID, key.forClient(data)));
    this.#keyIsMade = true;
    this.#key.resolve(key);
  }

  /** Windows PowerShell asks for a public key when it meets a SecureString without one, and waits. Source: [MS-PSRP] 2.2.2.5; its crypto helper. */
  #sessionKey(): Promise<SessionKey> {
    if (!this.#keyIsMade && !this.#keyIsAskedFor) {
      this.#keyIsAskedFor = true;
      this.outbox.push(this.#fragments(MessageType.publicKeyRequest, this.#poolId ?? NO_GUID, NO_GUID, encodeClixml("")));
    }
    return this.#key.promise;
  }

  async #inRunspace(work: () => Promise<void>): Promise<void> {
    if (this.#freeRunspaces > 0) this.#freeRunspaces -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    await new Promise(setImmediate); // beside the answer to whoever asked, as a thread of its own does
    try {
      await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#freeRunspaces += 1;
      else next();
    }
  }

  #fragments(type: number, poolId: string, pipelineId: string, data: string): Uint8Array[] {
    this.#objectId += 1n;
    const message = encodeMessage({ destination: "client", type, poolId, pipelineId, data }, { bom: true });
    return fragmentsOf(this.#objectId, message, this.#options.fragmentBytes);
  }
}
