// Where a URL really leads: to its own host and port, or elsewhere as told (`connectTo`, as curl's --connect-to). Pure.

/** The address really connected to. Keys of `connectTo` are compared without case and always have a port. */
export function addressOf(url: URL, connectTo: Readonly<Record<string, string>> = {}): { host: string; port: number } {
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  const key = `${url.hostname}:${port}`.toLowerCase();
  const mapped = Object.entries(connectTo).find(([from]) => from.toLowerCase() === key)?.[1];
  const [, host, mappedPort] = /^(.+):(\d+)$/.exec(mapped ?? "") ?? [];
  return host === undefined ? { host: unbracketed(url.hostname), port } : { host: unbracketed(host), port: Number(mappedPort) };
}

/** Whether an address can only be this machine. A name counts only when it is `localhost`. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}
