# Reads with pypsrp what a client sent, and writes with pypsrp what a client shall read. Judges nothing: bad-values-pypsrp.test.ts does.
# Reads {"sent": [[base64 of fragments, ...], ...], "texts": [text, ...]} from standard input. Prints {"read": [command, ...], "written": [xml, ...]}.
import base64
import json
import struct
import sys
import xml.etree.ElementTree as ET

from pypsrp.complex_objects import GenericComplexObject, ObjectMeta
from pypsrp.powershell import Fragment
from pypsrp.serializer import Serializer

HEADER_BYTES = 40


def message_of(chunks):
    """CREATE_PIPELINE as an object of no type in particular: pypsrp's own class for it can be written, but not read."""
    data = b""
    left = b"".join(base64.b64decode(chunk) for chunk in chunks)
    while left:
        fragment, left = Fragment.unpack(left)
        data += fragment.data
    return Serializer().deserialize(data[HEADER_BYTES:].decode(), ObjectMeta("ObjDynamic", object=GenericComplexObject))


def said(value):
    if value is None:
        return ["N"]
    if isinstance(value, bool):
        return ["B", value]
    if isinstance(value, int):
        return ["I", str(value)]
    if isinstance(value, float):
        return ["F", struct.pack(">d", value).hex()]
    if isinstance(value, bytes):
        return ["BA", value.hex()]
    if isinstance(value, list):
        return ["L", [said(item) for item in value]]
    if isinstance(value, dict):
        return ["D", [[said(key), said(item)] for key, item in value.items()]]
    return ["S", value] if isinstance(value, str) else ["?", repr(value)]


def member(value, name):
    return value.extended_properties[name]


def command_of(chunks):
    try:
        [command] = member(member(message_of(chunks), "PowerShell"), "Cmds")
    except UnicodeDecodeError as error:
        return {"refused": type(error).__name__}
    return {
        "cmdlet": member(command, "Cmd"),
        "isScript": member(command, "IsScript"),
        "arguments": [[member(argument, "N"), said(member(argument, "V"))] for argument in member(command, "Args")],
    }


def written(text):
    return ET.tostring(Serializer().serialize({text: [text]}), encoding="unicode")


GIVEN = json.load(sys.stdin)
json.dump({"read": [command_of(chunks) for chunks in GIVEN["sent"]], "written": [written(text) for text in GIVEN["texts"]]}, sys.stdout)
