"""Takes what the simulator sends and writes each call as a line of JSON.

receiver.py DIRECTORY: the port is written to DIRECTORY/receiver, the calls to
DIRECTORY/received. A path with "refuse" in it is answered 500.
"""
import http.server
import json
import os
import sys

directory = sys.argv[1]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def take(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        line = {
            "method": self.command,
            "path": self.path,
            "headers": {k.lower(): v for k, v in self.headers.items()},
            "body": body.decode("utf-8", "replace"),
        }
        with open(directory + "/received", "a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")
        self.send_response(500 if "refuse" in self.path else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_PUT = do_DELETE = take

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(directory + "/receiver.new", "w", encoding="utf-8") as out:
    out.write("%d\n" % server.server_port)
os.rename(directory + "/receiver.new", directory + "/receiver")
server.serve_forever()
