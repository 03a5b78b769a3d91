// What is not settled about Exchange (facts/exchange.md section 13) and what a rehearsal wants to vary: each a switch of the world.
// Defaults are the likelier or the harder case; nothing here is claimed to be what Exchange does.

export interface Switches {
  /** Does a database that an administrator dismounted mount by itself after a full cold start? */
  readonly mountsAfterColdStart: boolean;
  /** What a Get cmdlet does with a name that nothing bears. */
  readonly unknownIdentity: "notFound" | "returnsAll";
  /** What Get-Queue does while a started transport service still reads its queue database. */
  readonly whileQueuesLoad: "omits" | "fails";
  /** Number behind the enum value Draining of ServiceState. */
  readonly drainingNumber: number;
  /** Number behind the enum value Blocked of DatabaseCopyAutoActivationPolicyType. */
  readonly blockedNumber: number;
  /** How a property that is an enum travels: a plain client gets its name; other depths of serialisation send name and number. */
  readonly enums: "names" | "objects";
  /** How a cmdlet that wants to ask and was not told `Confirm: false` fails: it ends the pipeline, or it writes the error and goes on. */
  readonly missingConfirm: "terminates" | "isWritten";
  readonly datacenterActivationMode: "Off" | "DagOnly";
  /** Does the front end refuse recipients that nobody has? Out of the box Exchange accepts them and bounces later. */
  readonly recipientFiltering: boolean;
  /** Does a firewall before the front end take STARTTLS out of its answers? */
  readonly hidesStartTls: boolean;
  /** Does the witness answer? Only an even number of members asks it. */
  readonly witnessUp: boolean;
  /** Copies that are lagged, as `DB01\\ex03`, each with its ReplayLagTime in milliseconds. Nobody gets one without asking for it. */
  readonly laggedCopies: Readonly<Record<string, number>>;
}

export const defaultSwitches: Switches = {
  mountsAfterColdStart: false,
  unknownIdentity: "notFound",
  whileQueuesLoad: "omits",
  drainingNumber: 2,
  blockedNumber: 2,
  enums: "names",
  missingConfirm: "terminates",
  datacenterActivationMode: "DagOnly",
  recipientFiltering: false,
  hidesStartTls: false,
  witnessUp: true,
  laggedCopies: {},
};
