// The connections under a WSMan endpoint: plain, or TLS with a client certificate where one is asked for. What it proves is authentication's.
// As Node.js can: IIS also asks for a certificate in the middle of a connection (SslNegotiateCert), which Node.js cannot.
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Connection } from "./authentication.ts";

export interface TlsOptions {
  /** PEM, both. */
  readonly key: string;
  readonly cert: string;
  /** Asks for a client certificate when TLS begins, and takes any: who it is, authentication decides. Default false. */
  readonly asksForCertificate?: boolean;
  /** Default: all that Node.js speaks. */
  readonly maxVersion?: "TLSv1.2" | "TLSv1.3";
}

/** An HTTP server, over TLS where that is given; idle connections are kept for `keepAliveTimeout` milliseconds. */
export function serverFor(tls: TlsOptions | undefined, keepAliveTimeout: number, listener: RequestListener): Server {
  const options = { keepAliveTimeout, requestTimeout: 0 };
  if (tls === undefined) return createServer(options, listener);
  const { key, cert, asksForCertificate = false, maxVersion } = tls;
  return createTlsServer(
    {
      ...options,
      key,
      cert,
      requestCert: asksForCertificate,
      rejectUnauthorized: false,
      ...(maxVersion === undefined ? {} : { maxVersion }),
    },
    listener,
  );
}

/** What TLS says of a connection that HTTP was spoken over. */
export function connectionOf(socket: Socket): Connection {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  return { isEncrypted: socket instanceof TLSSocket, clientCertificate: certificate?.raw };
}
