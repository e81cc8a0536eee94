"""Records: what normalise() makes of them must be jsonb, for PostgreSQL."""
import json
import subprocess
from typing import Iterator

from documents import random_value
from material import Case, Source

FIELDS = ["text", "id", "phone", "multiselect", "date", "datetime", "boolean",
          "number", "integer", "lookup", "owner", "json", "rows", "object",
          "Owner", "other"]
VALUES = [b"1e400", b"1e-400", b"1" * 401, b"0." + b"1" * 401, b'"\\u0000"',
          b'{"a\\u0000":"\\u0000"}', b'"2026-02-31"', b'"+7"', b'"1,250.00"',
          b'"-0"', b"-0", b"1E+308", b"1e0000000000000000001", b'"1e99999"',
          b'"' + b"9" * 200 + b'"', b'[{"number":"1e999","rows":[{"date":1}]}]',
          b'["a\\u0000",null,5]', b'{"id":"\\ud800"}', b'"[\\"\\\\u0000\\"]"']


def record_cases(source: Source) -> Iterator[Case]:
    rng = source.rng
    while True:
        if rng.random() < 0.2:
            data = source.mutated(source.sample())
        else:
            members = []
            for name in rng.sample(FIELDS, rng.randrange(1, 6)):
                value = rng.choice(VALUES)
                if rng.random() < 0.5:
                    value = json.dumps(random_value(rng, 3)).encode()
                members.append(b'"%s":%s' % (name.encode(), value))
            data = b"{" + b",".join(members) + b"}"
            if rng.random() < 0.2:
                data = source.mutated(data)
        yield Case((data,), None)


TRY_JSONB = """
create function pg_temp.is_jsonb(t bytea) returns bool language plpgsql as $$
begin
    perform convert_from(t, 'UTF8')::jsonb;
    return true;
exception when others then
    return false;
end $$;
create temp table made (n int, t bytea);
copy made from stdin;
%s\\.
select n from made where not pg_temp.is_jsonb(t);
"""


def not_jsonb(made: list[bytes]) -> list[int]:
    """The numbers of those that PostgreSQL refuses."""
    rows = "".join(f"{n}\t\\\\x{text.hex()}\n" for n, text in enumerate(made))
    done = subprocess.run(
        ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-f", "-"],
        input=TRY_JSONB % rows, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"psql: {done.stderr}")
    return [int(line) for line in done.stdout.split()]
