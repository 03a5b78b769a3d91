// What the requester Maintenance asks of a component: the newest of its local and directory entries, in either form they come in.
import assert from "node:assert/strict";
import { getServerComponents } from "../../provider/exchange/components.ts";
import { psObject } from "../../provider/remoting/clixml/build.ts";
import { PsDate, type PsValue } from "../../provider/remoting/clixml/values.ts";
import { answering, controller, list, now, withProperties } from "../support/fake-organisation.ts";

const older = "2026-12-05T20:00:00.0000000Z";
const newer = "2026-12-05T20:00:01.0000000Z";

/** Entry as an object. */
function entry(state: string, at: string, requester = "Maintenance"): PsValue {
  return withProperties({ Requester: requester, State: state, Timestamp: new PsDate(at), Component: "HubTransport" });
}

/** The same flattened to text. */
function text(state: string, at: string, requester = "Maintenance"): string {
  return `Requestor:${requester}; State:${state}; Timestamp:${at.slice(0, 10)} ${at.slice(11, 19)}Z`;
}

const component = (LocalStates: PsValue, RemoteStates: PsValue) => ({
  ServerFqdn: "EX01.contoso.local",
  Component: "HubTransport",
  State: "Active",
  LocalStates,
  RemoteStates,
});

describe("the components of a server", () => {
  it("are asked of itself, by its name", async () => {
    const { organisation, calls } = answering(component(null, null));
    assert.deepEqual(await getServerComponents(organisation, "ex01", now), [
      { serverFqdn: "ex01.contoso.local", component: "HubTransport", state: "Active", maintenance: "" },
    ]);
    assert.deepEqual(calls, [
      {
        server: "ex01",
        endpoint: "exchange",
        cmdlet: "Get-ServerComponentState",
        parameters: { Identity: "ex01", DomainController: controller },
      },
    ]);
  });

  it("are a reading for each server", async () => {
    const { organisation, calls } = answering(component(null, null));
    const look = { maxAgeMs: 60_000 };
    for (const server of ["ex01", "ex02", "ex01"]) await getServerComponents(organisation, server, look);
    assert.equal(calls.length, 2);
  });

  it("without a state are no answer", async () => {
    await assert.rejects(getServerComponents(answering({ Component: "HubTransport" }).organisation, "ex01", now), {
      reason: "invalidAnswer",
      message: "Get-ServerComponentState: an object without State came back (it has Component)",
    });
  });
});

describe("what Maintenance asks of a component", () => {
  const forms: readonly (readonly [string, typeof entry])[] = [
    ["an object", entry],
    ["text", text],
    ["the text of an object", (state, at, requester) => psObject({ text: text(state, at, requester) })],
  ];
  for (const [form, of] of forms) {
    const rows: readonly (readonly [string, PsValue, PsValue, string])[] = [
      ["only the server says", list(of("Inactive", older)), null, "Inactive"],
      ["only the directory says", null, list(of("Draining", older)), "Draining"],
      ["the server said last", list(of("Inactive", newer)), list(of("Active", older)), "Inactive"],
      ["the directory said last", list(of("Inactive", older)), list(of("Active", newer)), "Active"],
      ["a list says several times, the newest in front", list(of("Draining", newer), of("Active", older)), list(), "Draining"],
      ["a list says several times, the newest at the end", list(of("Active", older), of("Draining", newer)), list(), "Draining"],
      ["one entry that is not in a list says", of("Inactive", older), null, "Inactive"],
      ["another requester said later", list(of("Active", older), of("Inactive", newer, "HealthApi")), list(), "Active"],
      ["only other requesters say", list(of("Inactive", newer, "Functional")), list(of("Draining", newer, "HealthApi")), ""],
      ["the requester is written in small letters", list(of("Inactive", newer, "maintenance")), list(), "Inactive"],
    ];
    for (const [when, local, remote, maintenance] of rows) {
      it(`as ${form}, where ${when}: ${maintenance || "nothing"}`, async () => {
        const { organisation } = answering(component(local, remote));
        assert.equal((await getServerComponents(organisation, "ex01", now))[0]?.maintenance, maintenance);
      });
    }
  }
});
