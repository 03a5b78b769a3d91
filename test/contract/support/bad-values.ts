// Values that break careless code: text that looks like script or like CLIXML's own escapes, damaged Unicode, numbers at the edges.
import fc from "fast-check";
import type { CmdletValue } from "../../../provider/remoting/transport.ts";

/** One example of each kind of text that somebody, somewhere, would have run, cut, trimmed, folded or unescaped. */
export const BAD_TEXTS: readonly string[] = [
  "",
  " ",
  "  leading and trailing  ",
  "; Remove-Mailbox *",
  "$(Stop-Computer)",
  "$env:COMPUTERNAME",
  '`n`$x`"',
  "'; 'x",
  '" -Force "',
  "@{Add='x'}",
  "{ 1 + 1 }",
  "| Out-Null",
  "& calc # --%",
  "%PATH%",
  "a\nb\r\nc\rd\te",
  "_x0041_",
  "_X0041_",
  "_x005F_x0041_",
  "__x0041_",
  "_x004",
  "_xGGGG_",
  "&lt;&amp;&#65;&#x41;",
  "<Obj RefId=\"0\"><Ref RefId='0'/></Obj>",
  "]]><![CDATA[",
  "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
  "\u0000",
  "a\u0000b",
  "\u0001\u001b[31m\u007f",
  "\u0085\u009f\u2028\u2029",
  "\ufeff begins with a mark",
  "\ufffe\uffff",
  "\ud800",
  "\udc00\ud800",
  "x\ud83dy",
  "\ud83d\ude00",
  "e\u0301 \u202eright to left",
  "\u5f00\u7800\u3000",
  "__proto__",
  "constructor",
  "[object Object]",
  "null",
  "NaN",
  'CN=Ex, OU="a;b"\\, c',
];

/** Names of cmdlets that are more than one, when somebody parses them. */
export const BAD_NAMES: readonly string[] = [
  "Get-Queue; Remove-Mailbox",
  "Get-Queue | Remove-Message",
  "Get-Queue -Server ex01",
  "Get-Queue\nRemove-Mailbox",
  "$(Get-Queue)",
  "& { Get-Queue }",
  " Get-Queue",
  "Get-Queue ",
  "Get-_x0051_ueue",
  "Get-Queue\u0000",
  "get-\ud800",
  "",
];

/** Any UTF-16 code units at all, the dangerous ones more often than chance would have them. */
export function anyText(): fc.Arbitrary<string> {
  const unit = fc.oneof(
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) },
    { weight: 2, arbitrary: fc.integer({ min: 0xd800, max: 0xdfff }).map((code) => String.fromCharCode(code)) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 0x9f }).map((code) => String.fromCharCode(code)) },
    { weight: 1, arbitrary: fc.constantFrom(...BAD_TEXTS, "_", "x", "0", "\ufffe", "\uffff", "\ufeff") },
  );
  return fc.array(unit, { maxLength: 40 }).map((units) => units.join(""));
}

/** Text of whole characters, as every program can hold it: no half of a surrogate pair stands alone. */
export function wholeText(): fc.Arbitrary<string> {
  return anyText().map((text) => text.toWellFormed());
}

/**
 * A parameter's value of any kind that can be sent, with such texts in it, and lists and hashtables up to four deep.
 * `simple`: no list or hashtable inside a list, and no bytes of length 0, neither of which pypsrp reads.
 */
export function anyValue(text: fc.Arbitrary<string>, { simple = false } = {}): fc.Arbitrary<CmdletValue> {
  return fc.letrec<{ value: CmdletValue; leaf: CmdletValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", maxDepth: 4, withCrossShrink: true },
      tie("leaf"),
      fc.array(tie(simple ? "leaf" : "value"), { maxLength: 4 }),
      fc.array(fc.tuple(text, tie("value")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
    ),
    leaf: fc.oneof(
      text,
      fc.boolean(),
      fc.constant(null),
      fc.integer(),
      fc.maxSafeInteger(),
      fc.double(),
      fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53, -(2 ** 53), 1e21, 5e-324, 2 ** 31),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.uint8Array({ minLength: simple ? 1 : 0, maxLength: 20 }),
      fc.date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true }),
    ),
  })).value;
}
