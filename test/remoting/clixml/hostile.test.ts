// Texts made to keep a reader busy for ever: each must be refused at once. That they are quick is judged by the runner's own time limit.
import { throws } from "node:assert/strict";
import { decodeClixml } from "../../../provider/remoting/clixml/decode.ts";
import { ClixmlError } from "../../../provider/remoting/clixml/values.ts";

describe("a hostile CLIXML text is refused at once:", () => {
  for (const [what, text] of [
    ["a number of 500,000 digits that is none", `<Db>${"1".repeat(500_000)}x</Db>`],
    ["a whole number of 5,000,000 digits", `<I64>${"9".repeat(5_000_000)}</I64>`],
    ["base64 of 500,000 blanks and a mark that does not belong there", `<BA>${" ".repeat(500_000)}!</BA>`],
    ["an object that is boxed in itself", '<Obj RefId="0"><Ref RefId="0"/></Obj>'],
    ["an object that is boxed in what it boxes", '<Obj RefId="0"><Obj RefId="1"><Ref RefId="0"/></Obj></Obj>'],
  ] as const)
    it(what, () => {
      throws(() => decodeClixml(text), ClixmlError);
    });

  it("but an object may have a member that names the object itself, as a parent does", () => {
    decodeClixml('<Obj RefId="0"><MS><Ref N="Self" RefId="0" /></MS></Obj>');
  });
});
