// The lab's Cloudflare as its HTTP clients see it: envelope, listing, paging, headers, rate limit. What it refuses to keep: world/zones.test.ts.
import assert from "node:assert/strict";
import { z } from "zod";
import { type RunningCloudflare, startCloudflare } from "../../../lab/serve/cloudflare.ts";
import { bufferMx, type DnsWorld, dnsWorld, labToken } from "../../support/dns-lab.ts";

const envelope = z.object({
  success: z.boolean(),
  errors: z.array(z.object({ code: z.number(), message: z.string(), error_chain: z.array(z.unknown()).optional() })),
  messages: z.array(z.unknown()),
  result: z.unknown(),
  result_info: z.unknown().optional(),
});
const named = z.array(z.object({ name: z.string(), content: z.string().optional() }));

describe("the lab's Cloudflare", () => {
  let world: DnsWorld;
  let running: RunningCloudflare;

  beforeEach(async () => {
    world = dnsWorld();
    running = await startCloudflare({ zones: world.zones, token: labToken });
  });

  afterEach(() => running.stop());

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = { authorization: `Bearer ${labToken}` },
  ) {
    const response = await fetch(`${running.baseUrl}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, ...envelope.parse(await response.json()) };
  }

  const records = (query = ""): string => `/zones/${world.zone.id}/dns_records${query}`;

  async function names(query: string): Promise<readonly string[]> {
    return named.parse((await call("GET", records(query))).result).map(({ name, content }) => `${name} ${content}`);
  }

  it("shows a record in the form of the API", async () => {
    const [id] = world.zone.records.keys();
    assert.deepEqual((await call("GET", records(`/${id}`))).result, {
      id,
      name: "contoso.com",
      type: "MX",
      content: "mail.contoso.com",
      priority: 10,
      proxiable: false,
      proxied: false,
      ttl: 3600,
      settings: {},
      meta: {},
      comment: null,
      tags: [],
      created_on: "2026-12-04T18:00:00.000000Z",
      modified_on: "2026-12-04T18:00:00.000000Z",
    });
  });

  it("lists zones by name and status, with their name servers", async () => {
    world.zones.addZone({ name: "contoso.de", status: "pending" });
    const list = async (query: string) => named.parse((await call("GET", `/zones${query}`)).result).map(({ name }) => name);
    assert.deepEqual(await list(""), ["contoso.com", "contoso.de"]);
    assert.deepEqual(await list("?name=contoso.de"), ["contoso.de"]);
    assert.deepEqual(await list("?status=active"), ["contoso.com"]);
    assert.deepEqual(await list("?name=contoso.org"), []);
    const { result } = await call("GET", "/zones?name=contoso.com");
    const [zone] = z.array(z.object({ id: z.string(), name_servers: z.array(z.string()), type: z.string() })).parse(result);
    assert.deepEqual(zone, { id: world.zone.id, name_servers: ["ns1.contoso-dns.net", "ns2.contoso-dns.net"], type: "full" });
  });

  it("filters records by dotted and by plain names, by all or by any", async () => {
    world.zones.create(world.zone.id, { ...bufferMx, name: "sub", comment: "pause" });
    world.zones.create(world.zone.id, { name: "mail", type: "A", content: "192.0.2.1" });
    const apex = "contoso.com mail.contoso.com";
    const sub = "sub.contoso.com buffer.contoso-mail.net";
    const host = "mail.contoso.com 192.0.2.1";
    assert.deepEqual(await names(""), [apex, sub, host]);
    assert.deepEqual(await names("?type=MX"), [apex, sub]);
    assert.deepEqual(await names("?name=contoso.com"), [apex]);
    assert.deepEqual(await names("?name.exact=SUB.contoso.com&type=MX"), [sub]);
    assert.deepEqual(await names("?name.startswith=mail"), [host]);
    assert.deepEqual(await names("?content.endswith=.net"), [sub]);
    assert.deepEqual(await names("?content.contains=contoso"), [apex, sub]);
    assert.deepEqual(await names("?comment.present=true"), [sub]);
    assert.deepEqual(await names("?comment.absent=true&type=MX"), [apex]);
    assert.deepEqual(await names("?type=A&name=sub.contoso.com"), []);
    assert.deepEqual(await names("?type=A&name=sub.contoso.com&match=any"), [sub, host]);
  });

  it("pages, and gives an empty page past the end", async () => {
    for (let index = 0; index < 4; index++) world.zones.create(world.zone.id, { ...bufferMx, priority: 20 + index });
    const page = async (number: number) => {
      const { result, result_info } = await call("GET", records(`?per_page=2&page=${number}`));
      return { count: named.parse(result).length, result_info };
    };
    const info = { per_page: 2, total_count: 5, total_pages: 3 };
    assert.deepEqual(await page(1), { count: 2, result_info: { page: 1, count: 2, ...info } });
    assert.deepEqual(await page(3), { count: 1, result_info: { page: 3, count: 1, ...info } });
    assert.deepEqual(await page(4), { count: 0, result_info: { page: 4, count: 0, ...info } });
  });

  it("adds, changes, replaces and deletes records", async () => {
    const added = await call("POST", records(), { ...bufferMx, content: "buffer.contoso-mail.net." });
    const { id, content } = z.object({ id: z.string(), content: z.string() }).parse(added.result);
    assert.equal(content, "buffer.contoso-mail.net");
    await call("PATCH", records(`/${id}`), { ttl: 600 });
    assert.equal(world.zone.records.get(id)?.ttl, 600);
    await call("PUT", records(`/${id}`), { ...bufferMx, priority: 20, ttl: undefined });
    assert.deepEqual([world.zone.records.get(id)?.priority, world.zone.records.get(id)?.ttl], [20, 1]);
    assert.deepEqual((await call("DELETE", records(`/${id}`))).result, { id });
    assert.equal(world.zone.records.size, 1);
  });

  it("answers a batch with the same four lists", async () => {
    const [id] = world.zone.records.keys();
    const { result } = await call("POST", records("/batch"), { patches: [{ id, ttl: 300 }], posts: [bufferMx], deletes: null });
    const lists = z.object({ deletes: z.array(z.unknown()), patches: named, puts: z.array(z.unknown()), posts: named }).parse(result);
    assert.deepEqual([lists.deletes.length, lists.patches.length, lists.puts.length, lists.posts.length], [0, 1, 0, 1]);
    assert.deepEqual(
      [...world.zone.records.values()].map(({ ttl }) => ttl),
      [300, 300],
    );
  });

  it("refuses in the form of the API", async () => {
    const { status, success, result, errors } = await call("POST", records(), { ...bufferMx, ttl: 5 });
    assert.deepEqual(
      { status, success, result, errors },
      {
        status: 400,
        success: false,
        result: null,
        errors: [{ code: 9021, message: "TTL must be between 60 and 86400 seconds, or 1 for Automatic." }],
      },
    );
  });

  const routes = [
    ["GET", "/zones/abc/dns_records"],
    ["GET", "/zones/abc"],
    ["GET", `/zones/${"0".repeat(32)}/dns_records`],
    ["GET", "/accounts"],
    ["POST", "/zones"],
    ["PUT", "RECORDS"],
    ["GET", "RECORDS/1/2"],
  ] as const;
  for (const [method, path] of routes) {
    it(`does not know ${method} ${path}`, async () => {
      const { status, errors } = await call(method, path.replace("RECORDS", records()), method === "GET" ? undefined : {});
      assert.deepEqual([status, errors[0]?.code, errors[0]?.error_chain], [404, 7003, [{ code: 7000, message: "No route for that URI" }]]);
    });
  }

  it("knows bodies that are no JSON, or JSON of another form", async () => {
    const headers = { authorization: `Bearer ${labToken}` };
    const response = await fetch(`${running.baseUrl}${records()}`, { method: "POST", headers, body: "{" });
    assert.equal(response.status, 400);
    const { status, errors } = await call("POST", records(), { ...bufferMx, ttl: "300" });
    assert.deepEqual([status, errors[0]?.code], [400, 9207]);
  });

  const headers: readonly (readonly [string, Record<string, string>, number, number, unknown])[] = [
    ["no credentials", {}, 400, 6003, [{ code: 6111, message: "Invalid format for Authorization header" }]],
    [
      "a bearer that is no token",
      { authorization: "Bearer short" },
      400,
      6003,
      [{ code: 6111, message: "Invalid format for Authorization header" }],
    ],
    ["a token that nobody issued", { authorization: `Bearer ${"x".repeat(40)}` }, 403, 10000, undefined],
    [
      "a legacy key of the wrong form",
      { "x-auth-email": "a@contoso.com", "x-auth-key": "key" },
      400,
      6003,
      [{ code: 6103, message: "Invalid format for X-Auth-Key header" }],
    ],
    ["a legacy key", { "x-auth-email": "a@contoso.com", "x-auth-key": "a".repeat(37) }, 403, 10000, undefined],
  ];
  for (const [what, sent, status, code, chain] of headers) {
    it(`refuses ${what}`, async () => {
      const answer = await call("GET", "/zones", undefined, sent);
      assert.deepEqual([answer.status, answer.errors[0]?.code, answer.errors[0]?.error_chain], [status, code, chain]);
    });
  }

  it("counts 1200 requests in five minutes of lab time, then refuses all for five minutes", async () => {
    const first = await call("GET", "/zones");
    assert.deepEqual([first.headers.get("ratelimit"), first.headers.get("retry-after")], ['"default";r=1199;t=300', null]);
    for (let count = 2; count < 1_200; count++) await call("GET", "/zones");
    world.events.advanceTo(world.events.now() + 299_000);
    const last = await call("GET", "/zones");
    assert.deepEqual([last.status, last.headers.get("ratelimit")], [200, '"default";r=0;t=1']);
    const over = await call("GET", "/zones");
    assert.deepEqual([over.status, over.errors[0]?.code, over.headers.get("retry-after")], [429, 971, "300"]);
    // The window alone would have ended by now; the refusal has not.
    world.events.advanceTo(world.events.now() + 299_000);
    const later = await call("GET", "/zones");
    assert.deepEqual([later.status, later.headers.get("retry-after")], [429, "1"]);
    world.events.advanceTo(world.events.now() + 1_000);
    assert.equal((await call("GET", "/zones")).headers.get("ratelimit"), '"default";r=1199;t=300');
  });

  it("begins a new count when five minutes have passed", async () => {
    await call("GET", "/zones");
    world.events.advanceTo(world.events.now() + 300_000);
    assert.equal((await call("GET", "/zones")).headers.get("ratelimit"), '"default";r=1199;t=300');
  });
});
