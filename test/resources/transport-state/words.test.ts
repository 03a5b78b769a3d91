import assert from "node:assert/strict";
import { bareError, sayMessages, sayQueues } from "../../../provider/resources/transport-state/words.ts";
import { queue } from "../../support/builders.ts";

describe("queues in words", () => {
  const six = [4_812, 90, 50, 7, 3, 2].map((messages, index) => queue(`DB0${index + 1}`, messages));
  const rows: readonly (readonly [number, string])[] = [
    [0, ""],
    [1, "4,812 to DB01"],
    [4, "4,812 to DB01, 90 to DB02, 50 to DB03, 7 to DB04"],
    [5, "4,812 to DB01, 90 to DB02, 50 to DB03, 7 to DB04, 3 in 1 more"],
    [6, "4,812 to DB01, 90 to DB02, 50 to DB03, 7 to DB04, 5 in 2 more"],
  ];
  for (const [count, words] of rows) {
    it(`${count} of them: ${words || "nothing"}`, () => assert.equal(sayQueues(six.slice(0, count)), words));
  }
});

describe("a count in words", () => {
  it("has a plural for all but one", () => {
    assert.deepEqual(
      [0, 1, 2, 4_812].map((count) => sayMessages(count)),
      ["0 messages", "1 message", "2 messages", "4,812 messages"],
    );
  });
});

describe("a queue's last error", () => {
  const words = "451 4.4.0 Primary target IP address responded with: 421 4.2.1 Unable to connect";
  const rows: readonly (readonly [string, string])[] = [
    [words, words],
    ["", ""],
    [`[{LRT=12/5/2026 6:32:47 PM};{LED=${words}};{FQDN=partner.example};{IP=203.0.113.7}]`, words],
    [`[{LED=${words}}]`, words],
    [`[{LRT=};{LED=451 {weird} text};{FQDN=}]`, "451 {weird} text"],
  ];
  for (const [text, bare] of rows) {
    it(`${text.slice(0, 40)}: ${bare.slice(0, 20)}`, () => assert.equal(bareError(text), bare));
  }
});
