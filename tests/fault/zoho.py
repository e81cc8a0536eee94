"""A Zoho to ask: the simulator (tests/sim) beside a Stage.

zoho = Zoho(stage, company=400)   started; Skip where it was not built
zoho.tell()                       the stage's settings lead to it from now on
zoho.control("POST", "day", {})   a control path, its answer read as JSON
zoho.differences("crm.leads")     between its true state and the mirror
zoho.announce_to_stage()          webhooks of everything, to the web server
zoho.close()
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import urllib.request

from stage import TOP_BUILDDIR, TOP_SRCDIR, Skip, until

SIMULATOR = os.path.join(TOP_BUILDDIR, "tests/sim/zoho-sim")
WANTED = "the simulator of Zoho was not built: it wants libmicrohttpd, libcurl and libzip"

# The modules that are mirrored: our name, and the route of their webhooks.
CRM = {"crm." + word.lower(): word for word in (
    "Leads", "Contacts", "Accounts", "Deals", "Products", "Sales_Orders",
    "Warranties", "Rate_Cards", "Site_Surveys")}
BOOKS = {"books.items": "products", "books.contacts": "customers", "books.invoices": "invoices",
         "books.bills": "bills", "books.creditnotes": "credit-notes", "books.pricebooks": "prices",
         "books.inventoryadjustments": "stock"}
MODULES = [*CRM, *BOOKS]

MIRRORED = """select json_build_object('id', id, 'record', data) from mirror.record
    where module = '%s' and deleted_at is null"""


def built():
    return os.path.exists(SIMULATOR)


def must_be_built():
    if not built():
        raise Skip(WANTED)


def name_there(module):
    """What the simulator calls one of our modules."""
    return {"crm.sales_orders": "crm.salesorders"}.get(module, module)


def ends_with(stage, name, process):
    """What leads a group of its own ends when the stage closes, also where
    this program is killed: stage_close() looks for its number."""
    os.makedirs(stage.dir + "/zohorun", exist_ok=True)
    with open("%s/zohorun/pid.%s" % (stage.dir, name), "w", encoding="ascii") as f:
        f.write("%d\n" % process.pid)


class Zoho:
    def __init__(self, stage, company=400, seed=7, options=()):
        must_be_built()
        self.stage = stage
        port_file = stage.dir + "/zoho.port"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(port_file)
        self.start("--port", "0", "--port-file", port_file, "--company", str(company), "--seed", str(seed), *options)
        until(30, lambda: os.path.exists(port_file) and os.path.getsize(port_file), "the simulator listens")
        with open(port_file, encoding="ascii") as f:
            self.url = "http://127.0.0.1:%d" % int(f.read())
        self.settings = {
            "ZOHO_API_BASE": self.url, "ZOHO_CLIENT_ID": "1000.SIMCLIENT", "ZOHO_CLIENT_SECRET": "simsecret",
            "ZOHO_REFRESH_TOKEN": "1000.simrefresh",
            "ZOHO_ORGANIZATION_ID": str(self.control("GET", "company")["organization_id"])}

    def start(self, *words):
        stage, how = self.stage, {}
        if stage.user is not None:
            how = {"user": stage.user.pw_uid, "group": stage.user.pw_gid, "extra_groups": []}
        program = shutil.copy(SIMULATOR, stage.dir + "/bin/zoho-sim")
        with open(stage.dir + "/zoho.out", "ab") as out:
            self.process = subprocess.Popen([program, *words], cwd="/", stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=out, start_new_session=True, **how)
        ends_with(stage, "zoho", self.process)

    def tell(self):
        self.stage.set(*("%s=%s" % pair for pair in self.settings.items()))

    # ---- control ----

    def read(self, path):
        with urllib.request.urlopen(self.url + "/zsim/" + path, timeout=600) as answer:
            return answer.read()

    def control(self, method, path, body=None):
        asked = urllib.request.Request(
            self.url + "/zsim/" + path, method=method, data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(asked, timeout=600) as answer:
            return json.loads(answer.read() or b"null")

    def lift_limits(self):
        """A day takes seconds here: limits of a minute and a day have no sense."""
        self.control("PUT", "limits", {"books_minute": 0, "books_day": 0, "credits": 0})
        self.stage.set("ZOHO_RATE_LIMIT=100000", "ZOHO_BOOKS_CALLS=10000000", "ZOHO_CRM_CREDITS=10000000")

    def announce_to_stage(self):
        """As "zohosync setup" tells people to: deletes of Books have rules of their own."""
        base = self.stage.url + "/api/zoho/webhooks/"
        for module, route in CRM.items():
            self.control("POST", "webhooks", {"kind": "crm_wrapped", "modules": name_there(module),
                                              "key": self.stage.key, "url": base + route})
        for module, route in BOOKS.items():
            for events, query in (("create,edit", ""), ("delete", "?operation=delete")):
                self.control("POST", "webhooks", {
                    "kind": "books", "modules": module, "secret": self.stage.secret,
                    "url": base + route + query, "events": events})

    # ---- what must be so ----

    def true_state(self, module):
        return self.read("state?module=" + name_there(module))

    def differences(self, module, true=None):
        """Lines of tests/promises/equal.py; none is well. "true" where the
        state is known."""
        files = [os.path.join(self.stage.dir, name) for name in ("true.jsonl", "here.jsonl")]
        with open(files[0], "wb") as f:
            f.write(true or self.true_state(module))
        if not os.path.getsize(files[0]):
            return [module + " has no records"]
        with open(files[1], "wb") as f:
            subprocess.run(["psql", "-X", "-q", "-At", "-d", self.stage.conninfo, "-c", MIRRORED % module],
                           check=True, stdout=f)
        ran = subprocess.run(["python3", TOP_SRCDIR + "/tests/promises/equal.py", *files], check=False,
                             text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        lines = ["%s %s" % (module, line) for line in ran.stdout.splitlines()]
        return lines + (["%s: equal.py ended with %d" % (module, ran.returncode)] if ran.returncode else [])

    def all_differences(self):
        return [line for module in MODULES for line in self.differences(module)]

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.stage.dir + "/zohorun/pid.zoho")
