import { deepEqual, equal } from "node:assert/strict";
import ssh2 from "ssh2";
import { newSshKey } from "../../../lab/serve/ssh-keys.ts";

describe("a new SSH key", () => {
  it("can be read, whatever the generator makes", () => {
    const good = ssh2.utils.generateKeyPairSync("ecdsa", { bits: 256 });
    const made = [{ ...good, private: good.private.replace(/.{20}\n-----END/, "\n-----END") }, good];
    deepEqual(
      newSshKey(() => made.shift() ?? good),
      good,
    );
    equal(made.length, 0);
  });

  it("is another one each time", () => {
    equal(new Set([1, 2, 3].map(() => newSshKey().private)).size, 3);
  });
});
