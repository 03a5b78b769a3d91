// What a resource may ask of the site: one object with a port for each edge, opened once for a Pulumi operation and shared by all resources.
import type { Answer, AuthoritativeQuestion } from "../dns/authoritative.ts";
import type { RecordSets } from "../dns/record-sets.ts";
import type { Clock } from "../engine/clock.ts";
import type { Organisation } from "../exchange/organisation.ts";
import type { Buffer, BufferOptions } from "../mail/buffer.ts";
import type { ProbeOptions, SmtpReading } from "../mail/probe.ts";
import type { TokenMessage, TokenReceipt } from "../mail/token.ts";

/** DNS hosts that a zone can be kept at. */
export const dnsProviders = ["cloudflare"] as const;
export type DnsProvider = (typeof dnsProviders)[number];

/** The buffer host, and how to get in. */
export type BufferAddress = Pick<BufferOptions, "host" | "port" | "user" | "hostKey" | "sudo" | "configDirectory" | "logFile">;

export interface Site {
  /** `project/stack`: who we are to whoever else looks at the site. */
  readonly program: string;
  /** Names that it had before it was renamed, as recorded states say: a claim that bears one of them is its own. */
  readonly formerNames: Set<string>;
  /** IANA name of the site's time zone. */
  readonly timeZone: string;
  readonly clock: Clock;
  readonly exchange: Organisation;
  recordSets(provider: DnsProvider, zone: string): RecordSets;
  askAuthoritative(question: Pick<AuthoritativeQuestion, "name" | "type" | "zone" | "servers" | "signal">): Promise<readonly Answer[]>;
  /** `from`: the envelope sender; absent, the one that the settings name, else the null sender. */
  probeSmtp(
    question: Pick<ProbeOptions, "host" | "port" | "recipients" | "signal" | "timeoutMs"> & Partial<Pick<ProbeOptions, "from">>,
  ): Promise<SmtpReading>;
  /** The envelope sender that the settings name for probes and test messages, where they name one. */
  readonly sender?: string;
  /** What became of the last test message that this process sent through `host` to `to`; `undefined` where it sent none. */
  receiptOf(host: string, to: string): TokenReceipt | undefined;
  sendToken(message: Pick<TokenMessage, "host" | "from" | "to" | "token" | "beforeSend">): Promise<TokenReceipt>;
  buffer(address: BufferAddress): Buffer;
  /** Succeeds when `hostAndPort` accepts a TCP connection. @throws {Error} in words when it does not */
  connect(hostAndPort: string, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
