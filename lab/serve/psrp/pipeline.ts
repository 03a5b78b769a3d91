// One pipeline: its request arrives in fragments, waits for a runspace, runs statement by statement, and ends Completed, Failed or Stopped.
// SecureStrings are opened before a cmdlet sees them and closed again in its output. Source: [MS-PSRP] 3.2.4.3; what a stop and a refused
// script look like was recorded.
import { encodeClixml } from "../../../provider/remoting/clixml/encode.ts";
import type { PsValue } from "../../../provider/remoting/clixml/values.ts";
import { MessageType, PsrpError, type PsrpMessage } from "../../../provider/remoting/psrp/messages.ts";
import type { CmdletReply, Configuration, HostError } from "../cmdlet-host.ts";
import { Inbox, type Room } from "./inbox.ts";
import { commandOfScript, type LanguageMode } from "./language.ts";
import { Outbox } from "./outbox.ts";
import { type Command, type PipelineRequest, parametersOf, readPipelineRequest, type Statement } from "./pipeline-request.ts";
import type { Streams } from "./rearrange.ts";
import {
  COMPLETED,
  errorRecord,
  hostFailed,
  inputNotBound,
  NOT_DECRYPTED,
  notInTheLab,
  PIPELINE_STOPPED,
  PipelineState,
  pipelineState,
  warningRecord,
} from "./records.ts";
import { mapSecureStrings } from "./secure-strings.ts";
import type { SessionKey } from "./session-key.ts";

export type RunCmdlet = (cmdlet: string, parameters: ReadonlyMap<string, PsValue>) => Promise<CmdletReply>;

/** What a pipeline needs of its pool. */
export interface PipelineHost {
  readonly configuration: Configuration;
  readonly languageMode: LanguageMode;
  readonly run: RunCmdlet;
  readonly room: Room;
  /** The pool's key. Where there is none yet, its client is asked for a public key, and this waits until that has come. */
  sessionKey(): Promise<SessionKey>;
  /** Calls `work` when a runspace is free, and resolves when it is done. */
  inRunspace(work: () => Promise<void>): Promise<void>;
  /** The fragments of a message to the client about the pipeline whose request was `request`. */
  fragmentsOf(request: PsrpMessage, type: number, data: string): Uint8Array[];
}

/** Well-formed, and nothing that a reader may accept: a reference to nowhere and a number that is none. */
const BROKEN_OUTPUT = '<Obj RefId="0"><MS><Ref N="Identity" RefId="9" /><I32 N="MessageCount">many</I32></MS></Obj>';
/** No cmdlet of the lab takes input, and each object of it is answered with an error. */
const MOST_INPUT = 10_000;
/** How a SecureString begins in CLIXML; text of values cannot look like it. */
const SECURE_STRING = "<SS";

export class Pipeline {
  readonly outbox = new Outbox();
  /** How the fragments of each answer are arranged; absent: as they are. */
  rearranged: ((streams: Streams) => Streams) | undefined;
  readonly #host: PipelineHost;
  readonly #inbox: Inbox;
  #message: PsrpMessage | undefined;
  #request: PipelineRequest | undefined;
  #input = 0;
  #hasSecrets = false;
  #isBegun = false;
  #isEnded = false;
  #silences = 0;
  readonly #stopped = Promise.withResolvers<undefined>();

  constructor(host: PipelineHost) {
    this.#host = host;
    this.#inbox = new Inbox(host.room);
  }

  /**
   * Takes bytes from the client; those for a pipeline that has ended go nowhere. Returns the name of the first cmdlet (or the script) once all has come that the pipeline needs to run; then call `run`.
   * @throws {PsrpError} or {ClixmlError} when the bytes are nothing that a client may send here
   */
  accept(bytes: Uint8Array): string | undefined {
    if (this.#isEnded) return undefined;
    let inputEnded = false;
    for (const message of this.#inbox.push(bytes)) {
      if (message.type === MessageType.createPipeline) this.#create(message);
      else if (message.type === MessageType.pipelineInput) this.#input += 1;
      else if (message.type === MessageType.endOfPipelineInput) inputEnded = true;
    }
    if (this.#input > MOST_INPUT) throw new PsrpError(`a pipeline takes ${MOST_INPUT} input objects at most`);
    if (this.#isBegun || this.#request === undefined || !(this.#request.noInput || inputEnded)) return undefined;
    this.#isBegun = true;
    return this.#request.statements[0]?.[0]?.text ?? "";
  }

  /** Runs what has come. Resolves when the pipeline has ended, and never rejects. `isSpoilt`: the cmdlet runs, and its output makes no sense. */
  async run({ isSpoilt = false }: { readonly isSpoilt?: boolean } = {}): Promise<void> {
    await this.#host.inRunspace(async () => {
      const statements = this.#request?.statements ?? [];
      this.#request = undefined;
      for (const statement of statements) {
        if (this.#isEnded) return;
        const failed = await this.#runStatement(statement, isSpoilt).catch(hostFailed);
        if (failed !== undefined) return this.#fail(PipelineState.failed, failed, statement);
      }
      this.#end(COMPLETED);
    });
  }

  /** Ends it now, with state Stopped, and frees its runspace. What its cmdlet still says is not listened to. Does nothing to a pipeline that has ended. */
  stop(): void {
    this.#fail(PipelineState.stopped, PIPELINE_STOPPED);
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

  #create(message: PsrpMessage): void {
    if (this.#message !== undefined) throw new PsrpError("a pipeline is created once");
    this.#message = message;
    this.#request = readPipelineRequest(message.data);
    this.#hasSecrets = message.data.includes(SECURE_STRING);
  }

  async #runStatement(statement: Statement, isSpoilt: boolean): Promise<HostError | undefined> {
    const [first, ...piped] = statement;
    if (first === undefined) return undefined;
    const command = first.isScript ? commandOfScript(first.text, this.#host.languageMode) : first;
    if ("fullyQualifiedErrorId" in command) return command;
    if (piped.length > 0) return notInTheLab("commands joined by pipes");
    const parameters = await this.#parametersOf(command);
    if (parameters === undefined || "fullyQualifiedErrorId" in parameters) return parameters;
    for (let count = this.#input; count > 0; count -= 1) this.#sendError(inputNotBound(command.text), command.text);
    const reply = await Promise.race([this.#host.run(command.text, parameters), this.#stopped.promise]);
    if (reply === undefined || this.#isEnded) return undefined;
    for (const warning of reply.warnings) this.#send(MessageType.warningRecord, encodeClixml(warningRecord(warning)));
    if (isSpoilt) this.#send(MessageType.pipelineOutput, BROKEN_OUTPUT);
    else for (const value of reply.output) await this.#sendOutput(value);
    for (const error of reply.errors) this.#sendError(error, command.text);
    return reply.failed;
  }

  /** Undefined when the pipeline was stopped before its client had sent a key. */
  async #parametersOf(command: Command): Promise<ReadonlyMap<string, PsValue> | HostError | undefined> {
    const parameters = parametersOf(command, this.#host.configuration);
    if (!this.#hasSecrets || "fullyQualifiedErrorId" in parameters) return parameters;
    const key = await Promise.race([this.#host.sessionKey(), this.#stopped.promise]);
    if (key === undefined) return undefined;
    let isDecrypted = true;
    const open = (text: string) => {
      const plain = key.decrypt(text);
      isDecrypted &&= plain !== undefined;
      return plain ?? "";
    };
    const opened = new Map([...parameters].map(([name, value]) => [name, mapSecureStrings(value, open)] as const));
    return isDecrypted ? opened : NOT_DECRYPTED;
  }

  async #sendOutput(value: PsValue): Promise<void> {
    const data = value === null ? "" : encodeClixml(value);
    if (!data.includes(SECURE_STRING)) return this.#send(MessageType.pipelineOutput, data);
    const key = await Promise.race([this.#host.sessionKey(), this.#stopped.promise]);
    if (key === undefined) return;
    this.#send(MessageType.pipelineOutput, encodeClixml(mapSecureStrings(value, (text) => key.encrypt(text))));
  }

  #sendError(error: HostError, cmdlet: string): void {
    this.#send(MessageType.errorRecord, encodeClixml(errorRecord(error, cmdlet, { written: true })));
  }

  #fail(state: number, error: HostError, statement?: Statement): void {
    if (!this.#isEnded) this.#end(pipelineState(state, errorRecord(error, statement?.[0]?.text ?? "", { written: false })));
  }

  /** `state`: data of PIPELINE_STATE. */
  #end(state: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#inbox.empty();
    this.#send(MessageType.pipelineState, state);
    this.outbox.end();
  }

  #send(type: number, data: string): void {
    if (this.#message !== undefined) this.outbox.push(this.#host.fragmentsOf(this.#message, type, data));
  }
}
