// A test server for each test, and native transports to it that are closed afterwards.

import { deepEqual, ok, rejects } from "node:assert/strict";
import { inspect } from "node:util";
import { type CmdletTransport, RemotingError, type RemotingReason } from "../../provider/remoting/transport.ts";
import { type WsmanTransportInternals, type WsmanTransportOptions, wsmanTransport } from "../../provider/remoting/wsman-transport.ts";
import { basic } from "./basic.ts";
import { TestServer } from "./wsman-server.ts";

export const HOST = "ex01.contoso.local";
export const USER = "CONTOSO\\pauser";
export const PASSWORD = "not-for-anyone";
/** Base64 of user and password, as it goes out. */
export const CREDENTIALS = Buffer.from(`${USER}:${PASSWORD}`).toString("base64");

/** Call it in a `describe`: it starts and stops the server around every test. */
export class TransportFixture {
  server = new TestServer();
  readonly #transports: CmdletTransport[] = [];

  constructor() {
    beforeEach(async () => {
      this.server = new TestServer();
      await this.server.start();
    });
    afterEach(async () => {
      await Promise.all(this.#transports.splice(0).map((transport) => transport.close()));
      await this.server.stop();
    });
  }

  transport(options: Partial<WsmanTransportOptions> = {}, internals: WsmanTransportInternals = {}): CmdletTransport {
    const made = wsmanTransport(
      {
        url: `http://${HOST}/PowerShell/`,
        configurationName: "Microsoft.Exchange",
        endpoint: "ex01 (Microsoft.Exchange)",
        authentication: basic(USER, PASSWORD),
        connectTo: { [`${HOST}:80`]: `127.0.0.1:${this.server.port}` },
        ...options,
      },
      { repeatPausesMs: [0, 0], ...internals },
    );
    this.#transports.push(made);
    return made;
  }
}

/** The call fails for this reason, with exactly this sentence, and nothing in the error gives the password away. */
export async function fails(running: Promise<unknown>, reason: RemotingReason, message: string): Promise<void> {
  await rejects(running, (error: unknown) => {
    ok(error instanceof RemotingError, inspect(error));
    deepEqual({ reason: error.reason, message: error.message }, { reason, message });
    const shown = inspect(error, { depth: 20, showHidden: true });
    ok(!shown.includes(PASSWORD) && !shown.includes(CREDENTIALS), "the password is in the error");
    return true;
  });
}
