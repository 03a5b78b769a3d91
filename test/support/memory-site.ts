// A site as the provider's resources see it, whose edges go straight into the lab's world: the same rules as behind the lab's protocols,
// no sockets, and time that passes only by what is asked. What each edge answers is the world's word; here it only changes its form.
import { bindingHost } from "../../lab/serve/binding-host.ts";
import type { CmdletReply, Configuration } from "../../lab/serve/cmdlet-host.ts";
import { EndpointSilent, exchangeHost } from "../../lab/serve/cmdlets/exchange-host.ts";
import { errorRecord } from "../../lab/serve/psrp/records.ts";
import type { SiteWorld } from "../../lab/site-world.ts";
import type { Caller } from "../../lab/world/message.ts";
import { rootServer, type Zones } from "../../lab/world/zones.ts";
import type { ServerWord } from "../../provider/dns/authoritative.ts";
import { cloudflareRecordSets } from "../../provider/dns/cloudflare/record-sets.ts";
import type { RecordSets, RecordType } from "../../provider/dns/record-sets.ts";
import { keyOf } from "../../provider/dns/sets.ts";
import { askEverywhere, type Delegation } from "../../provider/dns/zone-servers.ts";
import type { Endpoint } from "../../provider/exchange/cmdlet.ts";
import { openOrganisation } from "../../provider/exchange/organisation.ts";
import { bufferOver } from "../../provider/mail/buffer.ts";
import { MailError } from "../../provider/mail/error.ts";
import type { SmtpReading } from "../../provider/mail/probe.ts";
import { refusedOfUs } from "../../provider/mail/reply.ts";
import { type TokenReceipt, tokenMessageId } from "../../provider/mail/token.ts";
import { psObject } from "../../provider/remoting/clixml/build.ts";
import { isPsList, isPsObject, type PsObject, type PsValue } from "../../provider/remoting/clixml/values.ts";
import { errorRecordOf } from "../../provider/remoting/psrp/errors.ts";
import { toPsValue } from "../../provider/remoting/psrp/parameters.ts";
import { type CmdletAnswer, type CmdletTransport, RemotingError } from "../../provider/remoting/transport.ts";
import type { Site } from "../../provider/resources/site.ts";
import { memoryCloudflare } from "./memory-cloudflare.ts";
import { memorySsh } from "./memory-ssh.ts";
import type { RunClock } from "./run-clock.ts";
import type { Wire } from "./wire.ts";

export interface MemorySiteOptions {
  readonly clock: RunClock;
  readonly wire: Wire;
  /** `project/stack` */
  readonly program: string;
  /** Name servers that do not answer. */
  readonly silent: ReadonlySet<string>;
  /** `exchange:helo` and `exchange:sender`. Default: the domain of the recipient, and the null sender for probes. */
  readonly introduced?: Introduction | undefined;
}

export interface Introduction {
  readonly helo?: string;
  readonly sender?: string;
}

const configurations: Readonly<Record<Endpoint, Configuration>> = { exchange: "Microsoft.Exchange", windows: "Microsoft.PowerShell" };
/** As long as the host lets one listing serve all names of a zone. */
const zoneReadingMs = 2_000;
/** What the provider waits for a name server. */
const dnsTimeoutMs = 5_000;

/** One opened site: as long as one plugin process lives. */
export function memorySite({ clock, wire, program, silent, introduced = {} }: MemorySiteOptions): Site {
  const zones = new Map<string, RecordSets>();
  const receipts = new Map<string, TokenReceipt>();
  const delegations = new Map<string, Delegation>();
  return {
    program,
    formerNames: new Set<string>(),
    timeZone: "Europe/Berlin",
    ...(introduced.sender === undefined ? {} : { sender: introduced.sender }),
    clock,
    exchange: openOrganisation({
      nowMs: () => clock.now(),
      timeoutMs: 120_000,
      transportOf: (server, endpoint) => transport(wire, server, configurations[endpoint]),
    }),
    recordSets: (_provider, zone) => {
      const sets = zones.get(zone) ?? cloudflareRecordSets(memoryCloudflare(wire), { zone, maxAgeMs: zoneReadingMs, clock });
      zones.set(zone, sets);
      return sets;
    },
    askAuthoritative: ({ name, type, zone, servers }) =>
      askEverywhere(servers, {
        one: (server) => {
          if (!silent.has(server))
            return wire.call(`${type} of ${name} at ${server}`, (world) => wordOf(world, server, { name, type }, zone));
          const why = `${server} did not answer within ${dnsTimeoutMs} ms.`;
          const failed = (): ServerWord => ({ answer: { server, outcome: "failed", why }, nameServers: [] });
          return wire.call(`${type} of ${name} at ${server}`, failed, dnsTimeoutMs);
        },
        delegation: async () => {
          if (silent.has(rootServer)) return { outcome: "failed", server: rootServer, why: `${rootServer} did not answer.` };
          const known =
            delegations.get(zone) ?? (await wire.call(`NS of ${zone} at ${rootServer}`, ({ zones }) => delegation(zones, zone)));
          delegations.set(zone, known);
          return known;
        },
      }),
    // It stands in the host's log.
    probeSmtp: ({ host: name, from = introduced.sender ?? "", recipients }) => {
      const caller = { helo: introduced.helo ?? domainOf(recipients[0]?.address), from };
      return wire.change(`SMTP probe of ${name}`, undefined, (world) => probe(world, name, caller, recipients));
    },
    receiptOf: (name, to) => receipts.get(`${name} ${to}`),
    sendToken: async ({ host: name, beforeSend, ...message }) => {
      const receipt = await wire.change(`test message through ${name}`, beforeSend, (world) =>
        send(world, name, { ...message, helo: introduced.helo ?? domainOf(message.to) }),
      );
      receipts.set(`${name} ${message.to}`, receipt);
      return receipt;
    },
    buffer: (address) => bufferOver(memorySsh(address, wire), { ...address, timeZone: "Europe/Berlin" }),
    connect: (hostAndPort) =>
      wire.call(`connection to ${hostAndPort}`, () => {
        throw new Error(`${hostAndPort} refuses a connection`);
      }),
    close: async () => undefined,
  };
}

function transport(wire: Wire, server: string, configuration: Configuration): CmdletTransport {
  return {
    invoke: (cmdlet, parameters, { beforeSend } = {}) => {
      const what = `${cmdlet} on ${server}${sayIdentity(parameters)}`;
      const act = async ({ site }: SiteWorld) => {
        const host = bindingHost(exchangeHost(site), undefined, site.switches.missingConfirm);
        const sent = new Map(Object.entries(parameters).map(([name, value]) => [name, toPsValue(value)] as const));
        try {
          const reply = await host({ server, configuration, user: "CONTOSO\\pauser", cmdlet, parameters: sent });
          return received(reply, cmdlet);
        } catch (error) {
          if (!(error instanceof EndpointSilent)) throw error;
          const call = { endpoint: `${server} (${configuration})`, cmdlet, parameters };
          throw new RemotingError(call, "unreachable", "nobody answers there", { cause: error, mayHaveRun: false });
        }
      };
      return beforeSend === undefined && /^(Get|Test)-/.test(cmdlet) ? wire.call(what, act) : wire.change(what, beforeSend, act);
    },
    close: async () => undefined,
  };
}

/** The reply as a client of the wire has it. */
function received({ output, warnings, errors, failed }: CmdletReply, cmdlet: string): CmdletAnswer {
  const written = errors.map((error) => errorRecordOf(errorRecord(error, cmdlet, { written: true }), false));
  const ending = failed === undefined ? [] : [errorRecordOf(errorRecord(failed, cmdlet, { written: false }), true)];
  return { objects: output.flatMap(boxed), warnings, errors: [...written, ...ending] };
}

function boxed(value: PsValue): PsObject[] {
  if (value === null) return [];
  if (isPsObject(value)) return [value];
  return [isPsList(value) ? psObject({ items: value }) : psObject({ value })];
}

function delegation(zones: Zones, zone: string): Delegation {
  return { outcome: "known", servers: zones.answer(rootServer, zone, "NS").referral?.map(({ content }) => content) ?? [] };
}

function wordOf({ zones }: SiteWorld, server: string, { name, type }: { name: string; type: RecordType }, zone: string): ServerWord {
  const { code, authoritative, records, start } = zones.answer(server, name, type);
  const why = `${server} answers ${code}: it does not serve ${zone}.`;
  if (start === undefined) return { answer: { server, outcome: "failed", why }, nameServers: [] };
  const { soa } = start;
  const data = records.map(({ priority, content }) =>
    priority === undefined ? content : keyOf({ preference: priority, exchange: content }),
  );
  const ttlSeconds = records.length === 0 ? Math.min(soa.ttl, soa.minimum) : Math.max(...records.map(({ ttl }) => ttl));
  const nameServers = zones.answer(server, zone, "NS").records.map(({ content }) => content);
  const answer = { server, outcome: "answered", records: data, ttlSeconds, authoritative, serial: soa.serial } as const;
  return { answer, nameServers, primary: soa.mname };
}

function probe(
  world: SiteWorld,
  name: string,
  caller: Caller,
  recipients: readonly { readonly address: string; readonly expected: "accepted" | "refused" }[],
): SmtpReading {
  const host = world.hostOf(name);
  const greeting = host?.open();
  if (host === undefined || greeting === undefined) return { reachable: false, why: `${name}: the connection was refused` };
  const putOff = (asked: string, { code, text }: { readonly code: number; readonly text: string }): SmtpReading => {
    return { reachable: false, why: `${name}: refused ${asked}: ${code} ${text}`, isPutOff: true };
  };
  if (greeting.code === 421) return putOff("the connection", greeting);
  const sender = host.sender(caller);
  if (sender.code === 421) return putOff("MAIL", sender);
  const answers = recipients.map((recipient) => {
    const { code, text } = sender.code < 300 ? host.recipient(recipient.address, caller) : sender;
    const about = refusedOfUs("RCPT", code, text);
    return { ...recipient, code, text, ...(about === undefined ? {} : { about }) };
  });
  return { reachable: true, greeting: greeting.text, startTls: !host.hidesStartTls, recipients: answers };
}

/** As a mail server of the lab does it: what is taken is in the ledger from that moment. */
function send(
  world: SiteWorld,
  name: string,
  { from, to, token, helo }: { readonly from: string; readonly to: string; readonly token: string; readonly helo: string },
): TokenReceipt {
  const caller = { helo, from };
  const messageId = tokenMessageId(token, helo);
  const host = world.hostOf(name);
  if (host?.open()?.code !== 220) throw new MailError(name, "unreachable", "the connection was refused");
  const sender = host.sender(caller);
  if (sender.code !== 250) return { accepted: false, ...sender, messageId };
  const wanted = host.recipient(to, caller);
  if (wanted.code !== 250) return { accepted: false, ...wanted, messageId };
  const nowMs = world.events.now();
  const message = { id: messageId, from, to: [to], sizeBytes: 600, sentAtMs: nowMs };
  const reply = host.accept(message);
  if (reply.code === 250) world.ledger.accepted(message, name, nowMs);
  return { accepted: reply.code === 250, ...reply, messageId };
}

function domainOf(address = ""): string {
  return address.slice(address.lastIndexOf("@") + 1);
}

function sayIdentity(parameters: Readonly<Record<string, unknown>>): string {
  const named = parameters["Identity"] ?? parameters["Name"];
  return typeof named === "string" ? ` (${named})` : "";
}
