import { deepEqual, equal, ok } from "node:assert/strict";
import { CallDeadline } from "../../../provider/remoting/call-deadline.ts";
import { psObject } from "../../../provider/remoting/clixml/build.ts";
import { MessageType } from "../../../provider/remoting/psrp/messages.ts";
import { errorOf, failsWith, meeting, opened } from "../../support/session-fixture.ts";
import { envelope, fault } from "../../support/wsman-answers.ts";
import { COMPLETED, Conversation, type Said } from "../../support/wsman-conversation.ts";

const LOAD =
  "The WS-Management service cannot process the request. The user load quota of 1000 requests per 2 seconds has been exceeded. Send future requests at a slower rate or raise the quota for this user. The next request from this user will not be approved for at least 30000 milliseconds.";
const SHELLS =
  "This user is allowed a maximum number of 18 concurrent shells, which has been exceeded. Close existing shells or raise the quota for this user.";
const CONNECTIONS =
  "Fail to create a runspace because you have exceeded the maximum number of connections allowed : 3 for the policy party : MaxConcurrency. Please close existing runspace and try again.";
const BUDGET = "Fail to create runspace because you have exceeded your budget to create runspace. Please wait for 130 seconds.";
const loadAdvice = "more than 1000 requests in 2 s, so this one was not executed; ask again in 30 s";
const shellAdvice = (count: number) =>
  `all ${count} sessions of this user are taken: close some, or raise PowerShellMaxConcurrency of the user's throttling policy`;

const ofServer = (said: string, code: string, advice: string) => `ex01.contoso.local is over a limit: "${said}"${code}; ${advice}`;

describe("a limit of the server", () => {
  it("on load, met by a Command, says how long to wait, that nothing ran, and leaves the session usable", async () => {
    const conversation = meeting("Command", (asked) => fault(asked, { subcode: "w:InternalError", text: LOAD }));
    const session = await opened(conversation);
    const error = await errorOf(session.run("Get-Queue", {}, new CallDeadline()));
    const words = ofServer(LOAD, " (InternalError)", `${loadAdvice}; the cmdlet did not run`);
    deepEqual([error.reason, error.retryAfterMs, error.mayHaveRun], ["throttled", 30_000, false]);
    equal(error.message, `Get-Queue on ex01: ${words}`);
    ok(session.isUsable);
    await session.run("Get-Queue", {}, new CallDeadline());
  });

  it("on sessions, met by a Create, names the number and what to do", async () => {
    const conversation = meeting("Create", (asked) => fault(asked, { code: 2150859173, subcode: "w:QuotaLimit", text: SHELLS }));
    const words = ofServer(SHELLS, " (QuotaLimit 2150859173)", shellAdvice(18));
    await failsWith(opened(conversation), "throttled", words, false);
  });

  it("on sessions, in the words of a newer server, is told from where the number stands", async () => {
    const detail = `<p:MSFT_WmiError xmlns:p="urn:p"><p:Message>${SHELLS}</p:Message><p:error_Code>2150859173</p:error_Code></p:MSFT_WmiError>`;
    const code = "<s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:QuotaLimit</s:Value></s:Subcode></s:Code>";
    const reason = "<s:Reason><s:Text>The maximum number of concurrent shells for this user has been exceeded.</s:Text></s:Reason>";
    const conversation = meeting("Create", (asked) => envelope(asked, `<s:Fault>${code}${reason}<s:Detail>${detail}</s:Detail></s:Fault>`));
    const words = ofServer(SHELLS, " (QuotaLimit 2150859173)", shellAdvice(18));
    await failsWith(opened(conversation), "throttled", words, false);
  });

  it("on commands, met by a Command, leaves a session that is of no more use", async () => {
    const text = "The maximum number of concurrent commands per shell has been exceeded.";
    const session = await opened(meeting("Command", (asked) => fault(asked, { subcode: "w:InternalError", text })));
    const advice = "all commands of this session are taken: another session will do; the cmdlet did not run";
    await failsWith(session.run("Get-Queue", {}, new CallDeadline()), "throttled", ofServer(text, " (InternalError)", advice), false);
    ok(!session.isUsable);
  });

  it("told by a page is the same", async () => {
    const conversation = meeting("Create", () => ({ status: 503, body: `<html><body><p>${LOAD}</p></body></html>` }));
    const error = await errorOf(opened(conversation));
    deepEqual([error.reason, error.retryAfterMs, error.mayHaveRun], ["throttled", 30_000, false]);
    equal(error.message, `Get-Queue on ex01: ${ofServer(LOAD, " (HTTP 503)", loadAdvice)}`);
  });

  for (const [text, advice, waitMs] of [
    [CONNECTIONS, shellAdvice(3), undefined],
    [BUDGET, "the user's throttling policy allows no more for now; ask again in 130 s", 130_000],
  ] as const)
    it(`told by a pool that does not open is the same: ${text.slice(0, 60)}…`, async () => {
      const conversation = new Conversation();
      const record = psObject({ text });
      conversation.opens = [[[MessageType.runspacePoolState, psObject({ notes: { RunspaceState: 5, ExceptionAsErrorRecord: record } })]]];
      const error = await errorOf(opened(conversation));
      deepEqual(
        [error.reason, error.retryAfterMs, error.message],
        ["throttled", waitMs, `Get-Queue on ex01: ${ofServer(text, "", advice)}`],
      );
    });

  const record = (text: string, id = "X") => psObject({ text, notes: { FullyQualifiedErrorId: id } });
  const failed: Said = [MessageType.pipelineState, psObject({ notes: { PipelineState: 5, ExceptionAsErrorRecord: record(LOAD) } })];
  for (const [how, said, mayHaveRun] of [
    ["as the error that ends it", [failed], false],
    ["as an error beside output", [[MessageType.pipelineOutput, "a"], [MessageType.errorRecord, record(LOAD)], COMPLETED], true],
    ["as an error without output", [[MessageType.errorRecord, record(LOAD)], COMPLETED], false],
  ] as const)
    it(`told by a cmdlet ${how} is the same, and the session goes on`, async () => {
      const conversation = new Conversation();
      conversation.says = () => [said as readonly Said[]];
      const session = await opened(conversation);
      const error = await errorOf(session.run("Get-Queue", {}, new CallDeadline()));
      deepEqual([error.reason, error.retryAfterMs, error.mayHaveRun], ["throttled", 30_000, mayHaveRun]);
      ok(session.isUsable);
      equal(conversation.count("Terminate") + conversation.count("ctrl_c"), 0);
      await session.close();
      deepEqual(conversation.actions.slice(-2), ["Terminate", "Delete"]);
    });

  it("of Exchange's budget without known words is told by its failure category", async () => {
    const conversation = new Conversation();
    const id = "[Server=EX01,RequestId=1,TimeStamp=2] [FailureCategory=Cmdlet-OverBudgetException] 8288830C,Get-Queue";
    conversation.says = () => [[[MessageType.errorRecord, record("Too much.", id)], COMPLETED]];
    const words = 'ex01.contoso.local is over a limit: "Too much."; the cmdlet did not run';
    await failsWith((await opened(conversation)).run("Get-Queue", {}, new CallDeadline()), "throttled", words, false);
  });

  it("is not what an ordinary error is: that is an answer", async () => {
    const conversation = new Conversation();
    conversation.says = () => [[[MessageType.errorRecord, record("The queue is over its quota of 18 messages.")], COMPLETED]];
    const { errors } = await (await opened(conversation)).run("Get-Queue", {}, new CallDeadline());
    equal(errors.length, 1);
  });
});
