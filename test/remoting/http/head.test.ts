// What is remembered of heads that were read: the latest few, and nothing of others. How they are read: answer.test.ts.
import { equal, notEqual } from "node:assert/strict";
import { readHead } from "../../../provider/remoting/http/head.ts";

const head = (bytes: number) => `HTTP/1.1 200 OK\r\nContent-Length: ${bytes}`;

describe("the heads of answers", () => {
  it("are read once while they are alike", () => {
    const read = readHead(head(1));
    equal(readHead(head(1)), read);
    equal(readHead(head(2)).body, 2);
  });

  it("are forgotten when others have come, however many do", () => {
    const read = readHead(head(1));
    for (let bytes = 1_001; bytes < 1_010; bytes += 1) readHead(head(bytes));
    notEqual(readHead(head(1)), read);
  });
});
