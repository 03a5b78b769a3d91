// The account of the lab's buffer host, as far as it goes. That it is enough like a real host's: the suite in test/contract passes with both.
import assert from "node:assert/strict";
import fc from "fast-check";
import { BufferHost } from "../../../lab/world/buffer.ts";
import { Events } from "../../../lab/world/events.ts";
import type { MailHost } from "../../../lab/world/message.ts";
import { wordsOf } from "../../../lab/world/postfix-account.ts";
import { quote } from "../../../provider/mail/quote.ts";

const refused = { code: 421, text: "4.3.2 Service not available" };

describe("the account of the lab's buffer host", () => {
  const nextHop: MailHost = {
    name: "mail.contoso.com",
    open: () => undefined,
    sender: () => refused,
    recipient: () => refused,
    accept: () => refused,
  };
  const buffer = new BufferHost(new Events(Date.UTC(2026, 11, 5, 18)), {
    domains: ["contoso.com"],
    isRecipient: () => true,
    nextHop,
    seed: 1,
  });
  const root = (command: string, stdin = "") => buffer.run(command, stdin, "root");

  it("words are what stands between blanks, and quotes keep what they hold", () => {
    assert.deepEqual(wordsOf(`  find -x 'a  b' e\\ f '' g'h'\\''i' 'two\nlines;'`), [
      "find",
      "-x",
      "a  b",
      "e f",
      "",
      "gh'i",
      "two\nlines;",
    ]);
  });

  it("whatever is quoted is one word, as it was", () => {
    const anything = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("'", "''", "\\", "$HOME `id` $(id)", "a\nb", "-n", "*", "\\'"),
    );
    const words = fc.array(
      anything.filter((text) => !text.includes("\0")),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(fc.property(words, (all) => assert.deepEqual(wordsOf(all.map(quote).join(" ")), all)));
  });

  it("what a shell would do more than quoting is a syntax error, and so is a script that is not known", () => {
    const syntaxError = { code: 2, stdout: "", stderr: "sh: 1: Syntax error\n" };
    for (const command of ["cat 'open", "cat a; cat b", "cat a && cat b", "cat < a", "(true)", "cat *", "| cat", "cat $HOME", 'cat "a"'])
      assert.deepEqual(root(command), syntaxError, command);
    assert.deepEqual(root("sh -c 'cat /tmp/a' name"), syntaxError);
  });

  it("a command that is not there is not found, with 127", () => {
    assert.deepEqual(root("systemctl status postfix"), { code: 127, stdout: "", stderr: "sh: 1: systemctl: not found\n" });
    assert.deepEqual(root("sudo -n systemctl"), { code: 1, stdout: "", stderr: "sudo: systemctl: command not found\n" });
  });

  it("an ordinary user finds Postfix only by its full path and needs sudo to act", () => {
    const user = (command: string) => buffer.run(command, "", "mailops");
    assert.equal(user("postqueue -j").code, 127);
    assert.equal(user("/usr/sbin/postqueue -j").code, 0);
    assert.deepEqual(user("/usr/sbin/postsuper -H ALL"), {
      code: 1,
      stdout: "",
      stderr: "postsuper: fatal: use of this command is reserved for the superuser\n",
    });
    assert.equal(user("sudo -n /usr/sbin/postsuper -H ALL").code, 0);
    assert.deepEqual(buffer.run("sudo -n /usr/sbin/postsuper -H ALL", "", "guest"), {
      code: 1,
      stdout: "",
      stderr: "sudo: a password is required\n",
    });
  });

  it("ln never replaces a file, so of two writers one stands", () => {
    root("tee /tmp/a", "one");
    root("tee /tmp/b", "two");
    assert.equal(root("ln /tmp/a /tmp/lock").code, 0);
    assert.deepEqual(root("ln /tmp/b /tmp/lock"), {
      code: 1,
      stdout: "",
      stderr: "ln: failed to create hard link '/tmp/lock': File exists\n",
    });
    assert.equal(root("cat /tmp/lock").stdout, "one");
  });

  it("find does what stands behind a test only where that says yes, and what stands behind a command only where that ended well", () => {
    root("mkdir -p /tmp/found");
    root("tee /tmp/found/one", "first");
    root("tee /tmp/found/two-2", "second");
    assert.deepEqual(
      root(
        "find -H /tmp/found -maxdepth 1 -printf '%f\\n' -type f -printf '%s ' -name 't*[0-9]' -exec cat '{}' ';' -exec test -e /nowhere ';' -printf no",
      ),
      { code: 0, stdout: "found\none\n5 two-2\n6 second", stderr: "" },
    );
    assert.deepEqual(root("find -H /nowhere -printf x"), { code: 1, stdout: "", stderr: "find: '/nowhere': No such file or directory\n" });
    assert.equal(root("find -H /tmp -delete").code, 1);
  });

  it("another configuration directory than Postfix's is not there", () => {
    assert.match(root("postconf -c /etc/other relayhost").stderr, /fatal: open \/etc\/other\/main\.cf: No such file or directory/);
  });
});
