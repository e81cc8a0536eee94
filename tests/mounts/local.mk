# The promises of receiving behind each mount but the first, which all others
# play on (lighttpd, FastCGI). See run.sh.
mount_tests = \
	%D%/apache_cgi.sh \
	%D%/apache_cgi_reload.sh \
	%D%/apache_fcgid.sh \
	%D%/apache_fcgid_reload.sh \
	%D%/apache_proxy_fcgi.sh \
	%D%/apache_proxy_fcgi_reload.sh \
	%D%/bodies.bats \
	%D%/lighttpd_cgi.sh \
	%D%/lighttpd_cgi_reload.sh \
	%D%/traps.bats
TESTS += $(mount_tests)
EXTRA_DIST += $(mount_tests) %D%/mounted.bash %D%/run.sh
