// The mail edge against a real Postfix behind a real OpenSSH server.
import { requireJudge } from "../support/judges.ts";
import { bufferSuite } from "./buffer-suite.ts";
import { postfixAvailable, startPostfix } from "./postfix.ts";

describe("the buffer host, a real Postfix behind OpenSSH", () => {
  bufferSuite((context) => {
    requireJudge(context, "Postfix with smtp-sink and sshd, as root", postfixAvailable());
    return startPostfix();
  });
});
