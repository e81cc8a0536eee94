# What an installation starts from, and the two commands of the README.
dist_pkgdata_DATA = \
	%D%/crontab \
	%D%/lighttpd.conf \
	%D%/logrotate \
	%D%/zohosync.conf.sample

# bash looks for a completion under the name of its command.
install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(datadir)/bash-completion/completions'
	$(INSTALL_DATA) '$(srcdir)/etc/zohosync.bash-completion' \
		'$(DESTDIR)$(datadir)/bash-completion/completions/zohosync'

uninstall-local:
	rm -f '$(DESTDIR)$(datadir)/bash-completion/completions/zohosync'

EXTRA_DIST += \
	.ci/run \
	README \
	%D%/generate \
	%D%/packages \
	%D%/quickstart \
	%D%/show.sh \
	%D%/zohosync.bash-completion

dist_man_MANS += %D%/zohosync.conf.5
