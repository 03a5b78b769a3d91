import { deepEqual, throws } from "node:assert/strict";
import { hashtable, psObject } from "../../../provider/remoting/clixml/build.ts";
import { encodeClixmlDocument } from "../../../provider/remoting/clixml/encode.ts";
import type { PsValue } from "../../../provider/remoting/clixml/values.ts";
import { answerOf, endOf } from "../../../provider/remoting/powershell/answers.ts";
import { ShellError, wordingOf } from "../../../provider/remoting/powershell/problems.ts";

const ERROR = psObject({
  notes: {
    FullyQualifiedErrorId: "[FailureCategory=Cmdlet-X] 1,Get-Queue",
    ErrorDetails_Message: "no queue",
    ErrorCategory_Category: 13,
    ErrorCategory_TargetName: "ex01\\7",
  },
});
const SEEN = {
  message: "no queue",
  fullyQualifiedErrorId: "[FailureCategory=Cmdlet-X] 1,Get-Queue",
  failureCategory: "Cmdlet-X",
  category: "ObjectNotFound",
  targetName: "ex01\\7",
};
const COMPLETED = { State: "Completed", Failed: null, Errors: [], Warnings: [], Runspace: "Opened" };

function end(parts: Readonly<Record<string, PsValue>>) {
  return endOf(encodeClixmlDocument([hashtable({ ...COMPLETED, ...parts })]));
}

describe("the agent's last frame", () => {
  it("of a cmdlet that completed is the answer, with what it wrote", () => {
    const object = psObject({ value: 1 });
    deepEqual(answerOf(end({ Errors: [ERROR, ERROR], Warnings: ["slow"] }), [object]), {
      objects: [object],
      warnings: ["slow"],
      errors: [
        { ...SEEN, terminating: false },
        { ...SEEN, terminating: false },
      ],
    });
  });

  it("of a cmdlet that failed is the answer, with the error that ended it last", () => {
    const { errors } = answerOf(end({ State: "Failed", Failed: ERROR, Errors: [ERROR] }), []);
    deepEqual(errors, [
      { ...SEEN, terminating: false },
      { ...SEEN, terminating: true },
    ]);
  });

  const none: readonly { readonly title: string; readonly parts: Readonly<Record<string, PsValue>>; readonly says: string }[] = [
    {
      title: "a session that broke",
      parts: { State: "Failed", Failed: ERROR, Runspace: "Broken" },
      says: "the session is broken: no queue",
    },
    { title: "a session that closed meanwhile", parts: { Runspace: "Closed" }, says: "the session is closed" },
    { title: "no session", parts: { Runspace: null }, says: "the session is gone" },
    { title: "a cmdlet that somebody stopped", parts: { State: "Stopped", Failed: ERROR }, says: "the cmdlet was stopped" },
    { title: "a failure without a reason", parts: { State: "Failed" }, says: "the cmdlet failed and PowerShell does not say why" },
    {
      title: "a defect of the agent",
      parts: { Problem: "You cannot call a method on a null-valued expression." },
      says: "the local PowerShell answered something else than expected: You cannot call a method on a null-valued expression.",
    },
    {
      title: "a state that there is none of",
      parts: { State: "Resting" },
      says: 'the local PowerShell answered something else than expected: the state "Resting"',
    },
  ];
  for (const { title, parts, says } of none)
    it(`is no answer: ${title}`, () => {
      throws(
        () => answerOf(end(parts), []),
        (error: unknown) => {
          deepEqual(error instanceof ShellError ? wordingOf(error.problem).detail : error, says);
          return true;
        },
      );
    });

  it("that is no hashtable is none", () => {
    throws(() => endOf(encodeClixmlDocument(["Completed"])), ShellError);
  });
});
