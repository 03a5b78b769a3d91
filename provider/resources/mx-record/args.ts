// What a program may ask of an MX set.
import { z } from "zod";
import { dnsProviders } from "../site.ts";
import { dnsName, exchangeList, expecting, mailAddress, maxWaitSeconds, stuckAfterSeconds, ttl, turnsAt } from "../vocabulary.ts";

export const args = z.strictObject({
  zone: dnsName.describe("The zone, such as `contoso.com`."),
  name: z
    .string(expecting("a name"))
    .regex(
      /^(@|(\*\.)?[a-z0-9_]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9-]*[a-z0-9])?)*)$/,
      expecting('"@" or a name relative to the zone'),
    )
    .default("@")
    .describe("The name inside the zone; `@` is the zone itself."),
  provider: z
    .enum(dnsProviders, expecting(`one of ${dnsProviders.join(", ")}`))
    .default("cloudflare")
    .describe("Where the zone is kept."),
  exchanges: exchangeList
    .optional()
    .describe(
      "The mail hosts of the name. Absent: the set that is normal for it, which is recorded while nothing is paused and given back.",
    ),
  ttlSeconds: ttl
    .optional()
    .describe("Time to live in seconds (`30` to `86400`; Cloudflare takes 60 and more). Absent: what is normal for it."),
  probe: z
    .strictObject(
      {
        accepted: mailAddress.describe("A recipient that every mail host of the domain must accept."),
        refused: mailAddress.optional().describe("A recipient that nobody has; a host that accepts it would bounce mail later."),
      },
      expecting("{ accepted, refused }"),
    )
    .optional()
    .describe("Asked of each host before it enters the set; nothing is sent. Absent: `postmaster@<name>`, and an invented one."),
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
      },
      expecting("{ exchanges, ttlSeconds }"),
    )
    .optional()
    .describe("What is normal, for a name that enters the program while it is paused already."),
  turnsAt,
  maxWaitSeconds,
  stuckAfterSeconds,
});

export type MxRecordArgs = z.output<typeof args>;
