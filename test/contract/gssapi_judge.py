# The client's side of one Kerberos context through python-gssapi, told what to do in lines of JSON. Judges nothing: gssapi-python.test.ts does.
# "begin" -> token; "finish" with the server's token -> whether all is agreed; "seal" -> header and data; "open" with both -> the message.
import base64
import json
import sys

import gssapi
from gssapi.raw import IOV, IOVBufferType, unwrap_iov, wrap_iov

MECHANISMS = {"Kerberos": "1.2.840.113554.1.2.2", "Negotiate": "1.3.6.1.5.5.2"}


def encoded(value):
    return base64.b64encode(value or b"").decode()


def main():
    context = None
    for line in sys.stdin:
        asked = json.loads(line)
        given = {name: base64.b64decode(asked[name]) for name in ("token", "message", "header", "data") if name in asked}
        if asked["what"] == "begin":
            name = gssapi.Name("HTTP@" + asked["host"], gssapi.NameType.hostbased_service)
            mech = gssapi.OID.from_int_seq(MECHANISMS[asked["scheme"]])
            context = gssapi.SecurityContext(name=name, mech=mech, usage="initiate")
            said = {"token": encoded(context.step())}
        elif asked["what"] == "finish":
            token = context.step(given["token"])
            said = {"token": encoded(token), "complete": context.complete}
        elif asked["what"] == "seal":
            iov = IOV(IOVBufferType.header, given["message"], IOVBufferType.padding, std_layout=False)
            wrap_iov(context, iov, confidential=True)
            said = {"header": encoded(iov[0].value), "data": encoded(iov[1].value), "padding": len(iov[2].value or b"")}
        else:
            iov = IOV((IOVBufferType.header, False, given["header"]), given["data"], IOVBufferType.data, std_layout=False)
            result = unwrap_iov(context, iov)
            said = {"message": encoded(iov[1].value), "encrypted": result.encrypted}
        print(json.dumps(said), flush=True)


main()
