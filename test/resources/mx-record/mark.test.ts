import assert from "node:assert/strict";
import { isOwn, markOf, programOf } from "../../../provider/resources/mx-record/mark.ts";

const long = `contoso/${"b".repeat(100)}`;

describe("the mark on a record", () => {
  it("tells who paused the set, and the TTL to go back to", () => {
    assert.equal(markOf("contoso/berlin", 3600), "pulumi-exchange contoso/berlin: paused; normally TTL 3600");
  });

  it("is never longer than the 100 characters that Cloudflare's free plan takes", () => {
    assert.ok(markOf(long, 86_400).length <= 100);
  });

  it("tells two long names apart that begin alike", () => {
    const read = programOf(markOf(`${long}1`, 3600)) ?? "";
    assert.deepEqual([isOwn(read, `${long}1`), isOwn(read, `${long}2`), read.length], [true, false, 50]);
  });

  it("of an earlier version, which only cut a long name off, is still its own", () => {
    assert.equal(isOwn(long.slice(0, 50), long), true);
  });

  for (const program of ["contoso/berlin", long]) {
    it(`of ${program.slice(0, 20)} is read back as its own, and not as another's`, () => {
      const read = programOf(markOf(program, 3600)) ?? "";
      assert.equal(isOwn(read, program), true);
      assert.equal(isOwn(read, "fabrikam/rome"), false);
    });
  }

  for (const note of [
    "",
    "front end",
    "pulumi-exchange",
    "Pulumi-exchange a: paused",
    "see pulumi-exchange a: paused",
    "pulumi-exchange without a colon",
  ]) {
    it(`is not seen in "${note}"`, () => assert.equal(programOf(note), undefined));
  }
});
