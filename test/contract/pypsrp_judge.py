# Drives an endpoint with pypsrp and prints what came back as JSON, a fact for each scenario. Judges nothing: the tests beside it do.
# Reads {"port", "configuration", "path", "connection", "scenarios"} from standard input; "connection" are more arguments of pypsrp's WSMan.
import hashlib
import json
import sys

from pypsrp.complex_objects import GenericComplexObject, ObjectMeta, PSInvocationState
from pypsrp.exceptions import AuthenticationError, WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.serializer import TaggedValue
from pypsrp.wsman import WSMan

GIVEN = json.load(sys.stdin)
CONFIGURATION = GIVEN["configuration"]


def connection(operation_timeout=20, **different):
    return WSMan(
        "127.0.0.1", port=GIVEN["port"], path=GIVEN["path"], operation_timeout=operation_timeout, read_timeout=operation_timeout + 10,
        **{**GIVEN["connection"], **different},
    )


def pool_of(wsman):
    return RunspacePool(wsman, configuration_name=CONFIGURATION)


def error_of(record):
    exception = record.exception
    return {
        "text": str(record),
        "id": record.fq_error,
        "category": record.category,
        "activity": record.activity,
        "reason": record.reason,
        "target": record.target_name,
        "targetType": record.target_type,
        "message": record.message,
        "exceptionTypes": exception.types,
        "exceptionMessage": exception.adapted_properties["Message"],
    }


def value_of(value):
    if isinstance(value, GenericComplexObject):
        members = {**value.adapted_properties, **value.extended_properties}
        return {"text": value.to_string, "types": value.types, "members": {name: value_of(member) for name, member in members.items()}}
    if isinstance(value, (list, tuple)):
        return [value_of(item) for item in value]
    return value


def result_of(powershell):
    return {
        "state": powershell.state,
        "hadErrors": powershell.had_errors,
        "output": [value_of(value) for value in powershell.output],
        "errors": [error_of(record) for record in powershell.streams.error],
        "warnings": [str(record) for record in powershell.streams.warning],
    }


def invoked(pool, cmdlet, **parameters):
    powershell = PowerShell(pool)
    powershell.add_cmdlet(cmdlet)
    powershell.add_parameters(parameters)
    powershell.invoke()
    return powershell


def fault_of(act):
    try:
        act()
        return None
    except WSManFaultError as fault:
        return {"code": fault.code, "reason": fault.reason, "providerFault": fault.provider_fault}


def opening(pool):
    return {
        "state": pool.state,
        "protocol": pool.protocol_version,
        "powershell": pool.application_private_data.data["PSVersionTable"]["PSEdition"],
        "sameShellId": pool.shell.id.upper() == pool.id.upper(),
        "envelope": pool.connection.max_envelope_size,
        "alive": pool.is_alive(),
    }


def typed(pool):
    return result_of(invoked(
        pool, "Show-Parameters", Text="Grüße, 𝄞 & <b>\n_x000A_", Number=7, Large=TaggedValue("I64", 5_000_000_000), Yes=True, No=False, Nothing=None,
        List=["a", 2, True], Table={"Add": "x", "Remove": "y"},
    ))


def one_cmdlet(pool):
    return result_of(invoked(pool, "Get-ExchangeServer", Identity="ex01"))


def null_output(pool):
    return result_of(invoked(pool, "Get-Nothing"))


def non_terminating(pool):
    return result_of(invoked(pool, "Get-Broken", Identity="nope"))


def unknown(pool):
    return result_of(invoked(pool, "Get-Nonsense"))


def refused_script(pool):
    powershell = PowerShell(pool)
    powershell.add_script("Get-Date; 'and more of the same kind of text'")
    powershell.invoke()
    return result_of(powershell)


def two_statements(pool):
    powershell = PowerShell(pool)
    powershell.add_cmdlet("Get-Number").add_parameter("Value", 1).add_statement()
    powershell.add_cmdlet("Get-Number").add_parameter("Value", 2)
    powershell.invoke()
    return result_of(powershell)


def many_objects(pool):
    output = invoked(pool, "Get-Many", Count=2_000).output
    return {
        "count": len(output),
        "inOrder": [value.extended_properties["Index"] for value in output] == list(range(2_000)),
        "bytes": sum(len(value.extended_properties["Text"]) for value in output),
    }


def large_parameter(pool):
    text = "".join(f"{index:07d}" for index in range(600 * 1024 // 7))
    digest = hashlib.sha256(text.encode()).hexdigest()
    powershell = invoked(pool, "Get-Digest", Text=text)
    return {"length": len(text), "sameDigest": powershell.output == [digest], "state": powershell.state}


def stopped(pool):
    powershell = PowerShell(pool)
    powershell.add_cmdlet("Wait-Forever")
    powershell.begin_invoke()
    command_id = powershell.id
    powershell.stop()
    pool.pipelines[command_id] = powershell
    powershell.poll_invoke()
    after_stop = result_of(powershell)
    powershell.close()
    received = fault_of(lambda: pool.shell.receive("stdout", command_id=command_id))
    return {"stopped": after_stop, "receiveAfterTerminate": received, "next": result_of(invoked(pool, "Get-Number", Value=3))}


def silent_receive():
    with connection(operation_timeout=1) as wsman, pool_of(wsman) as pool:
        powershell = PowerShell(pool)
        powershell.add_cmdlet("Wait-Forever")
        powershell.begin_invoke()
        fault = fault_of(lambda: pool.shell.receive("stdout", command_id=powershell.id))
        powershell.stop()
        return fault


def slow(pool):
    powershell = PowerShell(pool)
    powershell.add_cmdlet("Get-Slow")
    powershell.begin_invoke()
    polls = 0
    while powershell.state == PSInvocationState.RUNNING:
        powershell.poll_invoke()
        polls += 1
    return {"polls": polls, **result_of(powershell)}


def too_many_shells():
    pools = []
    with connection() as wsman:
        try:
            fault = None
            while fault is None and len(pools) < 40:
                pool = pool_of(wsman)
                fault = fault_of(pool.open)
                if fault is None:
                    pools.append(pool)
            return {"opened": len(pools), "fault": fault}
        finally:
            for pool in pools:
                pool.close()


def deleted():
    with connection() as wsman:
        pool = pool_of(wsman)
        pool.open()
        pool.shell.close()
        return {"get": fault_of(pool.shell._get_shell), "receive": fault_of(lambda: pool.shell.receive("stdout"))}


def wrong_password():
    try:
        with connection(password="not it") as wsman, pool_of(wsman):
            return "let in"
    except AuthenticationError as error:
        return type(error).__name__


def secret_parameter(pool):
    pool.exchange_keys()
    return result_of(invoked(pool, "Get-Number", Value=pool.serialize("naïve “secret” 𝄞", ObjectMeta("SS"))))


def concurrent():
    with connection() as first, connection() as second, pool_of(first) as one, pool_of(second) as two:
        return [result_of(invoked(pool, "Get-Number", Value=value)) for value, pool in enumerate([one, two, one, two])]


def other_case():
    with connection(username=GIVEN["connection"]["username"].swapcase()) as wsman, pool_of(wsman) as pool:
        return pool.state


IN_ONE_POOL = {
    "open": opening,
    "oneCmdlet": one_cmdlet,
    "nullOutput": null_output,
    "nonTerminating": non_terminating,
    "unknown": unknown,
    "script": refused_script,
    "typed": typed,
    "statements": two_statements,
    "many": many_objects,
    "large": large_parameter,
    "stop": stopped,
    "slow": slow,
    "secret": secret_parameter,
}
ON_THEIR_OWN = {
    "deleted": deleted,
    "silentReceive": silent_receive,
    "shells": too_many_shells,
    "wrongPassword": wrong_password,
    "otherCase": other_case,
    "concurrent": concurrent,
}


def main():
    wanted = GIVEN["scenarios"]
    facts = {}
    with connection() as wsman, pool_of(wsman) as pool:
        facts.update({name: act(pool) for name, act in IN_ONE_POOL.items() if name in wanted})
    facts.update({name: act() for name, act in ON_THEIR_OWN.items() if name in wanted})
    json.dump(facts, sys.stdout)


main()
