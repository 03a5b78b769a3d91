// The buffer's mail log as a file of text: lines as Postfix 3.7 writes them, under syslog's RFC 3339 time of Debian 12.
import type { Agenda } from "./events.ts";

export class MailLog {
  readonly #agenda: Agenda;
  readonly #hostname: string;
  #text = "";

  constructor(agenda: Agenda, name: string) {
    this.#agenda = agenda;
    this.#hostname = name.split(".")[0] ?? name;
  }

  /** `program` such as `smtpd` or `relay/smtp`. */
  write(program: string, said: string): void {
    const when = new Date(this.#agenda.now()).toISOString().replace("Z", "000+00:00");
    // One process of each kind is enough for a lab; its number is made of its name.
    const pid = 1_000 + ([...program].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 9_000);
    this.#text += `${when} ${this.#hostname} postfix/${program}[${pid}]: ${said}\n`;
  }

  text(): string {
    return this.#text;
  }
}
