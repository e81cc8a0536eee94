#include "account.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GROUPS_MAX = 256, FAILED = 255 };

enum status
account_find(const char *name, struct account *out, struct err *err)
{
	const struct passwd *found = name != NULL ? getpwnam(name)
						  : getpwuid(geteuid());

	if (found == NULL && name == NULL)
		return err_set(err, ST_REJECT, "user %u has no name here",
		    (unsigned)geteuid());
	if (found == NULL || strlen(found->pw_name) >= ACCOUNT_NAME_MAX)
		return err_set(err, ST_REJECT, "there is no user \"%s\"", name);
	(void)snprintf(out->name, sizeof(out->name), "%s", found->pw_name);
	out->uid = found->pw_uid;
	out->gid = found->pw_gid;
	return ST_OK;
}

bool
account_is_in(const struct account *account, gid_t group)
{
	gid_t groups[GROUPS_MAX];
	int len = GROUPS_MAX, i;

	if (getgrouplist(account->name, account->gid, groups, &len) < 0)
		return false;
	for (i = 0; i < len; i++)
		if (groups[i] == group)
			return true;
	return false;
}

static enum status
become(const struct account *account, struct err *err)
{
	if (geteuid() == account->uid)
		return ST_OK;
	if (initgroups(account->name, account->gid) != 0 ||
	    setgid(account->gid) != 0 || setuid(account->uid) != 0)
		return err_set(err, ST_FAULT, "could not become \"%s\": %s",
		    account->name, strerror(errno));
	return ST_OK;
}

/* What the child has to say, from the other end of its pipe. */
static enum status
hear(pid_t child, int from, struct err *err)
{
	ssize_t n = 0, got;
	int how = 0;

	err->reason = "";
	while (n < ERR_TEXT_MAX - 1 &&
	    (got = read(from, err->text + n, (size_t)(ERR_TEXT_MAX - 1 - n))) >
		0)
		n += got;
	err->text[n] = '\0';
	if (waitpid(child, &how, 0) != child || !WIFEXITED(how) ||
	    WEXITSTATUS(how) > ST_FAULT)
		return err_set(err, ST_FAULT, "a child process was lost");
	return (enum status)WEXITSTATUS(how);
}

enum status
account_try(const struct account *account,
    enum status (*act)(const void *arg, struct err *err), const void *arg,
    struct err *err)
{
	struct err said = ERR_INIT;
	enum status st;
	int ends[2];
	pid_t child;

	if (pipe(ends) != 0)
		return err_set(err, ST_FAULT, "no pipe: %s", strerror(errno));
	(void)fflush(NULL);
	child = fork();
	if (child == 0) {
		st = become(account, &said);
		if (st == ST_OK)
			st = act(arg, &said);
		if (write(ends[1], said.text, strlen(said.text)) < 0)
			_exit(FAILED);
		_exit((int)st);
	}
	(void)close(ends[1]);
	st = child > 0
	    ? hear(child, ends[0], err)
	    : err_set(err, ST_FAULT, "could not fork: %s", strerror(errno));
	(void)close(ends[0]);
	return st;
}
