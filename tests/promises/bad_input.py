"""Send the cases of bad_input.tsv over plain sockets and print what came.

    bad_input.py TABLE PORT KEY EXCEPTIONS MOUNT

A line for each case: its number, class, stated status, status, what is
stated about where it rests, SHA-256 of the body as it was meant, separated
by |. EXCEPTIONS says where the web server of MOUNT gives another answer.
After each case a good neighbour is sent, whose id is 9000000000000000000 and
the number. The number of a case is in its query (case=N), so that the inbox
can be asked for it.
"""
import hashlib
import socket
import sys
import zlib

TABLE, PORT, KEY = sys.argv[1], int(sys.argv[2]), sys.argv[3]
EXCEPTIONS, MOUNT = sys.argv[4], sys.argv[5]
MIB = 1024 * 1024
FORM = 'application/x-www-form-urlencoded'
SHAPE = ('{"operation":"Leads.edit","data":[{"id":"{id}","Last_Name":"Example",'
         '"Modified_Time":"2026-01-31T09:15:00+01:00"}]}')


def octets(text):
    return text if isinstance(text, bytes) else str(text).encode()


def gzip(text):
    c = zlib.compressobj(9, zlib.DEFLATED, 31)
    return c.compress(octets(text)) + c.flush()


class Case:
    def __init__(self, number):
        self.number = number
        self.id = str(7000000000000000000 + number)
        self.good = SHAPE.replace('{id}', self.id)
        self.body = b''

    def bad(self, old, new):
        assert old in SHAPE, old
        return SHAPE.replace(old, new, 1).replace('{id}', self.id)

    def field(self, name, value):
        before, after = self.good.split('"Last_Name"')
        member = octets('"%s":' % name) + octets(value) + b','
        both = octets(before) + member + octets('"Last_Name"' + after)
        return both if isinstance(value, bytes) else both.decode()

    def pad(self, size):
        return self.good + ' ' * (size - len(self.good))

    def words(self):
        return {'good': self.good, 'bad': self.bad, 'field': self.field,
                'pad': self.pad, 'gzip': gzip, 'FORM': FORM, 'KEY': KEY,
                'MIB': MIB, 'send': self.send}

    def send(self, body='good', route='Leads', path=None, method='POST',
             type='application/json', key=True, length='right', headers=(),
             chunked=None, wire=None, half=False, query='', version='1.1',
             host='localhost', start=None):
        body = octets(self.good if body == 'good' else body)
        self.body = body
        target = octets(path or '/api/zoho/webhooks/' + route)
        target += octets('?case=%d' % self.number)
        if query:
            target += b'&' + octets(query)
        lines = [octets(method) + b' ' + target + octets(' HTTP/' + version)]
        if host:
            lines.append(octets('Host: ' + host))
        lines.append(b'Connection: close')
        if type is not None:
            lines.append(b'Content-Type: ' + octets(type))
        if key:
            lines.append(b'X-API-Key: ' + octets(KEY))
        if chunked:
            lines.append(b'Transfer-Encoding: chunked')
        elif length is not None:
            lines.append(b'Content-Length: ' + octets(
                len(body) if length == 'right' else length))
        lines += [octets(n) + b': ' + octets(v) for n, v in headers]
        head = start if start else b'\r\n'.join(lines) + b'\r\n\r\n'
        if chunked:
            body = self.chunks(body, chunked)
        return talk(head + (body if wire is None else wire), half)

    @staticmethod
    def chunks(body, sizes):
        out, at = [], 0
        for n in sizes:
            part = body[at:at + n]
            at += n
            if part:
                out.append(b'%x\r\n' % len(part) + part + b'\r\n')
        return b''.join(out) + b'0\r\n\r\n'


def talk(request, half):
    s = socket.create_connection(('127.0.0.1', PORT), 60)
    got = b''
    try:
        s.sendall(request)
    except OSError:
        pass                    # it may answer before it has read all
    try:
        if half:
            s.shutdown(socket.SHUT_WR)
        while b'\r\n' not in got:
            part = s.recv(65536)
            if not part:
                break
            got += part
    except OSError:
        pass
    s.close()
    words = got.split(b'\r\n')[0].split(b' ')
    return words[1].decode() if words[0].startswith(b'HTTP/') else 'none'


def rows(name):
    for line in open(name, encoding='utf-8'):
        if not line.startswith('#') and line.strip():
            yield line.rstrip('\n').split('\t')


def exceptions():
    return {(kind, request): (want, rests)
            for mounts, kind, request, want, rests in rows(EXCEPTIONS)
            if MOUNT in mounts.split()}


def main():
    number = 0
    other = exceptions()
    for kind, request, want, rests in rows(TABLE):
        want, rests = other.pop((kind, request), (want, rests))
        number += 1
        case = Case(number)
        got = eval('send(%s)' % request, case.words())
        print(number, kind, want.replace('|', '/'), got,
              rests.replace('|', '/'), hashlib.sha256(case.body).hexdigest(),
              sep='|')
        neighbour = Case(number)
        neighbour.good = SHAPE.replace(
            '{id}', str(9000000000000000000 + number))
        if neighbour.send(query='neighbour') != '202':
            print(number, kind + ': its neighbour', '202', 'no', 'applied',
                  '', sep='|')
    if other:
        sys.exit('exceptions to no case: %s' % list(other))


main()
