// Every fault that the lab's WSMan endpoints can be told, against the native transport: a right answer, or one sentence with a reason, and nothing
// run twice. The lab shares the client's codecs and nothing else.

import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import type { CmdletRequest } from "../../lab/serve/cmdlet-host.ts";
import { type Fault, type FaultKind, FaultScript, type WsmanRequestName } from "../../lab/serve/faults.ts";
import { PATHS, startWsman, type WsmanServers } from "../../lab/serve/wsman.ts";
import { psObject } from "../../provider/remoting/clixml/build.ts";
import { textOf } from "../../provider/remoting/clixml/read.ts";
import { PsTagged } from "../../provider/remoting/clixml/values.ts";
import { type CmdletTransport, RemotingError, type RemotingReason, Secret } from "../../provider/remoting/transport.ts";
import { wsmanTransport } from "../../provider/remoting/wsman-transport.ts";
import { basic } from "../support/basic.ts";

const USER = "CONTOSO\\pauser";
const PASSWORD = "lab-made";

interface Row {
  readonly what: FaultKind;
  /** Absent: the request with which the cmdlet is complete. */
  readonly request?: WsmanRequestName;
  readonly how?: Fault["how"];
  /** Absent: the answer is right. */
  readonly reason?: RemotingReason;
  readonly words?: RegExp;
  readonly retryAfterMs?: number;
  /** How often the cmdlet ran. Default 1. */
  readonly ran?: number;
  /** What the client says of it. Default: what is so. */
  readonly mayHaveRun?: boolean;
  /** Whether the next call is refused too, for the same reason. */
  readonly stays?: boolean;
}

const harmless: readonly FaultKind[] = ["byteOrderMark", "otherPrefixes", "chunked", "wrongContentType"];
const ROWS: readonly Row[] = [
  ...harmless.flatMap((what) => (["Create", "Receive", "Command", "Signal"] as const).map((request) => ({ what, request }))),
  { what: "splitOddly", request: "Receive" },
  { what: "joined", request: "Receive" },
  { what: "nothingYet", request: "Receive" },
  { what: "nothingYet", request: "Command", reason: "sessionLost", words: /did not run$/, ran: 0 },
  {
    what: "shellLost",
    request: "Command",
    reason: "sessionLost",
    words: /no longer knows the session: .*; the cmdlet did not run$/,
    ran: 0,
  },
  {
    what: "loadQuota",
    request: "Create",
    how: { waitMs: 30_000 },
    reason: "throttled",
    words: /ask again in 30 s/,
    retryAfterMs: 30_000,
    ran: 0,
  },
  {
    what: "loadQuota",
    request: "Create",
    how: { waitMs: 5_000, plain: true },
    reason: "throttled",
    words: /HTTP 500.*ask again in 5 s/,
    retryAfterMs: 5_000,
    ran: 0,
  },
  {
    what: "loadQuota",
    request: "Command",
    how: { waitMs: 2_000 },
    reason: "throttled",
    words: /ask again in 2 s; the cmdlet did not run$/,
    retryAfterMs: 2_000,
    ran: 0,
  },
  { what: "tooManyShells", request: "Create", reason: "throttled", words: /all \d+ sessions of this user are taken/, ran: 0 },
  { what: "tooManySessions", request: "Create", reason: "throttled", words: /all \d+ sessions of this user are taken/, ran: 0 },
  { what: "tooManyCommands", request: "Command", reason: "throttled", words: /another session will do; the cmdlet did not run$/, ran: 0 },
  { what: "accessDenied", request: "Create", reason: "denied", words: /refuses CONTOSO\\pauser/, ran: 0 },
  { what: "accessDenied", request: "Command", reason: "denied", words: /the cmdlet did not run$/, ran: 0 },
  { what: "challenged", request: "Create", reason: "denied", words: /HTTP 401/, ran: 0, stays: true },
  {
    what: "page",
    request: "Create",
    how: { status: 503 },
    reason: "unreachable",
    words: /not available \(HTTP 503, ".+"\): the web server runs/,
    ran: 0,
  },
  { what: "page", request: "Create", how: { status: 403 }, reason: "denied", words: /HTTP 403/, ran: 0 },
  { what: "page", request: "Create", how: { status: 404 }, reason: "invalidAnswer", words: /HTTP 404/, ran: 0 },
  { what: "wrongRelatesTo", request: "Create", reason: "invalidAnswer", words: /belongs to another request$/, ran: 0 },
  { what: "wrongRelatesTo", request: "Command" },
  { what: "cutInBody", request: "Command" },
  { what: "cutInBody", request: "Create" },
  {
    what: "poolBroken",
    request: "Create",
    how: { reason: "The worker is going down." },
    reason: "rejected",
    words: /going down\.$/,
    ran: 0,
  },
  { what: "cutBefore", reason: "sessionLost", words: /before the cmdlet started; it did not run$/, ran: 0 },
  { what: "cutAfter" },
  { what: "timeOut", reason: "timedOut", words: /no answer within 0\.3 s/, ran: 0, mayHaveRun: true },
  { what: "refused", reason: "unreachable", words: /HTTP 503/, ran: 0 },
  { what: "wrongAnswer", reason: "invalidAnswer" },
];

describe("the native transport and every fault of the lab's endpoints", () => {
  let servers: WsmanServers;
  let faults: FaultScript;
  const requests: CmdletRequest[] = [];
  const transports: CmdletTransport[] = [];

  before(async () => {
    faults = new FaultScript();
    servers = await startWsman({
      host: async (request) => {
        requests.push(request);
        const output = [psObject({ text: "first" }), psObject({ text: "x".repeat(100_000) }), ...request.parameters.values()];
        return { output, warnings: ["slow"], errors: [] };
      },
      servers: [{ name: "ex01", fqdn: "ex01.contoso.local" }],
      accounts: new Map([[USER, PASSWORD]]),
      get faults() {
        return faults;
      },
      whenDown: "reset",
      requireCookie: true,
    });
  });
  beforeEach(() => requests.splice(0));
  afterEach(async () => {
    await Promise.all(transports.splice(0).map((transport) => transport.close()));
    deepEqual(faults.pending, [], "the fault was met");
    servers.forgetShells("ex01");
  });
  after(() => servers.stop());

  function transport(): CmdletTransport {
    const { host, port } = servers.address("ex01", "Microsoft.Exchange");
    const made = wsmanTransport(
      {
        url: `http://ex01.contoso.local${PATHS["Microsoft.Exchange"]}`,
        configurationName: "Microsoft.Exchange",
        endpoint: "ex01",
        authentication: basic(USER, PASSWORD),
        connectTo: { "ex01.contoso.local:80": `${host}:${port}` },
      },
      { repeatPausesMs: [0, 0] },
    );
    transports.push(made);
    return made;
  }

  for (const { what, request, how, reason, words = /./, retryAfterMs, ran = 1, mayHaveRun = ran > 0, stays = false } of ROWS)
    it(`${what} at a ${request ?? "cmdlet"}${how === undefined ? "" : ` (${JSON.stringify(how)})`}: ${reason ?? "the answer is right"}`, async () => {
      const when = request === undefined ? { call: "Get-Thing" } : { request };
      faults.add({ when: { edge: "wsman", ...when }, what, ...(how === undefined ? {} : { how }) });
      const calling = transport();
      const ended = await calling.invoke("Get-Thing", {}, what === "timeOut" ? { timeoutMs: 300 } : {}).catch((error: unknown) => error);
      equal(requests.length, ran);
      if (ended instanceof RemotingError) {
        deepEqual([ended.reason, ended.retryAfterMs, ended.mayHaveRun], [reason, retryAfterMs, mayHaveRun], ended.message);
        match(ended.message, words);
      } else {
        equal(reason, undefined, String(ended));
        const { objects } = ended as Awaited<ReturnType<typeof calling.invoke>>;
        deepEqual(
          objects.map((object) => textOf(object)?.length),
          [5, 100_000],
        );
      }
      const again = calling.invoke("Get-Thing", {});
      if (stays) await rejects(again, /not asked, because ex01\.contoso\.local does not accept the name or password/);
      else equal((await again).objects.length, 2); // whatever it was, it has passed
    });

  it("a secret arrives as it is, and nowhere in clear", async () => {
    const calling = transport();
    const text = "p\u00e4ss w\u00f6rd \ud83d\ude00";
    for (const [name, value] of [
      ["One", new Secret(text)],
      ["Two", [new Secret("a"), { In: new Secret(text) }]],
    ] as const)
      await calling.invoke("Set-Thing", { [name]: value });
    const [one, two] = requests.map(({ parameters }) => [...parameters.values()][0]);
    ok(one instanceof PsTagged && one.tag === "SS");
    equal(one.text, text);
    ok(JSON.stringify(two, (_key, value) => (value instanceof PsTagged ? value.text : value)).includes(text));
  });

  it("a value of no known type is refused by its parameter's name, before anything is sent for it", async () => {
    const odd: unknown = new Map();
    const error = await transport()
      .invoke("Get-Thing", { Identity: odd as string })
      .catch((thrown: unknown) => thrown);
    ok(error instanceof RemotingError && error.reason === "rejected" && !error.mayHaveRun);
    match(error.message, /^Get-Thing on ex01: a parameter cannot be sent: -Identity: an object of type Map cannot be sent/);
    equal(requests.length, 0);
  });
});
