import { deepEqual, ok } from "node:assert/strict";
import { bind } from "../../../lab/serve/binder.ts";
import type { HostError } from "../../../lab/serve/cmdlet-host.ts";
import type { Signature } from "../../../lab/serve/signatures.ts";
import { psObject } from "../../../provider/remoting/clixml/build.ts";
import type { PsValue } from "../../../provider/remoting/clixml/values.ts";
import { signatureFor } from "../../support/signature-for.ts";

type Given = Readonly<Record<string, PsValue>>;
const DAG = { Identity: "DAG1" };
const ARRAY_LIST = psObject({ typeNames: ["System.Collections.ArrayList", "System.Object"], items: ["a"] });
const INVALID_ARGUMENT = { number: 5, name: "InvalidArgument" };
const INVALID_DATA = { number: 6, name: "InvalidData" };
const BINDING = "System.Management.Automation.ParameterBindingException";
const VALIDATION = "System.Management.Automation.ParameterBindingValidationException";
const TRANSFORMATION = "System.Management.Automation.ParameterBindingArgumentTransformationException";

describe("binding parameters", () => {
  const refused: readonly (readonly [string, string, Given, HostError])[] = [
    [
      "a parameter it does not have",
      "Get-Queue",
      { NoSuchParameter: 1 },
      error(
        "NamedParameterNotFound,Get-Queue",
        BINDING,
        INVALID_ARGUMENT,
        "A parameter cannot be found that matches parameter name 'NoSuchParameter'.",
      ),
    ],
    [
      "an alias and the beginning of a name, though PowerShell would take them",
      "Get-Service",
      { ServiceName: "x" },
      error(
        "NamedParameterNotFound,Get-Service",
        BINDING,
        INVALID_ARGUMENT,
        "A parameter cannot be found that matches parameter name 'ServiceName'.",
      ),
    ],
    [
      "parameters of two sets",
      "Get-MailboxDatabase",
      { Identity: "DB01", Server: "ex01" },
      error(
        "AmbiguousParameterSet,Get-MailboxDatabase",
        BINDING,
        INVALID_ARGUMENT,
        "Parameter set cannot be resolved using the specified named parameters.",
      ),
    ],
    [
      "a call without its mandatory parameter",
      "Get-ServerComponentState",
      {},
      error(
        "MissingMandatoryParameter,Get-ServerComponentState",
        BINDING,
        INVALID_ARGUMENT,
        "Cannot process command because of one or more missing mandatory parameters: Identity.",
      ),
    ],
    [
      "a call without two of them, naming both",
      "Redirect-Message",
      { Confirm: false },
      error(
        "MissingMandatoryParameter,Redirect-Message",
        BINDING,
        INVALID_ARGUMENT,
        "Cannot process command because of one or more missing mandatory parameters: Server Target.",
      ),
    ],
    [
      "a call that could become either of two sets",
      "Retry-Queue",
      { Confirm: false },
      error(
        "AmbiguousParameterSet,Retry-Queue",
        BINDING,
        INVALID_ARGUMENT,
        "Parameter set cannot be resolved using the specified named parameters.",
      ),
    ],
    [
      "the same parameter twice",
      "Get-Queue",
      { Server: "ex01", server: "ex02" },
      error(
        "ParameterAlreadyBound,Get-Queue",
        BINDING,
        INVALID_ARGUMENT,
        `Cannot bind parameter because parameter 'server' is specified more than once. To provide multiple values to parameters that can accept multiple values, use the array syntax. For example, "-parameter value1,value2,value3".`,
      ),
    ],
    [
      "$null for a mandatory parameter",
      "Get-ServerComponentState",
      { Identity: null },
      error(
        "ParameterArgumentValidationErrorNullNotAllowed,Get-ServerComponentState",
        VALIDATION,
        INVALID_DATA,
        "Cannot bind argument to parameter 'Identity' because it is null.",
      ),
    ],
    [
      "an empty text for a mandatory parameter",
      "Get-ServerComponentState",
      { Identity: "" },
      error(
        "ParameterArgumentValidationErrorEmptyStringNotAllowed,Get-ServerComponentState",
        VALIDATION,
        INVALID_DATA,
        "Cannot bind argument to parameter 'Identity' because it is an empty string.",
      ),
    ],
    [
      "a name that its enum does not have",
      "Set-DatabaseAvailabilityGroup",
      { ...DAG, DatacenterActivationMode: "On" },
      transformation(
        "DatacenterActivationMode",
        'Cannot convert value "On" to type "DatacenterActivationModeOption". Error: "Unable to match the identifier name On to a valid enumerator name. Specify one of the following enumerator names and try again:\r\nOff, DagOnly"',
      ),
    ],
    [
      "a word for a number",
      "Set-DatabaseAvailabilityGroup",
      { ...DAG, ReplicationPort: "many" },
      transformation(
        "ReplicationPort",
        'Cannot convert value "many" to type "System.UInt16". Error: "Input string was not in a correct format."',
      ),
    ],
    [
      "a number too large for its type",
      "Set-DatabaseAvailabilityGroup",
      { ...DAG, ReplicationPort: 65_536 },
      transformation(
        "ReplicationPort",
        'Cannot convert value "65536" to type "System.UInt16". Error: "Value was either too large or too small for a UInt16."',
      ),
    ],
    [
      "a text for a truth",
      "Set-DatabaseAvailabilityGroup",
      { ...DAG, ReplayLagManagerEnabled: "yes" },
      transformation(
        "ReplayLagManagerEnabled",
        'Cannot convert value "System.String" to type "System.Boolean". Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0 instead.',
      ),
    ],
    [
      "a text for a switch",
      "Get-MailboxDatabase",
      { Status: "yes" },
      error(
        "CannotConvertArgument,Get-MailboxDatabase",
        BINDING,
        INVALID_ARGUMENT,
        "Cannot convert 'System.String' to the type 'System.Management.Automation.SwitchParameter' required by parameter 'Status'. ",
      ),
    ],
    [
      "a word for a time span",
      "Set-DatabaseAvailabilityGroup",
      { ...DAG, PreferenceMoveFrequency: "hourly" },
      transformation(
        "PreferenceMoveFrequency",
        'Cannot convert value "hourly" to type "System.TimeSpan". Error: "String was not recognized as a valid TimeSpan."',
      ),
    ],
    [
      "a list where one thing must stand",
      "Set-DatabaseAvailabilityGroup",
      { Identity: ARRAY_LIST },
      transformation(
        "Identity",
        'Cannot convert the "System.Collections.ArrayList" value of type "System.Collections.ArrayList" to type "DatabaseAvailabilityGroupIdParameter".',
      ),
    ],
    [
      "to prompt where nobody can answer",
      "Dismount-Database",
      { Identity: "DB01" },
      error(
        "HostException",
        "System.Management.Automation.Host.HostException",
        { number: 0, name: "NotSpecified" },
        'A command that prompts the user failed because the host program or the command type does not support user interaction. The host was attempting to request confirmation with the following message: Are you sure you want to perform this action?\r\nPerforming the operation "Dismount-Database" on target "DB01".',
      ),
    ],
  ];
  for (const [title, cmdlet, given, expected] of refused)
    it(`${cmdlet}: refuses ${title}`, () => {
      deepEqual(bind(signatureFor(cmdlet), parametersOf(given)), expected);
    });

  for (const [value, relation] of [
    [11, "greater than the maximum allowed range of 10. Supply an argument that is less than or equal to 10"],
    [1, "less than the minimum allowed range of 2. Supply an argument that is greater than or equal to 2"],
  ] as const)
    it(`refuses ${value} outside a range of 2 to 10, which it takes at its ends`, () => {
      const signature: Signature = {
        cmdlet: "Set-Some",
        module: "Exchange",
        parameterSets: { Default: ["Count"] },
        required: {},
        positional: {},
        parameters: { Count: { type: "Int32", range: [2, 10] } },
      };
      const message = `Cannot validate argument on parameter 'Count'. The ${value} argument is ${relation} and then try the command again.`;
      deepEqual(
        bind(signature, new Map([["Count", value]])),
        error("ParameterArgumentValidationError,Set-Some", VALIDATION, INVALID_DATA, message),
      );
      for (const allowed of [2, 10]) ok("kind" in bind(signature, new Map([["Count", allowed]])));
    });
});

function parametersOf(given: Given): ReadonlyMap<string, PsValue> {
  return new Map(Object.entries(given));
}

function error(fullyQualifiedErrorId: string, exception: string, category: HostError["category"], message: string): HostError {
  return { message, fullyQualifiedErrorId, exception, category };
}

function transformation(parameter: string, why: string): HostError {
  const message = `Cannot process argument transformation on parameter '${parameter}'. ${why}`;
  return error("ParameterArgumentTransformationError,Set-DatabaseAvailabilityGroup", TRANSFORMATION, INVALID_DATA, message);
}
