#!/usr/bin/env python3
"""receivers.py FOLDER: real receivers of alerts on the loopback, each on a free port that FOLDER/ports.json names.

webhook (HTTP; FOLDER/webhook.key), mail (SMTP, RFC 5321), syslog over UDP, TCP (octet-counted) and, with FOLDER/tls.pem (key and certificate), TLS, and one that takes
connections and never answers. What comes is a line of JSON in FOLDER/received: via, at (seconds since 1970), and what it was. While FOLDER/busy
exists, the webhook answers 503."""
import hashlib, hmac, http.server, json, pathlib, socketserver, ssl, sys, threading, time

folder = pathlib.Path(sys.argv[1])
lock = threading.Lock()


def keep(via, **what):
    with lock, open(folder / "received", "a") as out:
        out.write(json.dumps({"via": via, "at": time.time(), **what}) + "\n")


class Webhook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if (folder / "busy").exists():
            self.send_error(503)
            return
        parts = dict(part.split("=", 1) for part in self.headers["X-Frostgate-Signature"].split(","))
        key = (folder / "webhook.key").read_text().strip().encode()
        wanted = hmac.new(key, parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
        keep("webhook", alert=json.loads(body), signed=hmac.compare_digest(wanted, parts["v1"]) and abs(time.time() - int(parts["t"])) < 60)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Mail(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        sender, recipients = None, []
        self.say("220 sink ESMTP")
        for line in self.rfile:
            verb = line.decode().strip()
            if verb.upper().startswith("EHLO"):
                self.say("250 sink")
            elif verb.upper().startswith("MAIL FROM:"):
                sender = verb[10:]
                self.say("250 OK")
            elif verb.upper().startswith("RCPT TO:"):
                recipients.append(verb[8:])
                self.say("250 OK")
            elif verb.upper() == "DATA":
                self.say("354 go on")
                lines = []
                while (text := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(text[1:] if text.startswith(b"..") else text)
                keep("mail", sender=sender, recipients=recipients, message=b"".join(lines).decode())
                self.say("250 taken")
            elif verb.upper() == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("502 not here")


class Datagrams(socketserver.BaseRequestHandler):
    def handle(self):
        keep("udp", message=self.request[0].decode())


class Frames(socketserver.StreamRequestHandler):
    """Octet-counted (RFC 6587 3.4.1): what is not counted right is no message."""

    def handle(self):
        while True:
            size = b""
            while (digit := self.rfile.read(1)) and digit != b" ":
                size += digit
            if not digit:
                return
            keep(self.server.via, message=self.rfile.read(int(size)).decode())


class Deaf(socketserver.BaseRequestHandler):
    def handle(self):
        keep("deaf")
        time.sleep(600)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True

    def get_request(self):
        client, address = super().get_request()
        return (self.tls.wrap_socket(client, server_side=True) if self.via == "tls" else client), address

    def handle_error(self, *_):
        pass  # a handshake that failed


ports = {}
for via, handler in {"webhook": Webhook, "mail": Mail, "tcp": Frames, "tls": Frames, "deaf": Deaf}.items():
    server = Server(("127.0.0.1", 0), handler)
    server.via = via
    if via == "tls" and (folder / "tls.pem").exists():
        server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.tls.load_cert_chain(folder / "tls.pem")
    ports[via] = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
datagrams = socketserver.UDPServer(("127.0.0.1", 0), Datagrams)
ports["udp"] = datagrams.server_address[1]
(folder / "ports.json.new").write_text(json.dumps(ports))
(folder / "ports.json.new").rename(folder / "ports.json")
datagrams.serve_forever()
