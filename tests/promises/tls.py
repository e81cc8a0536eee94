"""Speak HTTPS for a web server that speaks HTTP, as a certificate would let it.

    tls.py PORT CERTIFICATE_AND_KEY UPSTREAM_PORT

Connections to PORT of 127.0.0.1 are passed on, decrypted, to UPSTREAM_PORT.
"""
import asyncio
import ssl
import sys


async def pump(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    """Pass bytes on until there are no more."""
    try:
        while part := await source.read(65536):
            to.write(part)
            await to.drain()
    except OSError:
        pass
    finally:
        to.close()


async def main(port: int, certificate: str, upstream: int) -> None:
    async def serve(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        try:
            back, on = await asyncio.open_connection("127.0.0.1", upstream)
        except OSError:
            to.close()
            return
        await asyncio.gather(pump(source, on), pump(back, to))

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(serve, "127.0.0.1", port, ssl=context)
    async with server:
        await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
