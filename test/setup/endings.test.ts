// `npm run lab` ends when npm does, whatever ended that: npm passes some signals on, and dies of others without a word.
import { deepEqual } from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { checkout } from "../../setup/places.ts";
import { leftOf } from "../support/running.ts";

describe("npm run lab", () => {
  for (const signal of ["SIGTERM", "SIGHUP", "SIGKILL"] as const) {
    it(`ends when npm is ended by ${signal}, and takes its stack file away`, async () => {
      const mark = randomUUID();
      const npm = spawn("npm", ["run", "--silent", "lab"], {
        cwd: checkout,
        env: { ...process.env, PULUMI_EXCHANGE_MARK: mark },
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(npm.stdout, "data"); // the lab is up
      npm.kill(signal);
      deepEqual(await leftOf(mark), []);
      deepEqual(existsSync(path.join(checkout, "stacks", "Pulumi.lab.yaml")), false);
    });
  }
});
