// The lab's WSMan server in a process of its own, as both clients of the remoting benchmark meet it. Started by remoting.ts, and ends with it.
// Tells its parent the port, and, when asked, what it has done so far; told to rest, it first becomes as it was before the last client.
// With a keytab it takes Kerberos alone, else Basic alone.
import { subscribe } from "node:diagnostics_channel";
import { FaultScript } from "../lab/serve/faults.ts";
import { kerberosAuthentication } from "../lab/serve/wsman/kerberos.ts";
import { startWsman } from "../lab/serve/wsman.ts";
import { collectGarbage } from "../test/support/kept-heap.ts";
import { benchHost } from "./remoting-cmdlets.ts";

/** What the parent is told. */
export interface ServerReport {
  readonly port: number;
  /** Requests since the start. */
  readonly requests: number;
  /** Milliseconds of processor time since the start. */
  readonly cpuMs: number;
}

const [rows = "", user = "", password = "", keytab] = process.argv.slice(2);
let requests = 0;
subscribe("http.server.request.start", () => {
  requests += 1;
});
const servers = await startWsman({
  host: benchHost(Number(rows)),
  servers: [{ name: "ex01", fqdn: "ex01.contoso.local" }],
  accounts: new Map([[user, password]]),
  faults: new FaultScript(),
  ...(keytab === undefined
    ? {}
    : { authentication: () => kerberosAuthentication({ keytab, accounts: [user], schemes: ["Kerberos"], hasOddDelimiter: true }) }),
});
process.on("message", (word) => {
  if (word === "rest") collectGarbage(); // or the next client waits while the server tidies up after the one before
  report();
});
process.on("disconnect", () => process.exit(0));
report();

function report(): void {
  const { user: userMicros, system } = process.cpuUsage();
  const said: ServerReport = { port: servers.address("ex01", "Microsoft.Exchange").port, requests, cpuMs: (userMicros + system) / 1000 };
  process.send?.(said);
}
