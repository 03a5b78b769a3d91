// An MX set: what a program may ask of it, and what is recorded.
import { z } from "zod";
import { type ArgsOf, defineShape, identity, type RecordedOf, wanted } from "../define-shape.ts";
import { knownHost } from "../known-host-shape.ts";
import { type InputsOf, programClass } from "../program-class.ts";
import { dnsProviders } from "../site.ts";
import { dnsName, exchangeList, expecting, hostName, keyOf, mailAddress, ofNormal, ofTheRun, sayName, ttl } from "../vocabulary.ts";

const exchanges = z.array(z.strictObject({ preference: z.int(), exchange: z.string() }).readonly()).readonly();

/** The remark of each record, by its key. */
const notes = z.record(z.string(), z.string(expecting("a remark")), expecting('remarks by record, as { "10 mail.contoso.com": "…" }'));
/** What else each record bears in the words of the DNS API (tags, settings), by its key. */
const attributes = z.record(
  z.string(),
  z.record(z.string(), z.unknown(), expecting("members by name")),
  expecting('members by record, as { "10 mail.contoso.com": { … } }'),
);

const normal = z.strictObject({
  exchanges,
  /** As the DNS API says it: `1` is automatic. */
  ttlSeconds: z.int(),
  notes: notes.readonly(),
  attributes: attributes.readonly().optional(),
});

export const mxRecord = defineShape({
  name: "MxRecord",
  about:
    "The MX set of one name, as a whole. It is changed make-before-break, and a change is finished when every authoritative server answers it. A lowered TTL is remembered and given back.",
  example: `const turnsAt = { host: "buffer.contoso-mail.net", user: "mailops", hostKey: "SHA256:…" };
new exchange.MxRecord("contoso.com", { zone: "contoso.com", ttlSeconds: 300, turnsAt }); // lowered now, given back when the argument goes`,
  refuses: [
    "A record that neither the program nor this resource put there: the set is left as it is.",
    "A host new to the set that offers no STARTTLS, refuses a real recipient or accepts one that nobody has. One that puts us off, or does not answer yet, is waited for.",
    "A normal host on its way home that no longer does what it did while nothing was paused: answer, offer STARTTLS, take a real recipient.",
    "A set that bears the mark of another program, or is locked by another service of the DNS API.",
    "An empty set, a null MX, an address instead of a name, a TTL in the program that the API does not take. What was recorded is always given back.",
    "Being taken out of the program while it is not as it normally is, unless `abandon` was said before. Removing it from the program changes nothing at the site.",
  ],
  args: z.strictObject({
    zone: identity(dnsName.describe("The zone, such as `contoso.com`. Names of other scripts may be written in Unicode or as `xn--…`.")),
    name: identity(
      z
        .string(expecting("a name"))
        .overwrite(hostName)
        .regex(
          /^(@|(\*\.)?[a-z0-9_]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9-]*[a-z0-9])?)*)$/,
          expecting('"@" or a name relative to the zone'),
        )
        .default("@")
        .describe("The name inside the zone; `@` is the zone itself."),
    ),
    provider: identity(
      z
        .enum(dnsProviders, expecting(`one of ${dnsProviders.join(", ")}`))
        .default("cloudflare")
        .describe("Where the zone is kept."),
    ),
    exchanges: wanted(
      exchangeList
        .optional()
        .describe(
          "The mail hosts of the name. Absent: the set that is normal for it, which is recorded while nothing is paused and given back.",
        ),
    ),
    ttlSeconds: wanted(
      ttl
        .optional()
        .describe(
          "Time to live in seconds (`30` to `86400`; Cloudflare takes 60 and more, and 30 on its Enterprise plan). Absent: what is normal for it.",
        ),
    ),
    probe: z
      .strictObject(
        {
          accepted: mailAddress.describe("A recipient that every mail host of the domain must accept."),
          refused: mailAddress.optional().describe("A recipient that nobody has; a host that accepts it would bounce mail later."),
        },
        expecting("{ accepted, refused }"),
      )
      .optional()
      .describe(
        "Asked of each host before it enters the set; nothing is sent. Of a normal host the first alone is asked. Absent: `postmaster@<name>`, and an invented one.",
      ),
    normal: z
      .strictObject(
        {
          exchanges: exchangeList,
          ttlSeconds: z
            .int(expecting("30 to 86400 seconds, or 1 for Cloudflare's automatic"))
            .refine(
              (seconds) => seconds === 1 || ttl.safeParse(seconds).success,
              expecting("30 to 86400 seconds, or 1 for Cloudflare's automatic"),
            ),
          notes: notes.optional().describe("The remark of each record, by its key, as `10 mail.contoso.com`."),
          attributes: attributes
            .optional()
            .describe('What else each record bears, by its key, in the words of the DNS API: `{ tags: ["team:mail"] }`.'),
        },
        expecting("{ exchanges, ttlSeconds }"),
      )
      .superRefine(({ exchanges, ...borne }, context) => {
        const keys = exchanges.map(keyOf);
        for (const list of ["notes", "attributes"] as const)
          for (const key of Object.keys(borne[list] ?? {}))
            if (!keys.includes(key))
              context.addIssue({
                code: "custom",
                path: [list, key],
                message: `expected one of its records (${keys.join(", ")}), found "${key}"`,
              });
      })
      .optional()
      .describe("What is normal, for a name that enters the program while it is paused already."),
    ...ofTheRun,
  }),
  outputs: z.strictObject({
    mx: z.string().optional().describe("the set as the DNS API holds it"),
    ...ofNormal,
    earliestFlipAt: z
      .string()
      .optional()
      .describe(
        "when the old TTL has run out everywhere, in ISO 8601 (UTC) for programs that wait for it; absent while nothing has been lowered",
      ),
  }),
  recorded: z.strictObject({
    normal,
    /** The name of the program that marks of this pause bear: one that was renamed meanwhile knows them by it. */
    program: z.string().optional(),
    /** Since when all servers have answered a TTL below the normal one, milliseconds since 1970: no cache got the normal one later. */
    lowSinceMs: z.number().optional(),
    /** Since when all servers have answered the set that stands in for the normal one, milliseconds since 1970. */
    flippedSinceMs: z.number().optional(),
    /** Where no mark can stand at a record: the hosts, not normal ones, that the program has put into the set. */
    ours: exchanges.optional(),
    /** How the normal hosts behaved at port 25 while nothing was paused. */
    hosts: z.array(knownHost).readonly().optional(),
  }),
  titleOf: (args) => sayName(fullName(args)),
});

export type MxRecordArgs = ArgsOf<typeof mxRecord>;
export type MxRecorded = RecordedOf<typeof mxRecord>;
export type MxRecordInputs = InputsOf<typeof MxRecord>;

/**
 * The MX set of one name. Changed make-before-break, finished when every authoritative server answers it; a lowered TTL is given back.
 * @example new MxRecord("contoso.com", { zone: "contoso.com", ttlSeconds: 300, turnsAt })   // lowered now, given back when the argument goes
 */
export class MxRecord extends programClass(mxRecord, () => import("./index.ts")) {}

/** `contoso.com` or `sales.contoso.com`, as `hostName` spells names. */
export function fullName({ zone, name }: { readonly zone: string; readonly name: string }): string {
  return name === "@" ? zone : `${name}.${zone}`;
}
