// What is remembered of what was read lately: the latest few, and nothing of others.
import { deepEqual, equal, notEqual, throws } from "node:assert/strict";
import { readHead } from "../../provider/remoting/http/head.ts";
import { Latest } from "../../provider/remoting/latest.ts";

describe("what was read lately", () => {
  it("is not read again, nor kept when more has come than there is room for", () => {
    const read: string[] = [];
    const lengths = new Latest(2, (text) => read.push(text) && text.length);
    deepEqual(
      ["a", "bb", "a", "bb", "ccc", "ccc", "a"].map((text) => lengths.of(text)),
      [1, 2, 1, 2, 3, 3, 1],
    );
    deepEqual(read, ["a", "bb", "ccc", "a"]);
  });

  it("is not what could not be read", () => {
    let count = 0;
    const latest = new Latest(2, () => {
      count += 1;
      throw new Error("none");
    });
    for (let again = 0; again < 2; again += 1) throws(() => latest.of("x"), /none/);
    equal(count, 2);
  });

  it("holds for the heads of answers, of which few are remembered", () => {
    const head = (bytes: number) => `HTTP/1.1 200 OK\r\nContent-Length: ${bytes}`;
    const first = readHead(head(1));
    equal(readHead(head(1)), first);
    equal(readHead(head(2)).body, 2);
    for (let bytes = 1_001; bytes < 1_010; bytes += 1) readHead(head(bytes));
    notEqual(readHead(head(1)), first);
  });
});
