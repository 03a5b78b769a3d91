// The order of a pause: mail is sent elsewhere before anything stops, and comes back after everything works.
import { deepEqual } from "node:assert/strict";
import { orderTowards, words } from "../../provider/components/order.ts";

describe("the order of the parts", () => {
  it("going offline: the buffer holds mail before the MX names it, and databases go last", () => {
    deepEqual(orderTowards("offline"), ["gate", "queue", "mx", "transport", "databases"]);
  });

  it("coming back: gates first, then databases, transport, the mail that waited, and the MX last", () => {
    deepEqual(orderTowards("online"), ["gate", "databases", "transport", "queue", "mx"]);
  });

  it("to prepared is that of coming back, as it may be asked of a site that is offline", () => {
    deepEqual(orderTowards("prepared"), orderTowards("online"));
  });

  it("has the same parts for every word", () => {
    for (const word of words) deepEqual([...orderTowards(word)].sort(), ["databases", "gate", "mx", "queue", "transport"]);
  });
});
