// The provider's Pulumi schema, derived from the shapes that check a program's input: inputs, outputs, and nested types by name.
import { z } from "zod";
import type { Shape } from "../resources/define-shape.ts";
import { shapes, tokenOf } from "./catalogue.ts";
import { config, isSecret } from "./config.ts";
import { type NamedTypes, propertiesOf } from "./schema-types.ts";

/** What every resource keeps besides its outputs. */
const kept = z.strictObject({
  recorded: z.looseObject({}).describe("What must outlive a run: what is normal, and since when something has been seen."),
  journal: z.array(z.string()).describe("What was done and when, the newest last."),
});

/** A Pulumi package schema (https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/). */
export function schema(version: string): object {
  const types: NamedTypes = {};
  const { properties: settings } = propertiesOf("Settings", config, "input", types);
  const secretly = Object.fromEntries(
    Object.entries(settings).map(([name, property]) => [name, isSecret(name) ? { ...property, secret: true } : property]),
  );
  const resources = Object.fromEntries(shapes.map((shape) => [tokenOf(shape), resourceOf(shape, types)]));
  return {
    name: "exchange",
    version,
    description: "The operational state of a self-hosted Exchange site",
    config: { variables: secretly },
    provider: { inputProperties: secretly },
    types,
    resources,
  };
}

function resourceOf({ name, about, args, outputs }: Shape, types: NamedTypes): object {
  const inputs = propertiesOf(name, args, "input", types);
  // A default fills what a program leaves out, so it is always among the outputs.
  const given = propertiesOf(name, args, "output", types);
  const further = [outputs, kept].map((shape) => propertiesOf(name, shape, "output", types));
  const all = [given, ...further];
  return {
    description: about,
    inputProperties: inputs.properties,
    requiredInputs: inputs.required,
    properties: Object.assign({}, ...all.map(({ properties }) => properties)),
    required: all.flatMap(({ required }) => required),
  };
}
