// What is written to the agent: lines of ASCII with one base64 argument each. The argument is CLIXML, not JSON: CLIXML carries the types (a long,
// a date, bytes, a hashtable inside a list, $null), PowerShell's own PSSerializer reads it, and it is the codec that the native transport uses too;
// ConvertFrom-Json would make dates of texts and custom objects of hashtables. Base64 leaves nothing to quote and no code page to matter.
import { constants, createPublicKey, type KeyObject, publicEncrypt } from "node:crypto";
import { messageOf } from "../../common/reason.ts";
import { hashtable } from "../clixml/build.ts";
import { encodeClixmlDocument } from "../clixml/encode.ts";
import { property } from "../clixml/read.ts";
import { ClixmlError, type PsObject, type PsValue } from "../clixml/values.ts";
import { cmdletName, toPsArguments } from "../psrp/parameters.ts";
import { type CmdletParameters, Secret } from "../transport.ts";

/** What agent.ps1 answers to a hello. */
export const PROTOCOL = 1;

/** One session on a server, as New-PSSession opens it. */
export interface RemoteSession {
  /** Such as `http://ex01.contoso.local/PowerShell/`. */
  readonly connectionUri: string;
  /** `Microsoft.Exchange` or `Microsoft.PowerShell`. */
  readonly configurationName: string;
  readonly authentication: "kerberos" | "negotiate" | "basic";
  /** Default: the account that runs this program. */
  readonly credential?: { readonly user: string; readonly password: Secret };
}

/** Loads agent.ps1 (its path as base64, for it may hold any letter) and asks it for a hello. */
export function helloLine(agentPath: string, mark: string): string {
  const path = `[System.Text.Encoding]::UTF8.GetString([System.Convert]::FromBase64String('${base64(agentPath)}'))`;
  return `. (${path}); ${requestLine(mark, { Action: "hello" })}`;
}

/** The key for secrets out of the agent's hello. @throws {ClixmlError} when there is none in it */
export function keyIn(hello: PsObject): KeyObject {
  const [modulus, exponent] = [property(hello, "Modulus"), property(hello, "Exponent")];
  if (!(modulus instanceof Uint8Array) || !(exponent instanceof Uint8Array)) throw new ClixmlError("the agent gave no key for secrets");
  const jwk = { kty: "RSA", n: Buffer.from(modulus).toString("base64url"), e: Buffer.from(exponent).toString("base64url") };
  try {
    return createPublicKey({ key: jwk, format: "jwk" });
  } catch (error) {
    throw new ClixmlError(`the agent's key for secrets is none: ${messageOf(error)}`);
  }
}

/** Opens the session; without one, a runspace in the local PowerShell. */
export function openLine(mark: string, session: RemoteSession | undefined, key: KeyObject, timeoutMs: number): string {
  if (session === undefined) return requestLine(mark, { Action: "open" });
  const { connectionUri, configurationName, authentication, credential } = session;
  return requestLine(mark, {
    Action: "open",
    ConnectionUri: connectionUri,
    ConfigurationName: configurationName,
    Authentication: authentication,
    TimeoutMs: timeoutMs,
    ...(credential === undefined ? {} : { User: credential.user, Password: sealed(credential.password, key) }),
  });
}

export interface CmdletRun {
  readonly cmdlet: string;
  readonly parameters: CmdletParameters;
  /** Milliseconds after which the agent stops the cmdlet by itself; `0`: never. */
  readonly timeoutMs: number;
  /** The agent stops the cmdlet when there is such a file. */
  readonly cancelFile: string;
}

/** How deep properties of .NET objects are followed. What a server sent is text below its first level already. */
const DEPTH = 2;

/** @throws {ClixmlError} for a name that is no cmdlet's, and naming the parameter that CLIXML cannot say */
export function runLine(mark: string, { cmdlet, parameters, timeoutMs, cancelFile }: CmdletRun, key: KeyObject): string {
  const given = Object.entries(parameters);
  const plain = Object.fromEntries(given.filter(([, value]) => !(value instanceof Secret)));
  const secrets = given.flatMap(([name, value]) => (value instanceof Secret ? [[name, sealed(value, key)] as const] : []));
  return requestLine(mark, {
    Action: "run",
    Command: cmdletName(cmdlet),
    Parameters: hashtable(Object.fromEntries(toPsArguments(plain, secretInside))),
    Secrets: hashtable(Object.fromEntries(secrets)),
    TimeoutMs: timeoutMs,
    CancelFile: cancelFile,
    Depth: DEPTH,
  });
}

function secretInside(): never {
  throw new ClixmlError("a secret inside a list or a hashtable cannot be sent");
}

/** Gives the session back to the server and ends the process. */
export function closeLine(mark: string): string {
  return requestLine(mark, { Action: "close" });
}

function requestLine(mark: string, request: Readonly<Record<string, PsValue>>): string {
  return `Invoke-AgentRequest '${base64(mark + encodeClixmlDocument([hashtable(request)]))}'`;
}

/** UTF-16 units in one block: RSA of 2,048 bits with OAEP takes 214 bytes. */
const BLOCK_UNITS = 100;

/** A secret for the key that the agent made for itself, in blocks. Without its process they are of no use to who reads them in a log. */
function sealed(secret: Secret, key: KeyObject): readonly Uint8Array[] {
  const text = secret.reveal();
  const blocks = Array.from({ length: Math.ceil(text.length / BLOCK_UNITS) }, (_, at) =>
    text.slice(at * BLOCK_UNITS, (at + 1) * BLOCK_UNITS),
  );
  return blocks.map((block) =>
    publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha1" }, Buffer.from(block, "utf16le")),
  );
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
