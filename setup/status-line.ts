// How far a long piece of work is: one line that is written over on a terminal, and now and then a line elsewhere.

/** Where that is shown; `process.stderr` is one. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

export interface StatusLine {
  show(line: string): void;
  /** What comes next begins on a line of its own. */
  end(): void;
}

/** A log is for reading afterwards: a line a minute. A terminal is for watching. */
const LOG_EVERY_MS = 60_000;

export function statusLine(screen: Screen, nowMs: () => number = Date.now): StatusLine {
  let shownAtMs = nowMs();
  let isOpen = false;
  return {
    show: (line) => {
      if (screen.isTTY) {
        screen.write(`\r${line}\u001b[K`);
        isOpen = true;
      } else if (nowMs() - shownAtMs >= LOG_EVERY_MS) {
        screen.write(`${line}\n`);
        shownAtMs = nowMs();
      }
    },
    end: () => {
      if (isOpen) screen.write("\n");
      isOpen = false;
    },
  };
}
