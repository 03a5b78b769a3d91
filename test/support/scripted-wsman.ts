// What tests of scripted faults ask of an endpoint over and over: a pipeline that answers 7, and what came of it.
import type { Fault, FaultDetail, FaultKind, WsmanRequestName } from "../../lab/serve/faults.ts";
import { MessageType } from "../../provider/remoting/psrp/messages.ts";
import { messagesIn, type RawAnswer } from "./raw-wsman.ts";
import { COMMAND_ID, SHELL_ID, type WsmanLab } from "./wsman-lab.ts";

export interface Asking {
  script(request: WsmanRequestName, what: FaultKind, how?: FaultDetail, nth?: number): void;
  /** Starts it. */
  number(commandId?: string): Promise<RawAnswer>;
  receive(): Promise<RawAnswer>;
  receiveOfPool(): Promise<RawAnswer>;
}

/** Of the lab that there is when something is asked. */
export function asking(lab: () => WsmanLab): Asking {
  return {
    script(request, what, how = {}, nth = 1) {
      const fault: Fault = { when: { edge: "wsman", server: "ex01", request, nth }, what, how };
      lab().faults.add(fault);
    },
    number: (commandId = COMMAND_ID) => lab().client.command(SHELL_ID, commandId, [{ name: "Get-Number", args: [["Value", 7]] }]),
    receive: () => lab().client.receive(SHELL_ID, COMMAND_ID),
    receiveOfPool: () => lab().client.receive(SHELL_ID, undefined),
  };
}

/** CLIXML of its output. */
export function outputOf(answer: RawAnswer): string[] {
  return messagesIn(answer)
    .filter(({ type }) => type === MessageType.pipelineOutput)
    .map(({ data }) => data);
}
