// What the buffer's Postfix logs, under syslog's RFC 3339 time of Debian 12: kept by the journal, and in /var/log/mail.log where a syslog is installed.
import type { Agenda } from "./events.ts";

export interface LogLine {
  /** Counts from 1 over all that was ever written. */
  readonly number: number;
  readonly atMs: number;
  /** `smtpd`, `relay/smtp`. */
  readonly program: string;
  readonly pid: number;
  readonly said: string;
}

export class MailLog {
  readonly #agenda: Agenda;
  readonly #hostname: string;
  #lines: LogLine[] = [];
  #count = 0;
  #text = "";

  constructor(agenda: Agenda, name: string) {
    this.#agenda = agenda;
    this.#hostname = name.split(".")[0] ?? name;
  }

  /** `program` such as `smtpd` or `relay/smtp`. */
  write(program: string, said: string): void {
    const atMs = this.#agenda.now();
    // One process of each kind is enough for a lab; its number is made of its name.
    const pid = 1_000 + ([...program].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 9_000);
    const line: LogLine = { number: ++this.#count, atMs, program, pid, said };
    this.#lines.push(line);
    this.#text += `${new Date(atMs).toISOString().replace("Z", "000+00:00")} ${this.#hostname} postfix/${program}[${pid}]: ${said}\n`;
  }

  /** What the file holds. */
  text(): string {
    return this.#text;
  }

  /** The file begins anew. @returns what it held */
  cut(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }

  /** What the journal still has. */
  lines(): readonly LogLine[] {
    return this.#lines;
  }

  /** The journal drops what was written before `atMs`, as it does when it is full. */
  vacuum(atMs: number): void {
    this.#lines = this.#lines.filter((line) => line.atMs >= atMs);
  }
}
