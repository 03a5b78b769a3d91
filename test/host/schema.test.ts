// The Pulumi schema: every resource with its arguments and outputs, secrets marked. Pulumi's own judgement of it is in test/rehearsal/schema.test.ts.
import { deepEqual, equal } from "node:assert/strict";
import { z } from "zod";
import { config } from "../../provider/host/config.ts";
import { schema } from "../../provider/host/schema.ts";
import { kinds } from "../../provider/resources/kinds.ts";

const property = z.looseObject({
  type: z.string().optional(),
  $ref: z.string().optional(),
  description: z.string(),
  secret: z.boolean().optional(),
});
const resource = z.strictObject({
  description: z.string(),
  inputProperties: z.record(z.string(), property),
  requiredInputs: z.array(z.string()),
  properties: z.record(z.string(), property),
  required: z.array(z.string()),
});
const variables = z.record(z.string(), property);

/** As it goes over the wire. */
const written = z
  .strictObject({
    name: z.literal("exchange"),
    version: z.literal("1.2.3"),
    description: z.string(),
    config: z.strictObject({ variables }),
    provider: z.strictObject({ inputProperties: variables }),
    resources: z.record(z.string(), resource),
  })
  .parse(JSON.parse(JSON.stringify(schema("1.2.3"))));

describe("the schema", () => {
  it("has every resource of the provider, and no other", () => {
    deepEqual(
      Object.keys(written.resources),
      kinds.map(({ kind }) => `exchange:index:${kind.name}`),
    );
  });

  for (const { kind, args } of kinds) {
    it(`has every argument of ${kind.name}, described, and asks for those without which nothing can be done`, () => {
      const found = written.resources[`exchange:index:${kind.name}`];
      deepEqual(Object.keys(found?.inputProperties ?? {}).sort(), Object.keys(args.shape).sort());
      const refused = args.safeParse({}).error?.issues.map(({ path }) => String(path[0]));
      deepEqual(found?.requiredInputs, refused);
    });
  }

  it("asks for what an argument has no default for, and for nothing else", () => {
    const required = Object.entries(written.resources).map(([token, { requiredInputs }]) => [token.split(":")[2], requiredInputs]);
    deepEqual(Object.fromEntries(required), {
      MxRecord: ["zone"],
      BackupMxQueue: ["host", "user", "hostKey", "domains", "state"],
      TransportState: ["server", "state"],
      MailboxDatabaseState: ["dag", "servers", "state"],
      ReadinessGate: ["name", "state"],
    });
  });

  it("says types in Pulumi's words", () => {
    const { inputProperties = {} } = written.resources["exchange:index:MxRecord"] ?? {};
    const typeOf = ({ description: _words, ...type }: z.output<typeof property>) => type;
    const anything = { type: "object", additionalProperties: { $ref: "pulumi.json#/Any" } };
    deepEqual(Object.fromEntries(Object.entries(inputProperties).map(([name, found]) => [name, typeOf(found)])), {
      zone: { type: "string" },
      name: { type: "string" },
      provider: { type: "string" },
      exchanges: { type: "array", items: anything },
      ttlSeconds: { type: "integer" },
      probe: anything,
      normal: anything,
      turnsAt: anything,
      maxWaitSeconds: { type: "integer" },
      stuckAfterSeconds: { type: "integer" },
    });
  });

  it("has every setting of the provider, in both places where Pulumi looks", () => {
    deepEqual(Object.keys(written.config.variables), Object.keys(config.shape));
    deepEqual(written.provider.inputProperties, written.config.variables);
  });

  it("marks the secrets as such, and nothing else", () => {
    const secret = Object.entries(written.config.variables).flatMap(([name, found]) => (found.secret === true ? [name] : []));
    deepEqual(secret.sort(), ["bufferKey", "clientKey", "cloudflareToken", "password"]);
    equal(JSON.stringify(written.resources).includes('"secret"'), false);
  });
});
