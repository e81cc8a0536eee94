"""Connections cut and refused, and the web server restarted, under load."""

import contextlib

from fault import scenario
from stage import Away, SqlError


@scenario(short={"rounds": 6}, full={"rounds": 400}, split=("rounds", 200))
def pg_refuses(run):
    """Sessions ended, locks held, no connection left, read-only, time-outs: 0 lost, 0 doubled."""
    stage = run.start(knobs={"STAGE_CONNECTIONS": 40})
    acts = [terminate, hold_lock, short_timeouts, read_only, no_connection, no_login]
    for number in range(run.size["rounds"]):
        run.pause(0.1, 0.6)
        if number % len(acts) == 0:
            run.rng.shuffle(acts)
        act = acts[number % len(acts)]
        run.strike(act.__name__)
        act(run, stage)
    run.finish()


END = "select pg_terminate_backend(pid) from pg_stat_activity where usename in ('web', 'job')"


def terminate(run, stage):
    """Some of the sessions, at random."""
    for pid, in stage.sql("select pid from pg_stat_activity where usename in ('web', 'job')"):
        if run.rng.random() < 0.5:
            stage.sql("select pg_terminate_backend(%s)" % pid)


def hold_lock(run, stage):
    """A table locked for longer than the receiver waits, now and then."""
    table = run.rng.choice(["sync.work", "sync.inbox", "sync.seen", "mirror.record", "sync.outcome"])
    try:
        stage.sql("begin; lock table %s in %s mode; select pg_sleep(%.2f); commit" % (
            table, run.rng.choice(["exclusive", "access exclusive"]), run.rng.uniform(0.1, 1.6)))
    except SqlError as e:
        run.say("no lock: %s" % e)  # a deadlock that PostgreSQL ended for us


def short_timeouts(run, stage):
    """Too short for all but the luckiest statements."""
    for role, name in (("web", "statement_timeout"), ("job", "lock_timeout"), ("web", "lock_timeout")):
        stage.sql("alter role %s set %s = %d" % (role, name, run.rng.randrange(1, 20)))
    stage.sql(END)
    run.pause(0.2, 1)
    for role in ("web", "job"):
        stage.sql("alter role %s reset all" % role)
    stage.sql(END)


def read_only(run, stage):
    """As a standby would be, for everybody."""
    stage.sql("alter system set default_transaction_read_only = on")
    stage.sql("select pg_reload_conf()")
    run.pause(0.2, 1.5)
    stage.sql("alter system reset default_transaction_read_only")
    stage.sql("select pg_reload_conf()")


def no_connection(run, stage):
    """Others have taken all of them."""
    for role in ("web", "job"):
        stage.sql("alter role %s connection limit 0" % role)
    stage.sql(END)
    others = []
    with contextlib.suppress(Away):  # refused: there are no more
        while True:
            others.append(stage.session(user="report"))
            others[-1]("select 1")
    for role in ("web", "job"):
        stage.sql("alter role %s connection limit -1" % role)
    run.say("%d sessions taken" % len(others))
    run.pause(0.2, 1.5)
    for other in others:
        other.close()


def no_login(run, stage):
    role = run.rng.choice(["web", "job"])
    stage.sql("alter role %s nologin" % role)
    stage.sql(END)
    run.pause(0.2, 1.5)
    stage.sql("alter role %s login" % role)


@scenario(short={"rounds": 5}, full={"rounds": 200}, split=("rounds", 100))
def web_restarts(run):
    """lighttpd is reloaded, stopped and started, killed: 0 lost, 0 doubled."""
    restarts(run, "fastcgi", ["USR1", "HUP", "INT", "TERM", "KILL"])


@scenario(short=None, full={"rounds": 60})
def apache_restarts(run):
    """Apache with mod_fcgid, likewise."""
    restarts(run, "apache-fcgid", ["USR1", "HUP", "WINCH", "TERM", "KILL"])


@scenario(short=None, full={"rounds": 60})
def apache_proxy_restarts(run):
    """Apache with mod_proxy_fcgi, likewise."""
    restarts(run, "apache-proxy-fcgi", ["USR1", "HUP", "WINCH", "TERM", "KILL"])


def restarts(run, mount, kinds):
    stage = run.start(knobs={"STAGE_MOUNT": mount})
    for number in range(run.size["rounds"]):
        run.pause(0.3, 1.2)
        if number % len(kinds) == 0:
            run.rng.shuffle(kinds)
        kind = kinds[number % len(kinds)]
        run.strike("web_" + kind)
        stage.web_restart(kind)
    run.finish()
