// The commands of Postfix on the lab's buffer host: postconf, postqueue, postsuper, postkick, postfix.
// Options, words and exit codes as seen with Postfix 3.7.11; an option that is not listed here is refused with a usage line.

import { CommandFailure, type Program, type ProgramCall, type ShellResult } from "./postfix-account.ts";
import type { MailLog } from "./postfix-log.ts";
import type { PostfixQueue } from "./postfix-queue.ts";
import type { Queued } from "./postfix-queued.ts";
import type { PostfixSettings } from "./postfix-settings.ts";

export interface PostfixHost {
  readonly settings: PostfixSettings;
  readonly services: Readonly<Record<string, string>>;
  readonly running: boolean;
  start(): void;
  stop(): void;
}

const configDirectory = "/etc/postfix";

/** Programs by full path. */
export function postfixPrograms(host: PostfixHost, queue: PostfixQueue, log: MailLog): ReadonlyMap<string, Program> {
  const program = (name: string, act: (words: readonly string[], call: ProgramCall) => ShellResult): [string, Program] => [
    `/usr/sbin/${name}`,
    (call) => act(configured(name, call.args), call),
  ];
  return new Map<string, Program>([
    program("postconf", (words, call) => postconf(host, words, call.user)),
    program("postqueue", (words) => postqueue(queue, words)),
    program("postsuper", (words, call) => postsuper(queue, log, words, call)),
    program("postkick", (words, call) => postkick(queue, words, call.user)),
    program("postfix", (words, call) => postfix(host, log, words, call.user)),
  ]);
}

/** The words behind `-c directory`, which must be where this Postfix is configured. */
function configured(name: string, args: readonly string[]): readonly string[] {
  if (args[0] !== "-c") return args;
  if (args[1] !== configDirectory) throw new CommandFailure(1, `${name}: fatal: open ${args[1]}/main.cf: No such file or directory`);
  return args.slice(2);
}

function result(stdout: string, stderr = "", code = 0): ShellResult {
  return { code, stdout, stderr };
}

function postconf({ settings, services }: PostfixHost, words: readonly string[], user: string): ShellResult {
  const [option, ...rest] = words;
  const isExpanded = option === "-x" || option === "-xP";
  const said = (name: string) => (isExpanded ? settings.expanded(name) : settings.written(name));
  if (option === "-P" || option === "-xP")
    return result(
      Object.entries(services)
        .map(([name, value]) => (value === "" ? `${name} =\n` : `${name} = ${value}\n`))
        .join(""),
    );
  if (option === "-e") {
    if (user !== "root") throw new CommandFailure(1, `postconf: fatal: open ${configDirectory}/main.cf.tmp: Permission denied`);
    for (const word of rest) {
      const [, name, value] = /^\s*(\w+)\s*=\s*(.*?)\s*$/s.exec(word) ?? [];
      if (name === undefined || value === undefined)
        throw new CommandFailure(1, `postconf: fatal: missing '=' after attribute name: "${word}"`);
      settings.write(name, value);
    }
    return result("");
  }
  if (option?.startsWith("-") && !isExpanded) throw new CommandFailure(1, "postconf: fatal: usage: postconf [-exP] [name...]");
  const names = isExpanded ? rest : words;
  const known = names.flatMap((name) => {
    const value = said(name);
    return value === undefined ? [] : [value === "" ? `${name} =\n` : `${name} = ${value}\n`];
  });
  const unknown = names.filter((name) => settings.written(name) === undefined);
  return result(known.join(""), unknown.map((name) => `postconf: warning: ${name}: unknown parameter\n`).join(""));
}

function postqueue(queue: PostfixQueue, words: readonly string[]): ShellResult {
  switch (words[0]) {
    case "-j":
      return result(queue.entries().map(listing).join(""));
    case "-f":
      queue.flush();
      return result("");
    default:
      throw new CommandFailure(
        64,
        "postqueue: fatal: usage: postqueue -f | postqueue -i queueid | postqueue -j | postqueue -p | postqueue -s site",
      );
  }
}

/** One message as `postqueue -j` shows it, spaces included. */
function listing({ id, queue, arrivedAtMs, sizeBytes, message, waiting }: Queued): string {
  const recipients = [...waiting].map(([address, reason]) => {
    return `{"address": ${JSON.stringify(address)}${reason === undefined ? "" : `, "delay_reason": ${JSON.stringify(reason)}`}}`;
  });
  const fields = [
    `"queue_name": "${queue}"`,
    `"queue_id": "${id}"`,
    `"arrival_time": ${Math.floor(arrivedAtMs / 1_000)}`,
    `"message_size": ${sizeBytes}`,
    `"forced_expire": false`,
    `"sender": ${JSON.stringify(message.from === "" ? "MAILER-DAEMON" : message.from)}`,
    `"recipients": [${recipients.join(", ")}]`,
  ];
  return `{${fields.join(", ")}}\n`;
}

interface QueueAct {
  readonly word: string;
  /** What the log says of one message. */
  readonly each: string;
  readonly fits: (entry: Queued) => boolean;
  readonly act: (queue: PostfixQueue, entry: Queued) => void;
}

const acts: Readonly<Record<string, QueueAct>> = {
  "-H": {
    word: "Released from hold",
    each: "released from hold",
    fits: ({ queue }) => queue === "hold",
    act: (queue, entry) => queue.release(entry),
  },
  "-r": { word: "Requeued", each: "requeued", fits: ({ queue }) => queue !== "maildrop", act: (queue, entry) => queue.requeue(entry) },
  "-d": { word: "Deleted", each: "removed", fits: () => true, act: (queue, entry) => queue.remove(entry) },
};

function postsuper(queue: PostfixQueue, log: MailLog, words: readonly string[], { stdin, user }: ProgramCall): ShellResult {
  if (user !== "root") throw new CommandFailure(1, "postsuper: fatal: use of this command is reserved for the superuser");
  const [option = "", which = ""] = words;
  const found = acts[option];
  if (found === undefined || which === "")
    throw new CommandFailure(1, "postsuper: fatal: usage: postsuper [-d queue_id] [-H queue_id] [-r queue_id]");
  const ids = which === "-" ? stdin.split(/\s+/).filter((word) => word !== "") : [which];
  // Of ALL only the sum is told, in the log as on the terminal.
  const entries = which === "ALL" ? queue.entries() : ids.flatMap((id) => queue.entry(id) ?? []);
  const lines =
    which === "-" || which === "ALL"
      ? ids.filter((id) => !/^[0-9A-Za-z]+$/.test(id)).map((id) => `warning: invalid mail queue id: ${id}`)
      : [];
  let count = 0;
  for (const entry of entries.filter(found.fits)) {
    found.act(queue, entry);
    count++;
    if (which !== "ALL") lines.push(`${entry.id}: ${found.each}`);
  }
  lines.push(`${found.word}: ${count} message${count === 1 ? "" : "s"}`);
  for (const said of lines) log.write("postsuper", said);
  return result("", lines.map((said) => `postsuper: ${said}\n`).join(""));
}

function postkick(queue: PostfixQueue, [queueClass, service, request]: readonly string[], user: string): ShellResult {
  if (user !== "root") throw new CommandFailure(1, "postkick: warning: connect to public/pickup: Permission denied");
  if (queueClass !== "public" || request === undefined)
    throw new CommandFailure(1, "postkick: fatal: usage: postkick [-c config_dir] [-v] class service request");
  if (service === "pickup" && request === "W") queue.pickUp();
  return result("");
}

function postfix(host: PostfixHost, log: MailLog, [verb]: readonly string[], user: string): ShellResult {
  if (user !== "root") throw new CommandFailure(1, "postfix: fatal: to submit mail, use the Postfix sendmail command");
  switch (verb) {
    case "reload":
      if (!host.running) throw new CommandFailure(1, "postfix/postfix-script: fatal: the Postfix mail system is not running");
      log.write("postfix-script", "refreshing the Postfix mail system");
      host.settings.reload();
      return result("", "postfix/postfix-script: refreshing the Postfix mail system\n");
    case "start":
      host.start();
      return result("");
    case "stop":
      host.stop();
      return result("");
    default:
      throw new CommandFailure(1, "postfix: fatal: usage: postfix [-c config_dir] command");
  }
}
