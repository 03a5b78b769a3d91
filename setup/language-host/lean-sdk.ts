// Loaded before a program's SDK: keeps from it what it loads at every start and a program here never asks for, which is half of what a start costs.
// The compiler and npm's reader of package trees serve functions that are sent elsewhere as text; they come when one is. Source maps are for programs
// that were compiled: Node.js runs ours as they are, line for line. An official language host knows nothing of this.
import { createRequire, Module } from "node:module";

const ofTheSdk = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi"));

for (const name of ["typescript", "@npmcli/arborist", "@pulumi/pulumi/automation"]) comesWhenUsed(name);
place("source-map-support/register", {});

/** What `name` exports is loaded when somebody first looks into it. */
function comesWhenUsed(name: string): void {
  const file = ofTheSdk.resolve(name);
  let loaded: object | undefined;
  const load = (): object => {
    if (loaded !== undefined) return loaded;
    delete ofTheSdk.cache[file];
    loaded = ofTheSdk(name) as object;
    return loaded;
  };
  // Asked by the SDK of each module as it is imported, and so of no use as a sign that somebody needs it.
  const get = (_: object, key: PropertyKey) => (key === "__esModule" ? true : Reflect.get(load(), key));
  place(name, new Proxy({}, { get, has: (_, key) => key in load() }));
}

function place(name: string, exports: object): void {
  const file = ofTheSdk.resolve(name);
  const module = new Module(file);
  ofTheSdk.cache[file] = Object.assign(module, { filename: file, loaded: true, exports });
}
