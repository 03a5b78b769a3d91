// Asks a KDC for a ticket for `HTTP/<host>`, as the provider does before it speaks to a server, and prints what came of it as JSON. A program of its own
// because the test gives it names of hosts that the machine does not have. Arguments: user, host, scheme; the password stands in PASSWORD.
import { GssapiIdentity } from "../../../provider/remoting/auth/gssapi/identity.ts";
import type { NegotiatedScheme } from "../../../provider/remoting/auth/security.ts";
import { WsmanError } from "../../../provider/remoting/problem.ts";

const [user = "", host = "", scheme = ""] = process.argv.slice(2);
const identity = new GssapiIdentity(user, { kind: "password", reveal: () => process.env["PASSWORD"] ?? "" });
try {
  const context = await identity.contextWith(host, scheme as NegotiatedScheme);
  const { token } = await context.step();
  context.end();
  console.log(JSON.stringify({ token: Buffer.from(token).toString("base64") }));
} catch (error) {
  console.log(JSON.stringify({ refusal: error instanceof WsmanError ? error.problem : String(error) }));
} finally {
  identity.end();
}
