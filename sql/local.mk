# Statements and schema files, compiled in as texts: see sql/embed.awk.
# One file a line, sorted.
sql_files = \
	%D%/intake/health.sql \
	%D%/intake/hint.sql \
	%D%/intake/refuse.sql \
	%D%/intake/store.sql

sql_schema = \
	%D%/schema/0001_ground.sql \
	%D%/schema/0002_receiving.sql \
	%D%/schema/0003_mirror.sql \
	%D%/schema/0004_outcome.sql

sql_down = \
	%D%/down/0001_ground.sql \
	%D%/down/0002_receiving.sql \
	%D%/down/0003_mirror.sql \
	%D%/down/0004_outcome.sql

EXTRA_DIST += $(sql_files) $(sql_schema) $(sql_down) %D%/embed.awk
BUILT_SOURCES += %D%/texts.c %D%/texts.h
CLEANFILES += %D%/texts.c %D%/texts.h

%D%/texts.c: $(sql_files) $(sql_schema) $(sql_down) %D%/embed.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && cd $(srcdir) && \
	$(AWK) -v want=source -f %D%/embed.awk $(sql_files) $(sql_schema) \
	    $(sql_down) > $(abs_builddir)/$@.tmp && \
	mv $(abs_builddir)/$@.tmp $(abs_builddir)/$@
%D%/texts.h: $(sql_files) %D%/embed.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && cd $(srcdir) && \
	$(AWK) -v want=header -f %D%/embed.awk $(sql_files) $(sql_schema) \
	    $(sql_down) > $(abs_builddir)/$@.tmp && \
	mv $(abs_builddir)/$@.tmp $(abs_builddir)/$@
