// A Pulumi program for tests of the set-up: one resource of the toy plugin, its content the stack's word.
import * as pulumi from "@pulumi/pulumi";

class File extends pulumi.CustomResource {
  constructor(name: string, args: { readonly path: string; readonly content: string }) {
    super("exchange:index:File", name, args);
  }
}

const site = new pulumi.Config("site");
const state = site.require("state");
if (state !== "online" && state !== "offline") throw new pulumi.RunError(`site:state is "${state}"; expected online or offline.`);
new File("one", { path: site.require("path"), content: state });
console.log(`the program runs under Node.js ${process.versions.node} in ${process.cwd()}`);
