// An endpoint of the lab on loopback, our native transport to it, and between them a tap. `Get-Echo` gives back the values of its parameters.

import { commandNotFound } from "../../../lab/serve/binding-errors.ts";
import type { CmdletHost, CmdletReply, CmdletRequest } from "../../../lab/serve/cmdlet-host.ts";
import { FaultScript } from "../../../lab/serve/faults.ts";
import { startWsman, type WsmanServers } from "../../../lab/serve/wsman.ts";
import type { CmdletTransport } from "../../../provider/remoting/transport.ts";
import { wsmanTransport } from "../../../provider/remoting/wsman-transport.ts";
import { basic } from "../../support/basic.ts";
import { Tap } from "./tap.ts";

export class EchoLab {
  readonly tap: Tap;
  readonly transport: CmdletTransport;
  /** Every request since `forget`. */
  readonly requests: CmdletRequest[];
  /** What the next `Get-Say` answers. */
  say: Partial<CmdletReply> = {};
  readonly #servers: WsmanServers;

  private constructor(servers: WsmanServers, tap: Tap, transport: CmdletTransport, requests: CmdletRequest[]) {
    this.#servers = servers;
    this.tap = tap;
    this.transport = transport;
    this.requests = requests;
  }

  static async start(): Promise<EchoLab> {
    const user = "CONTOSO\\pauser";
    const password = `p:${Math.random()}`;
    const requests: CmdletRequest[] = [];
    const host: CmdletHost = async (request) => {
      requests.push(request);
      const { cmdlet, parameters } = request;
      if (cmdlet === "Get-Echo") return reply({ output: [...parameters.values()] });
      return reply(cmdlet === "Get-Say" ? lab.say : { failed: commandNotFound(cmdlet) });
    };
    const servers = await startWsman({
      host,
      servers: [{ name: "ex01", fqdn: "ex01.contoso.local" }],
      accounts: new Map([[user, password]]),
      faults: new FaultScript(),
    });
    const tap = new Tap(servers.address("ex01", "Microsoft.Exchange"));
    const transport = wsmanTransport({
      url: "http://ex01.contoso.local/PowerShell/",
      configurationName: "Microsoft.Exchange",
      endpoint: "ex01 (Microsoft.Exchange)",
      authentication: basic(user, password),
      connectTo: { "ex01.contoso.local:80": `127.0.0.1:${await tap.start()}` },
    });
    const lab = new EchoLab(servers, tap, transport, requests);
    return lab;
  }

  forget(): void {
    this.requests.splice(0);
    this.tap.bodies.splice(0);
  }

  async stop(): Promise<void> {
    await this.transport.close();
    await this.tap.stop();
    await this.#servers.stop();
  }
}

function reply(parts: Partial<CmdletReply>): CmdletReply {
  return { output: [], warnings: [], errors: [], ...parts };
}
