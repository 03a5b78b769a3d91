// Behind the lab's endpoint for a while: a host that answers each cmdlet with what a recorded server answered, so that only the server's own
// words about it differ. And the recorded requests, made such that the lab can serve them.
import type { CmdletReply, HostError } from "../../../lab/serve/cmdlet-host.ts";
import { decodeClixml } from "../../../provider/remoting/clixml/decode.ts";
import { encodeClixml } from "../../../provider/remoting/clixml/encode.ts";
import { listOf, numberOf, property, textOf } from "../../../provider/remoting/clixml/read.ts";
import { isPsObject, type PsObject, type PsValue } from "../../../provider/remoting/clixml/values.ts";
import { fragmentsOf } from "../../../provider/remoting/psrp/fragments.ts";
import { encodeMessage, MessageType, type PsrpMessage } from "../../../provider/remoting/psrp/messages.ts";

/** For each pipeline that was begun, in that order, what its cmdlet would have to answer for a server to send what was received. */
export function repliesOf({
  sent,
  received,
}: {
  readonly sent: readonly PsrpMessage[];
  readonly received: readonly PsrpMessage[];
}): CmdletReply[] {
  const left = [...received];
  return sent
    .filter(({ type }) => type === MessageType.createPipeline)
    .map(({ pipelineId }) => {
      const own = left.filter((message) => message.pipelineId === pipelineId);
      const end = own.findIndex(({ type }) => type === MessageType.pipelineState); // a client may use an id again
      const messages = end < 0 ? own : own.slice(0, end + 1);
      for (const message of messages) left.splice(left.indexOf(message), 1);
      return replyOf(messages);
    });
}

function replyOf(messages: readonly PsrpMessage[]): CmdletReply {
  const of = (type: number) => messages.filter((message) => message.type === type).flatMap(valuesIn);
  const [state] = of(MessageType.pipelineState);
  const failed = isPsObject(state) ? property(state, "ExceptionAsErrorRecord") : undefined;
  return {
    output: of(MessageType.pipelineOutput),
    warnings: of(MessageType.warningRecord).map((record) => textOf(record) ?? ""),
    errors: of(MessageType.errorRecord).filter(isPsObject).map(errorOf),
    ...(isPsObject(failed) ? { failed: errorOf(failed) } : {}),
  };
}

function valuesIn({ data }: PsrpMessage): PsValue[] {
  return data === "" ? [null] : decodeClixml(data);
}

/** A CREATE_PIPELINE that runs one plain command where the recorded one ran scripts, several statements or a pipe. */
export function asPlainCommand(message: PsrpMessage): PsrpMessage {
  const [request] = decodeClixml(message.data);
  const powershell = isPsObject(request) ? property(request, "PowerShell") : undefined;
  if (!isPsObject(request) || !isPsObject(powershell)) throw new Error("the recorded CREATE_PIPELINE holds no commands");
  const commands = property(powershell, "Cmds");
  const [command] = listOf(commands);
  if (!isPsObject(command) || !isPsObject(commands)) throw new Error("the recorded pipeline has no command");
  const plain = withNotes(command, {
    Cmd: "Get-Recorded",
    IsScript: false,
    Args: { ...commands, items: { container: "LST", values: [] } },
  });
  const one = withNotes(powershell, { ExtraCmds: null, Cmds: { ...commands, items: { container: "LST", values: [plain] } } });
  return { ...message, data: encodeClixml(withNotes(request, { PowerShell: one })) };
}

/** A message as the content of a stream element. */
export function base64Of(message: PsrpMessage, objectId: bigint): string {
  return Buffer.concat(fragmentsOf(objectId, encodeMessage(message), 1_000_000)).toString("base64");
}

function errorOf(record: PsObject): HostError {
  const exception = property(record, "Exception");
  const target = textOf(property(record, "ErrorCategory_TargetName")) ?? "";
  return {
    message: (isPsObject(exception) ? textOf(property(exception, "Message")) : undefined) ?? record.text ?? "",
    fullyQualifiedErrorId: textOf(property(record, "FullyQualifiedErrorId")) ?? "",
    exception: (isPsObject(exception) ? exception.typeNames[0] : undefined) ?? "System.Exception",
    category: {
      number: numberOf(property(record, "ErrorCategory_Category")) ?? 0,
      name: /^\w*/.exec(textOf(property(record, "ErrorCategory_Message")) ?? "")?.[0] ?? "",
    },
    ...(target === "" ? {} : { targetName: target }),
  };
}

function withNotes(object: PsObject, notes: Readonly<Record<string, PsValue>>): PsObject {
  return { ...object, notes: new Map([...object.notes, ...Object.entries(notes)]) };
}
