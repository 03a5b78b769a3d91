// What can be wrong with an answer of the stand-in PowerShell, each as a real one, or something that runs beside it, could make it.
import type { StandInOrder } from "./stand-in-shell-main.ts";

export type StandInFault =
  /** Says nothing and does not stop. */
  | "hang"
  /** Ends before it answers, with code 0, which node-powershell takes for success. */
  | "exit"
  /** Ends before it answers, with code 3. */
  | "exitWithCode"
  /** Writes text of its own around the answer. */
  | "junkOnStdout"
  /** Writes to stderr, which node-powershell takes for failure. */
  | "junkOnStderr"
  /** Sets the terminal up and down, as a console does that is not told to be dumb. */
  | "escapeSequences"
  /** Cuts the answer off in the middle of a frame, and ends. */
  | "halfFrame"
  /** Announces more than it sends. */
  | "tooLong"
  /** Announces less than it sends. */
  | "tooShort"
  /** Announces a gigabyte. */
  | "gigabyte"
  /** Prints the mark itself, as something that echoes its input would. */
  | "printsTheMark"
  /** Writes the answer one character at a time. */
  | "drips"
  /** Puts something else than base64 into a frame. */
  | "notBase64"
  /** Puts something else than CLIXML into a frame. */
  | "notClixml";

/** What to write instead of `text`, an answer to the request with this mark. */
export function spoilt(fault: StandInFault, text: string, mark: string): readonly StandInOrder[] {
  switch (fault) {
    case "hang":
      return [];
    case "exit":
      return [{ exit: 0 }];
    case "exitWithCode":
      return [{ exit: 3 }];
    case "junkOnStdout":
      return [{ out: "WARNING: <look> here\u0000 </and> there " }, { out: text }, { out: "Zürich – €\n" }];
    case "junkOnStderr":
      return [{ err: "chatter" }, { out: text }, { err: "more chatter\n" }];
    case "escapeSequences":
      return [{ out: `\u001b[?1h\u001b[?1l${text.replaceAll("\n", "\n\u001b[?1h\u001b[?1l")}\u001b[?1h` }];
    case "halfFrame":
      return [{ out: text.slice(0, text.length - 40) }, { exit: 0 }];
    case "tooLong":
      return [{ out: text.replace(/ end (\d+)>/, (_whole, length: string) => ` end ${Number(length) + 40}>`) + "x".repeat(80) }];
    case "tooShort":
      return [{ out: text.replace(/ end (\d+)>/, (_whole, length: string) => ` end ${Number(length) - 40}>`) }];
    case "gigabyte":
      return [{ out: `<${mark} object 1000000000>` }];
    case "printsTheMark":
      return [{ out: `<${mark}>` }];
    case "drips":
      return [...text].map((out) => ({ out }));
    case "notBase64":
      return [{ out: `<${mark} object 8>!!!!!!!!</${mark}>` }];
    case "notClixml":
      return [{ out: `<${mark} object 8>PG5vcGU+</${mark}>` }];
  }
}
