// A conversation behind real sockets on loopback, for tests of the client as it is: it can disturb one request at a time, and its writer may put
// answers on the wire in any way.
import http from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { psObject } from "../../provider/remoting/clixml/build.ts";
import type { PsValue } from "../../provider/remoting/clixml/values.ts";
import { NO_GUID } from "../../provider/remoting/psrp/guid.ts";
import { MessageType } from "../../provider/remoting/psrp/messages.ts";
import type { CmdletTransport } from "../../provider/remoting/transport.ts";
import { type WsmanTransportInternals, wsmanTransport } from "../../provider/remoting/wsman-transport.ts";
import { basic } from "./basic.ts";
import { type Answered, fault, isNothingYet } from "./wsman-answers.ts";
import { type Asked, COMPLETED, Conversation, type Fortune, type Said } from "./wsman-conversation.ts";

export type ActionName = "Create" | "Command" | "Send" | "Receive" | "Signal" | "Delete";

/** Something that happens to one request instead of, or after, what should. */
export type Disturbance =
  | { readonly kind: "cutBefore" }
  | { readonly kind: "cutAfter" }
  | { readonly kind: "status"; readonly status: number; readonly body?: string }
  | { readonly kind: "fault"; readonly code?: number; readonly subcode: string; readonly text: string }
  | { readonly kind: "wrongRelation" }
  | { readonly kind: "silent" }
  /** The whole server goes away. */
  | { readonly kind: "goAway" };

/** What a cmdlet does: messages, the last of them its state; or it runs until it is stopped. */
export type Reply = readonly Said[] | "runsOn";

export type Writer = (response: http.ServerResponse, answered: Answered) => void;

/** As a server does that is well; the cookies are those of a front end. */
export const writeWell: Writer = (response, { status, body }) => {
  const cookies = ["backend=ex02; path=/; secure", "old="];
  response.writeHead(status, { "Content-Type": "application/soap+xml;charset=UTF-8", "Set-Cookie": cookies }).end(body);
};

/** A completed pipeline with this output. */
export function completed(...values: PsValue[]): Reply {
  return [...values.map((value): Said => [MessageType.pipelineOutput, value]), COMPLETED];
}

/** A pipeline that ends in this state. */
export function ended(PipelineState: number, notes: Readonly<Record<string, PsValue>> = {}): Said {
  return [MessageType.pipelineState, psObject({ notes: { PipelineState, ...notes } })];
}

export class TestServer {
  conversation = new Conversation();
  write: Writer = writeWell;
  /** Requests as they came; Signals with the whole of their code. */
  readonly seen: (Asked & { readonly headers: http.IncomingHttpHeaders })[] = [];
  /** What a request must bear; whatever it bears is well while this is not set. */
  authorization: string | undefined;
  /** What Receives of commands wait for before they are answered. */
  gate: Promise<void> = Promise.resolve();
  readonly #disturbances = new Map<string, Disturbance[]>();
  readonly #server = http.createServer((request, response) => void this.#serve(request, response).catch(() => request.socket.destroy()));
  readonly #waiters = new Set<() => void>();

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** From here on it answers well, so that clean-up is not waited for; what hangs is cut off. */
  calmDown(): void {
    this.write = writeWell;
    this.#server.closeAllConnections();
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  transport(internals: WsmanTransportInternals = { repeatPausesMs: [0] }): CmdletTransport {
    const options = { configurationName: "Microsoft.Exchange", endpoint: "ex01", authentication: basic("pauser", "x") };
    return wsmanTransport({ ...options, url: `http://127.0.0.1:${this.port}/PowerShell/` }, internals);
  }

  /** Decides what a cmdlet does. */
  set reply(decide: () => Reply) {
    this.conversation.says = () => {
      const reply = decide();
      return reply === "runsOn" ? [] : [reply];
    };
  }

  /** First cmdlets of the pipelines that began. */
  get calls(): readonly { readonly cmdlet: string | undefined; readonly parameters: ReadonlyMap<string, PsValue> }[] {
    return this.conversation.commands.map(({ cmdlets: [cmdlet], parameters }) => ({ cmdlet, parameters }));
  }

  /** Disturbs the next request of that action that is not disturbed yet. */
  disturb(action: ActionName, ...disturbances: Disturbance[]): void {
    this.#disturbances.set(action, [...(this.#disturbances.get(action) ?? []), ...disturbances]);
  }

  /** Resolves once `reached` holds; asked after every request. */
  async until(reached: () => boolean): Promise<void> {
    while (!reached()) await new Promise<void>((resolve) => this.#waiters.add(resolve));
  }

  /** Resolves once no TCP connection is open. */
  async untilNobodyIsConnected(): Promise<void> {
    while ((await promisify(this.#server.getConnections.bind(this.#server))()) > 0) await new Promise(setImmediate);
  }

  count(action: ActionName): number {
    return this.seen.filter((seen) => seen.action === action).length;
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const sent = await text(request);
    if (this.authorization !== undefined && request.headers.authorization !== this.authorization) {
      this.write(response, { ...fault({ text: sent }, { subcode: "w:InternalError", text: "not for people" }), status: 401 });
      return;
    }
    const asked = this.conversation.hear(sent);
    this.seen.push({ ...asked, signal: /<rsp:Code>([^<]*)</.exec(sent)?.[1] ?? "", headers: request.headers });
    const disturbance = this.#disturbances.get(asked.action)?.shift();
    if (asked.action === "Receive" && asked.commandId !== "") await this.gate;
    if (disturbance?.kind === "status")
      response.writeHead(disturbance.status, { "Content-Type": "text/html" }).end(disturbance.body ?? "<html><br></html>");
    else {
      const fortune = await this.#fortune(asked, disturbance);
      if (fortune === "broken") request.socket.destroy();
      else if (fortune !== "silent") this.write(response, fortune);
    }
    for (const waiter of this.#waiters) waiter();
    this.#waiters.clear();
  }

  async #fortune(asked: Asked, disturbance: Disturbance | undefined): Promise<Fortune> {
    switch (disturbance?.kind) {
      case "goAway":
        void this.stop();
        return "silent";
      case "silent":
        return "silent";
      case "cutBefore":
        return "broken";
      case "fault":
        return fault(asked, disturbance);
    }
    const fortune = await this.conversation.fortune(asked);
    if (disturbance?.kind === "cutAfter") return "broken";
    if (fortune === "broken" || fortune === "silent") return fortune;
    if (disturbance?.kind === "wrongRelation")
      return { ...fortune, body: fortune.body.replace(/(RelatesTo [^>]*>)[^<]*/, `$1uuid:${NO_GUID}`) };
    return asked.commandId !== "" && isNothingYet(fortune) && this.calls.length > 0 ? "silent" : fortune; // it runs on
  }
}
