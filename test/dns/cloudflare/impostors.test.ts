// The Cloudflare adapter where something else than Cloudflare answers: proxies' pages, broken text, connections that end or never do.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { DnsReason } from "../../../provider/dns/record-sets.ts";
import { failure } from "../../support/dns-failure.ts";
import { setsAt } from "../../support/dns-lab.ts";

describe("what stands where Cloudflare should be:", () => {
  let server: Server | undefined;

  async function observeAt(listener: RequestListener): Promise<{ readonly reason: DnsReason; readonly message: string }> {
    server = createServer(listener).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    const sets = setsAt(`http://127.0.0.1:${address.port}`, { timeoutMs: 500 });
    const { reason, message } = await failure(sets.observe("contoso.com", "MX"));
    return { reason, message };
  }

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  it("a web page is no list of zones", async () => {
    const page: RequestListener = (_request, response) => response.setHeader("content-type", "text/html").end("<html>Sign in</html>");
    assert.deepEqual(await observeAt(page), {
      reason: "invalidAnswer",
      message: "Cloudflare: looking up zone contoso.com: the answer has not the form of this API",
    });
  });

  it("JSON that does not say that it went well is no list of zones", async () => {
    const unsure: RequestListener = (_request, response) =>
      response.setHeader("content-type", "application/json").end('{"success":false,"errors":[],"messages":[],"result":[]}');
    assert.deepEqual(await observeAt(unsure), {
      reason: "invalidAnswer",
      message: "Cloudflare: looking up zone contoso.com: the answer has not the form of this API",
    });
  });

  it("a list that has one MX record twice is refused, with both ids", async () => {
    const twins: RequestListener = (request, response) => {
      const record = { name: "contoso.com", type: "MX", content: "mail.contoso.com", priority: 10, ttl: 300 };
      const zone = { id: "z", name: "contoso.com", status: "active" };
      const items = request.url?.startsWith("/zones/z/")
        ? [
            { id: "a", ...record },
            { id: "b", ...record },
          ]
        : [zone];
      const result = request.url?.includes("page=1&") ? items : [];
      response.setHeader("content-type", "application/json").end(JSON.stringify({ success: true, result }));
    };
    assert.deepEqual(await observeAt(twins), {
      reason: "invalidAnswer",
      message: "Cloudflare: contoso.com has MX 10 mail.contoso.com twice: a and b. Remove one of them in the dashboard.",
    });
  });

  it("half of a JSON text is none", async () => {
    const half: RequestListener = (_request, response) => response.setHeader("content-type", "application/json").end('{"success":true,');
    assert.deepEqual(await observeAt(half), {
      reason: "invalidAnswer",
      message: "Cloudflare: looking up zone contoso.com: the answer is not JSON",
    });
  });

  it("an answer that breaks off is none", async () => {
    const broken: RequestListener = (_request, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": 1000 });
      response.write('{"success":true,', () => response.destroy());
    };
    const { reason, message } = await observeAt(broken);
    assert.equal(reason, "unreachable");
    assert.match(message, /^Cloudflare: looking up zone contoso\.com: the answer broke off \(\w+\)$/);
  });

  it("an answer that begins and never ends is given up in time", async () => {
    const endless: RequestListener = (_request, response) => {
      response.writeHead(200, { "content-type": "application/json" }).write('{"success":true,');
    };
    assert.deepEqual(await observeAt(endless), {
      reason: "timedOut",
      message: "Cloudflare: looking up zone contoso.com: no answer in time",
    });
  });

  it("nobody", async () => {
    const { port } = await new Promise<{ port: number }>((resolve) => {
      const free = createServer().listen(0, "127.0.0.1", () => {
        const address = free.address();
        assert.ok(address !== null && typeof address === "object");
        free.close(() => resolve(address));
      });
    });
    const sets = setsAt(`http://127.0.0.1:${port}`);
    assert.deepEqual(await failure(sets.observe("contoso.com", "MX")), {
      reason: "unreachable",
      message: "Cloudflare: looking up zone contoso.com: no connection (ECONNREFUSED)",
      retryAfterMs: undefined,
    });
  });
});
