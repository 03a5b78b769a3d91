// What keeps Kerberos from proving who asks, in the words of a person who has to mend it. Pure.
// Source: RFC 4120 7.5.9; codes of MIT's krb5_err.h, where -1765328384 is the first; texts where SPNEGO gives codes of its own.
import type { RemotingReason } from "../transport.ts";
import { WsmanError } from "../wsman/problems.ts";

/** Who asks, and whom. */
export interface KerberosNames {
  /** As the administrator wrote it; empty when it is whoever a ticket names. */
  readonly user: string;
  /** `HTTP/ex01.contoso.local`; absent while no server is asked. */
  readonly service?: string;
  /** What stands for the person: "the password", "the keys in …", "the ticket in …". */
  readonly proof: string;
}

interface Rule {
  /** Offsets from the first of MIT's Kerberos codes. */
  readonly offsets: readonly number[];
  readonly words: RegExp;
  readonly reason: RemotingReason;
  readonly say: (names: KerberosNames) => string;
}

const FIRST_CODE = -1_765_328_384;

const RULES: readonly Rule[] = [
  {
    offsets: [24, 31],
    words: /Preauthentication failed|Decrypt integrity check failed|Password incorrect/i,
    reason: "denied",
    say: ({ user, proof }) =>
      `the domain controller does not accept ${proof} of ${user}. Mend it before the next run: a few wrong attempts lock an account`,
  },
  {
    offsets: [6],
    words: /Client .*not found in Kerberos database/i,
    reason: "denied",
    say: ({ user }) => `the domain controller knows no account ${user}: expected name@REALM of the account's own Active Directory domain`,
  },
  {
    offsets: [7],
    words: /Server .*not found in Kerberos database/i,
    reason: "denied",
    say: ({ service }) =>
      `the domain controller knows no service ${service}: use the server's own FQDN in the URL, no alias and no load balancer ("setspn -Q ${service}" shows who has that name)`,
  },
  {
    offsets: [37],
    words: /Clock skew too great/i,
    reason: "denied",
    say: () =>
      "the clock of this machine and that of the domain controller or the server differ by more than Kerberos allows, 5 minutes as a rule: set both by NTP",
  },
  {
    offsets: [32],
    words: /Ticket expired|credentials (have )?expired/i,
    reason: "denied",
    say: ({ proof }) => `${proof} has expired: fetch a new one with kinit, or give a password or a keytab`,
  },
  {
    offsets: [18],
    words: /credentials have been revoked/i,
    reason: "denied",
    say: ({ user }) => `the account ${user} is locked or disabled`,
  },
  {
    offsets: [23],
    words: /Password has expired/i,
    reason: "denied",
    say: ({ user }) => `the password of ${user} has expired: set a new one`,
  },
  {
    offsets: [14],
    words: /no support for encryption type|KDC has no support/i,
    reason: "denied",
    say: ({ user, service }) =>
      `the domain controller and this machine have no encryption type in common for ${service ?? user}: AES must be allowed for it (msDS-SupportedEncryptionTypes)`,
  },
  {
    offsets: [156],
    words: /Cannot contact any KDC/i,
    reason: "unreachable",
    say: ({ user }) => `no domain controller answers for the realm of ${user} (port 88, TCP)`,
  },
  {
    offsets: [154, 220],
    words: /Cannot find KDC for realm|Cannot resolve network address for KDC/i,
    reason: "unreachable",
    say: ({ user }) =>
      `no domain controller is known for the realm of ${user}: it must be in krb5.conf, or DNS must have _kerberos._tcp records of it`,
  },
  {
    offsets: [195, 181, 186],
    words: /No (Kerberos )?credentials|No credentials cache|Credentials cache .*not found|keytab .*(not found|nonexistent)|Key table/i,
    reason: "denied",
    say: ({ user, proof }) =>
      `there is nothing to prove who asks with: ${proof}${user === "" ? "" : ` of ${user}`} was not found. Fetch a ticket with kinit, or give a password or a keytab`,
  },
];

/** Why the proof failed. `minor` as the library gives it, `text` in its own words (one line). */
export function kerberosProblem(minor: number, text: string, names: KerberosNames): WsmanError {
  const rule = RULES.find(({ offsets }) => offsets.includes((minor | 0) - FIRST_CODE)) ?? RULES.find(({ words }) => words.test(text));
  if (rule === undefined) return cannotProve("denied", `Kerberos could not prove who asks${named(names)}: ${text}`);
  return cannotProve(rule.reason, `${rule.say(names)} (${text})`);
}

export function cannotProve(reason: RemotingReason, what: string, options?: ErrorOptions): WsmanError {
  return new WsmanError({ kind: "ended", reason, what }, options);
}

function named({ user, service }: KerberosNames): string {
  return `${user === "" ? "" : ` as ${user}`}${service === undefined ? "" : ` to ${service}`}`;
}
