// The Pulumi schema: every resource with its arguments and outputs, secrets marked. Pulumi's own judgement of it is in test/rehearsal/schema.test.ts.
import { deepEqual, equal } from "node:assert/strict";
import { z } from "zod";
import { shapes } from "../../provider/host/catalogue.ts";
import { config } from "../../provider/host/config.ts";
import { schema } from "../../provider/host/schema.ts";

const property = z.looseObject({
  type: z.string().optional(),
  $ref: z.string().optional(),
  description: z.string(),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
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
    types: z.record(z.string(), z.looseObject({ type: z.enum(["object", "string"]) })),
    resources: z.record(z.string(), resource),
  })
  .parse(JSON.parse(JSON.stringify(schema("1.2.3"))));

describe("the schema", () => {
  it("has every resource of the provider, and no other", () => {
    deepEqual(
      Object.keys(written.resources),
      shapes.map(({ name }) => `exchange:index:${name}`),
    );
  });

  for (const { name, args, outputs } of shapes) {
    const found = written.resources[`exchange:index:${name}`];

    it(`has every argument of ${name}, described, and asks for those without which nothing can be done`, () => {
      deepEqual(Object.keys(found?.inputProperties ?? {}).sort(), Object.keys(args.shape).sort());
      const refused = args.safeParse({}).error?.issues.map(({ path }) => String(path[0]));
      deepEqual(found?.requiredInputs, refused);
    });

    it(`has every output of ${name}: its arguments, what it gives, and what is kept of it`, () => {
      const all = [...Object.keys(args.shape), ...Object.keys(outputs.shape), "recorded", "journal"];
      deepEqual(Object.keys(found?.properties ?? {}), all);
      const always = [...Object.entries(args.shape), ...Object.entries(outputs.shape)].flatMap(([member, type]) =>
        type.safeParse(undefined).success && type.safeParse(undefined).data === undefined ? [] : [member],
      );
      deepEqual(found?.required, [...always, "recorded", "journal"]);
    });

    it(`has the defaults of ${name} that are plain values`, () => {
      const filled = Object.entries(args.shape).flatMap(([member, type]) => {
        const { success, data } = type.safeParse(undefined);
        return success && data !== undefined && typeof data !== "object" ? [[member, data]] : [];
      });
      const defaults = Object.entries(found?.inputProperties ?? {}).flatMap(([member, { default: value }]) =>
        value === undefined ? [] : [[member, value]],
      );
      deepEqual(Object.fromEntries(defaults), Object.fromEntries(filled));
    });
  }

  it("says types in Pulumi's words", () => {
    const { inputProperties = {} } = written.resources["exchange:index:MxRecord"] ?? {};
    const typeOf = ({ description: _words, default: _value, ...type }: z.output<typeof property>) => type;
    const ref = (name: string) => ({ $ref: `#/types/exchange:index:${name}` });
    deepEqual(Object.fromEntries(Object.entries(inputProperties).map(([name, found]) => [name, typeOf(found)])), {
      zone: { type: "string" },
      name: { type: "string" },
      provider: ref("MxRecordProvider"),
      exchanges: { type: "array", items: ref("MailExchange") },
      ttlSeconds: { type: "integer" },
      probe: ref("MxRecordProbe"),
      normal: ref("MxRecordNormal"),
      turnsAt: ref("SshHost"),
      maxWaitSeconds: { type: "integer" },
      stuckAfterSeconds: { type: "integer" },
      abandon: { type: "boolean" },
      place: ref("Place"),
      after: { type: "array", items: ref("Predecessor") },
    });
  });

  it("names every type that it refers to, and no argument of a resource is of any type", () => {
    const text = JSON.stringify(written);
    const referred = new Set([...text.matchAll(/#\/types\/([A-Za-z:]+)/g)].map(([, name]) => name ?? ""));
    deepEqual([...referred].sort(), Object.keys(written.types).sort());
    for (const { inputProperties } of Object.values(written.resources))
      equal(JSON.stringify(inputProperties).includes("pulumi.json#/Any"), false);
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
