import assert from "node:assert/strict";
import { quote } from "../../provider/mail/quote.ts";

describe("quoting an argument for the shell", () => {
  it("an apostrophe ends the quotes, stands by itself, and they begin again", () => {
    assert.equal(quote("it's"), "'it'\\''s'");
  });

  it("nothing becomes an empty argument, not none", () => {
    assert.equal(quote(""), "''");
  });

  it("a NUL is refused", () => {
    assert.throws(() => quote("a\0b"), { name: "RangeError", message: "a NUL cannot stand in a command line" });
  });
});
