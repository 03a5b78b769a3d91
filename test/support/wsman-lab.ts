// Endpoints of two servers for one test at a time, with a clock moved by hand and a client of ex01.
import { FaultScript } from "../../lab/serve/faults.ts";
import { startWsman, type WsmanOptions, type WsmanServers } from "../../lab/serve/wsman.ts";
import { type ToyHost, toyHost } from "./cmdlet-host.ts";
import { RawWsman } from "./raw-wsman.ts";

export const SHELL_ID = "6F1903CA-E06A-4A8B-BDFC-B44203149D55";
export const COMMAND_ID = "E888E1DF-C962-41D6-BEFD-F2C82D0ABCCA";
export const OTHER_ID = "24E6F3FF-24A4-4B86-9545-49C5285D0A91";
export const TERMINATE = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/signal/Terminate";
export const GONE = { status: 500, subcode: "w:InvalidSelectors", code: 2150858843 };
export const TIMED_OUT = { status: 500, subcode: "w:TimedOut", code: 2150858793 };

export interface WsmanLab {
  readonly servers: WsmanServers;
  readonly toy: ToyHost;
  readonly faults: FaultScript;
  readonly client: RawWsman;
  /** Milliseconds of the endpoints' clock. */
  nowMs: number;
}

/** To be stopped by `lab.servers.stop()`, which may be called twice. */
export async function wsmanLab(options: Partial<WsmanOptions> = {}): Promise<WsmanLab> {
  const toy = toyHost();
  const faults = new FaultScript();
  const clock = { nowMs: 0 };
  const servers = await startWsman({
    host: toy.host,
    servers: ["ex01", "ex02"].map((name) => ({ name, fqdn: `${name}.contoso.local` })),
    accounts: new Map([
      ["CONTOSO\\pauser", "a"],
      ["auditor@contoso.local", "b"],
    ]),
    faults,
    nowMs: () => clock.nowMs,
    ...options,
  });
  const client = new RawWsman(servers.address("ex01", "Microsoft.Exchange"), "CONTOSO\\pauser", "a");
  return Object.assign(clock, { servers, toy, faults, client });
}

/** A plugin's settings with which it finds ex01 of `lab`. */
export function settingsFor({ servers }: WsmanLab): Readonly<Record<string, string>> {
  const at = (configuration: "Microsoft.Exchange" | "Microsoft.PowerShell") => {
    const { host, port } = servers.address("ex01", configuration);
    return `${host}:${port}`;
  };
  return {
    user: "CONTOSO\\pauser",
    password: "a",
    authentication: "basic",
    exchangeUrl: "http://{server}.contoso.local/PowerShell/",
    windowsUrl: "http://{server}.contoso.local:5985/wsman",
    connectTo: JSON.stringify({
      "ex01.contoso.local:80": at("Microsoft.Exchange"),
      "ex01.contoso.local:5985": at("Microsoft.PowerShell"),
    }),
  };
}
