// Which service a ticket is asked for where DNS says another name than the program: a reverse name that is a load balancer's, an alias. Judged by a real MIT KDC
// and by the lab's acceptor, whose keytab has the one key that is right. The names stand in /etc/hosts of a mount namespace, where the C library finds both
// the forward and the reverse ones as it finds those of DNS; krb5.conf is as it comes, and asks it for both.
import { equal, match } from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { Acceptor } from "../../lab/serve/gssapi/acceptor.ts";
import { commandAvailable, requireJudge } from "../support/judges.ts";
import { kdcAvailable, type RunningKdc, startKdc } from "../support/kdc.ts";

const program = fileURLToPath(new URL("support/ask-for-ticket.ts", import.meta.url));
const password = `p:${Math.random()}`;
const said = z
  .object({ token: z.string(), refusal: z.object({ kind: z.literal("ended"), reason: z.string(), what: z.string() }) })
  .partial();

/** `exchange` is another name of ex03; ex01's address has the name of a load balancer, ex02's as well. */
const hosts = `127.0.0.1 localhost
127.0.0.9 lb.contoso.local
127.0.0.9 ex01.contoso.local
127.0.0.9 ex02.contoso.local
127.0.0.10 ex03.contoso.local exchange.contoso.local
`;

describe("the service that a ticket is asked for, judged by an MIT KDC", () => {
  let kdc: RunningKdc;
  let acceptor: Acceptor;

  before(async function () {
    requireJudge(this, "MIT KDC", kdcAvailable());
    requireJudge(this, "unshare, as root", process.getuid?.() === 0 && commandAvailable("unshare"));
    kdc = await startKdc({
      principals: [{ name: "pauser", password }],
      services: ["HTTP/ex01.contoso.local", "HTTP/ex03.contoso.local"],
      libdefaults: { rdns: "true", dns_canonicalize_hostname: "true" },
    });
    acceptor = new Acceptor({ keytab: kdc.serviceKeytab, replayCache: `${kdc.serviceKeytab}.replay` });
    await writeFile(hostsFile(), hosts);
  });

  after(async () => {
    acceptor?.release();
    await kdc?.stop();
  });

  const hostsFile = () => path.join(path.dirname(kdc.serviceKeytab), "hosts");

  /** What the provider gets for `host` on a machine with those names. */
  async function ask(host: string, scheme: "Kerberos" | "Negotiate") {
    const script = 'mount --bind "$0" /etc/hosts && exec "$@"';
    const asked = [process.execPath, program, "pauser@CONTOSO.LOCAL", host, scheme];
    const { stdout } = await promisify(execFile)("unshare", ["--mount", "sh", "-c", script, hostsFile(), ...asked], {
      env: { ...process.env, ...kdc.environment, PASSWORD: password },
    });
    return said.parse(JSON.parse(stdout));
  }

  for (const scheme of ["Kerberos", "Negotiate"] as const) {
    it(`is that of the name in the program, whatever the address is called: ${scheme}`, async () => {
      const { token, refusal } = await ask("ex01.contoso.local", scheme);
      equal(refusal, undefined);
      const context = acceptor.context();
      context.accept(Buffer.from(token ?? "", "base64"));
      equal(context.client, "pauser@CONTOSO.LOCAL");
      context.release();
    });

    it(`is that of the host where the program says an alias: ${scheme}`, async () => {
      const { token, refusal } = await ask("exchange.contoso.local", scheme);
      equal(refusal, undefined);
      const context = acceptor.context();
      context.accept(Buffer.from(token ?? "", "base64"));
      equal(context.client, "pauser@CONTOSO.LOCAL");
      context.release();
    });
  }

  it("is told by the name in the program where the KDC has neither", async () => {
    const { refusal } = await ask("ex02.contoso.local", "Kerberos");
    equal(refusal?.reason, "denied");
    match(
      refusal?.what ?? "",
      /^the domain controller knows no service HTTP\/ex02\.contoso\.local, nor that of the name that DNS gives this host: use /,
    );
  });
});
