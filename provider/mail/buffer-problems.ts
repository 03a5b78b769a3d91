// Settings of the buffer's Postfix that would lose mail or tell a false ledger, each in a sentence for the administrator.
// Pure. Measured and read: maximal_queue_lifetime above 100d stops the queue manager; a held message past it gets one attempt;
// ETRN by a stranger releases deferred mail; short queue ids are used again; without brackets the next hop is looked up as MX.
import { holdSetting, holdValue, isHolding, listOf, type Settings, secondsOf, setting } from "./settings.ts";

const daySeconds = 86_400;

/** The problems, none when all is well. */
export function problemsOf(settings: Settings): readonly string[] {
  return [...queueProblems(settings), ...smtpProblems(settings), ...nextHopProblems(settings)];
}

function queueProblems(settings: Settings): string[] {
  const problems: string[] = [];
  const restrictions = setting(settings, holdSetting);
  if (restrictions !== "" && !isHolding(restrictions)) {
    problems.push(`${holdSetting} is "${restrictions}", which holding would replace by "${holdValue}".`);
  }
  if (setting(settings, "enable_long_queue_ids") !== "yes") {
    problems.push(
      "enable_long_queue_ids is no: short queue ids are used again, so a message could be counted as delivered for another. Set it to yes.",
    );
  }
  for (const name of ["maximal_queue_lifetime", "bounce_queue_lifetime"]) {
    const text = setting(settings, name);
    const days = secondsOf(text) / daySeconds;
    if (days < 5)
      problems.push(`${name} is ${text}: mail older than that is bounced when it is released. Set it to at least 5d, better 30d.`);
    if (days > 100) problems.push(`${name} is ${text}: above 100d Postfix accepts mail but delivers none. Set it to at most 100d.`);
  }
  if (secondsOf(setting(settings, "delay_warning_time")) > 0) {
    problems.push(
      `delay_warning_time is ${setting(settings, "delay_warning_time")}: senders are told that their mail is late. Set it to 0.`,
    );
  }
  return problems;
}

function smtpProblems(settings: Settings): string[] {
  const problems: string[] = [];
  const relayDomains = listOf(setting(settings, "relay_domains"));
  if (relayDomains.length === 0) problems.push("relay_domains is empty: mail for the site's domains is refused for good.");
  const local = listOf(setting(settings, "mydestination")).filter((domain) => relayDomains.includes(domain));
  if (local.length > 0) problems.push(`mydestination names ${local.join(", ")}: mail for it would be delivered on the buffer itself.`);
  if (setting(settings, "relay_recipient_maps") === "") {
    problems.push("relay_recipient_maps is empty: mail for any address is accepted and bounced later. Give it the site's addresses.");
  }
  if (setting(settings, "smtputf8_enable") === "yes") {
    problems.push("smtputf8_enable is yes: addresses that Exchange does not take are accepted and bounced at the release. Set it to no.");
  }
  if (setting(settings, "message_size_limit") === "10240000") {
    problems.push(
      "message_size_limit is 10240000, Postfix's default: larger mail that Exchange would take is refused for good. Set it to Exchange's limit.",
    );
  }
  const etrnClosed =
    listOf(setting(settings, "smtpd_discard_ehlo_keywords")).some((word) => word.toLowerCase() === "etrn") ||
    listOf(setting(settings, "smtpd_etrn_restrictions")).includes("reject");
  if (!etrnClosed && !isHolding(setting(settings, holdSetting))) {
    problems.push(
      "ETRN is open to strangers while mail is not held: one command releases what is deferred. Add etrn to smtpd_discard_ehlo_keywords.",
    );
  }
  return problems;
}

function nextHopProblems(settings: Settings): string[] {
  const transport = setting(settings, "transport_maps");
  const relayhost = setting(settings, "relayhost");
  if (transport === "" && relayhost === "")
    return ["Neither transport_maps nor relayhost names a next hop: the buffer would find itself in the MX and bounce."];
  const bare = [
    ...(relayhost !== "" && !relayhost.startsWith("[") ? [`relayhost "${relayhost}"`] : []),
    ...inlineHops(transport)
      .filter((hop) => !hop.startsWith("["))
      .map((hop) => `the next hop "${hop}" in transport_maps`),
  ];
  return bare.map(
    (what) => `${what} has no brackets: it is looked up as MX, where the buffer finds itself and bounces. Write [host]:port.`,
  );
}

/** Next hops that an `inline:` table shows; other tables lie in files that are not read here. */
function inlineHops(transport: string): string[] {
  return [...transport.matchAll(/=\s*(?:relay|smtp):([^\s{}]+)/g)].flatMap(([, hop]) => (hop === undefined ? [] : [hop]));
}
