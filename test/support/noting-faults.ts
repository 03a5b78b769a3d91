// A fault script that also notes every call to an edge of the lab, and every command on its buffer host: what was asked, and what was changed.
import type { Lab } from "../../lab/lab.ts";
import { type Edge, type Fault, FaultScript } from "../../lab/serve/faults.ts";

export class NotingFaults extends FaultScript {
  /** `wsman ex01 Get-Service`, each as often as it was asked. */
  readonly calls: string[] = [];
  /** Command lines on the buffer host. */
  readonly commands: string[] = [];

  override take(edge: Edge, server: string, call: string): Fault | undefined {
    this.calls.push(`${edge} ${server} ${call}`);
    return super.take(edge, server, call);
  }

  /** Notes the commands of the lab's buffer host, too. */
  watch({ world: { buffer } }: Lab): void {
    const run = buffer.run.bind(buffer);
    buffer.run = (command, stdin, user) => {
      this.commands.push(command);
      return run(command, stdin, user);
    };
  }

  /** What was asked at one edge, each call once, without the server's name. */
  askedAt(edge: Edge): readonly string[] {
    const calls = this.calls.map((call) => call.split(" ")).filter(([at]) => at === edge);
    return [...new Set(calls.map(([, , ...words]) => words.join(" ")))].sort();
  }
}
