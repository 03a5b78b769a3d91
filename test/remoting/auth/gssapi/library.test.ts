// What an administrator reads where Kerberos cannot be spoken at all.
import { match, rejects, throws } from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as koffi from "koffi";
import { Gssapi, gssapi } from "../../../../provider/remoting/auth/gssapi/library.ts";
import { WsmanError } from "../../../../provider/remoting/problem.ts";
import { checkout } from "../../../../setup/places.ts";

describe("GSSAPI on a machine that lacks something", () => {
  it("names the library and the package that has it", () => {
    const withoutFile = {
      ...koffi,
      load: () => {
        throw new Error("cannot open shared object file");
      },
    };
    throws(
      () => new Gssapi(withoutFile),
      (error: unknown) =>
        error instanceof WsmanError &&
        error.problem.kind === "ended" &&
        error.problem.reason === "rejected" &&
        /libgssapi_krb5.*which this machine does not have: install it \(Debian and Ubuntu: libgssapi-krb5-2;/.test(error.problem.what),
    );
  });

  it("sends to the local PowerShell on Windows", async () => {
    await rejects(
      () => gssapi("win32"),
      (error: unknown) =>
        error instanceof WsmanError &&
        error.problem.kind === "ended" &&
        error.problem.reason === "rejected" &&
        error.problem.what === "on Windows only the local PowerShell speaks Kerberos: use exchange:transport: powershell",
    );
  });

  it("says how to install koffi, and Basic works without it", async () => {
    const program = `
      import { registerHooks } from "node:module";
      registerHooks({ resolve: (name, context, next) => { if (name === "koffi") throw new Error("not installed"); return next(name, context); } });
      const { openAuthentication } = await import("./provider/remoting/auth/authentication.ts");
      const { Secret } = await import("./provider/remoting/transport.ts");
      const url = new URL("http://ex01.contoso.local/PowerShell/");
      const open = (method) => openAuthentication({ method, user: "a@b", password: new Secret("c") }).authenticator(url, "127.0.0.1");
      console.log(Object.keys(open("basic").outgoing({ headers: {}, bytes: new Uint8Array() }).headers).join());
      await open("kerberos").begin(async () => ({ status: 401, challenges: ["Kerberos"] })).catch((error) => console.log(error.problem.what));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], { cwd: checkout });
    match(
      stdout,
      /^Authorization\nKerberos needs the npm package koffi, which is not installed for this system: run "npm install --include=optional"/,
    );
  });
});
