// CLIXML's `_xHHHH_` escapes in text and in property names: a UTF-16 code unit in four hex digits.
// Escaped: C0, DEL, C1, every surrogate half (even of a valid pair), U+FFFE and U+FFFF, and the `_` of anything that looks like an escape.
// Source: [MS-PSRP] 2.2.5.3.2; PowerShell 7.6.5 writes the same, except that it refuses U+FFFE.

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const NEEDS_ESCAPE = /_(?=[xX])|[\u0000-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: and here
const NEEDS_ANYTHING = /[&<>"\u0000-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff]|_(?=[xX])/;
const ESCAPE = /_[xX]([0-9a-fA-F]{4})_/g;
const MARKUP = /[&<>"]/g;
const ENTITY: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as it stands between tags or in an attribute: escaped for CLIXML, then for XML. */
export function escapeText(text: string): string {
  if (!NEEDS_ANYTHING.test(text)) return text;
  const escaped = text.replace(NEEDS_ESCAPE, (unit) => `_x${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`);
  return escaped.replace(MARKUP, (mark) => ENTITY[mark] ?? mark);
}

/** What an escaped text says. The text must have left XML already. */
export function unescapeText(text: string): string {
  return text.includes("_") ? text.replace(ESCAPE, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : text;
}
