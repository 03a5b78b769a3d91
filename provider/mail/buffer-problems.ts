// Settings of the buffer's Postfix that would lose mail or tell a false ledger, each in a sentence for the administrator.
// Pure. Measured and read: maximal_queue_lifetime above 100d stops the queue manager; a held message past it gets one attempt;
// ETRN by a stranger releases deferred mail; short queue ids are used again; without brackets the next hop is looked up as MX;
// a proxy filter answers before there is a queue id, and HOLD is not to be had in front of it.
import { holdSetting, holdValue, isHolding, isSaid, listOf, type Settings, secondsOf, setting } from "./settings.ts";

const daySeconds = 86_400;

interface Check {
  /** The settings whose values `problems` is given. */
  readonly of: readonly string[];
  readonly problems: (...values: string[]) => readonly string[];
}

const checks: readonly Check[] = [
  {
    of: [holdSetting],
    problems: (value) =>
      value === "" || isHolding(value) ? [] : [`${holdSetting} is "${value}", which holding would replace by "${holdValue}".`],
  },
  {
    of: ["enable_long_queue_ids"],
    problems: (value) =>
      isSaid(value, "yes")
        ? []
        : [
            "enable_long_queue_ids is no: short queue ids are used again, so a message could be counted as delivered for another. Set it to yes.",
          ],
  },
  ...["maximal_queue_lifetime", "bounce_queue_lifetime"].map((name) => ({
    of: [name],
    problems: (value: string) => lifetimeProblems(name, value),
  })),
  {
    of: ["delay_warning_time"],
    problems: (value) =>
      secondsOf("delay_warning_time", value) === 0
        ? []
        : [`delay_warning_time is ${value}: senders are told that their mail is late. Set it to 0.`],
  },
  {
    of: ["relay_domains"],
    problems: (value) => (listOf(value).length === 0 ? ["relay_domains is empty: mail for the site's domains is refused for good."] : []),
  },
  { of: ["mydestination", "relay_domains"], problems: localProblems },
  {
    of: ["relay_recipient_maps"],
    problems: (value) =>
      value === ""
        ? ["relay_recipient_maps is empty: mail for any address is accepted and bounced later. Give it the site's addresses."]
        : [],
  },
  {
    of: ["smtputf8_enable"],
    problems: (value) =>
      isSaid(value, "no")
        ? []
        : [`smtputf8_enable is ${value}: addresses that Exchange does not take are accepted and bounced at the release. Set it to no.`],
  },
  {
    of: ["message_size_limit"],
    problems: (value) =>
      value === "10240000"
        ? [
            "message_size_limit is 10240000, Postfix's default: larger mail that Exchange would take is refused for good. Set it to Exchange's limit.",
          ]
        : [],
  },
  { of: ["smtpd_discard_ehlo_keywords", "smtpd_etrn_restrictions", holdSetting], problems: etrnProblems },
  { of: ["transport_maps", "relayhost"], problems: nextHopProblems },
];

/**
 * The problems, none when all is well. `services` are settings of single services, as master.cf has them; `logFile` is where the program says that the
 * log is.
 */
export function problemsOf(settings: Settings, services: Settings, logFile: string): readonly string[] {
  const isClear = (value: string) => !value.includes("$");
  const unclear = [...settings].filter(([, value]) => !isClear(value));
  return [
    ...unclear.map(([name, value]) => `${name} is "${value}": what the $ in it stands for is not known. Write it out.`),
    ...checks.flatMap(({ of, problems }) => {
      const values = of.map((name) => setting(settings, name));
      return values.every(isClear) ? problems(...values) : [];
    }),
    ...[["smtpd_proxy_filter", setting(settings, "smtpd_proxy_filter")] as const, ...services].flatMap(proxyProblems),
    ...logProblems(setting(settings, "maillog_file"), logFile),
  ];
}

function lifetimeProblems(name: string, value: string): string[] {
  const days = secondsOf(name, value) / daySeconds;
  if (days < 5) return [`${name} is ${value}: mail older than that is bounced when it is released. Set it to at least 5d, better 30d.`];
  return days > 100 ? [`${name} is ${value}: above 100d Postfix accepts mail but delivers none. Set it to at most 100d.`] : [];
}

function localProblems(mydestination: string, relayDomains: string): string[] {
  const [local, relayed] = [listOf(mydestination.toLowerCase()), listOf(relayDomains.toLowerCase())];
  const both = local.filter((domain) => relayed.includes(domain));
  const unread = local.filter((word) => /[:/]/.test(word));
  return [
    ...(both.length > 0 ? [`mydestination names ${both.join(", ")}: mail for it would be delivered on the buffer itself.`] : []),
    ...(unread.length > 0
      ? [`mydestination names ${unread.join(", ")}, which is not looked into: the site's domains may stand there. Write its domains out.`]
      : []),
  ];
}

function etrnProblems(keywords: string, restrictions: string, endOfData: string): string[] {
  const isClosed = listOf(keywords).some((word) => word.toLowerCase() === "etrn") || listOf(restrictions).includes("reject");
  return isClosed || isHolding(endOfData)
    ? []
    : ["ETRN is open to strangers while mail is not held: one command releases what is deferred. Add etrn to smtpd_discard_ehlo_keywords."];
}

function nextHopProblems(transport: string, relayhost: string): string[] {
  if (transport === "" && relayhost === "")
    return ["Neither transport_maps nor relayhost names a next hop: the buffer would find itself in the MX and bounce."];
  const hops = [
    ...(relayhost === "" ? [] : [{ hop: relayhost, what: `relayhost "${relayhost}"` }]),
    ...inlineHops(transport).map((hop) => ({ hop, what: `the next hop "${hop}" in transport_maps` })),
  ];
  return hops.flatMap(({ hop, what }) => {
    if (!hop.startsWith("["))
      return [`${what} has no brackets: it is looked up as MX, where the buffer finds itself and bounces. Write [host]:port.`];
    return /^\[(?:127\.|(?:ipv6:)?::1\]|localhost\])/i.test(hop)
      ? [
          `${what} is the buffer host itself: what is handed over there is not known to have reached Exchange. Name Exchange's own address; the near end of a tunnel needs another than 127.0.0.1 and ::1.`,
        ]
      : [];
  });
}

/** Next hops that an `inline:` table shows; other tables lie in files that are not read here. */
function inlineHops(transport: string): string[] {
  return [...transport.matchAll(/=\s*(?:relay|smtp):([^\s{}]+)/g)].flatMap(([, hop]) => (hop === undefined ? [] : [hop]));
}

function proxyProblems([name, value]: readonly [string, string]): string[] {
  return name.endsWith("smtpd_proxy_filter") && value !== ""
    ? [
        `${name} is ${value}: mail cannot be held in front of that filter, and what it discards stands in no ledger. Take it out for the pause.`,
      ]
    : [];
}

function logProblems(maillogFile: string, logFile: string): string[] {
  return maillogFile === "" || maillogFile === logFile
    ? []
    : [
        `maillog_file is ${maillogFile}, and the program's logFile is ${logFile}: the ledger would tell of nothing. Let the program name that file.`,
      ];
}
