// How zod's types are written in a Pulumi schema: records with fixed members and closed sets of words become types with a name of their own.
import { z } from "zod";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Types by token, `exchange:index:MailExchange`. */
export type NamedTypes = Record<string, object>;

export interface Members {
  readonly properties: Readonly<Record<string, object>>;
  /** Names of members that are always there. */
  readonly required: readonly string[];
}

/** The members of `shape`, a part of what is called `owner`; types with names of their own are added to `types`. */
export function propertiesOf(owner: string, shape: z.ZodObject, io: "input" | "output", types: NamedTypes): Members {
  return membersOf(owner, z.toJSONSchema(shape, { io, unrepresentable: "any" }), types);
}

function membersOf(owner: string, json: JsonSchema, types: NamedTypes): Members {
  const properties = Object.entries(json.properties ?? {}).map(([name, property]) => [
    name,
    propertyOf(`${owner}${capital(name)}`, property, types),
  ]);
  return { properties: Object.fromEntries(properties), required: json.required ?? [] };
}

function propertyOf(name: string, property: JsonSchema | boolean, types: NamedTypes): object {
  if (typeof property === "boolean") return anything;
  const { description, default: fallback } = property;
  return {
    ...typeOf(name, property, types),
    ...(description === undefined ? {} : { description }),
    // Pulumi has no defaults but plain values; that of a list or a record is filled in by Check alone.
    ...(typeof fallback === "object" || fallback === undefined ? {} : { default: fallback }),
  };
}

const anything = { $ref: "pulumi.json#/Any" };

function typeOf(name: string, property: JsonSchema | boolean, types: NamedTypes): object {
  if (typeof property === "boolean") return anything;
  if (property.enum !== undefined) return named(name, property, { type: "string", enum: property.enum.map((value) => ({ value })) }, types);
  const [one, orNull, ...others] = property.anyOf ?? [];
  if (one !== undefined && typeof orNull === "object" && orNull.type === "null" && others.length === 0) return typeOf(name, one, types);
  switch (property.type) {
    case "array":
      return { type: "array", items: typeOf(name, Array.isArray(property.items) ? true : (property.items ?? true), types) };
    case "object": {
      if (property.properties === undefined || Object.keys(property.properties).length === 0)
        return { type: "object", additionalProperties: typeOf(name, property.additionalProperties ?? true, types) };
      const { properties, required } = membersOf(nameOf(name, property), property, types);
      return named(name, property, { type: "object", properties, ...(required.length === 0 ? {} : { required }) }, types);
    }
    case "string":
    case "integer":
    case "number":
    case "boolean":
      return { type: property.type };
    default:
      return anything;
  }
}

/** A record that may be left out member by member in an input is there whole in an output; both have one type, the input's. */
function named(name: string, property: JsonSchema, type: object, types: NamedTypes): object {
  const token = `exchange:index:${nameOf(name, property)}`;
  types[token] ??= type;
  return { $ref: `#/types/${token}` };
}

/** The name that the type was given (`namedType`), or that of the place where it stands. */
function nameOf(place: string, property: JsonSchema): string {
  const given = "typeName" in property ? property["typeName"] : undefined;
  return typeof given === "string" ? given : place;
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
