// Objects of the lab against recordings of real servers: the same properties, in the same order, the same type at the top.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { decodeClixmlBytes } from "../../../../provider/remoting/clixml/decode.ts";
import { isPsList, isPsObject, type PsObject, type PsValue } from "../../../../provider/remoting/clixml/values.ts";
import { requireJudge, sharedFolder } from "../../../support/judges.ts";
import { stillWorld } from "../../world/worlds.ts";
import { asking, objects } from "./asking.ts";

const world = stillWorld();
const exchange = asking(world, "Microsoft.Exchange");
const windows = asking(world, "Microsoft.PowerShell");

function folder(): string {
  return path.join(sharedFolder() ?? "", "recordings", "exchange");
}

function recorded(file: string): readonly PsObject[] {
  return decodeClixmlBytes(readFileSync(path.join(folder(), file))).flatMap(flat);
}

/** Objects in lists count as objects. */
function flat(value: PsValue): readonly PsObject[] {
  if (isPsList(value)) return value.flatMap(flat);
  if (!isPsObject(value)) return [];
  return value.items === undefined ? [value] : value.items.values.flatMap(flat);
}

const rows = [
  { name: "Get-ExchangeServer", ask: () => exchange("Get-ExchangeServer"), file: "css-exchange/E16/Exchange/GetExchangeServer.xml" },
  { name: "Get-MailboxServer", ask: () => exchange("Get-MailboxServer"), file: "css-exchange/E16/Exchange/GetMailboxServer.xml" },
  {
    name: "Get-ServerComponentState",
    ask: () => exchange("Get-ServerComponentState", { Identity: "ex01" }),
    file: "css-exchange/E16/Exchange/GetServerComponentState.xml",
  },
  { name: "Get-AcceptedDomain", ask: () => exchange("Get-AcceptedDomain"), file: "css-exchange/E16/Exchange/GetAcceptedDomain.xml" },
  { name: "Test-ServiceHealth", ask: () => exchange("Test-ServiceHealth"), file: "css-exchange/E16/Exchange/TestServiceHealth.xml" },
  { name: "Get-Service", ask: () => windows("Get-Service"), file: "css-exchange/E16/OS/GetService.xml" },
];

describe("objects of the lab have the properties of recorded ones", () => {
  for (const { name, ask, file } of rows) {
    it(name, async function () {
      requireJudge(this, "recordings", sharedFolder() !== undefined);
      const [real] = recorded(file);
      const [ours] = await objects(ask());
      assert.ok(real && ours);
      assert.deepEqual([...ours.properties.keys()].sort(), [...real.properties.keys()].sort());
      assert.equal(ours.typeNames[0], real.typeNames[0]);
    });
  }

  it("Get-MailboxDatabaseCopyStatus has all that Exchange 2010 had", async function () {
    requireJudge(this, "recordings", sharedFolder() !== undefined);
    const [real] = recorded("xplugin-monitoring/dag-copies-and-replication-health.xml").filter((one) =>
      one.properties.has("CopyQueueLength"),
    );
    const [ours] = await objects(exchange("Get-MailboxDatabaseCopyStatus", { Server: "ex01" }));
    assert.ok(real && ours);
    assert.deepEqual(
      [...real.properties.keys()].filter((name) => !ours.properties.has(name)),
      [],
    );
    assert.equal(ours.typeNames[0], real.typeNames[0]);
  });

  it("Get-ServerComponentState lists the components in the recorded order, those of 2016 but UMCallRouter", async function () {
    requireJudge(this, "recordings", sharedFolder() !== undefined);
    const names = (all: readonly PsObject[]) => all.map((one) => String(one.properties.get("Component")));
    const real = names(recorded("css-exchange/E16/Exchange/GetServerComponentState.xml")).filter((name) => name !== "UMCallRouter");
    assert.deepEqual(names(await objects(exchange("Get-ServerComponentState", { Identity: "ex01" }))), real);
  });
});
