import { deepEqual } from "node:assert/strict";
import { addressOfUrl, isLoopback } from "../../../provider/remoting/http/address.ts";

describe("the address that is connected to", () => {
  const url = (text: string) => new URL(text);
  it("is that of the URL, with the port of its scheme", () => {
    deepEqual(addressOfUrl(url("http://ex01/x")), { host: "ex01", port: 80 });
    deepEqual(addressOfUrl(url("https://ex01/x")), { host: "ex01", port: 443 });
    deepEqual(addressOfUrl(url("http://[::1]:5985/x")), { host: "::1", port: 5985 });
  });

  it("is another where the map has host and port, in any case, and not where only one of them fits", () => {
    const map = { "EX01.contoso.local:80": "127.0.0.1:1234" };
    deepEqual(addressOfUrl(url("http://ex01.CONTOSO.local/x"), map), { host: "127.0.0.1", port: 1234 });
    deepEqual(addressOfUrl(url("http://ex01.contoso.local:5985/x"), map), { host: "ex01.contoso.local", port: 5985 });
    deepEqual(addressOfUrl(url("http://ex02.contoso.local/x"), map), { host: "ex02.contoso.local", port: 80 });
  });

  it("is loopback only where it can be nothing else", () => {
    deepEqual(["127.0.0.1", "127.5.4.3", "::1", "localhost"].map(isLoopback), [true, true, true, true]);
    deepEqual(["10.0.0.1", "127.0.0.1.example", "ex01", "1127.0.0.1", "::2"].map(isLoopback), [false, false, false, false, false]);
  });
});
