// Finds the agent's frames in what a PowerShell writes to stdout: `<MARK kind length>base64</MARK>`, each mark used for one request. Everything
// around them (host text, escape sequences, line ends of any system, frames of an earlier request) is passed over. Pure; bounded in memory.

/** What one frame carries: CLIXML. */
export interface Frame {
  readonly kind: "object" | "end";
  readonly clixml: string;
}

/** Something that bears our mark and is no frame. */
export class FrameError extends Error {
  override readonly name = "FrameError";
}

/** Exchange itself stops at 75 MB an object (web.config, PSMaximumReceivedObjectSizeMB); base64 makes that 100 MiB. */
const LONGEST = 100 * 1024 * 1024;
const HEADER = /^ (object|end) (\d{1,10})>/;
/** Characters after the mark within which a header must end. */
const HEADER_ROOM = 20;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

interface Body {
  readonly kind: Frame["kind"];
  readonly length: number;
  /** As they came: joining them only at the end keeps a large frame linear. */
  readonly parts: string[];
  /** Characters still missing, the end mark included. */
  missing: number;
}

export class FrameReader {
  readonly #begin: string;
  readonly #end: string;
  #rest = "";
  #body: Body | undefined;

  constructor(mark: string) {
    this.#begin = `<${mark}`;
    this.#end = `</${mark}>`;
  }

  /**
   * The frames that are complete with this piece of stdout, in order.
   * @throws {FrameError} for a header, length or text that is none; the reader is of no use afterwards
   */
  push(chunk: string): Frame[] {
    const frames: Frame[] = [];
    let rest = chunk;
    while (rest !== "") {
      if (this.#body === undefined) rest = this.#seek(rest);
      else {
        const part = rest.slice(0, this.#body.missing);
        this.#body.parts.push(part);
        this.#body.missing -= part.length;
        rest = rest.slice(part.length);
      }
      if (this.#body?.missing === 0) frames.push(this.#complete(this.#body));
    }
    return frames;
  }

  /** Looks for the next header. Returns what is left for its body; nothing when there is none yet. */
  #seek(chunk: string): string {
    const text = this.#rest + chunk;
    const start = text.indexOf(this.#begin);
    if (start === -1) {
      this.#rest = text.slice(-(this.#begin.length - 1));
      return "";
    }
    const afterMark = start + this.#begin.length;
    const head = text.slice(afterMark, afterMark + HEADER_ROOM);
    const [whole, kind, digits] = HEADER.exec(head) ?? [];
    if (whole === undefined) {
      if (head.length === HEADER_ROOM || head.includes(">"))
        throw new FrameError("a frame begins with something else than kind and length");
      this.#rest = text.slice(start);
      return "";
    }
    const length = Number(digits);
    if (length > LONGEST) throw new FrameError(`a frame of ${length} characters; ${LONGEST} at most`);
    this.#rest = "";
    this.#body = { kind: kind === "end" ? "end" : "object", length, parts: [], missing: length + this.#end.length };
    return text.slice(afterMark + whole.length);
  }

  #complete({ kind, length, parts }: Body): Frame {
    this.#body = undefined;
    const text = parts.join("");
    const base64 = text.slice(0, length);
    if (!text.endsWith(this.#end)) throw new FrameError(`a frame does not end after the ${length} characters that it announces`);
    if (!BASE64.test(base64) || length % 4 !== 0) throw new FrameError("a frame holds something else than base64");
    return { kind, clixml: Buffer.from(base64, "base64").toString("utf8") };
  }
}
