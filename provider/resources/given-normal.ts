// What a person types to say what is normal, for refusals. Pure.
import { literal } from "../common/literal.ts";

/** `normal` as a resource that stands alone takes it, and as a SitePause does, which finds its parts by the names that their rows show. */
export function typedNormal(part: string, normal: unknown): string {
  return `\`normal: ${literal(normal)}\` (in a SitePause \`normal: ${literal({ [part]: normal })}\`)`;
}
