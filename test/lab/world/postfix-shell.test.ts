// The shell of the lab's buffer host, as far as it goes. That it is enough like sh(1): the suite in test/contract passes with both.
import assert from "node:assert/strict";
import { BufferHost } from "../../../lab/world/buffer.ts";
import { Events } from "../../../lab/world/events.ts";
import type { MailHost } from "../../../lab/world/message.ts";

const refused = { code: 421, text: "4.3.2 Service not available" };

describe("the shell of the lab's buffer host", () => {
  const nextHop: MailHost = { name: "mail.contoso.com", open: () => undefined, recipient: () => refused, accept: () => refused };
  const buffer = new BufferHost(new Events(Date.UTC(2026, 11, 5, 18)), {
    domains: ["contoso.com"],
    isRecipient: () => true,
    nextHop,
    seed: 1,
  });
  const root = (command: string, stdin = "") => buffer.run(command, stdin, "root");
  const rows: readonly (readonly [title: string, command: string, code: number, stdout: string])[] = [
    ["quotes keep what they hold", `printf '%s|' 'a b' "c d" e\\ f ''`, 0, "a b|c d|e f||"],
    ["the exit code of the last command can be asked", `test -e /nowhere; printf '%s' "$?"`, 0, "1"],
    ["&& goes on after success only", "test -e /tmp && printf yes; test -e /nowhere && printf no", 1, "yes"],
    ["|| goes on after failure only", "test -e /nowhere || printf no", 0, "no"],
    ["|| does not go on after success", "test -e /tmp || printf no", 0, ""],
    ["a pipe hands output on", "printf 'abcdef' | head -c 3", 0, "abc"],
    ["a quoted substitution is one word", `printf '<%s>' "$(printf 'a b')"`, 0, "<a b>"],
    ["an unquoted substitution is split", `printf '<%s>' $(printf 'a b')`, 0, "<a><b>"],
    ["output can be thrown away", "printf gone > /dev/null; printf kept", 0, "kept"],
  ];
  for (const [title, command, code, stdout] of rows) {
    it(title, () => assert.deepEqual(root(command), { code, stdout, stderr: "" }));
  }

  it("a command that is not there is not found, with 127", () => {
    assert.deepEqual(root("systemctl status postfix"), { code: 127, stdout: "", stderr: "sh: 1: systemctl: not found\n" });
  });

  it("what it has no meaning for is a syntax error", () => {
    for (const command of ["printf 'open", "for x in y", "a && ", "(true)", "echo *", "| cat"])
      assert.notEqual(root(command).code, 0, command);
    assert.equal(root("(true)").code, 2);
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
    assert.equal(root("tee /tmp/a > /dev/null && ln /tmp/a /tmp/lock", "one").code, 0);
    assert.equal(root("tee /tmp/b > /dev/null && ln /tmp/b /tmp/lock", "two").code, 1);
    assert.equal(root("cat /tmp/lock").stdout, "one");
  });

  it("another configuration directory than Postfix's is not there", () => {
    assert.match(root("postconf -c /etc/other -n").stderr, /fatal: open \/etc\/other\/main\.cf: No such file or directory/);
  });
});
