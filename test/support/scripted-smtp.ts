// An SMTP server on loopback that answers by a script, for what no real one can be brought to do.
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

/** Replies by the first four letters of a command; "" is the greeting, "." the end of the data. None: no answer. */
export type Replies = Readonly<Record<string, string>>;

const well: Replies = {
  "": "220 mail.contoso.com ready",
  EHLO: "250-mail.contoso.com\r\n250-8BITMIME\r\n250 SIZE 36700160",
  MAIL: "250 2.1.0 Ok",
  RCPT: "250 2.1.5 Ok",
  RSET: "250 2.0.0 Ok",
  QUIT: "221 2.0.0 Bye",
  DATA: "354 End data with <CR><LF>.<CR><LF>",
  ".": "250 2.0.0 Ok: queued as 4hXYZ7Bc1zw",
};

export type Act = (socket: Socket, command: string, line: string) => void;

/** Answers well, but for these. */
export function answerWith(replies: Replies): (socket: Socket, command: string) => void {
  return (socket, command) => {
    const reply = { ...well, ...replies }[command];
    if (reply !== undefined) socket.write(`${reply}\r\n`);
  };
}

export class ScriptedSmtp {
  act: Act = answerWith({});
  /** Lines as they came. */
  readonly lines: string[] = [];
  connections = 0;
  /** Connections at the same time, at most. */
  most = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer((socket) => this.#serve(socket));

  async start(): Promise<void> {
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Where `host` is found. */
  connectTo(host: string): Readonly<Record<string, string>> {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return { [`${host}:25`]: `127.0.0.1:${address.port}` };
  }

  /** Resolves once nobody is connected. */
  async quiet(): Promise<void> {
    for (const socket of this.#sockets) await once(socket, "close");
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    this.most = Math.max(this.most, this.#sockets.size);
    socket.on("close", () => this.#sockets.delete(socket)).on("error", () => undefined);
    let inData = false;
    this.act(socket, "", "");
    socket.on("data", (chunk) => {
      for (const line of String(chunk).split("\r\n").slice(0, -1)) {
        this.lines.push(line);
        if (inData && line !== ".") continue;
        const command = line === "." ? "." : line.slice(0, 4).toUpperCase();
        inData = command === "DATA";
        this.act(socket, command, line);
      }
    });
  }
}
