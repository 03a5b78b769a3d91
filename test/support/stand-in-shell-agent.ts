// What the stand-in PowerShell does with the lines that it is fed: those of child-shell's delimiters, and the requests to agent.ps1, which it answers
// as that file says. Everything else is unknown to it. Its misbehaviour is told to it: for good, or once for the next cmdlet.
import { constants, generateKeyPairSync, type KeyObject, privateDecrypt } from "node:crypto";
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { CmdletHost, CmdletReply, CmdletRequest } from "../../lab/serve/cmdlet-host.ts";
import { hashtable } from "../../provider/remoting/clixml/build.ts";
import { decodeClixml } from "../../provider/remoting/clixml/decode.ts";
import { encodeClixmlDocument } from "../../provider/remoting/clixml/encode.ts";
import { listOf, numberOf, textOf } from "../../provider/remoting/clixml/read.ts";
import { isPsObject, PsTagged, type PsValue } from "../../provider/remoting/clixml/values.ts";
import { BROKEN, endOf, frame } from "./stand-in-shell-answers.ts";
import { type StandInFault, spoilt } from "./stand-in-shell-faults.ts";
import type { StandInOrder } from "./stand-in-shell-main.ts";

export interface StandInBehaviour {
  /** What ends a line of its output. Default `\n`. */
  readonly eol?: "\n" | "\r\n";
  /** Keeps what it writes until the second delimiter has been asked for, then writes all of it at once, as a busy machine does. */
  readonly oneChunk?: boolean;
  /** The protocol that its agent speaks. Default 1. */
  readonly protocol?: number;
  /** Loads no agent, and says so on stderr, as under a policy that forbids scripts. */
  readonly noAgent?: boolean;
  /** Who may open a session, by name; absent: everyone. */
  readonly accounts?: ReadonlyMap<string, string>;
  /** How New-PSSession fails. */
  readonly openingFails?: { readonly id: string; readonly message: string };
  /** What the next cmdlet's answer suffers; taken out when it has. */
  readonly faults?: StandInFault[];
}

type Request = ReadonlyMap<string, PsValue>;

/** What was asked of New-PSSession. */
export interface StandInOpening {
  readonly connectionUri: string | undefined;
  readonly configurationName: string | undefined;
  readonly authentication: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

const DELIMITER = /^\[Console\]::(Out|Error)\.Write(Line)?\("([0-9A-Za-z]+)"\)$/;
const LOAD =
  /^\. \(\[System\.Text\.Encoding\]::UTF8\.GetString\(\[System\.Convert\]::FromBase64String\('([A-Za-z0-9+/=]+)'\)\)\); (Invoke-AgentRequest .*)$/;
const REQUEST = /^Invoke-AgentRequest '([A-Za-z0-9+/=]+)'$/;

let pair: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } | undefined;

/** One key for all stand-ins of a run: making it takes longer than all else here. */
function keys() {
  pair ??= generateKeyPairSync("rsa", { modulusLength: 2048 });
  return pair;
}

export class StandInAgent {
  /** Path of the file that was loaded. */
  loaded: string | undefined;
  opening: StandInOpening | undefined;
  /** The session breaks, as when its server restarts. */
  runspace: "Opened" | "Broken" | "Closed" | undefined;
  readonly #host: CmdletHost;
  readonly #behaviour: () => StandInBehaviour;
  readonly #order: (order: StandInOrder) => void;
  readonly #happened: () => void;
  #turn: Promise<void> = Promise.resolve();
  #kept = "";
  #delimiters = 0;

  constructor(host: CmdletHost, behaviour: () => StandInBehaviour, order: (order: StandInOrder) => void, happened: () => void) {
    this.#host = host;
    this.#behaviour = behaviour;
    this.#order = order;
    this.#happened = happened;
  }

  /** Takes one line; lines are worked off one after the other, as PowerShell does. */
  feed(line: string): void {
    this.#turn = this.#turn.then(() => this.#obey(line.replace(/\r$/, ""))).then(this.#happened);
  }

  async #obey(line: string): Promise<void> {
    const [, stream, , word] = DELIMITER.exec(line) ?? [];
    if (word !== undefined) return this.#delimit(stream === "Out", `${word}${/WriteLine/.test(line) ? this.#eol : ""}`);
    const [, quoted] = /^'([^']*)'$/.exec(line) ?? [];
    if (quoted !== undefined) return this.#write(quoted + this.#eol);
    const [, file, first] = LOAD.exec(line) ?? [];
    if (file !== undefined && this.#behaviour().noAgent)
      return this.#order({ err: "agent.ps1 cannot be loaded because running scripts is disabled on this system." });
    if (file !== undefined) this.loaded = Buffer.from(file, "base64").toString("utf8");
    const [, argument] = REQUEST.exec(first ?? line) ?? [];
    if (argument !== undefined) return await this.#answer(Buffer.from(argument, "base64").toString("utf8"));
    if (line !== "")
      this.#order({ err: `The term '${line}' is not recognized as the name of a cmdlet, function, script file, or operable program.` });
  }

  async #answer(argument: string): Promise<void> {
    const mark = argument.slice(0, 32);
    const [value] = decodeClixml(argument.slice(32));
    const request: Request = new Map(isPsObject(value) ? (value.entries ?? []).map(([key, item]) => [textOf(key) ?? "", item]) : []);
    try {
      await this.#act(mark, request);
    } catch (error) {
      this.#end(mark, { Problem: error instanceof Error ? error.message : String(error), ProblemId: "StandIn" });
    }
  }

  async #act(mark: string, request: Request): Promise<void> {
    switch (textOf(request.get("Action"))) {
      case "hello":
        return this.#end(mark, this.#hello());
      case "open":
        return this.#end(mark, this.#open(request));
      case "close":
        this.runspace = "Closed";
        this.#end(mark, {});
        return this.#order({ exit: 0 });
      default:
        return await this.#run(mark, request);
    }
  }

  #hello(): Readonly<Record<string, PsValue>> {
    const { n = "", e = "" } = keys().publicKey.export({ format: "jwk" });
    const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64url"));
    const { protocol = 1 } = this.#behaviour();
    return { Protocol: protocol, Version: "0.0 (stand-in)", System: "nowhere", Modulus: bytes(n), Exponent: bytes(e) };
  }

  #open(request: Request): Readonly<Record<string, PsValue>> {
    const text = (name: string) => textOf(request.get(name));
    const { accounts, openingFails } = this.#behaviour();
    const password = request.has("Password") ? opened(request.get("Password")) : undefined;
    const [connectionUri, user] = [text("ConnectionUri"), text("User")];
    this.opening = { connectionUri, configurationName: text("ConfigurationName"), authentication: text("Authentication"), user, password };
    if (openingFails !== undefined) return { Problem: openingFails.message, ProblemId: openingFails.id };
    if (connectionUri !== undefined && accounts !== undefined && accounts.get(user ?? "") !== password)
      return {
        Problem:
          "[ex01.contoso.local] Connecting to remote server ex01.contoso.local failed with the following error message : Access is denied. For more information, see the about_Remote_Troubleshooting Help topic.",
        ProblemId: "AccessDenied,PSSessionOpenFailed",
      };
    this.runspace = "Opened";
    return {};
  }

  async #run(mark: string, request: Request): Promise<void> {
    const reply = await this.#reply(request);
    const fault = this.#behaviour().faults?.shift();
    if (fault === "hang") return await new Promise<void>(() => {});
    const objects = reply === undefined ? [] : reply.output.map((value) => frame(mark, "object", encodeClixmlDocument([value])));
    const end = frame(mark, "end", encodeClixmlDocument([hashtable({ ...endOf(reply), Runspace: this.runspace ?? "Closed" })]));
    const text = [...objects, end].join("").replaceAll("\n", this.#eol);
    for (const order of fault === undefined ? [{ out: text }] : spoilt(fault, text, mark)) this.#order(order);
  }

  /** What the host says; nothing when the cmdlet was stopped. */
  async #reply(request: Request): Promise<CmdletReply | undefined> {
    if (this.runspace !== "Opened") return { output: [], warnings: [], errors: [], failed: BROKEN };
    const { connectionUri, configurationName, user } = this.opening ?? {};
    const cmdlet: CmdletRequest = {
      server: connectionUri === undefined ? "" : (new URL(connectionUri).hostname.split(".")[0] ?? ""),
      configuration: configurationName === "Microsoft.PowerShell" ? "Microsoft.PowerShell" : "Microsoft.Exchange",
      user: user ?? "",
      cmdlet: textOf(request.get("Command")) ?? "",
      parameters: new Map([
        ...entriesOf(request.get("Parameters")),
        ...entriesOf(request.get("Secrets")).map(([name, value]) => [name, new PsTagged("SS", opened(value))] as const),
      ]),
    };
    const cancelFile = textOf(request.get("CancelFile")) ?? "";
    const timeoutMs = numberOf(request.get("TimeoutMs")) ?? 0;
    const began = performance.now();
    const answered = this.#host(cmdlet);
    this.#happened();
    for (;;) {
      const reply = await Promise.race([answered, delay(10, undefined)]);
      if (reply !== undefined) return reply;
      if (existsSync(cancelFile) || (timeoutMs > 0 && performance.now() - began >= timeoutMs)) return undefined;
    }
  }

  #end(mark: string, answer: Readonly<Record<string, PsValue>>): void {
    const runspace: Readonly<Record<string, PsValue>> = this.runspace === undefined ? {} : { Runspace: this.runspace };
    this.#write(frame(mark, "end", encodeClixmlDocument([hashtable({ ...answer, ...runspace })])).replaceAll("\n", this.#eol));
  }

  get #eol(): string {
    return this.#behaviour().eol ?? "\n";
  }

  #delimit(isOutput: boolean, text: string): void {
    if (!isOutput) {
      this.#order({ err: text });
      return;
    }
    this.#delimiters += 1;
    this.#write(text);
    if (this.#delimiters % 2 === 0 && this.#kept !== "") {
      this.#order({ out: this.#kept });
      this.#kept = "";
    }
  }

  #write(text: string): void {
    if (this.#behaviour().oneChunk && this.#delimiters > 0) this.#kept += text;
    else this.#order({ out: text });
  }
}

function opened(blocks: PsValue | undefined): string {
  const key = { key: keys().privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha1" };
  const bytes = listOf(blocks).flatMap((block) => (block instanceof Uint8Array ? [privateDecrypt(key, block)] : []));
  return bytes.map((block) => block.toString("utf16le")).join("");
}

function entriesOf(value: PsValue | undefined): readonly (readonly [string, PsValue])[] {
  return isPsObject(value) ? (value.entries ?? []).map(([key, item]) => [textOf(key) ?? "", item]) : [];
}
