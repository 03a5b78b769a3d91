// Gathers the messages of one pipeline into an answer. Pure: messages in, answer out once the pipeline has ended.
// Verbose, debug, progress and information records are dropped, and host calls ignored: a session without a host is asked nothing.
import type { PsObject } from "../clixml/values.ts";
import type { CmdletAnswer, CmdletErrorRecord } from "../transport.ts";
import { MessageType, PsrpError, type PsrpMessage } from "./messages.ts";
import { PipelineStates, readError, readOutput, readPipelineState, readRecordText, type StateChange } from "./pipeline.ts";

/** How a pipeline ended. */
export type PipelineEnd =
  /** Completed or failed; the errors say which. */
  | { readonly kind: "answered"; readonly answer: CmdletAnswer }
  /** Stopped or disconnected by the server. */
  | { readonly kind: "cutShort"; readonly what: string };

/** Exchange itself ends a command at 500 MB. What is read takes several times as much memory, and no call of ours comes near. */
const MOST_CHARACTERS = 200 * 1024 * 1024;

/** Takes messages of one pipeline; those of others pass by. */
export class PipelineCollector {
  readonly #pipelineId: string;
  readonly #mostCharacters: number;
  readonly #objects: PsObject[] = [];
  readonly #warnings: string[] = [];
  readonly #errors: CmdletErrorRecord[] = [];
  #end: PipelineEnd | undefined;
  #characters = 0;

  constructor(pipelineId: string, mostCharacters = MOST_CHARACTERS) {
    this.#pipelineId = pipelineId.toUpperCase();
    this.#mostCharacters = mostCharacters;
  }

  /** Absent while it runs. */
  get end(): PipelineEnd | undefined {
    return this.#end;
  }

  /** @throws {ClixmlError | PsrpError} when the data of a message is damaged, or more than anyone asked for */
  take(message: PsrpMessage): void {
    if (message.pipelineId !== this.#pipelineId || this.#end !== undefined) return;
    this.#characters += message.data.length;
    if (this.#characters > this.#mostCharacters)
      throw new PsrpError(`more than ${this.#mostCharacters} characters in answer to one call; ask for less at a time`);
    if (message.type === MessageType.pipelineOutput) this.#objects.push(...readOutput(message.data));
    else if (message.type === MessageType.warningRecord) this.#warnings.push(readRecordText(message.data));
    else if (message.type === MessageType.errorRecord) this.#errors.push(readError(message.data));
    else if (message.type === MessageType.pipelineState) this.#end = this.#endOf(readPipelineState(message.data));
  }

  #endOf({ state, error }: StateChange): PipelineEnd | undefined {
    const errors = error === undefined ? this.#errors : [...this.#errors, error];
    const answered: PipelineEnd = { kind: "answered", answer: { objects: this.#objects, warnings: this.#warnings, errors } };
    if (state === PipelineStates.completed) return answered;
    if (state === PipelineStates.failed) {
      return error === undefined ? { kind: "cutShort", what: "the cmdlet failed and the server does not say why" } : answered;
    }
    if (state === PipelineStates.stopped)
      return { kind: "cutShort", what: `the server stopped the cmdlet${error === undefined ? "" : `: ${error.message}`}` };
    return state === PipelineStates.disconnected
      ? { kind: "cutShort", what: "the server disconnected the session while the cmdlet ran" }
      : undefined;
  }
}
