// The server's side of a runspace pool: negotiation, the pipelines in it, and whose turn it is. One message at a time goes through here;
// how bytes come and go is WSMan's. Of the messages about a pool, those that this project's clients and pypsrp do not need are ignored
// (key exchange, resizing, command metadata). Source: [MS-PSRP] 3.2; order and content as recorded from Windows PowerShell 5.1.
import { Defragmenter, fragmentsOf } from "../../../provider/remoting/psrp/fragments.ts";
import { NO_GUID } from "../../../provider/remoting/psrp/guid.ts";
import { decodeMessage, encodeMessage, MessageType, type PsrpMessage } from "../../../provider/remoting/psrp/messages.ts";
import type { Configuration } from "../cmdlet-host.ts";
import { Outbox } from "./outbox.ts";
import { Pipeline, type RunCmdlet } from "./pipeline.ts";
import { readMaxRunspaces, readProtocolVersion } from "./pipeline-request.ts";
import { poolState, privateData, sessionCapability } from "./records.ts";

const OPENED = 2;
/** The newest protocol of Windows PowerShell 5.1. */
const PROTOCOL = "2.3";

export interface PoolOptions {
  readonly configuration: Configuration;
  /** Bytes of data in a fragment, its header not counted. */
  readonly fragmentBytes: number;
  readonly run: RunCmdlet;
}

export class RunspacePool {
  readonly outbox = new Outbox();
  readonly #options: PoolOptions;
  readonly #defragmenter = new Defragmenter();
  readonly #pipelines = new Map<string, Pipeline>();
  readonly #waiting: (() => void)[] = [];
  #objectId = 0n;
  #freeRunspaces = 0;
  #protocol: string | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /**
   * Takes bytes of the pool's own stream.
   * @throws {PsrpError} or {ClixmlError} when they are nothing that a client may send
   */
  accept(bytes: Uint8Array): void {
    for (const message of this.#defragmenter.push(bytes).map(decodeMessage)) {
      if (message.type === MessageType.sessionCapability) this.#negotiate(message);
      else if (message.type === MessageType.initRunspacePool) this.#open(message);
    }
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
      configuration: this.#options.configuration,
      run: this.#options.run,
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
    this.outbox.end();
  }

  /** A client that offers more than 2.3 is answered 2.3, one that offers less in its own; another major version gets no further word. */
  #negotiate({ data }: PsrpMessage): void {
    const [major, minor] = readProtocolVersion(data).split(".").map(Number);
    this.#protocol = major !== 2 ? undefined : `2.${Math.min(minor ?? 0, Number(PROTOCOL.slice(2)))}`;
    this.outbox.push(this.#fragments(MessageType.sessionCapability, NO_GUID, NO_GUID, sessionCapability(this.#protocol ?? PROTOCOL)));
  }

  #open({ poolId, data }: PsrpMessage): void {
    if (this.#protocol === undefined) return;
    this.#freeRunspaces = readMaxRunspaces(data);
    this.outbox.push(this.#fragments(MessageType.applicationPrivateData, poolId, NO_GUID, privateData(this.#protocol)));
    // Recorded servers say it in an answer of its own.
    this.outbox.push(this.#fragments(MessageType.runspacePoolState, poolId, NO_GUID, poolState(OPENED)), { apart: true });
  }

  async #inRunspace(work: () => Promise<void>): Promise<void> {
    if (this.#freeRunspaces > 0) this.#freeRunspaces -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
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
