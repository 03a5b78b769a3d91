// The lab's Kerberos acceptor against python-gssapi: what one seals with the iov calls, the other opens. No Node.js and no code of ours on the other side.
import { deepEqual } from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { Acceptor } from "../../lab/serve/gssapi/acceptor.ts";
import { pythonKerberosJudge, requireJudge } from "../support/judges.ts";
import { kdcAvailable, type RunningKdc, startKdc } from "../support/kdc.ts";

const Said = z
  .object({
    ...{ token: z.base64(), header: z.base64(), data: z.base64(), message: z.base64() },
    ...{ padding: z.number(), complete: z.boolean(), encrypted: z.boolean() },
  })
  .partial();

describe("the lab's Kerberos acceptor and python-gssapi", () => {
  let kdc: RunningKdc;
  let acceptor: Acceptor;
  let judge: ChildProcessWithoutNullStreams;
  let lines: AsyncIterator<string>;

  before(async function () {
    const python = pythonKerberosJudge();
    requireJudge(this, "pypsrp with Kerberos", python !== undefined);
    requireJudge(this, "krb5-kdc", kdcAvailable());
    if (python === undefined) return;
    const password = `p:${Math.random()}`;
    kdc = await startKdc({ principals: [{ name: "pauser", password }] });
    acceptor = new Acceptor({ keytab: kdc.serviceKeytab, replayCache: `${kdc.serviceKeytab}.replay` });
    const environment = { ...kdc.environment, KRB5CCNAME: await kdc.kinit("pauser", { password }) };
    const script = fileURLToPath(new URL("gssapi_judge.py", import.meta.url));
    judge = spawn(python, [script], { env: { ...process.env, ...environment }, stdio: ["pipe", "pipe", "pipe"] });
    lines = createInterface({ input: judge.stdout })[Symbol.asyncIterator]();
  });

  after(async () => {
    if (judge !== undefined) {
      judge.stdin.end();
      if (judge.exitCode === null) await once(judge, "exit");
    }
    acceptor?.release();
    await kdc?.stop();
  });

  for (const scheme of ["Kerberos", "Negotiate"] as const)
    it(`agree in ${scheme} and read each other's messages`, async () => {
      const context = acceptor.context();
      try {
        const { token } = await ask({ what: "begin", scheme, host: "ex01.contoso.local" });
        const reply = context.accept(bytes(token));
        deepEqual([context.client, (await ask({ what: "finish", token: reply })).complete], ["pauser@CONTOSO.LOCAL", true]);
        for (const message of [Buffer.from("<s:Envelope/>"), Buffer.alloc(100_000, "Grüße")]) {
          const there = await ask({ what: "seal", message });
          deepEqual([there.padding, context.open({ header: bytes(there.header), data: bytes(there.data) }).equals(message)], [0, true]);
          const back = await ask({ what: "open", ...context.seal(message) });
          deepEqual([back.encrypted, bytes(back.message).equals(message)], [true, true]);
        }
      } finally {
        context.release();
      }
    });

  async function ask(asked: Readonly<Record<string, string | Buffer>>): Promise<z.infer<typeof Said>> {
    const line = Object.entries(asked).map(([name, value]) => [name, Buffer.isBuffer(value) ? value.toString("base64") : value]);
    judge.stdin.write(`${JSON.stringify(Object.fromEntries(line))}\n`);
    const said = await lines.next();
    if (said.done) throw new Error(`the judge ended: ${String(judge.stderr.read())}`);
    return Said.parse(JSON.parse(said.value));
  }
});

function bytes(text: string | undefined): Buffer {
  return Buffer.from(text ?? "", "base64");
}
