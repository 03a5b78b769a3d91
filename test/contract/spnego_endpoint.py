"""An HTTP endpoint that takes Kerberos and sealed messages as a Windows server does, by pyspnego and MIT's acceptor.

usage: spnego_endpoint.py SCHEMES [odd]    SCHEMES: Kerberos, Negotiate, or both with a comma; odd: a blank in the answers' boundary
Environment: KRB5_CONFIG, KRB5_KTNAME. Prints its port, then a line of JSON for each request. Answers "said: " and what was asked.
"""

import base64
import json
import re
import struct
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import spnego

SCHEMES = sys.argv[1].split(",")
DASHES = "-- " if "odd" in sys.argv else "--"
PART = re.compile(rb"\A--Encrypted Boundary\r\n\tContent-Type: (\S+)\r\n\tOriginalContent: type=(\S+);Length=(\d+)\r\n"
                  rb"--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n(.*)--Encrypted Boundary--\r\n\Z", re.S)


class Endpoint(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    context = None
    forgot = False

    def tell(self, **what):
        print(json.dumps(what), flush=True)

    def answer(self, status, body=b"", content_type=None, challenges=()):
        self.send_response(status)
        for challenge in challenges:
            self.send_header("WWW-Authenticate", challenge)
        if content_type:
            self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        scheme, _, token = (self.headers.get("Authorization") or "").partition(" ")
        if scheme in SCHEMES:
            return self.prove(scheme, token, body)
        if self.context is None or not self.context.complete:
            self.tell(asked="challenge", bytes=len(body))
            return self.answer(401, challenges=SCHEMES)
        self.serve(body)

    def prove(self, scheme, token, body):
        options = spnego.NegotiateOptions.use_gssapi if scheme == "Kerberos" else spnego.NegotiateOptions.none
        self.context = spnego.server(protocol="kerberos" if scheme == "Kerberos" else "negotiate", options=options)
        try:
            reply = self.context.step(base64.b64decode(token))
        except Exception as error:
            self.context = None
            self.tell(asked="proof", scheme=scheme, refused=str(error))
            return self.answer(401, challenges=SCHEMES)
        self.tell(asked="proof", scheme=scheme, user=self.context.client_principal, bytes=len(body))
        self.answer(200, challenges=[scheme + " " + base64.b64encode(reply or b"").decode()])

    def serve(self, body):
        parts = PART.match(body)
        if parts is None:
            self.tell(asked="something else", type=self.headers.get("Content-Type"))
            return self.answer(400)
        protocol, original, length, payload = parts.groups()
        signature_length = struct.unpack("<I", payload[:4])[0]
        plain = self.context.unwrap_winrm(payload[4:4 + signature_length], payload[4 + signature_length:])
        if plain == b"forget me" and not self.forgot:
            self.context, self.forgot = None, True
            self.tell(asked="challenge")
            return self.answer(401, challenges=SCHEMES)
        self.tell(asked="message", protocol=protocol.decode(), original=original.decode(), length=int(length),
                  signature=signature_length, header=self.headers.get("Content-Type"),
                  visible=plain in body, plain=plain.decode() if len(plain) < 200 else len(plain))
        text = b"said: " + plain
        sealed = self.context.wrap_winrm(text)
        head = (f"{DASHES}Encrypted Boundary\r\n\tContent-Type: {protocol.decode()}\r\n"
                f"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={len(text) + sealed.padding_length}\r\n"
                f"{DASHES}Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n").encode()
        data = struct.pack("<i", len(sealed.header)) + sealed.header + sealed.data
        if plain == b"spoil":
            data = data[:-1] + bytes([data[-1] ^ 1])
        if plain == b"in the clear":
            return self.answer(200, b"<said/>", "application/soap+xml;charset=UTF-8")
        self.answer(200, head + data + f"{DASHES}Encrypted Boundary--\r\n".encode(),
                    f'multipart/encrypted;protocol="{protocol.decode()}";boundary="Encrypted Boundary"')

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
print(server.server_address[1], flush=True)
server.serve_forever()
