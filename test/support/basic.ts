// Basic authentication as tests of everything else use it.
import { type Authentication, type AuthenticationOptions, openAuthentication } from "../../provider/remoting/auth/authentication.ts";
import { Secret } from "../../provider/remoting/transport.ts";

export function basic(user: string, password: string, more: Partial<AuthenticationOptions> = {}): Authentication {
  return openAuthentication({ method: "basic", user, password: new Secret(password), ...more });
}
