// What the program may use of a DAG's databases, and when no answer is expected of them.
import assert from "node:assert/strict";
import { resource } from "../../../provider/resources/mailbox-database-state/index.ts";
import { actualDatabases, databaseArgs, databaseRecorded } from "../../support/builders.ts";

describe("the rest of the contract of MailboxDatabaseState", () => {
  it("gives the names of what is mounted", () => {
    assert.deepEqual(resource.outputs(databaseArgs("mounted"), actualDatabases(), databaseRecorded()), {
      mounted: ["DB01", "DB02"],
    });
    assert.deepEqual(resource.outputs(databaseArgs("mounted"), undefined, databaseRecorded()), {});
  });

  it("expects silence of a DAG whose databases are dismounted, and of no other", () => {
    assert.deepEqual(
      [resource.expectsSilence?.(databaseArgs("dismounted")), resource.expectsSilence?.(databaseArgs("mounted"))],
      [true, false],
    );
  });
});
