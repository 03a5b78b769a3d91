// Plays recorded answers to a live client: per kind of request in the order recorded, with RelatesTo set to the request at hand.
// Requests that were not recorded (Signal in some files) get the empty answer that servers give.
import http from "node:http";
import type { AddressInfo } from "node:net";
import { NS } from "../../../provider/remoting/wsman/names.ts";
import { descendant, parseXml, type XmlElement } from "../../../provider/remoting/xml/tree.ts";
import { attributeOf, type Exchange } from "./wsman-conversations.ts";

export class ReplayServer {
  /** What the client sent, in order. */
  readonly requests: XmlElement[] = [];
  readonly #answers = new Map<string, string[]>();
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));

  constructor(exchanges: readonly Exchange[]) {
    for (const { action, commandId, response } of exchanges) {
      const key = keyOf(action, commandId);
      this.#answers.set(key, [...(this.#answers.get(key) ?? []), response]);
    }
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Recorded answers of a Create, Command or Receive of a command that nobody asked for. */
  get unplayed(): string[] {
    return [...this.#answers].flatMap(([key, left]) => (/^(Create|Command|Receive of a command)$/.test(key) ? left.map(() => key) : []));
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const envelope = parseXml(Buffer.concat(parts).toString("utf8"));
    this.requests.push(envelope);
    const action = (descendant(envelope, "Action")?.text ?? "").split("/").at(-1) ?? "";
    const recorded = this.#answers.get(keyOf(action, attributeOf(envelope, "CommandId")))?.shift();
    const messageId = descendant(envelope, "MessageID")?.text ?? "";
    const text = (recorded ?? emptyAnswer(action)).replace(/(<a:RelatesTo>)[^<]*/, (_whole, tag: string) => tag + messageId);
    response.writeHead(text.includes("<s:Fault") ? 500 : 200, { "Content-Type": "application/soap+xml;charset=UTF-8" }).end(text);
  }
}

function keyOf(action: string, commandId: string): string {
  return action === "Receive" ? `Receive of ${commandId === "" ? "the pool" : "a command"}` : action;
}

function emptyAnswer(action: string): string {
  return (
    `<s:Envelope xmlns:s="${NS.soap}" xmlns:a="${NS.addressing}" xmlns:rsp="${NS.shell}"><s:Header><a:RelatesTo></a:RelatesTo></s:Header>` +
    `<s:Body><rsp:${action}Response /></s:Body></s:Envelope>`
  );
}
