// The provider's Pulumi schema, derived from the same argument tables that check a program's input.
import { z } from "zod";
import { kinds } from "../resources/kinds.ts";
import { config, type SecretName } from "./config.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

const secrets: readonly SecretName[] = ["password", "clientKey", "cloudflareToken", "bufferKey"];

/** A Pulumi package schema (https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/). */
export function schema(version: string): object {
  const settings = propertiesOf(config);
  const secretly = Object.fromEntries(
    Object.entries(settings).map(([name, property]) => [name, isSecret(name) ? { ...property, secret: true } : property]),
  );
  return {
    name: "exchange",
    version,
    description: "The operational state of a self-hosted Exchange site",
    config: { variables: secretly },
    provider: { inputProperties: secretly },
    resources: Object.fromEntries(
      kinds.map(({ kind, args, about }) => {
        const inputProperties = propertiesOf(args);
        const requiredInputs = Object.entries(args.shape).flatMap(([name, field]) => (z.safeParse(field, undefined).success ? [] : [name]));
        return [
          `exchange:index:${kind.name}`,
          { description: about, inputProperties, requiredInputs, properties: inputProperties, required: requiredInputs },
        ];
      }),
    ),
  };
}

function propertiesOf(shape: z.ZodObject): Record<string, object> {
  const json = z.toJSONSchema(shape, { io: "input", unrepresentable: "any" });
  return Object.fromEntries(
    Object.entries(json.properties ?? {}).map(([name, property]) => [
      name,
      {
        ...typeOf(property),
        ...(typeof property === "object" && property.description !== undefined ? { description: property.description } : {}),
      },
    ]),
  );
}

/** Pulumi has no inline record types: one with fixed members is an object of any value here, and its members are checked all the same. */
function typeOf(property: JsonSchema | boolean): object {
  if (typeof property === "boolean") return { $ref: "pulumi.json#/Any" };
  switch (property.type) {
    case "array":
      return { type: "array", items: typeOf(Array.isArray(property.items) ? true : (property.items ?? true)) };
    case "object":
      return { type: "object", additionalProperties: { $ref: "pulumi.json#/Any" } };
    case "string":
    case "integer":
    case "number":
    case "boolean":
      return { type: property.type };
    default:
      return { $ref: "pulumi.json#/Any" };
  }
}

function isSecret(name: string): boolean {
  return secrets.some((secret) => secret === name);
}
