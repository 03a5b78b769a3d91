// What our language host makes of the engine's request, and of the program's end.
import { deepEqual } from "node:assert/strict";
import { exitOf, type ProgramRun, programArguments, programEnvironment } from "../../../setup/language-host/run-program.ts";

const request: ProgramRun = {
  project: "site",
  stack: "lab",
  organization: "organization",
  pwd: "/old",
  program: "old.ts",
  argsList: [],
  dryrun: false,
  parallel: 8,
  monitorAddress: "127.0.0.1:4001",
  configMap: [["site:state", "offline"]],
  configsecretkeysList: ["site:password"],
  info: { rootDirectory: "/checkout", programDirectory: "/checkout/stacks", entryPoint: "index.ts" },
};

describe("the program that the engine asks for", () => {
  it("gets what the engine says of the stack, then its entry point", () => {
    deepEqual(programArguments(request, "127.0.0.1:4000"), [
      "--monitor=127.0.0.1:4001",
      "--engine=127.0.0.1:4000",
      "--organization=organization",
      "--project=site",
      "--root-directory=/checkout",
      "--stack=lab",
      "--pwd=/checkout/stacks",
      "--parallel=8",
      "index.ts",
    ]);
  });

  it("is told of a preview, and gets its own arguments last", () => {
    deepEqual(programArguments({ ...request, dryrun: true, argsList: ["a", "b"] }, "e").slice(-4), ["--dry-run", "index.ts", "a", "b"]);
  });

  it("is found by an older engine's fields where the newer ones are missing", () => {
    const { info: _, ...older } = request;
    const args = programArguments({ ...older, parallel: 0 }, "e");
    deepEqual(args.slice(-2), ["--pwd=/old", "old.ts"]);
  });

  it("reads the stack's configuration from its environment", () => {
    deepEqual(programEnvironment(request), {
      PULUMI_CONFIG: '{"site:state":"offline"}',
      PULUMI_CONFIG_SECRET_KEYS: '["site:password"]',
      PULUMI_NODEJS_TYPESCRIPT: "false",
    });
  });
});

describe("the end of a program", () => {
  for (const [code, signal, answer] of [
    [0, null, { bail: false, error: "" }],
    [32, null, { bail: true, error: "" }],
    [1, null, { bail: false, error: "the program ended with exit code 1" }],
    [null, "SIGKILL", { bail: false, error: "the program was ended by SIGKILL" }],
  ] as const) {
    it(`by ${signal ?? `exit code ${code}`} is answered with ${JSON.stringify(answer)}`, () => {
      deepEqual(exitOf(code, signal), answer);
    });
  }
});
