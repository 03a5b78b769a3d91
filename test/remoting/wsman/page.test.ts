import { deepEqual, equal, ok } from "node:assert/strict";
import { pageOf } from "../../../provider/remoting/wsman/page.ts";

describe("a page that came instead of an answer", () => {
  it("is named by its title, on one line, without markup and control characters", () => {
    equal(pageOf("<html><head><TITLE lang='en'>\n 503 &lt;busy&gt;\u001b[31m \n</TITLE>").title, "503 <busy> [31m");
  });

  it("without markup is named by its beginning", () => {
    equal(pageOf("upstream connect error\n").title, "upstream connect error");
  });

  it("without a title, or of bytes that are no text, has no name", () => {
    deepEqual(
      ["<html><p>hello", "", "\ufffd\ufffdxx"].map((body) => pageOf(body).title),
      ["", "", ""],
    );
  });

  it("is shown in part only", () => {
    equal(pageOf(`<title>${"x".repeat(500)}</title>`).title, `${"x".repeat(120)}…`);
    const { quotaText = "" } = pageOf(`<p>a maximum number of 18 concurrent shells</p>${"y".repeat(20_000)}`);
    ok(quotaText.startsWith("a maximum number of 18 concurrent shells") && quotaText.length < 500);
  });

  it("about no limit says nothing of one", () => {
    deepEqual(pageOf("<title>x</title>"), { title: "x" });
  });

  it("of hostile size or shape is read in no time", () => {
    equal(pageOf("<".repeat(5_000_000)).title, "");
    equal(pageOf(`<title${" ".repeat(5_000_000)}`).title, "");
    equal(pageOf("&".repeat(5_000_000)).title.length, 121);
  });
});
