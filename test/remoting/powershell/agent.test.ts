// agent.ps1 cannot be run here. What can be held against it without PowerShell: its letters, its brackets, and the names that both sides use.
import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { decodeClixml } from "../../../provider/remoting/clixml/decode.ts";
import { textOf } from "../../../provider/remoting/clixml/read.ts";
import { isPsObject } from "../../../provider/remoting/clixml/values.ts";
import { closeLine, helloLine, openLine, PROTOCOL, runLine } from "../../../provider/remoting/powershell/requests.ts";
import { Secret } from "../../../provider/remoting/transport.ts";

const sources = path.resolve(import.meta.dirname, "../../../provider/remoting/powershell");
const agent = readFileSync(path.join(sources, "agent.ps1"), "utf8");
/** Without comments and the insides of strings, none of which holds a quote of its own kind. */
const code = agent.replace(/^\s*#.*$/gm, "").replace(/'[^'\n]*'|"[^"\n]*"/g, "''");
const MARK = "m".repeat(32);

describe("agent.ps1", () => {
  it("is ASCII, for Windows PowerShell 5.1 reads files without a mark in the code page of the machine", () => {
    doesNotMatch(agent, /[^\n\x20-\x7e]/);
  });

  it("closes every bracket that it opens", () => {
    const open: string[] = [];
    const pairs: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };
    for (const letter of code.match(/[()[\]{}]/g) ?? []) {
      const opening = pairs[letter];
      if (opening === undefined) open.push(letter);
      else equal(open.pop(), opening);
    }
    deepEqual(open, []);
  });

  it("reads from requests what is written there, and nothing else", () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const session = {
      connectionUri: "http://ex01/",
      configurationName: "Microsoft.Exchange",
      authentication: "kerberos",
      credential: { user: "u", password: new Secret("p") },
    } as const;
    const lines = [
      helloLine("agent.ps1", MARK),
      openLine(MARK, session, publicKey, 1),
      runLine(MARK, { cmdlet: "Get-Queue", parameters: {}, timeoutMs: 1, cancelFile: "x" }, publicKey),
      closeLine(MARK),
    ];
    const read = [...agent.matchAll(/\$request\['(\w+)'\]/gi)].map(([, name = ""]) => name);
    deepEqual([...new Set(read)].sort(), [...new Set(lines.flatMap(namesIn))].sort());
  });

  it("knows every action that is asked of it", () => {
    const actions = [...agent.matchAll(/^ {12}'(\w+)' \{/gm)].map(([, name]) => name);
    deepEqual(actions, ["hello", "open", "run", "close"]);
  });

  it("writes every name that is read from its answers", () => {
    const read = ["answers.ts", "shell.ts", "requests.ts"].flatMap((file) => {
      const text = readFileSync(path.join(sources, file), "utf8");
      return [...text.matchAll(/(?:property\(\w+, |text\()"(\w+)"/g)].map(([, name = ""]) => name);
    });
    equal(new Set(read).size, 12);
    for (const name of read) match(agent, new RegExp(`\\b${name} +=|; ${name} = |\\['${name}'\\] =`));
  });

  it("speaks the protocol that is expected of it, with marks of the length that is sent", () => {
    equal(/Protocol = (\d+)/.exec(agent)?.[1], String(PROTOCOL));
    deepEqual(
      [...agent.matchAll(/\.Substring\(([\d, ]+)\)/g)].map(([, range]) => range),
      ["0, 32", "32"],
    );
  });

  it("runs no script text, imports no session, and shows no password to a command", () => {
    doesNotMatch(code, /Invoke-Expression|\biex\b|AddScript|Invoke-Command|Import-PSSession|ConvertTo-SecureString|ScriptBlock/i);
  });
});

/** The names in the hashtable that a line carries. */
function namesIn(line: string): readonly string[] {
  const argument = Buffer.from(/Invoke-AgentRequest '([^']+)'$/.exec(line)?.[1] ?? "", "base64").toString("utf8");
  equal(argument.slice(0, 32), MARK);
  const [request] = decodeClixml(argument.slice(32));
  return isPsObject(request) ? (request.entries ?? []).map(([key]) => textOf(key) ?? "") : [];
}
