// Words the errors with which PowerShell refuses a call before the cmdlet runs. All of them end the pipeline (state Failed).
// Words, ids and categories as recorded from PowerShell 7.6 where it showed them, else as Windows PowerShell 5.1 is known to say them;
// two are not verified and say so. On a real Windows cmdlet the id ends in its .NET class instead of its name.
import type { HostError } from "./cmdlet-host.ts";

const INVALID_ARGUMENT = { number: 5, name: "InvalidArgument" };
const INVALID_DATA = { number: 6, name: "InvalidData" };

/** A cmdlet that this endpoint does not have: missing, misspelt, or not granted (Exchange hides what a role does not allow). */
export function commandNotFound(cmdlet: string): HostError {
  return {
    message: `The term '${cmdlet}' is not recognized as the name of a cmdlet, function, script file, or operable program. Check the spelling of the name, or if a path was included, verify that the path is correct and try again.`,
    fullyQualifiedErrorId: "CommandNotFoundException",
    exception: "System.Management.Automation.CommandNotFoundException",
    category: { number: 13, name: "ObjectNotFound" },
    targetName: cmdlet,
  };
}

export function parameterNotFound(cmdlet: string, parameter: string): HostError {
  return bindingError(cmdlet, "NamedParameterNotFound", `A parameter cannot be found that matches parameter name '${parameter}'.`);
}

export function positionalNotFound(cmdlet: string, argument: string): HostError {
  return bindingError(cmdlet, "PositionalParameterNotFound", `A positional parameter cannot be found that accepts argument '${argument}'.`);
}

export function alreadyBound(cmdlet: string, parameter: string): HostError {
  return bindingError(
    cmdlet,
    "ParameterAlreadyBound",
    `Cannot bind parameter because parameter '${parameter}' is specified more than once. To provide multiple values to parameters that can accept multiple values, use the array syntax. For example, "-parameter value1,value2,value3".`,
  );
}

export function ambiguousSet(cmdlet: string): HostError {
  return bindingError(cmdlet, "AmbiguousParameterSet", "Parameter set cannot be resolved using the specified named parameters.");
}

export function missingMandatory(cmdlet: string, parameters: readonly string[]): HostError {
  return bindingError(
    cmdlet,
    "MissingMandatoryParameter",
    `Cannot process command because of one or more missing mandatory parameters: ${parameters.join(" ")}.`,
  );
}

/** A switch that was given something else than true or false. */
export function notASwitch(cmdlet: string, parameter: string, given: string): HostError {
  return bindingError(
    cmdlet,
    "CannotConvertArgument",
    `Cannot convert '${given}' to the type 'System.Management.Automation.SwitchParameter' required by parameter '${parameter}'. `,
  );
}

/** A value that does not become what the parameter wants; `why` is the rest of the sentence. */
export function notConvertible(cmdlet: string, parameter: string, why: string): HostError {
  return {
    message: `Cannot process argument transformation on parameter '${parameter}'. ${why}`,
    fullyQualifiedErrorId: `ParameterArgumentTransformationError,${cmdlet}`,
    exception: "System.Management.Automation.ParameterBindingArgumentTransformationException",
    category: INVALID_DATA,
  };
}

/** A value of the right type outside the documented range. */
export function outOfRange(cmdlet: string, parameter: string, value: number, [least, greatest]: readonly [number, number]): HostError {
  const [relation, limit, wanted] = value > greatest ? ["greater", greatest, "less"] : ["less", least, "greater"];
  const kind = value > greatest ? "maximum" : "minimum";
  return validationError(
    cmdlet,
    "ParameterArgumentValidationError",
    `Cannot validate argument on parameter '${parameter}'. The ${value} argument is ${relation} than the ${kind} allowed range of ${limit}. Supply an argument that is ${wanted} than or equal to ${limit} and then try the command again.`,
  );
}

/** A mandatory parameter that was given nothing. */
export function emptyArgument(cmdlet: string, parameter: string, value: null | ""): HostError {
  const [id, what] =
    value === null
      ? ["ParameterArgumentValidationErrorNullNotAllowed", "null"]
      : ["ParameterArgumentValidationErrorEmptyStringNotAllowed", "an empty string"];
  return validationError(cmdlet, id, `Cannot bind argument to parameter '${parameter}' because it is ${what}.`);
}

/**
 * A cmdlet that wants to ask, in a session where nobody can answer. **Not verified for Exchange**: words, id and exception are those
 * that PowerShell 7.6 gave for a confirmation without a host, and there it was written beside output instead of ending the pipeline.
 */
export function confirmationImpossible(cmdlet: string, target: string): HostError {
  return {
    message: `A command that prompts the user failed because the host program or the command type does not support user interaction. The host was attempting to request confirmation with the following message: Are you sure you want to perform this action?\r\nPerforming the operation "${cmdlet}" on target "${target}".`,
    fullyQualifiedErrorId: "HostException",
    exception: "System.Management.Automation.Host.HostException",
    category: { number: 0, name: "NotSpecified" },
  };
}

function bindingError(cmdlet: string, id: string, message: string): HostError {
  return {
    message,
    fullyQualifiedErrorId: `${id},${cmdlet}`,
    exception: "System.Management.Automation.ParameterBindingException",
    category: INVALID_ARGUMENT,
  };
}

function validationError(cmdlet: string, id: string, message: string): HostError {
  return {
    message,
    fullyQualifiedErrorId: `${id},${cmdlet}`,
    exception: "System.Management.Automation.ParameterBindingValidationException",
    category: INVALID_DATA,
  };
}
