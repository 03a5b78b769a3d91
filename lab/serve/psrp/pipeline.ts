// One pipeline: its request arrives in fragments, waits for a runspace, runs statement by statement, and ends Completed, Failed or Stopped.
// Source: [MS-PSRP] 3.2.4.3; what a stop and a refused script look like was recorded.
import { encodeClixml } from "../../../provider/remoting/clixml/encode.ts";
import type { PsValue } from "../../../provider/remoting/clixml/values.ts";
import { Defragmenter } from "../../../provider/remoting/psrp/fragments.ts";
import { decodeMessage, MessageType, type PsrpMessage } from "../../../provider/remoting/psrp/messages.ts";
import type { CmdletReply, Configuration, HostError } from "../cmdlet-host.ts";
import { Outbox } from "./outbox.ts";
import { type PipelineRequest, parametersOf, readPipelineRequest, type Statement } from "./pipeline-request.ts";
import {
  errorRecord,
  hostFailed,
  inputNotBound,
  notInTheLab,
  PIPELINE_STOPPED,
  PipelineState,
  pipelineState,
  scriptsNotAllowed,
  warningRecord,
} from "./records.ts";

export type RunCmdlet = (cmdlet: string, parameters: ReadonlyMap<string, PsValue>) => Promise<CmdletReply>;

/** What a pipeline needs of its pool. */
export interface PipelineHost {
  readonly configuration: Configuration;
  readonly run: RunCmdlet;
  /** Calls `work` when a runspace is free, and resolves when it is done. */
  inRunspace(work: () => Promise<void>): Promise<void>;
  /** The fragments of a message to the client about the pipeline whose request was `request`. */
  fragmentsOf(request: PsrpMessage, type: number, data: string): Uint8Array[];
}

/** Well-formed, and nothing that a reader may accept: a reference to nowhere and a number that is none. */
const BROKEN_OUTPUT = '<Obj RefId="0"><MS><Ref N="Identity" RefId="9" /><I32 N="MessageCount">many</I32></MS></Obj>';

export class Pipeline {
  readonly outbox = new Outbox();
  readonly #host: PipelineHost;
  readonly #defragmenter = new Defragmenter();
  #message: PsrpMessage | undefined;
  #request: PipelineRequest | undefined;
  #input = 0;
  #isBegun = false;
  #isEnded = false;
  #silences = 0;
  readonly #stopped = Promise.withResolvers<undefined>();

  constructor(host: PipelineHost) {
    this.#host = host;
  }

  /**
   * Takes bytes from the client. Returns the name of the first cmdlet (or the script) once all has come that the pipeline needs to run; then call `run`.
   * @throws {PsrpError} or {ClixmlError} when the bytes are nothing that a client may send here
   */
  accept(bytes: Uint8Array): string | undefined {
    let inputEnded = false;
    for (const message of this.#defragmenter.push(bytes).map(decodeMessage)) {
      if (message.type === MessageType.createPipeline) {
        this.#message = message;
        this.#request = readPipelineRequest(message.data);
      } else if (message.type === MessageType.pipelineInput) this.#input += 1;
      else if (message.type === MessageType.endOfPipelineInput) inputEnded = true;
    }
    if (this.#isBegun || this.#request === undefined || !(this.#request.noInput || inputEnded)) return undefined;
    this.#isBegun = true;
    return this.#request.statements[0]?.[0]?.text ?? "";
  }

  /** Runs what has come. Resolves when the pipeline has ended. `broken`: the cmdlet runs, and its output is spoilt. */
  async run({ broken = false }: { readonly broken?: boolean } = {}): Promise<void> {
    await this.#host.inRunspace(async () => {
      for (const statement of this.#request?.statements ?? []) {
        if (this.#isEnded) return;
        const failed = await this.#runStatement(statement, broken).catch(hostFailed);
        if (failed !== undefined) return this.#end(PipelineState.failed, failed, statement);
      }
      this.#end(PipelineState.completed);
    });
  }

  /** Ends it now, with state Stopped, and frees its runspace. What its cmdlet still says is not listened to. Does nothing to a pipeline that has ended. */
  stop(): void {
    this.#end(PipelineState.stopped, PIPELINE_STOPPED);
    this.#stopped.resolve(undefined);
  }

  /** The next `count` Receives shall find nothing, whatever is there. */
  keepSilent(count: number): void {
    this.#silences = count;
  }

  /** True when this Receive is one that finds nothing. */
  takeSilence(): boolean {
    if (this.#silences === 0) return false;
    this.#silences -= 1;
    return true;
  }

  async #runStatement(statement: Statement, broken: boolean): Promise<HostError | undefined> {
    const [command, ...piped] = statement;
    if (command === undefined) return undefined;
    if (command.isScript)
      return this.#host.configuration === "Microsoft.Exchange" ? scriptsNotAllowed(command.text) : notInTheLab("scripts");
    if (piped.length > 0) return notInTheLab("commands joined by pipes");
    const parameters = parametersOf(command, this.#host.configuration);
    if ("fullyQualifiedErrorId" in parameters) return parameters;
    for (let count = this.#input; count > 0; count -= 1) this.#sendError(inputNotBound(command.text), command.text);
    const reply = await Promise.race([this.#host.run(command.text, parameters), this.#stopped.promise]);
    if (reply === undefined || this.#isEnded) return undefined;
    for (const warning of reply.warnings) this.#send(MessageType.warningRecord, encodeClixml(warningRecord(warning)));
    if (broken) this.#send(MessageType.pipelineOutput, BROKEN_OUTPUT);
    else for (const value of reply.output) this.#send(MessageType.pipelineOutput, value === null ? "" : encodeClixml(value));
    for (const error of reply.errors) this.#sendError(error, command.text);
    return reply.failed;
  }

  #sendError(error: HostError, cmdlet: string): void {
    this.#send(MessageType.errorRecord, encodeClixml(errorRecord(error, cmdlet, { written: true })));
  }

  #end(state: number, error?: HostError, statement?: Statement): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const record = error === undefined ? undefined : errorRecord(error, statement?.[0]?.text ?? "", { written: false });
    this.#send(MessageType.pipelineState, pipelineState(state, record));
    this.outbox.end();
  }

  #send(type: number, data: string): void {
    if (this.#message !== undefined) this.outbox.push(this.#host.fragmentsOf(this.#message, type, data));
  }
}
