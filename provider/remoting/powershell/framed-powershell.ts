// The npm package node-powershell 5.0.1, made to end a call where the agent's last frame ends. By itself it prints a random word before and after
// each call and takes what stands between: invoke() then waits for ever when both words come in one chunk, calls any byte on stderr a failure,
// joins the whole output anew with every chunk, and keeps it in `history` (all seen with a real PowerShell 7.6). Here PowerShell is asked to print
// no word; whoever reads the frames says when a call is over, and node-powershell is then shown the word that it waits for.
// Its private `process` is read, for nothing public tells the exit, or the id by which all that it started is ended; and dispose() in mid-command was
// seen to let invoke() resolve as success.
import { ChildProcess } from "node:child_process";
import { PassThrough, type Readable } from "node:stream";
import { PowerShell } from "node-powershell";

export class FramedPowerShell extends PowerShell {
  /** All of what PowerShell writes to stdout, as text. */
  readonly output: Readable;
  /** All of what it writes to stderr, as text. */
  readonly errors: Readable;
  readonly child: ChildProcess;
  #word = "";

  /** Starts the program at once. `executable` default: NODE_POWERSHELL of the environment, else `powershell` on Windows and `pwsh` elsewhere. */
  constructor(executable: string | undefined, environment: NodeJS.ProcessEnv) {
    super({
      ...(executable === undefined ? {} : { executable }),
      executableOptions: { "-NoProfile": true, "-NonInteractive": true, "-ExecutionPolicy": "Bypass" },
      spawnOptions: { env: environment, windowsHide: true },
    });
    const child: unknown = this["process"];
    if (!(child instanceof ChildProcess)) throw new TypeError("node-powershell has started no process");
    this.child = child;
    this.output = this.streams.stdout;
    this.errors = this.streams.stderr;
    this.errors.unpipe(); // from where the first three chunks are kept, for an error text that nobody reads
    this.errors.resume(); // for what nobody reads must not fill the pipe
    this.streams.stdout = new PassThrough();
    this.streams.stderr = new PassThrough();
    this.streams.stdin.on("error", () => {}); // that the process has ended is told by its exit
  }

  /** Sends one line. Resolves, with nothing, after `lineEnded` or when the process has ended. Never rejects. */
  async send(line: string): Promise<void> {
    await this.invoke(line).catch(() => undefined);
    this.history.length = 0;
  }

  /** The answer to the line is complete. */
  lineEnded(): void {
    for (const stream of [this.streams.stdout, this.streams.stderr]) {
      if (!(stream instanceof PassThrough)) continue;
      stream.write(this.#word);
      stream.write(this.#word);
    }
  }

  protected override writeToOutput(word: string): string {
    this.#word = word;
    return "";
  }

  protected override writeToError(): string {
    return "";
  }
}
