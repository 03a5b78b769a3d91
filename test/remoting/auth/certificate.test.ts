// Client certificates and the pin on TLS 1.2, with a server of Node's, and with openssl's where one is asked for in mid-connection, as IIS may do.
import { deepEqual, equal, match } from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TLSSocket } from "node:tls";
import { selfSigned } from "../../../lab/serve/self-signed.ts";
import { type AuthenticationOptions, openAuthentication } from "../../../provider/remoting/auth/authentication.ts";
import { HttpConnection } from "../../../provider/remoting/http/connection.ts";
import { Secret } from "../../../provider/remoting/transport.ts";
import { commandAvailable, requireJudge } from "../../support/judges.ts";
import { problemOf } from "../../support/toy-connection.ts";

const HOST = "ex01.contoso.local";
const MUTUAL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";
const server = selfSigned(HOST);
const client = selfSigned("pauser");
const clientCertificate = { certificate: client.cert, key: new Secret(client.key) };

describe("a connection with a client certificate", () => {
  const connections: HttpConnection[] = [];
  const servers: https.Server[] = [];

  function connect(port: number, options: Partial<AuthenticationOptions>): HttpConnection {
    const url = new URL(`https://${HOST}/PowerShell/`);
    const authentication = openAuthentication({ method: "auto", user: "", trustedCertificates: server.cert, ...options });
    const made = new HttpConnection({
      url,
      connectTo: { [`${HOST}:443`]: `127.0.0.1:${port}` },
      authenticator: authentication.authenticator(url, "127.0.0.1"),
      tls: authentication.tls,
    });
    connections.push(made);
    return made;
  }

  /** Says who asked, in which version of TLS. */
  async function serve(options: https.ServerOptions = {}): Promise<number> {
    const made = https.createServer(
      { ...server, requestCert: true, rejectUnauthorized: false, ca: client.cert, ...options },
      (request, response) => {
        const socket = request.socket as TLSSocket;
        response.end(
          `${socket.authorized ? socket.getPeerCertificate().subject?.CN : "nobody"} ${socket.getProtocol()} ${request.headers.authorization}`,
        );
      },
    );
    servers.push(made);
    await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
    return (made.address() as AddressInfo).port;
  }

  afterEach(async () => {
    for (const made of connections.splice(0)) made.close();
    for (const made of servers.splice(0)) {
      made.closeAllConnections();
      await new Promise((resolve) => made.close(resolve));
    }
  });

  it("shows it, and asks the server to take it for the user", async () => {
    const made = connect(await serve(), { clientCertificate });
    deepEqual(await made.post("x", { timeoutMs: 5_000 }), { status: 200, body: `pauser TLSv1.3 ${MUTUAL}` });
  });

  it("keeps to TLS 1.2 where told to, and only there", async () => {
    const port = await serve();
    const pinned = connect(port, { clientCertificate, maxTlsVersion: "TLSv1.2" });
    equal((await pinned.post("x", { timeoutMs: 5_000 })).body, `pauser TLSv1.2 ${MUTUAL}`);
  });

  it("that is pinned to TLS 1.2 is not made with a server that has only TLS 1.3, and says why", async () => {
    const problem = await problemOf(
      connect(await serve({ minVersion: "TLSv1.3" }), { clientCertificate, maxTlsVersion: "TLSv1.2" }).post("x", { timeoutMs: 5_000 }),
    );
    match(problem.kind === "notConnected" ? problem.why : "", /protocol version/);
  });

  it("sends nothing to a server that it does not trust", async () => {
    const asked: string[] = [];
    const port = await serve({ ...selfSigned(HOST) });
    servers[0]?.on("request", () => asked.push("request"));
    const problem = await problemOf(connect(port, { clientCertificate, maxTlsVersion: "TLSv1.2" }).post("x", { timeoutMs: 5_000 }));
    deepEqual(problem, { kind: "notConnected", why: "self-signed certificate" });
    deepEqual(asked, []);
  });

  it("that has none for a server that wants one breaks, and says that a certificate is missing", async () => {
    const port = await serve({ rejectUnauthorized: true });
    const problem = await problemOf(
      connect(port, { method: "basic", user: "a", password: new Secret("b") }).post("x", { timeoutMs: 5_000 }),
    );
    match(problem.kind === "broken" || problem.kind === "notConnected" ? problem.why : "", /certificate required/);
  });

  describe("that is asked for it in mid-connection, judged by openssl s_server", () => {
    let folder = "";
    before(async function () {
      requireJudge(this, "openssl", commandAvailable("openssl"));
      folder = await mkdtemp(path.join(tmpdir(), "openssl-"));
      await writeFile(path.join(folder, "server.pem"), server.cert + server.key);
      await writeFile(path.join(folder, "client.pem"), client.cert);
    });
    after(async () => {
      if (folder !== "") await rm(folder, { recursive: true });
    });

    it("shows it in TLS 1.2, and has its answer over the same connection", async () => {
      const files = ["-cert", path.join(folder, "server.pem"), "-CAfile", path.join(folder, "client.pem")];
      const child = spawn("openssl", ["s_server", "-accept", "127.0.0.1:0", ...files, "-state", "-no_resumption_on_reneg"]);
      const ended = once(child, "exit");
      let said = "";
      const saying = (words: RegExp) =>
        new Promise<string>((resolve) => {
          const look = () => {
            const found = words.exec(said)?.[1];
            if (found !== undefined) resolve(found);
          };
          for (const stream of [child.stdout, child.stderr]) stream.on("data", look);
        });
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (said += bytes));
      try {
        const port = Number(await saying(/ACCEPT .*:(\d+)/));
        const [asked, shown] = [saying(/(<asked\/>)/), saying(/depth=0 CN = (\w+)[\s\S]*read certificate verify/)];
        const answered = connect(port, { clientCertificate, maxTlsVersion: "TLSv1.2" }).post("<asked/>", { timeoutMs: 10_000 });
        await asked;
        child.stdin.write("R\n"); // s_server's word for: renegotiate, and ask for the client's certificate
        equal(await shown, "pauser");
        child.stdin.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine\n");
        deepEqual(await answered, { status: 200, body: "fine" });
      } finally {
        child.kill();
        await ended;
      }
    });
  });
});
