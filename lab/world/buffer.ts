// The lab's buffer host: a Postfix that takes the site's mail, holds it, and hands it on. Its SMTP service, its disk, and its shell account.
// The queue's behaviour is in postfix-queue.ts, the commands in postfix-commands.ts. Words and codes are those of Postfix 3.7.11.
import { type Agenda, chance } from "./events.ts";
import { Greylist } from "./greylist.ts";
import type { Caller, MailHost, Message, SmtpReply } from "./message.ts";
import { accountOver, type ShellResult, sudo } from "./postfix-account.ts";
import { postfixPrograms } from "./postfix-commands.ts";
import { HostFiles } from "./postfix-files.ts";
import { journalctl } from "./postfix-journal.ts";
import { MailLog } from "./postfix-log.ts";
import { hostPrograms } from "./postfix-programs.ts";
import { PostfixQueue } from "./postfix-queue.ts";
import type { Bounce, Queued } from "./postfix-queued.ts";
import { sh } from "./postfix-scripts.ts";
import { goodSettings, PostfixSettings } from "./postfix-settings.ts";

export interface BufferOptions {
  /** Domains that mail is taken for. */
  readonly domains: readonly string[];
  readonly isRecipient: (address: string) => boolean;
  readonly nextHop: MailHost;
  readonly seed: number;
  /** Default `buffer.contoso-mail.net`. */
  readonly name?: string;
  /** Settings of main.cf that differ from a good buffer's. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Users besides root that may use sudo without a password. */
  readonly sudoers?: readonly string[];
  /** The programs that they may run by it, by full path. Default: all. */
  readonly mayBySudo?: readonly string[];
  /** Size of the queue's disk; default 128 GiB. */
  readonly diskBytes?: number;
  /** The pace of delivery; default 20. */
  readonly messagesPerSecond?: number;
  /** How long callers that are new are put off; default not at all. */
  readonly greylistMs?: number;
  readonly onBounce?: (bounce: Bounce) => void;
  /** Where Postfix's lines are kept. Default `journal`, as on Debian 12 and later; `file`: a syslog writes /var/log/mail.log, too. */
  readonly logsTo?: "journal" | "file";
  /** Users besides root that may read the journal. Default: none. */
  readonly journalReaders?: readonly string[];
  /** What the content filter drops, where `content_filter` is set. Default: nothing. */
  readonly discards?: (message: Message) => boolean;
  /** Settings of single services in master.cf, as `smtp/inet/content_filter`. */
  readonly services?: Readonly<Record<string, string>>;
}

const logFile = "/var/log/mail.log";
const holdRule = /check_client_access\s+static:HOLD/;

export class BufferHost implements MailHost {
  readonly name: string;
  readonly settings: PostfixSettings;
  readonly #options: BufferOptions;
  /** What Postfix has logged. */
  readonly log: MailLog;
  readonly services: Readonly<Record<string, string>>;
  readonly #files: HostFiles;
  readonly #queue: PostfixQueue;
  readonly #account: (line: string, stdin: string, user: string) => ShellResult;
  readonly #greylist: Greylist;
  #running = true;

  constructor(agenda: Agenda, options: BufferOptions) {
    const { domains, nextHop, seed, name = "buffer.contoso-mail.net", messagesPerSecond = 20, onBounce = () => undefined } = options;
    this.name = name;
    this.#options = options;
    this.#greylist = new Greylist(options.greylistMs ?? 0, () => agenda.now());
    this.settings = new PostfixSettings({ ...goodSettings(domains, nextHop.name), ...options.settings });
    this.services = options.services ?? {};
    this.log = new MailLog(agenda, name);
    const around = {
      agenda,
      settings: this.settings,
      log: this.log,
      random: chance(seed),
      name,
      nextHop,
      self: this,
      messagesPerSecond,
      onBounce,
      isRunning: () => this.#running,
      discards: options.discards ?? (() => false),
    };
    this.#queue = new PostfixQueue(around);
    const file = options.logsTo === "file" ? { [logFile]: () => this.log.text() } : {};
    const files = new HostFiles(agenda, file);
    this.#files = files;
    const disk = { totalBytes: this.#diskBytes, freeBytes: () => this.freeBytes() };
    this.#account = accountOver(
      new Map([
        ["/usr/bin/sudo", sudo(options.sudoers ?? ["mailops"], options.mayBySudo)],
        ["/usr/bin/sh", sh],
        ["/usr/bin/journalctl", journalctl(this.log, options.journalReaders ?? [])],
        ...hostPrograms(files, agenda, disk),
        ...postfixPrograms(this, this.#queue, this.log),
      ]),
    );
  }

  open(): SmtpReply | undefined {
    return this.#running ? { code: 220, text: `${this.name} ESMTP Postfix` } : undefined;
  }

  sender(): SmtpReply {
    return { code: 250, text: "2.1.0 Ok" };
  }

  recipient(address: string, caller: Caller): SmtpReply {
    const wanted = address.toLowerCase();
    const stranger = refusalOfCaller(caller);
    if (stranger !== undefined) return stranger;
    const relayed = this.#refusalOf(wanted) === undefined;
    const putOff = relayed ? this.#greylist.refusalOf(wanted, caller) : undefined;
    if (putOff !== undefined) return putOff;
    if (this.#isFull(0)) return { code: 452, text: "4.3.1 Insufficient system storage" };
    const refusal = this.#refusalOf(wanted);
    if (refusal === undefined) return { code: 250, text: "2.1.5 Ok" };
    this.log.write(
      "smtpd",
      `NOQUEUE: reject: RCPT from ${client}: ${refusal.code} ${refusal.text}; from=<> to=<${wanted}> proto=ESMTP helo=<unknown>`,
    );
    return refusal;
  }

  accept(message: Message): SmtpReply {
    const to = message.to.map((address) => address.toLowerCase()).filter((address) => this.#refusalOf(address) === undefined);
    if (!this.#running) return { code: 421, text: `4.3.2 ${this.name} Service shutting down` };
    if (to.length === 0) return { code: 554, text: "5.5.1 Error: no valid recipients" };
    const limit = this.settings.bytes("message_size_limit");
    if (limit > 0 && message.sizeBytes > limit) return { code: 552, text: "5.3.4 Error: message file too big" };
    if (this.#isFull(message.sizeBytes)) return { code: 452, text: "4.3.1 Insufficient system storage" };
    const id = this.#queue.newId();
    this.log.write("smtpd", `${id}: client=${client}`);
    const holding = holdRule.test(this.settings.value("smtpd_end_of_data_restrictions"));
    if (holding)
      this.log.write(
        "smtpd",
        `${id}: hold: END-OF-MESSAGE from ${client}: <${client}>: Client host triggers HOLD action; ${envelope(message.from, to)}`,
      );
    this.log.write("cleanup", `${id}: message-id=<${message.id}>`);
    this.#queue.add(id, { ...message, to }, holding ? "hold" : "incoming");
    return { code: 250, text: `2.0.0 Ok: queued as ${id}` };
  }

  /** The log file begins anew, and what it held becomes /var/log/`name`; packed, where the name says so. */
  rotateLog(name: string): void {
    this.#files.write(`/var/log/${name}`, this.log.cut(), "root");
  }

  /** Runs one command line of the host's account as `user`, its standard input given whole. */
  run(line: string, stdin: string, user: string): ShellResult {
    return this.#account(line, stdin, user);
  }

  /** Message-IDs of what lies in the queue, notices of Postfix's own included. */
  inventory(): Iterable<string> {
    return this.#queue.entries().map(({ message }) => message.id);
  }

  /** What lies in the queue, newest first. */
  queue(): readonly Queued[] {
    return this.#queue.entries();
  }

  get bounces(): readonly Bounce[] {
    return this.#queue.bounces;
  }

  get running(): boolean {
    return this.#running;
  }

  start(): void {
    this.#running = true;
    this.settings.reload();
    this.#queue.resume();
    this.log.write("master", `daemon started -- version 3.7.11, configuration /etc/postfix`);
  }

  stop(): void {
    this.#running = false;
    this.log.write("master", "terminating on signal 15");
  }

  /** Free bytes on the disk of the queue. */
  freeBytes(): number {
    return this.#diskBytes - this.#queue.bytesOnDisk;
  }

  get #diskBytes(): number {
    return this.#options.diskBytes ?? 128 * 1024 ** 3;
  }

  /** Postfix refuses below queue_minfree, or below one and a half times the size limit. */
  #isFull(moreBytes: number): boolean {
    return this.freeBytes() - moreBytes < Math.max(this.settings.bytes("queue_minfree"), this.settings.bytes("message_size_limit") * 1.5);
  }

  #refusalOf(address: string): SmtpReply | undefined {
    const domain = address.slice(address.lastIndexOf("@") + 1);
    if (!this.settings.list("relay_domains").includes(domain)) return { code: 554, text: `5.7.1 <${address}>: Relay access denied` };
    if (this.settings.value("relay_recipient_maps") === "" || this.#options.isRecipient(address)) return undefined;
    return { code: 550, text: `5.1.1 <${address}>: Recipient address rejected: User unknown in relay recipient table` };
  }
}

/** As `reject_unknown_helo_hostname` and `reject_unknown_sender_domain` do it: Postfix keeps what it says of HELO and MAIL until RCPT. */
function refusalOfCaller({ helo, from }: Caller): SmtpReply | undefined {
  if (!isInDns(helo)) return { code: 450, text: `4.7.1 <${helo}>: Helo command rejected: Host not found` };
  if (from !== "" && !isInDns(from.slice(from.lastIndexOf("@") + 1)))
    return { code: 450, text: `4.1.8 <${from}>: Sender address rejected: Domain not found` };
  return undefined;
}

/** Nothing below `.invalid` is ever in DNS (RFC 2606), and no single label is. */
function isInDns(name: string): boolean {
  return name.includes(".") && !name.endsWith(".invalid");
}

/** Where the lab's senders come from; an address for documentation. */
const client = "unknown[198.51.100.7]";

function envelope(from: string, to: readonly string[]): string {
  const [only] = to;
  return `from=<${from}>${to.length === 1 ? ` to=<${only}>` : ""} proto=ESMTP helo=<unknown>`;
}
