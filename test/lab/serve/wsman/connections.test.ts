// What authentication is told of the connections under an endpoint.
import { deepEqual } from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import type { Authentication } from "../../../../lab/serve/wsman/authentication.ts";
import { wsmanLab } from "../../../support/wsman-lab.ts";

const REQUEST = "POST /PowerShell/ HTTP/1.1\r\nHost: ex01\r\nContent-Length: 0\r\n\r\n";

describe("the connections under a WSMan endpoint", () => {
  it("each have one conversation, which ends with them", async () => {
    const told: string[] = [];
    const ended = [1, 2].map(() => Promise.withResolvers<void>());
    let begun = 0;
    const authentication: Authentication = {
      converse({ isEncrypted, clientCertificate }) {
        const isOver = ended[begun];
        const name = `connection ${++begun}`;
        told.push(`${name}: ${isEncrypted}, ${clientCertificate}`);
        return {
          admit() {
            told.push(`${name}: asks`);
            return { kind: "challenged", challenges: ["Test"] };
          },
          end() {
            told.push(`${name}: ends`);
            isOver?.resolve();
          },
        };
      },
    };
    const { servers } = await wsmanLab({ authentication: () => authentication });
    const { host, port } = servers.address("ex01", "Microsoft.Exchange");
    const [first, second] = [connect(port, host), connect(port, host)];
    for (const socket of [first, first, second]) {
      socket.write(REQUEST);
      await once(socket, "data");
    }
    first.destroy();
    await ended[0]?.promise;
    const expected = ["connection 1: false, undefined", "connection 1: asks", "connection 1: asks"];
    deepEqual(told, [...expected, "connection 2: false, undefined", "connection 2: asks", "connection 1: ends"]);
    await servers.stop();
    await ended[1]?.promise;
    deepEqual(told.at(-1), "connection 2: ends");
  });
});
