// The XML namespaces of WSMan, by the prefixes that a Windows server writes. Readers match by namespace and never by prefix.

export const SOAP = "http://www.w3.org/2003/05/soap-envelope";
export const ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
export const TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
export const WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
export const SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell";
export const MICROSOFT_WSMAN = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd";
export const WSMAN_FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault";
export const CONFIG = "http://schemas.microsoft.com/wbem/wsman/1/config";
export const POWERSHELL = "http://schemas.microsoft.com/powershell";
export const ANONYMOUS = `${ADDRESSING}/role/anonymous`;
