// Opens the site that the provider's configuration names: every edge with its address and credentials, each at its first use.
import { connect } from "node:net";
import { addressOf, type ConnectTo, parseAddress } from "../common/address.ts";
import { kept } from "../common/kept.ts";
import { askOne } from "../dns/authoritative.ts";
import { cloudflareApi } from "../dns/cloudflare/api.ts";
import { cloudflareRecordSets } from "../dns/cloudflare/record-sets.ts";
import type { RecordSets } from "../dns/record-sets.ts";
import { askEverywhere, type Delegation, delegationOf } from "../dns/zone-servers.ts";
import type { Clock } from "../engine/clock.ts";
import { bufferOver } from "../mail/buffer.ts";
import { SmtpProbes } from "../mail/probes.ts";
import { SshConnection } from "../mail/ssh.ts";
import { sendToken, type TokenReceipt } from "../mail/token.ts";
import type { Site } from "../resources/site.ts";
import { type Config, secretOf } from "./config.ts";
import { type OpenExchange, openExchange } from "./open-exchange.ts";

/** Milliseconds that one listing of a zone serves all names in it; a write drops it. */
const zoneReadingMs = 2_000;

/** The site, and how it was entered. */
export interface OpenedSite extends Site {
  readonly wayIn: OpenExchange["wayIn"];
}

/** `warn` tells a person what went otherwise than planned, whatever resource it was for. */
export function openSite(
  settings: Config,
  program: string,
  clock: Clock,
  environment: NodeJS.ProcessEnv,
  warn: (text: string) => void = () => undefined,
): OpenedSite {
  const { connectTo, sender } = settings;
  const heloFor = (address: string | undefined) => settings.helo ?? domainOf(address ?? "");
  const zones = new Map<string, RecordSets>();
  const delegations = new Map<string, Promise<Delegation>>();
  const connections = new Map<string, SshConnection>();
  const probes = new SmtpProbes();
  const receipts = new Map<string, TokenReceipt>();
  const exchange = openExchange(settings, environment, warn);
  return {
    program,
    formerNames: new Set(),
    timeZone: settings.timeZone,
    clock,
    exchange: exchange.organisation,
    wayIn: exchange.wayIn,
    ...(sender === undefined ? {} : { sender }),
    recordSets: (provider, zone) =>
      kept(zones, JSON.stringify([provider, zone]), () => {
        const token = secretOf(settings, "cloudflareToken", environment);
        const api = cloudflareApi({ zone, token, baseUrl: settings.cloudflareUrl });
        return cloudflareRecordSets(api, { zone, maxAgeMs: zoneReadingMs, clock: { now: Date.now } });
      }),
    askAuthoritative: ({ servers, ...question }) =>
      askEverywhere(servers, {
        one: (server) => askOne(server, { ...question, connectTo }),
        // Asked once a run, whatever came of it: where the root is blocked, each question waits for an answer that never comes.
        delegation: () => kept(delegations, question.zone, () => delegationOf({ ...question, connectTo })),
      }),
    probeSmtp: (question) => probes.ask({ from: sender ?? "", ...question, helo: heloFor(question.recipients[0]?.address), connectTo }),
    receiptOf: (host, to) => receipts.get(`${host} ${to}`),
    sendToken: async (message) => {
      const receipt = await sendToken({ ...message, helo: heloFor(message.to), connectTo, dateMs: clock.now() });
      receipts.set(`${message.host} ${message.to}`, receipt);
      return receipt;
    },
    buffer: (address) => {
      const { host, port, user, hostKey } = address;
      const open = () => new SshConnection({ ...address, privateKey: secretOf(settings, "bufferKey", environment), connectTo });
      return bufferOver(kept(connections, JSON.stringify([host, port, user, hostKey]), open), { ...address, timeZone: settings.timeZone });
    },
    connect: (hostAndPort, signal) => reach(hostAndPort, connectTo, signal),
    close: async () => {
      for (const connection of connections.values()) connection.close();
      await exchange.close();
    },
  };
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1);
}

/** Milliseconds of real time that a port has to accept a connection. */
const reachMs = 5_000;

function reach(hostAndPort: string, connectTo: ConnectTo, signal?: AbortSignal): Promise<void> {
  const { host, port } = parseAddress(hostAndPort);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ ...addressOf(host, port, connectTo), timeout: reachMs, ...(signal === undefined ? {} : { signal }) });
  socket.once("connect", () => resolve());
  socket.once("timeout", () => reject(new Error(`${hostAndPort} does not answer within ${reachMs / 1000} s`)));
  socket.once("error", (cause) => reject(new Error(`${hostAndPort} refuses a connection`, { cause })));
  return promise.finally(() => socket.destroy());
}
