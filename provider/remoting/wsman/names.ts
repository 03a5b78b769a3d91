// Namespaces, actions and fault codes of WS-Management as Windows speaks it. Sources: DSP0226, [MS-WSMV], recordings of real servers.

export const NS = {
  soap: "http://www.w3.org/2003/05/soap-envelope",
  addressing: "http://schemas.xmlsoap.org/ws/2004/08/addressing",
  wsman: "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
  wsmv: "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd",
  shell: "http://schemas.microsoft.com/wbem/wsman/1/windows/shell",
  transfer: "http://schemas.xmlsoap.org/ws/2004/09/transfer",
  fault: "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault",
  powershell: "http://schemas.microsoft.com/powershell",
} as const;

export const ANONYMOUS = `${NS.addressing}/role/anonymous`;

export const Action = {
  create: `${NS.transfer}/Create`,
  delete: `${NS.transfer}/Delete`,
  command: `${NS.shell}/Command`,
  send: `${NS.shell}/Send`,
  receive: `${NS.shell}/Receive`,
  signal: `${NS.shell}/Signal`,
} as const;

/** Signal codes. The odd one without a URI is what PowerShell sends to stop a pipeline. */
export const SignalCode = { stop: "powershell/signal/ctrl_c", terminate: `${NS.shell}/signal/Terminate` } as const;

export const FaultCode = {
  /** A Receive during which nothing happened: ask again. */
  timedOut: 2150858793,
  /** The shell or the command is not known here (any more). */
  unknownSelectors: 2150858843,
  accessDenied: 5,
  tooManyShells: 2150859173,
  tooManyOperations: 2150859174,
} as const;
