// Where secrets must not be: after a whole pause with two failing runs in it, every file that Pulumi writes or can be told to write is searched.
// Once they come from the environment, and once from the stack's configuration, where they are encrypted.
import { deepEqual, equal, notEqual } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Lab } from "../../lab/lab.ts";
import { Killer } from "../support/kills.ts";
import { requirePulumi } from "../support/pulumi.ts";
import { Rehearsal, type RunOptions, rehearsalLab, settleMail } from "../support/rehearsal.ts";

const wrongToken = "w".repeat(20) + "W".repeat(20);
const hourMs = 3_600_000;

describe("the secrets of a site", function () {
  this.timeout(240_000);
  const killer = new Killer();
  let lab: Lab;
  let stack: Rehearsal;

  beforeEach(async function () {
    requirePulumi(this);
    lab = await rehearsalLab({ faults: killer });
    stack = await new Rehearsal(lab).init();
  });

  afterEach(async () => {
    stack?.remove();
    await lab?.stop();
  });

  it("given in the environment: are in no state, output, debug file, event log or error of a pause", async () => {
    const grpc = path.join(stack.folder, "grpc.json");
    const outputs = await pause(lab, stack, killer, 9, { PULUMI_DEBUG_GRPC: grpc }, { CLOUDFLARE_API_TOKEN: wrongToken });
    const searched = { ...filesBelow(stack.folder), ...outputs };
    deepEqual(placesOf([...secretsOf(lab), wrongToken], searched), []);
    // The same search finds what is there: the account's name is no secret.
    const found = placesOf(["pauser@contoso.local"], searched);
    for (const place of ["grpc.json", "Pulumi.lab.yaml", "lab.json", "output 1"])
      equal(
        found.some((name) => name.endsWith(place)),
        true,
        `${place} was not searched: ${found.join(", ")}`,
      );
  });

  // Two records of Pulumi's own hold what it hands to plugins before anything is encrypted, and no plugin can help it: the file of
  // PULUMI_DEBUG_GRPC, and the lines that its log adds at level 9. Whoever needs either gives secrets in the environment.
  it("given in the configuration: are in no state, output, event log or error of a pause, and encrypted in the stack's file", async () => {
    const [password, token, key] = [
      lab.environment["EXCHANGE_PASSWORD"],
      lab.environment["CLOUDFLARE_API_TOKEN"],
      lab.environment["EXCHANGE_BUFFER_KEY"],
    ];
    for (const [name, value] of Object.entries({ password, cloudflareToken: token, bufferKey: key })) {
      const { code, output } = await stack.run(["config", "set", "--secret", "--raw", `exchange:${name}`], { stdin: value ?? "" });
      equal(code, 0, output);
    }
    const without = { EXCHANGE_PASSWORD: undefined, CLOUDFLARE_API_TOKEN: undefined, EXCHANGE_BUFFER_KEY: undefined };
    const outputs = await pause(lab, stack, killer, 8, without, { EXCHANGE_CLOCK: "no clock" });
    const searched = { ...filesBelow(stack.folder), ...outputs };
    deepEqual(placesOf(secretsOf(lab), searched), []);
    const encrypted = readFileSync(path.join(stack.folder, "Pulumi.lab.yaml"), "utf8").match(/^ {4}secure: v1:/gm);
    equal(encrypted?.length, 3);
  });
});

/** Online, a run that fails because of `wrong`, one whose plugin is killed, offline, online; and what each of them printed. */
async function pause(
  lab: Lab,
  stack: Rehearsal,
  killer: Killer,
  verbosity: number,
  environment: RunOptions["environment"],
  wrong: RunOptions["environment"],
): Promise<Readonly<Record<string, string>>> {
  const outputs: string[] = [];
  const up = async (word: string, changes: RunOptions["environment"] = {}): Promise<number> => {
    const { code, output } = await stack.up(word, { environment: { ...environment, ...changes } }, "--logtostderr", `-v=${verbosity}`);
    outputs.push(output);
    return code;
  };
  equal(await up("online"), 0, outputs.at(-1)?.slice(-2_000));
  notEqual(await up("offline", wrong), 0);
  killer.arm({ edge: "wsman", call: "Suspend-Service", nth: 1, moment: "after" }, () => stack.killPlugin());
  notEqual(await up("offline"), 0);
  lab.skip(hourMs);
  for (const word of ["offline", "online"]) equal(await up(word), 0, outputs.at(-1)?.slice(-2_000));
  deepEqual(settleMail(stack), []);
  return Object.fromEntries(outputs.map((output, index) => [`output ${index + 1}`, output]));
}

/** The secrets as they are, and as they go over the wire. */
function secretsOf({ secrets, config, environment }: Lab): readonly string[] {
  const basic = Buffer.from(`${String(config["exchange:user"])}:${environment["EXCHANGE_PASSWORD"]}`).toString("base64");
  return [...secrets, basic];
}

function filesBelow(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => path.join(entry.parentPath, entry.name)).map((file) => [file, readFileSync(file, "utf8")]),
  );
}

/** Where any of `texts` stands, by name; none of the texts themselves, which a failing test would print. */
function placesOf(texts: readonly string[], searched: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(searched).flatMap(([name, content]) => (texts.some((text) => content.includes(text)) ? [name] : []));
}
