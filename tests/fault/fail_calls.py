"""Whether the shim stands before every call of our programs that can fail."""

import os
import re
import subprocess

from stage import TOP_BUILDDIR, TOP_SRCDIR


def unknown_calls() -> list[str]:
    """Those that the shim does not stand before and that are
    not known to be harmless."""
    text = ""
    for name in ("shim_calls.c", "shim_own.c"):
        with open(os.path.join(TOP_SRCDIR, "tests/fault", name), encoding="ascii") as f:
            text += f.read()
    known = set(re.findall(r"^HOOK(?:_WHOLE)?\([^()]*?(\w+),\s*\(", text, re.M))
    known |= set(re.findall(r"^HOOK_MOVE\((\w+),", text, re.M)) | set(re.findall(r"^(\w+)\(", text, re.M))
    wanted = set()
    for name in ["cgi/webhook"] + ["jobs/" + job for job in (
            "drain", "status", "dead", "key", "migrate", "fetch", "fields", "login", "reconcile")]:
        said = subprocess.run(["nm", "-D", "--undefined-only", os.path.join(TOP_BUILDDIR, name)],
                              check=False, text=True, stdout=subprocess.PIPE).stdout
        wanted |= {line.split()[-1].split("@")[0] for line in said.splitlines()}
    return sorted(name for name in wanted - known - HARMLESS if not re.match(
        r"_|PQ|json_|curl_|EVP_|HMAC|SHA|CRYPTO_|OPENSSL_|ERR_|FCGX_|OSSL|BIO_|printbuf_|array_list|lh_", name))


HARMLESS = set("""
    abort exit free getenv getopt_long getpid getppid getuid geteuid getgid qsort bsearch stderr stdout optarg optind
    environ strlen strcmp strncmp strcasecmp strncasecmp strchr strrchr strstr strcasestr strpbrk strspn strcspn strtol strtoll
    strtoul strtoull strtod strerror strsep strnlen strcpy stpcpy memchr memrchr memcpy memmove memcmp memset memmem
    snprintf vsnprintf sscanf puts putchar fputs fputc fprintf printf ferror feof fileno isatty umask dirname basename
    clock_gettime time gmtime_r localtime_r localtime timegm mktime strftime tzset openlog syslog closelog vsyslog
    signal sigaction sigemptyset sigfillset sigaddset sigdelset sigismember sigprocmask pthread_sigmask sigwait
    sigsuspend kill raise prctl closedir munmap sem_post sem_destroy secure_getenv rewind explicit_bzero
    dcgettext bindtextdomain setvbuf htonl ntohl htons ntohs freeaddrinfo gai_strerror
    pthread_join pthread_detach pthread_self pthread_attr_init pthread_attr_setstacksize pthread_attr_destroy
    pthread_mutex_init pthread_mutex_lock pthread_mutex_unlock pthread_mutex_destroy pthread_cond_init
    pthread_cond_wait pthread_cond_timedwait pthread_cond_signal pthread_cond_broadcast pthread_cond_destroy
    pthread_condattr_init pthread_condattr_setclock pthread_condattr_destroy pthread_once execv execve execvp
    posix_fadvise sched_yield dirfd putc rand_r strptime strtok_r ioctl ungetc getc fgetc localeconv setlocale newlocale uselocale
""".split())
