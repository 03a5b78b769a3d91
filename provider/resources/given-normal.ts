// What is normal in the form in which a program gives it: typed by a person, handed out as an output, kept in a file beside the program. Pure.
import { z } from "zod";
import { literal } from "../common/literal.ts";
import type { Shape } from "./define-shape.ts";

/** `normal` as a resource that stands alone takes it, and as a SitePause does, which finds its parts by the names that their rows show. */
export function typedNormal(part: string, normal: unknown): string {
  return `\`normal: ${literal(normal)}\` (in a SitePause \`normal: ${literal({ [part]: normal })}\`)`;
}

/** The argument `normal` of a resource; `undefined` where a program cannot say what is normal. */
export function normalArgumentOf({ args }: Pick<Shape, "args">): z.ZodObject | undefined {
  const argument = args.shape["normal"];
  const given = argument instanceof z.ZodOptional ? argument.unwrap() : argument;
  return given instanceof z.ZodObject ? given : undefined;
}

/** What is recorded as normal, in the very form that the argument `normal` takes; `undefined` where it cannot be given. */
export function asGiven(shape: Pick<Shape, "args">, normal: unknown): Readonly<Record<string, unknown>> | undefined {
  const argument = normalArgumentOf(shape);
  if (argument === undefined || typeof normal !== "object" || normal === null) return undefined;
  const saysNothing = (name: string, value: unknown) => argument.shape[name] instanceof z.ZodOptional && literal(value) === literal({});
  return Object.fromEntries(Object.entries(normal).filter(([name, value]) => name in argument.shape && !saysNothing(name, value)));
}

/** The file that keeps what is normal for `stack`, beside `Pulumi.yaml`. */
export function normalFileOf(stack: string): string {
  return `normal.${stack}.yaml`;
}

/** What a person may do where a thing is refused that is in the program for the first time; `program`: `project/stack`. Nothing where it cannot be given. */
export function orFromItsFile(shape: Pick<Shape, "args">, program: string): string {
  if (normalArgumentOf(shape) === undefined) return "";
  const file = normalFileOf(program.slice(program.indexOf("/") + 1));
  return `\nIf this stack has lost its state, ${file} beside Pulumi.yaml has kept what was normal: give \`normal: exchange.normalFrom("${file}")\` in the SitePause.`;
}
