// The WSMan client against conversations that another client had with real Windows servers (2008 R2 to 2025): every recorded message is
// read, and where one cmdlet ran after the other, the recorded answers are played to our client.
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { decodeClixml } from "../../provider/remoting/clixml/decode.ts";
import { textOf } from "../../provider/remoting/clixml/read.ts";
import { Defragmenter, fragmentsOf } from "../../provider/remoting/psrp/fragments.ts";
import { decodeMessage, encodeMessage, MessageType } from "../../provider/remoting/psrp/messages.ts";
import { type CmdletAnswer, type CmdletTransport, Secret } from "../../provider/remoting/transport.ts";
import { createdShellId, parseAnswer } from "../../provider/remoting/wsman/answer.ts";
import { NS } from "../../provider/remoting/wsman/names.ts";
import { descendant, parseXml, type XmlElement } from "../../provider/remoting/wsman/xml.ts";
import { wsmanTransport } from "../../provider/remoting/wsman-transport.ts";
import { requireJudge, sharedFolder } from "../support/judges.ts";
import { attributeOf, conversation, type Exchange, psrpMessages } from "./support/wsman-conversations.ts";

const isThere = sharedFolder() !== undefined;
const recordings = path.join(sharedFolder() ?? "", "recordings");
const files = isThere ? globSync(path.join(recordings, "wsman/pypsrp/*.yml")).sort() : [];
const powershellSessions = isThere ? globSync(path.join(recordings, "powershell/psrp/*.messages.jsonl")).sort() : [];

/** Output objects, warnings and errors of each cmdlet, as counted in the recordings by their message types. */
const PLAYED: Readonly<Record<string, readonly Played[]>> = {};

/** Recordings that are not played, and why. */
const NOT_PLAYED: Readonly<Record<string, string>> = {};

interface Played {
  readonly objects: number;
  readonly warnings: number;
  readonly errors: readonly string[];
}
