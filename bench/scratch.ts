import { mkdirSync, writeFileSync, rmSync } from "node:fs";
import path from "node:path";
import { startLabSite } from "./lab-site.ts";
import { previewMs, settledStack } from "./stacks.ts";
import { makeStack } from "../lab/stack.ts";
import { checkout, pinnedNode } from "../setup/places.ts";
const folder = "/tmp/scratch-bench"; rmSync(folder,{recursive:true,force:true});
const site = await startLabSite(4, 30);
const ours = await settledStack(site.lab, path.join(folder, "ours"), "ours");
const plug = path.join(folder,"plug"); mkdirSync(plug,{recursive:true});
writeFileSync(path.join(plug,"pulumi-resource-exchange"), `#!/bin/sh\nexec '${pinnedNode}' ${process.argv[2] ?? ""} '${checkout}/provider/host/main.ts' "$@"\n`, {mode:0o755});
makeStack(site.lab, path.join(folder,"ours"), {main: path.join(checkout,"bench","program.ts"), plugin: plug});
site.restart();
for (let i=0;i<Number(process.argv[3]??1);i++) { const c0=process.cpuUsage(); console.log("begin",Date.now()); const t=await previewMs(ours, 40); console.log("end",Date.now()); const c=process.cpuUsage(c0); console.log("preview", Math.round(t), "lab cpu", Math.round((c.user+c.system)/1000)); }
console.log(site.counts);
await site.stop();
