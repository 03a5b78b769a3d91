// What keeps Kerberos from proving who asks, in the words of a person who has to mend it. Pure. Which number means what stands
// beside the library's functions (gssapi/status.ts). Source of the causes: RFC 4120 7.5.9.
import { WsmanError } from "../problem.ts";
import type { RemotingReason } from "../transport.ts";

/** Who asks, and whom. */
export interface KerberosNames {
  /** As the administrator wrote it; empty when it is whoever a ticket names. */
  readonly user: string;
  /** `HTTP/ex01.contoso.local`; absent while no server is asked. */
  readonly service?: string;
  /** What stands for the person: "the password", "the keytab …", "the Kerberos ticket in …". */
  readonly proof: string;
}

export type KerberosCause =
  | "wrongPassword"
  | "unknownAccount"
  | "unknownService"
  | "clockSkew"
  | "expiredTicket"
  | "lockedAccount"
  | "expiredPassword"
  | "noCommonEncryption"
  | "noDomainController"
  | "unknownRealm"
  | "noProof";

interface Wording {
  readonly reason: RemotingReason;
  readonly say: (names: KerberosNames) => string;
}

/** Where what stands for the person is missing or too old. */
const REMEDY = "fetch a new one with kinit, or give a password or a keytab";

const WORDINGS: Readonly<Record<KerberosCause, Wording>> = {
  wrongPassword: {
    reason: "denied",
    say: ({ user, proof }) =>
      `the domain controller does not accept ${proof} of ${user}. Mend it before the next run: a few wrong attempts lock an account`,
  },
  unknownAccount: {
    reason: "denied",
    say: ({ user }) => `the domain controller knows no account ${user}: expected name@REALM of the account's own Active Directory domain`,
  },
  unknownService: {
    reason: "denied",
    say: ({ service }) =>
      `the domain controller knows no service ${service}, nor that of the name that DNS gives this host: use the server's own FQDN in the URL, no alias and no load balancer ("setspn -Q ${service}" shows who has that name)`,
  },
  clockSkew: {
    reason: "denied",
    say: () =>
      "the clock of this machine and that of the domain controller or the server differ by more than Kerberos allows, 5 minutes as a rule: set both by NTP",
  },
  expiredTicket: {
    reason: "denied",
    say: ({ proof }) => `${proof} has expired: ${REMEDY}`,
  },
  lockedAccount: { reason: "denied", say: ({ user }) => `the account ${user} is locked or disabled` },
  expiredPassword: { reason: "denied", say: ({ user }) => `the password of ${user} has expired: set a new one` },
  noCommonEncryption: {
    reason: "denied",
    say: ({ user, service }) =>
      `the domain controller and this machine have no encryption type in common for ${service ?? user}: AES must be allowed for it (msDS-SupportedEncryptionTypes)`,
  },
  noDomainController: {
    reason: "unreachable",
    say: ({ user }) => `no domain controller answers for the realm of ${user} (port 88, TCP)`,
  },
  unknownRealm: {
    reason: "unreachable",
    say: ({ user }) =>
      `no domain controller is known for the realm of ${user}: it must be in krb5.conf, or DNS must have _kerberos._tcp records of it`,
  },
  noProof: {
    reason: "denied",
    say: ({ user, proof }) =>
      `there is nothing to prove who asks with: ${proof}${user === "" ? "" : ` of ${user}`} was not found; ${REMEDY}`,
  },
};

/** Why the proof failed; `text` is what the system said, on one line. */
export function kerberosProblem(cause: KerberosCause | undefined, text: string, names: KerberosNames): WsmanError {
  if (cause === undefined) return cannotProve("denied", `Kerberos could not prove who asks${named(names)}: ${text}`);
  const { reason, say } = WORDINGS[cause];
  return cannotProve(reason, `${say(names)} (${text})`);
}

/** What was to be used has been given back meanwhile. */
export function closedBefore(): WsmanError {
  return cannotProve("stopped", "the connection has been closed");
}

export function cannotProve(reason: RemotingReason, what: string, options?: ErrorOptions): WsmanError {
  return new WsmanError({ kind: "ended", reason, what }, options);
}

function named({ user, service }: KerberosNames): string {
  return `${user === "" ? "" : ` as ${user}`}${service === undefined ? "" : ` to ${service}`}`;
}
