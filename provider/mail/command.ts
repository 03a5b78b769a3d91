// Command lines for the buffer host: one program with its words, each quoted, or one of a few scripts that stand here and never differ.
// What is asked, and what answers mean, is for others.
import { quote } from "./quote.ts";

/** Where things lie on the host and how it is asked. */
export interface BufferLayout {
  /** Every command that touches Postfix or a file is begun with `sudo -n`. */
  readonly sudo: boolean;
  readonly configDirectory: string;
  readonly claimFile: string;
  readonly logFile: string;
  /** For times that people read; UTC unless told. */
  readonly timeZone?: string | undefined;
}

/** All that is run on the host; by sudo, where it is asked so, all but `date`. The rights that a user needs there are these. */
export type HostProgram =
  | "date"
  | "dd"
  | "df"
  | "find"
  | "journalctl"
  | "ln"
  | "rm"
  | "test"
  | `/usr/sbin/${"postconf" | "postfix" | "postkick" | "postqueue" | "postsuper"}`;

/**
 * Wakes a process of Postfix, whose end under that very call (it has just been told to reload) kills the caller by a signal; then the next one is woken. By
 * then the messages are released.
 */
function waking(command: string): string {
  return `for try in 1 2 3; do $1 /usr/sbin/${command}; code=$?; test "$code" -lt 128 && break; sleep 1; done; exit $code`;
}

/** What must not stop half-way, where one program does not do it. `$1` is `sudo -n` or nothing; all else is data in quotes. */
const scripts = {
  /** Setting `$3`. The file alone would say what the running Postfix does not do. */
  configure: '$1 /usr/sbin/postconf -c "$2" -e "$3" && $1 /usr/sbin/postfix -c "$2" reload',
  release: `$1 /usr/sbin/postsuper -c "$2" -H - && ${waking('postqueue -c "$2" -f')}`,
  /** A requeued message lies in maildrop until pickup looks there, once a minute unless it is woken. */
  requeue: `$1 /usr/sbin/postsuper -c "$2" -r - && ${waking('postkick -c "$2" public pickup W')}`,
  /** What file `$3` holds, unpacked by program `$2`, from byte `$4` on (the first is 1), `$5` bytes of it; ends as that program does. */
  unpack:
    'exec 4>&1; status=$({ { $1 "$2" -dc "$3"; echo $? >&3; } | tail -c "+$4" | { head -c "$5"; cat > /dev/null; } >&4; } 3>&1); exit $status',
  /** Draft `$4` with text `$5`, in folder `$2`, becomes file `$3`; what stands behind that is removed with the draft. */
  make: 'sudo=$1 draft=$4; $sudo mkdir -p "$2" && printf "%s\\n" "$5" | $sudo tee "$draft" > /dev/null && $sudo ln "$draft" "$3"; made=$?; shift 5; $sudo rm -f "$draft" "$@"; exit $made',
} as const;

/** One program with its words, by `sudo` where the host is asked so. */
export function hostCommand({ sudo }: Pick<BufferLayout, "sudo">, program: HostProgram, ...words: readonly string[]): string {
  return [...(sudo ? ["sudo", "-n"] : []), program, ...words.map(quote)].join(" ");
}

/** A command of Postfix by its full path: `/usr/sbin` is not on the search path of an ordinary user. */
export function postfixCommand(layout: BufferLayout, program: "postconf" | "postqueue", ...words: readonly string[]): string {
  return hostCommand(layout, `/usr/sbin/${program}`, "-c", layout.configDirectory, ...words);
}

/** What Postfix does by a script: `configure` with a setting, `release` and `requeue` with queue ids on standard input. */
export function postfixScript(layout: BufferLayout, name: "configure" | "release" | "requeue", ...words: readonly string[]): string {
  return scriptCommand(layout, name, layout.configDirectory, ...words);
}

/** At most `lengthBytes` of what a packed `file` holds, from `fromBytes` on, unpacked by `packer`. */
export function unpackedPart(layout: BufferLayout, packer: string, file: string, fromBytes: number, lengthBytes: number): string {
  return scriptCommand(layout, "unpack", packer, file, String(fromBytes + 1), String(lengthBytes));
}

/**
 * Writes `text` into `file`, whose folder is made, unless there is one of that name already: `ln` never replaces another's. `nonce` tells two writers apart.
 * The text stands in the command line: what comes by stdin is cut off where the connection breaks, and half of it would be kept.
 * Ends with 0 when the file was made by this command. Removes `outdated` files, whether or not it was.
 */
export function makeOnce(layout: BufferLayout, file: string, text: string, nonce: string, outdated: readonly string[] = []): string {
  return scriptCommand(layout, "make", folderOf(file), file, `${file}.${nonce}`, text, ...outdated);
}

/** The script's name stands behind its text, as its `$0`. */
function scriptCommand({ sudo }: BufferLayout, name: keyof typeof scripts, ...words: readonly string[]): string {
  return ["sh", "-c", quote(scripts[name]), name, quote(sudo ? "sudo -n" : ""), ...words.map(quote)].join(" ");
}

/** `/var/lib` of `/var/lib/claim`. */
export function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/")) || "/";
}
