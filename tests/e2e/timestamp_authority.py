#!/usr/bin/env python3
"""timestamp_authority.py DIRECTORY: a time-stamp authority (RFC 3161) by `openssl ts`, over HTTP on a free port of 127.0.0.1. DIRECTORY/authority.pem is its
certificate, DIRECTORY/port appears once it listens."""
import http.server
import os
import subprocess
import sys

CONFIGURATION = """
[req]
distinguished_name = name
prompt = no
x509_extensions = stamping
[name]
CN = time-stamps of a test
[stamping]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
[ts]
serial = serial
signer_cert = authority.pem
signer_key = authority.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
"""


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Authority(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        with open("request", "wb") as file:
            file.write(self.rfile.read(int(self.headers["Content-Length"])))
        openssl("ts", "-reply", "-config", "configuration", "-section", "ts", "-queryfile", "request", "-out", "answer")
        with open("answer", "rb") as file:
            answer = file.read()
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


os.makedirs(sys.argv[1], exist_ok=True)
os.chdir(sys.argv[1])
with open("configuration", "w") as file:
    file.write(CONFIGURATION)
with open("serial", "w") as file:
    file.write("01\n")
openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-config", "configuration", "-keyout", "authority.key", "-out", "authority.pem")
server = http.server.HTTPServer(("127.0.0.1", 0), Authority)
with open("port.new", "w") as file:
    print(server.server_port, file=file)
os.rename("port.new", "port")
server.serve_forever()
