// Where a host and port are really reached: a lab and a tunnel put them elsewhere than the name says.

/** As curl's `--connect-to`: `mail.contoso.com:25` -> `127.0.0.1:2525`. */
export type ConnectTo = Readonly<Record<string, string>>;

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** The address to connect to for `host` and `port`. @throws {RangeError} when the table's value is not `host:port` */
export function endpointOf(host: string, port: number, connectTo: ConnectTo = {}): Endpoint {
  const elsewhere = connectTo[`${host}:${port}`];
  if (elsewhere === undefined) return { host, port };
  const match = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(elsewhere);
  if (match?.[1] === undefined || Number(match[2]) > 65_535) {
    throw new RangeError(`connectTo of ${host}:${port} is "${elsewhere}"; expected <host>:<port>, such as 127.0.0.1:2525`);
  }
  return { host: match[1], port: Number(match[2]) };
}
