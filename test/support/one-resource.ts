// One resource of a program that begins, asked of the plugin over gRPC as the engine asks it: without program and CLI, in tens of milliseconds.
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import type { Lab } from "../../lab/lab.ts";
import { clockFrom } from "../../provider/engine/clock.ts";
import { propertiesOf, structOf } from "../../provider/host/structs.ts";
import { ask, detailsOf, requests, startPlugin } from "./plugin-client.ts";

export interface Wishes {
  readonly kind: "MxRecord" | "TransportState";
  readonly args: object;
  /** Settings in place of the lab's: `exchange:allowUnencrypted`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** In place of what the lab gives; `undefined` takes a variable away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Has the resource checked and made. @returns an exit code, and what a person reads, as of `pulumi up` */
export async function upOfOne(
  lab: Lab,
  { kind, args, settings = {}, environment = {} }: Wishes,
): Promise<{ code: number; output: string }> {
  const plugin = await startPlugin(clockFrom(lab.environment["EXCHANGE_CLOCK"]), { environment: { ...lab.environment, ...environment } });
  try {
    const configured = new proto.ConfigureRequest().setArgs(structOf(settingsOf({ ...lab.config, ...settings })));
    await ask((reply) => plugin.client.configure(configured, reply));
    const asked = requests(plugin.client, `urn:pulumi:lab::site::exchange:index:${kind}::asked`);
    const checked = await asked.check({ ...args });
    const failures = checked.getFailuresList().map((failure) => failure.getReason());
    if (failures.length > 0) return { code: 1, output: failures.join("\n") };
    await asked.create(propertiesOf(checked.getInputs()), false);
    return { code: 0, output: plugin.lines.join("\n") };
  } catch (error) {
    return { code: 1, output: detailsOf(error) };
  } finally {
    await plugin.stop();
  }
}

/** As the engine hands them over: names without the package's, what is no text as JSON. */
function settingsOf(config: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(config).flatMap(([name, value]) =>
      name.startsWith("exchange:") ? [[name.slice("exchange:".length), typeof value === "string" ? value : JSON.stringify(value)]] : [],
    ),
  );
}
