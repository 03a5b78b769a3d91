// A connection to a toy server that has to be proved with the toy Kerberos; both are ended after each test.
import type { ServerOptions } from "node:https";
import { negotiatedAuthenticator } from "../../provider/remoting/auth/negotiated.ts";
import { HttpConnection, type HttpConnectionOptions, type PostOptions } from "../../provider/remoting/http/connection.ts";
import { WsmanError, type WsmanProblem } from "../../provider/remoting/problem.ts";
import { ToyIdentity } from "./toy-kerberos.ts";
import { ToyServer } from "./toy-server.ts";

const HOST = "ex01.contoso.local";

export interface ToyConnection {
  readonly server: ToyServer;
  readonly identity: ToyIdentity;
  readonly connection: HttpConnection;
  /** The body of the answer. */
  post(text: string, options?: Partial<PostOptions>): Promise<string>;
}

/** Registers the hook that ends what `connect` made. Call it in a `describe`. */
export function toyConnections(): (tls?: {
  readonly server: ServerOptions;
  readonly client: HttpConnectionOptions["tls"];
}) => Promise<ToyConnection> {
  const made: { readonly server: ToyServer; readonly connection: HttpConnection }[] = [];
  afterEach(async () => {
    for (const { server, connection } of made.splice(0)) {
      connection.close();
      await server.stop();
    }
  });
  return async (tls) => {
    const [server, identity] = [new ToyServer(tls?.server), new ToyIdentity()];
    const port = await server.start();
    const [scheme, defaultPort] = tls === undefined ? ["http", 80] : ["https", 443];
    const connection = new HttpConnection({
      url: new URL(`${scheme}://${HOST}/PowerShell/`),
      connectTo: { [`${HOST}:${defaultPort}`]: `127.0.0.1:${port}` },
      authenticator: negotiatedAuthenticator({ identity, host: HOST, user: "pauser@contoso.local", seals: tls === undefined, known: {} }),
      tls: tls?.client ?? {},
    });
    made.push({ server, connection });
    const post = async (text: string, options: Partial<PostOptions> = {}) =>
      (await connection.post(text, { timeoutMs: 5_000, ...options })).body;
    return { server, identity, connection, post };
  };
}

/** What a request ends with. */
export async function problemOf(posting: Promise<unknown>): Promise<WsmanProblem> {
  try {
    await posting;
  } catch (error) {
    if (error instanceof WsmanError) return error.problem;
    throw error;
  }
  throw new Error("it went well");
}
