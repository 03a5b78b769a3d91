import { deepEqual, equal, match, ok } from "node:assert/strict";
import { CallDeadline } from "../../../provider/remoting/call-deadline.ts";
import { psObject } from "../../../provider/remoting/clixml/build.ts";
import { textOf } from "../../../provider/remoting/clixml/read.ts";
import { MessageType } from "../../../provider/remoting/psrp/messages.ts";
import { errorOf, failsWith, losing, meeting, opened } from "../../support/session-fixture.ts";
import { fault, GONE, NOTHING_YET } from "../../support/wsman-answers.ts";
import { type Asked, COMPLETED, Conversation, type Fortune, type Said } from "../../support/wsman-conversation.ts";

/** The first Receive of a command: two are the pool's. */
const FIRST_OUTPUT = 3;
const html = (status: number, title: string): Fortune => ({ status, body: `<!DOCTYPE html><html><title>${title}</title><p>x</html>` });

describe("an answer that is lost or odd", () => {
  it("to a Command, which did arrive, is made good by the first Receive; the Command is not sent again", async () => {
    for (const fortune of ["broken", html(200, "Hello"), { status: 200, body: "<s:Envelope><s:Body>" }] as const) {
      const conversation = losing("Command", () => fortune);
      conversation.says = () => [[[MessageType.pipelineOutput, "once"], COMPLETED]];
      const { objects } = await (await opened(conversation)).run("Get-Queue", {}, new CallDeadline());
      deepEqual([objects.map(textOf), conversation.count("Command"), conversation.commands.length], [["once"], 1, 1]);
    }
  });

  it("to a Command that timed out at the server is made good in the same way", async () => {
    const conversation = losing("Command", (asked) => fault(asked, NOTHING_YET));
    await (await opened(conversation)).run("Get-Queue", {}, new CallDeadline());
    equal(conversation.count("Command"), 1);
  });

  it("to a Command which did not arrive says that the cmdlet did not run", async () => {
    const session = await opened(meeting("Command", () => "broken"));
    const words = "the connection broke before the cmdlet started; it did not run";
    await failsWith(session.run("Get-Queue", {}, new CallDeadline()), "sessionLost", words, false);
    ok(!session.isUsable);
  });

  it("to a Command, of a server that forgot the session, says that the cmdlet did not run, and nobody is told to stop it", async () => {
    const conversation = meeting("Command", (asked) => fault(asked, GONE));
    const session = await opened(conversation);
    const words =
      'ex01.contoso.local no longer knows the session: "the command identifier is not known" (InvalidSelectors 2150858843); the cmdlet did not run';
    await failsWith(session.run("Get-Queue", {}, new CallDeadline()), "sessionLost", words, false);
    await session.close();
    equal(conversation.count("ctrl_c"), 0);
  });

  it("to a Send before the last one says that the cmdlet did not run; to the last one, that it may have", async () => {
    for (const [nth, words, mayHaveRun] of [
      [1, "the connection broke while the cmdlet was sent; it did not run", false],
      [2, "the connection broke while the cmdlet was sent; it may have run", true],
    ] as const) {
      const conversation = losing("Send", () => "broken", nth);
      const session = await opened(conversation);
      await failsWith(session.run("Set-Note", { Text: "x".repeat(1_048_576) }, new CallDeadline()), "sessionLost", words, mayHaveRun);
      equal(conversation.commands.length, mayHaveRun ? 1 : 0);
    }
  });

  it("to a Receive that never reached the server is asked for again, unchanged", async () => {
    const conversation = meeting("Receive", () => "broken", FIRST_OUTPUT);
    conversation.says = () => [[[MessageType.pipelineOutput, "a"], COMPLETED]];
    const { objects } = await (await opened(conversation)).run("Get-Queue", {}, new CallDeadline());
    deepEqual(objects.map(textOf), ["a"]);
    const bodies = conversation.asked.filter(({ action, commandId }) => action === "Receive" && commandId !== "").map(({ text }) => text);
    const [first, second] = bodies.map((text) => text.replace(/uuid:[^<]+/, ""));
    deepEqual([bodies.length, second], [2, first]);
  });

  it("to a Receive whose output the server gave away is missed, not passed over", async () => {
    const conversation = losing("Receive", () => "broken", FIRST_OUTPUT + 1);
    const output = (text: string): Said => [MessageType.pipelineOutput, text];
    conversation.says = () => [[output("a")], [output("b")], [output("c"), COMPLETED]];
    const words =
      "ex01.contoso.local answered something else than expected: after an answer that was lost came message 5, message 4 was due; the cmdlet may have finished";
    await failsWith((await opened(conversation)).run("Get-Queue", {}, new CallDeadline()), "invalidAnswer", words, true);
  });

  it("to a Receive, of a server that forgot the session while the cmdlet ran, leaves open whether it finished", async () => {
    const session = await opened(meeting("Receive", (asked) => fault(asked, GONE), FIRST_OUTPUT));
    const words = "the server lost the session while the cmdlet ran; it may have finished";
    await failsWith(session.run("Get-Queue", {}, new CallDeadline()), "sessionLost", words, true);
  });

  it("in HTML names the status and the page's title", async () => {
    const cases = [
      [
        html(503, "Service Unavailable"),
        "unreachable",
        'is not available (HTTP 503, "Service Unavailable"): the web server runs, and the application pool behind it is stopped or still starts',
      ],
      [html(403, "403 &amp; Forbidden\n"), "denied", 'does not let pauser in (HTTP 403, "403 & Forbidden")'],
      [
        html(302, "Object moved"),
        "rejected",
        'sends elsewhere (HTTP 302, "Object moved"), and is not followed: take the redirect off its application in IIS (HTTP Redirect, which it inherits from the web site), or correct exchange:exchangeUrl',
      ],
      [{ status: 200, body: "It works!" }, "invalidAnswer", 'answered HTTP 200, "It works!" without a WS-Management message'],
    ] as const;
    for (const [fortune, reason, words] of cases)
      await failsWith(opened(meeting("Create", () => fortune)), reason, `ex01.contoso.local ${words}`, false);
  });

  it("that is cut off in mid-XML is named so", async () => {
    const conversation = new Conversation();
    conversation.spoils = (answered) => ({ ...answered, body: answered.body.slice(0, -20) });
    const words = "ex01.contoso.local answered something else than expected: a WS-Management message that is cut off or damaged (HTTP 200)";
    await failsWith(opened(conversation), "invalidAnswer", words, false);
  });

  it("or a fault, that belongs to another request, is taken for none", async () => {
    const words = "ex01.contoso.local answered something else than expected: the answer belongs to another request";
    for (const spoilt of [(asked: Asked) => asked, (asked: Asked) => fault(asked, NOTHING_YET)]) {
      const conversation = new Conversation();
      conversation.spoils = (answered, asked) => {
        const answer = spoilt(asked) === asked ? answered : (spoilt(asked) as typeof answered);
        return { ...answer, body: answer.body.replace(/uuid:[^<]+/, "uuid:00000000-0000-0000-0000-000000000000") };
      };
      await failsWith(opened(conversation), "invalidAnswer", words, false);
    }
  });

  it("whose stream is not base64 is not read as if it were, and line breaks in it do no harm", async () => {
    const spoil = (more: string) => {
      const conversation = new Conversation();
      conversation.spoils = ({ status, body }) => ({ status, body: body.replace(/(Name="stdout">\w{40})/, `$1${more}`) });
      return conversation;
    };
    await opened(spoil("\r\n "));
    for (const more of ["!", "!!!!", "_x0000_", "="]) {
      const words = "ex01.contoso.local answered something else than expected: a stream that is not base64";
      await failsWith(opened(spoil(more)), "invalidAnswer", words, false);
    }
  });

  for (const { what, byte, value, words } of [
    { what: "that names another pipeline", byte: 21 + 24, value: 0xff, words: /a message of another pipeline, \w{6}FF-/ },
    { what: "of a type that nobody knows", byte: 21 + 4, value: 0xfe, words: /a message of the unknown type 266494$/ },
    { what: "that does not end before its command does", byte: 16, value: 1, words: /the command ended in the middle of a message/ },
  ])
    it(`with output ${what} is refused: what is passed over would be missed by nobody`, async () => {
      const conversation = new Conversation();
      conversation.says = () => [[[MessageType.pipelineOutput, "a"], COMPLETED]];
      conversation.spoils = ({ status, body }, { commandId, action }) => {
        if (action !== "Receive" || commandId === "") return { status, body };
        const changed = body.replace(/(?<=Name="stdout"[^>]*>)[^<]+/, (base64) => {
          const bytes = Buffer.from(base64, "base64");
          bytes[byte] = value;
          return bytes.toString("base64");
        });
        return { status, body: changed };
      };
      const error = await errorOf((await opened(conversation)).run("Get-Queue", {}, new CallDeadline()));
      deepEqual([error.reason, error.mayHaveRun], ["invalidAnswer", true]);
      match(error.message.replace("; the cmdlet may have finished", ""), words);
    });

  it("in words of any length and kind is shown in part, without control characters", async () => {
    const text = `\u001b[31mno${"!".repeat(100_000)}`;
    const conversation = new Conversation();
    conversation.opens = [
      [[MessageType.runspacePoolState, psObject({ notes: { RunspaceState: 5, ExceptionAsErrorRecord: psObject({ text }) } })]],
    ];
    const { message } = await errorOf(opened(conversation));
    ok(message.length < 2_000 && message.includes("the server did not open a session:  [31mno!!!"), message.slice(0, 200));
  });

  it("to a Signal or a Delete does no harm", async () => {
    const conversation = new Conversation();
    conversation.prevents = ({ action }) => (action === "Signal" || action === "Delete" ? "broken" : undefined);
    const session = await opened(conversation);
    await session.run("Get-Queue", {}, new CallDeadline());
    await session.run("Get-Queue", {}, new CallDeadline());
    await session.close();
    equal(conversation.commands.length, 2);
  });
});
