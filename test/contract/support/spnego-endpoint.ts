// Starts spnego_endpoint.py and keeps what it tells of each request.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { checkout } from "../../../setup/places.ts";

export interface SpnegoEndpoint {
  readonly port: number;
  /** What it said of the requests since the last look, in order. */
  told(): readonly Readonly<Record<string, unknown>>[];
  stop(): Promise<void>;
}

export async function startSpnegoEndpoint(
  python: string,
  environment: Readonly<Record<string, string>>,
  schemes: readonly string[],
  { odd = false }: { readonly odd?: boolean } = {},
): Promise<SpnegoEndpoint> {
  const script = path.join(checkout, "test", "contract", "spnego_endpoint.py");
  const args = [script, schemes.join(","), ...(odd ? ["odd"] : [])];
  const child: ChildProcess = spawn(python, args, { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "inherit"] });
  if (child.stdout === null) throw new Error("no output");
  const lines: string[] = [];
  const first = Promise.withResolvers<number>();
  child.once("exit", (code) => first.reject(new Error(`the endpoint ended with ${code}`)));
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (/^\d+$/.test(line)) first.resolve(Number(line));
    else lines.push(line);
  });
  const port = await first.promise;
  return {
    port,
    told: () => lines.splice(0).map((line): Readonly<Record<string, unknown>> => JSON.parse(line)),
    stop: async () => {
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}
