// Answers that are no WS-Management: pages of IIS, of a proxy, of a load balancer. What they say of themselves, short. Pure.
import type { Page } from "../problem.ts";
import { quotaIn } from "../quotas.ts";

/** Further than this nobody looks into a page. */
const READ_CHARACTERS = 16_384;
const SHOWN_CHARACTERS = 120;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " ", "#39": "'" };

/** A page as far as people read it. */
export function pageOf(body: string): Page {
  const head = body.slice(0, READ_CHARACTERS);
  const title = /<title[^>]*>([^<]*)/i.exec(head)?.[1] ?? (/[<\ufffd]/.test(head) ? "" : head);
  const text = oneLine(head.replace(/<[^>]*>?/g, " "));
  const quotaText = quotaIn(text) === undefined ? undefined : shortened(text, 4 * SHOWN_CHARACTERS);
  return { title: shortened(oneLine(title), SHOWN_CHARACTERS), ...(quotaText === undefined ? {} : { quotaText }) };
}

function oneLine(text: string): string {
  const plain = text.replace(/&(#?\w{1,8});/g, (whole, name: string) => ENTITIES[name.toLowerCase()] ?? whole);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters of a stranger's page do not belong on a terminal
  return plain.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
