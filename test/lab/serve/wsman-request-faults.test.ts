// Scripted faults that name a request of WSMan, whatever it carries: what a client hears, and what the server has done.
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { faultIn } from "../../support/raw-wsman.ts";
import { asking, outputOf } from "../../support/scripted-wsman.ts";
import { COMMAND_ID, GONE, OTHER_ID, SHELL_ID, TERMINATE, TIMED_OUT, type WsmanLab, wsmanLab } from "../../support/wsman-lab.ts";

let lab: WsmanLab;
const { script, number, receive, receiveOfPool } = asking(() => lab);

describe("a fault scripted for a WSMan request", () => {
  beforeEach(async () => {
    lab = await wsmanLab();
  });

  afterEach(async () => {
    deepEqual(lab.faults.pending, []);
    await lab.servers.stop();
  });

  it("leaves the same fault for a cmdlet alone, and the other way round", async () => {
    lab.faults.add({ when: { edge: "wsman", call: "Get-Number" }, what: "slow" });
    script("Receive", "accessDenied");
    await lab.client.create(SHELL_ID);
    equal(faultIn(await receiveOfPool()).code, 5);
    await number();
    deepEqual(faultIn(await receive()), TIMED_OUT);
  });

  it("comes at the nth request of that name", async () => {
    script("Receive", "nothingYet", {}, 2);
    await lab.client.create(SHELL_ID);
    equal((await receiveOfPool()).status, 200);
    deepEqual(faultIn(await receiveOfPool()), TIMED_OUT);
    equal((await receiveOfPool()).status, 200);
  });

  describe("cutAfter", () => {
    it("Create: the shell is there, under the id that its client chose, and may be made again", async () => {
      script("Create", "cutAfter");
      await rejects(lab.client.create(SHELL_ID), { code: "ECONNRESET" });
      equal((await lab.client.ask({ action: "Get", shellId: SHELL_ID })).status, 200);
      equal((await lab.client.open(SHELL_ID)).status, 200);
    });

    it("Command: the cmdlet runs, and its output is there", async () => {
      await lab.client.open(SHELL_ID);
      script("Command", "cutAfter");
      await rejects(number(), { code: "ECONNRESET" });
      deepEqual(outputOf(await receive()), ["<I32>7</I32>"]);
    });

    it("Receive: the server still holds what the client did not get", async () => {
      await lab.client.open(SHELL_ID);
      await number();
      script("Receive", "cutAfter");
      await rejects(receive(), { code: "ECONNRESET" });
      deepEqual(outputOf(await receive()), ["<I32>7</I32>"]);
    });

    it("Delete: the shell is gone", async () => {
      await lab.client.open(SHELL_ID);
      script("Delete", "cutAfter");
      await rejects(lab.client.ask({ action: "Delete", shellId: SHELL_ID }), { code: "ECONNRESET" });
      deepEqual(faultIn(await lab.client.ask({ action: "Get", shellId: SHELL_ID })), GONE);
    });
  });

  describe("cutBefore", () => {
    it("Create: there is no shell", async () => {
      script("Create", "cutBefore");
      await rejects(lab.client.create(SHELL_ID), { code: "ECONNRESET" });
      deepEqual(faultIn(await lab.client.ask({ action: "Get", shellId: SHELL_ID })), GONE);
    });

    it("Command: the cmdlet never runs, and its command is unknown", async () => {
      await lab.client.open(SHELL_ID);
      script("Command", "cutBefore");
      await rejects(number(), { code: "ECONNRESET" });
      deepEqual([lab.toy.requests.length, faultIn(await receive())], [0, GONE]);
    });

    it("Signal: the command is still there", async () => {
      await lab.client.open(SHELL_ID);
      await number();
      script("Signal", "cutBefore");
      await rejects(lab.client.signal(SHELL_ID, COMMAND_ID, TERMINATE), { code: "ECONNRESET" });
      equal((await receive()).status, 200);
    });
  });

  it("timeOut: nobody answers, and nothing was done", async () => {
    script("Create", "timeOut");
    const broken = rejects(lab.client.create(SHELL_ID), { code: "ECONNRESET" });
    while (lab.faults.pending.length > 0) await lab.client.ask({ action: "Get", shellId: SHELL_ID });
    deepEqual(faultIn(await lab.client.ask({ action: "Get", shellId: SHELL_ID })), GONE);
    await lab.servers.stop();
    await broken;
  });

  it("slow: the right answer, later", async () => {
    script("Create", "slow", { waitMs: 5 });
    equal((await lab.client.create(SHELL_ID)).status, 200);
  });

  it("slow: what a client did not wait for is there for the next Receive", async () => {
    await lab.client.open(SHELL_ID);
    await number();
    script("Receive", "slow", { waitMs: 600_000 });
    const leaves = new AbortController();
    const broken = rejects(lab.client.receive(SHELL_ID, COMMAND_ID, { signal: leaves.signal }), { name: "AbortError" });
    equal((await lab.client.ask({ action: "Get", shellId: SHELL_ID })).status, 200);
    leaves.abort();
    await broken;
    equal((await lab.client.ask({ action: "Get", shellId: SHELL_ID })).status, 200);
    deepEqual(outputOf(await receive()), ["<I32>7</I32>"]);
  });

  it("wrongAnswer: an answer to something else, and the request was done", async () => {
    script("Create", "wrongAnswer");
    match((await lab.client.create(SHELL_ID)).text, /CreateResponse.*<rsp:Nonsense/);
    equal((await lab.client.ask({ action: "Get", shellId: SHELL_ID })).status, 200);
  });

  it("shellLost: the server does not know the shell, now and later", async () => {
    await lab.client.open(SHELL_ID);
    script("Command", "shellLost");
    deepEqual(faultIn(await number()), GONE);
    deepEqual(faultIn(await lab.client.ask({ action: "Get", shellId: SHELL_ID })), GONE);
  });

  it("commandLost: the server does not know the command, and knows the shell", async () => {
    await lab.client.open(SHELL_ID);
    await number();
    script("Receive", "commandLost");
    const lost = await receive();
    deepEqual(faultIn(lost), GONE);
    match(lost.text, /command identifier that does not exist/);
    deepEqual(faultIn(await receive()), GONE);
    equal((await number(OTHER_ID)).status, 200);
  });

  for (const [what, expected, words] of [
    ["tooManyShells", { status: 500, subcode: "w:QuotaLimit", code: undefined }, /maximum number of 18 concurrent shells/],
    ["tooManySessions", { status: 500, subcode: "w:InternalError", code: undefined }, /maximum number of connections allowed : 18/],
    ["tooManyCommands", { status: 500, subcode: "w:InternalError", code: undefined }, /concurrent commands per shell/],
    ["accessDenied", { status: 500, subcode: "w:AccessDenied", code: 5 }, /Access is denied\./],
    ["tooLarge", { status: 500, subcode: "w:EncodingLimit", code: undefined }, /MaxEnvelopeSize/],
    ["nothingYet", TIMED_OUT, /OperationTimeout/],
  ] as const)
    it(`${what}: the fault, and nothing was done`, async () => {
      script("Create", what);
      const answer = await lab.client.create(SHELL_ID);
      deepEqual(faultIn(answer), expected);
      match(answer.text, words);
      deepEqual(faultIn(await lab.client.ask({ action: "Get", shellId: SHELL_ID })), GONE);
    });

  it("loadQuota: says for how long, as a fault or in bare words", async () => {
    const words =
      /user load quota of 1000 requests per 2 seconds has been exceeded\..*will not be approved for at least 4321 milliseconds\. /;
    script("Create", "loadQuota", { waitMs: 4321 });
    const fault = await lab.client.create(SHELL_ID);
    deepEqual(faultIn(fault), { status: 500, subcode: "w:QuotaLimit", code: 2150859175 });
    match(fault.text, words);
    script("Create", "loadQuota", { waitMs: 4321, plain: true });
    const plain = await lab.client.create(SHELL_ID);
    deepEqual([plain.status, plain.headers["content-type"]], [500, "text/plain; charset=utf-8"]);
    match(plain.text, new RegExp(`^The WS-Management.*${words.source}$`));
    equal((await lab.client.create(SHELL_ID)).status, 200);
  });

  it("challenged: 401 with what the server would take, and the next request is done", async () => {
    await lab.client.open(SHELL_ID);
    script("Command", "challenged");
    const answer = await number();
    deepEqual([answer.status, answer.headers["www-authenticate"]], [401, 'Basic realm="ex01.contoso.local"']);
    equal(lab.toy.requests.length, 0);
    equal((await number()).status, 200);
  });

  for (const status of [404, 500, 502, 503, 504])
    it(`page: HTML with status ${status}`, async () => {
      script("Create", "page", { status });
      const answer = await lab.client.create(SHELL_ID);
      deepEqual([answer.status, answer.headers["content-type"]], [status, "text/html; charset=us-ascii"]);
    });
});
