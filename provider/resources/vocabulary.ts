// Argument types that several resources share, and how every one of them says what was expected and what was found.
import { z } from "zod";
import { hostName, mailAddressName } from "../common/host-name.ts";
import { namedTwice } from "../common/names.ts";
import { mxProblem } from "../dns/sets.ts";
import { reach } from "./define-shape.ts";

export { hostName, sayName } from "../common/host-name.ts";
export { keyOf } from "../dns/sets.ts";

/** Makes a schema answer bad input with `expected …, found …`. */
export function expecting(words: string): { error: (issue: { input?: unknown }) => string } {
  return { error: ({ input }) => `expected ${words}, found ${shown(input)}` };
}

/** A value as a person would recognise it in an error: short, and never a whole document. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}

/** Gives the type of `schema` a name in the Pulumi schema, where several arguments have it. */
export function namedType<T extends z.ZodType>(typeName: string, schema: T): T {
  return schema.meta({ ...schema.meta(), typeName });
}

const label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

/** A DNS name in any spelling; inside it is A-labels in lower case. */
export const dnsName = z
  .string(expecting("a DNS name"))
  .overwrite(hostName)
  .regex(new RegExp(`^(?=.{1,253}$)${label}(\\.${label})+$`), expecting('a DNS name, such as "contoso.com"'));

/** Short name of a Windows server, typed in any case; in lower case from here on. */
export const windowsName = z
  .string(expecting("a server's short name"))
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,14}$/, expecting('a server\'s short name of 1 to 15 letters, digits and hyphens, such as "ex01"'))
  .toLowerCase();

/** A list of names, each given once: a name in another case is the same name. */
export function namesList<T extends z.ZodType<string>>(name: T, words: string): z.ZodArray<T> {
  return z.array(name, expecting(words)).superRefine((names, context) => {
    const twice = namedTwice(names);
    if (twice !== undefined)
      context.addIssue({ code: "custom", message: `expected each once, in whatever case, found ${shown(twice)} again` });
  });
}

export const mailAddress = z
  .string(expecting("a mail address"))
  .overwrite(mailAddressName)
  .regex(/^[^\s@<>]+@[^\s@<>]+$/, expecting('a mail address, such as "postmaster@contoso.com"'));

const mailExchange = namedType(
  "MailExchange",
  z
    .strictObject(
      {
        preference: z
          .int(expecting("a whole number from 0 to 65535"))
          .min(0, { ...expecting("0 to 65535"), abort: true })
          .max(65_535, { ...expecting("0 to 65535"), abort: true }),
        exchange: z.string(expecting("a host name")).overwrite(hostName),
      },
      expecting("{ preference, exchange }"),
    )
    .superRefine((value, context) => {
      const problem = mxProblem(value);
      if (problem !== undefined) context.addIssue({ code: "custom", path: ["exchange"], message: problem });
    }),
);

export const exchangeList = z
  .array(mailExchange, expecting("a list of { preference, exchange }"))
  .min(1, expecting("at least one mail host: a domain without MX sends its mail to its web server"));

export const ttl = z
  .int(expecting("a whole number of seconds from 30 to 86400"))
  .min(30, expecting("30 to 86400 seconds"))
  .max(86_400, expecting("30 to 86400 seconds"));

/** A host that is worked on over SSH. */
export const sshHost = {
  host: reach(dnsName.describe("The host's name.")),
  port: reach(
    z.int(expecting("a port")).min(1, expecting("1 to 65535")).max(65_535, expecting("1 to 65535")).default(22).describe("Its SSH port."),
  ),
  user: reach(
    z
      .string(expecting("a user name"))
      .regex(/^[a-z_][a-z0-9_-]{0,31}$/, expecting("a user name of the host"))
      .describe("Who works there."),
  ),
  hostKey: reach(
    z
      .string(expecting("a host key"))
      .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, expecting("SHA256:… as `ssh-keygen -lf` prints it"))
      .describe("The fingerprint of any one of its SSH host keys; any other key is refused."),
  ),
  sudo: reach(
    z
      .boolean(expecting("true or false"))
      .default(true)
      .describe("Whether commands are begun with `sudo -n`; false where the user is root."),
  ),
};

const predecessor = namedType(
  "Predecessor",
  z.strictObject(
    {
      resource: z.string().describe("What kind of resource it is, such as `MxRecord`."),
      args: z.string().describe("What the program asks of it, as JSON."),
      recorded: z.string().describe("What is remembered of it, as JSON."),
    },
    expecting("{ resource, args, recorded }"),
  ),
);

/** Another resource, with what is asked of it. */
export type Predecessor = z.output<typeof predecessor>;

const place = namedType(
  "Place",
  z.strictObject(
    {
      within: z.string().describe("The name of the component that has it."),
      stages: z.array(z.string()).describe("What the component does one after the other, in words: `the buffer`, `the MX`."),
      stage: z.int().min(1).describe("Which of them this belongs to, from 1."),
      parts: z.int().min(1).describe("How many resources belong to that one."),
    },
    expecting("{ within, stages, stage, parts }"),
  ),
);

/** Where a part of a component comes in the order of a run. */
export type Place = z.output<typeof place>;

/** What each resource may be told about its place among others. */
export const order = {
  place: place
    .optional()
    .describe(
      "Where it comes in the order of a run, so that a preview says all of it in one place and in that order. A SitePause gives it.",
    ),
  after: z
    .array(predecessor)
    .optional()
    .describe(
      "What must be as the program asks before this is changed, also where Pulumi passes it over (`--target`): the site itself is asked. A SitePause gives it.",
    ),
};

/** What a resource that has something to give back tells of it. */
export const ofNormal = {
  normally: z
    .string()
    .optional()
    .describe("what is normal for it, and is given back after a pause; the output `normal` has it as the argument takes it"),
};

/** What each resource may be told about being taken out of the program. */
export const leaving = {
  abandon: z
    .boolean(expecting("true or false"))
    .optional()
    .describe(
      "`true`: it may be taken out of the program although it is not as it normally is; it then stays as it is, and what is normal is said a last time.",
    ),
};

/** What each resource may be told about waits; the engine alone acts on it. */
export const patience = {
  maxWaitSeconds: z
    .int(expecting("a whole number of seconds"))
    .min(0, expecting("0 or more seconds"))
    .max(86_400, expecting("at most 86400 seconds"))
    .default(900)
    .describe(
      "Longest wait with a known end, in seconds, that one run waits out; for a longer one it ends and says from when it can go on.",
    ),
  stuckAfterSeconds: z
    .int(expecting("a whole number of seconds"))
    .min(60, expecting("60 or more seconds"))
    .max(86_400, expecting("at most 86400 seconds"))
    .default(900)
    .describe("Seconds without any progress after which the run stops and a person must look."),
};

const Patience = z.object(patience);

/** The patience that `args` ask for, in milliseconds. */
export function patienceOf(args: Readonly<Record<string, unknown>>): { readonly maxWaitMs: number; readonly stuckAfterMs: number } {
  const { maxWaitSeconds, stuckAfterSeconds } = Patience.parse(args);
  return { maxWaitMs: maxWaitSeconds * 1000, stuckAfterMs: stuckAfterSeconds * 1000 };
}

/** What each resource may be told about the run that changes it. */
export const ofTheRun = {
  turnsAt: reach(
    namedType("SshHost", z.strictObject(sshHost, expecting("{ host, user, hostKey }")))
      .optional()
      .describe(
        "The host on which runs of this program take turns, so that none acts after a newer one has begun: the buffer host of the site, or any other that is reached by SSH. A SitePause gives it. Without it nothing is changed.",
      ),
  ),
  ...patience,
  ...leaving,
  ...order,
};
