# What an installation starts from, and the two commands of the README.

# They name the usual places; installed, they name those of this build.
samples = \
	%D%/apache-cgi.conf \
	%D%/apache-fcgid.conf \
	%D%/apache-proxy-fcgi.conf \
	%D%/crontab \
	%D%/crontab-shared \
	%D%/crontab-webhook \
	%D%/lighttpd-cgi.conf \
	%D%/lighttpd-second.conf \
	%D%/lighttpd.conf \
	%D%/load-history \
	%D%/logrotate \
	%D%/zohosync-webhook.service \
	%D%/zohosync-webhook.socket \
	%D%/zohosync.conf.sample \
	%D%/zohosync.cron.d

install_sample = $(SED) -e 's|/usr/local/bin/|$(bindir)/|g' \
	-e 's|/usr/local/libexec/zohosync|$(pkglibexecdir)|g' \
	-e 's|/etc/zohosync|$(sysconfdir)/zohosync|g' \
	-e 's|/var/spool/zohosync|$(localstatedir)/spool/zohosync|g' \
	-e 's|/var/log/zohosync|$(localstatedir)/log/zohosync|g'

# bash looks for a completion under the name of its command.
install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(pkgdatadir)'
	for sample in $(samples); do \
		to='$(DESTDIR)$(pkgdatadir)'/$${sample##*/}; \
		$(install_sample) '$(srcdir)'/$$sample >"$$to" && \
		chmod 644 "$$to" || exit 1; \
	done
	$(MKDIR_P) '$(DESTDIR)$(datadir)/bash-completion/completions'
	$(INSTALL_DATA) '$(srcdir)/etc/zohosync.bash-completion' \
		'$(DESTDIR)$(datadir)/bash-completion/completions/zohosync'

uninstall-local:
	for sample in $(samples); do \
		rm -f '$(DESTDIR)$(pkgdatadir)'/$${sample##*/}; \
	done
	rm -f '$(DESTDIR)$(datadir)/bash-completion/completions/zohosync'

EXTRA_DIST += \
	.ci/run \
	README \
	$(samples) \
	%D%/generate \
	%D%/packages \
	%D%/quickstart \
	%D%/company.sh \
	%D%/show.sh \
	%D%/zohosync.bash-completion

dist_man_MANS += %D%/zohosync.conf.5
