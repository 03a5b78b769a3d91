# pypsrp's side of the remoting benchmark: the same calls as remoting-client.ts, and the same figures as JSON on standard output.
# Reads {"port", "user", "password", "way", "calls", "warmAfter", "serialCmdlet", "rowsCmdlet"} from standard input.
import json
import sys
import time

from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

GIVEN = json.load(sys.stdin)
# How pypsrp is told each way of proving who asks.
WAYS = {
    "basic": {"auth": "basic", "encryption": "never"},
    "kerberos": {
        "auth": "kerberos", "encryption": "always", "negotiate_service": "HTTP", "negotiate_hostname_override": "ex01.contoso.local",
    },
}


def peak_bytes():
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


def invoked(pool, cmdlet):
    powershell = PowerShell(pool)
    powershell.add_cmdlet(cmdlet)
    output = powershell.invoke()
    if powershell.had_errors or powershell.streams.error:
        raise RuntimeError(f"{cmdlet}: {powershell.streams.error}")
    return output


def serial_calls(pool, most):
    return sum(len(invoked(pool, GIVEN["serialCmdlet"])) for _ in range(most))


def timed(act):
    wall, cpu = time.perf_counter(), time.process_time()
    result = act()
    return {"wallMs": (time.perf_counter() - wall) * 1000, "cpuMs": (time.process_time() - cpu) * 1000}, result


def main():
    started = peak_bytes()
    wsman = WSMan(
        "127.0.0.1", port=GIVEN["port"], ssl=False, path="PowerShell/", username=GIVEN["user"], password=GIVEN["password"],
        **WAYS[GIVEN["way"]],
    )
    with wsman, RunspacePool(wsman, configuration_name="Microsoft.Exchange") as pool:
        calls, served = timed(lambda: serial_calls(pool, GIVEN["calls"]))
        serial_calls(pool, GIVEN["warmAfter"] - GIVEN["calls"])
        warm_calls, _ = timed(lambda: serial_calls(pool, GIVEN["calls"]))
        rows, objects = timed(lambda: invoked(pool, GIVEN["rowsCmdlet"]))
        peak = peak_bytes()
    names = (row.adapted_properties["Name"] + row.adapted_properties["DistinguishedName"] for row in objects)
    json.dump({
        "calls": calls, "warmCalls": warm_calls, "rows": rows, "startBytes": started, "peakBytes": peak,
        "seen": {"served": served, "objects": len(objects), "characters": sum(map(len, names))},
    }, sys.stdout)


main()
