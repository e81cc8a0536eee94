# Turn SQL files into C: each file in a folder becomes one text.
#   awk -v want=header|source -f embed.awk FILE...
# sql/drain/claim.sql becomes SQL_DRAIN_CLAIM, a statement of the set
# "drain"; schema/NNNN_name.sql and down/NNNN_name.sql become the table
# sql_schema. Comments go except a leading "-- $N type" line, which is
# counted as a parameter.
function quote(line) {
	gsub(/\\/, "&&", line)
	gsub(/"/, "\\\"", line)
	return "\t\"" line "\\n\"\n"
}
function close_file() {
	if (name == "")
		return
	if (set == "schema") {
		schema_name[number] = base
		schema_up[number] = text
		if (number > last)
			last = number
	} else if (set == "down") {
		schema_down[number] = text
	} else {
		order[++count] = name
		sets[name] = set
		texts[name] = text
		params[name] = nparams
		short[name] = base
	}
}
FNR == 1 {
	close_file()
	n = split(FILENAME, path, "/")
	set = path[n - 1]
	base = path[n]
	sub(/\.sql$/, "", base)
	name = "SQL_" toupper(set) "_" toupper(base)
	number = substr(base, 1, 4) + 0
	text = ""
	nparams = 0
}
/^-- \$[0-9]+ / && set != "schema" && set != "down" { nparams++ }
set == "schema" || set == "down" || !/^--/ { text = text quote($0) }
END {
	close_file()
	print "/* Made from the files under sql/ by sql/embed.awk. */"
	if (want == "header") {
		print "#ifndef SQL_TEXTS_H\n#define SQL_TEXTS_H\n"
		print "#include \"sql.h\"\n"
		for (i = 1; i <= count; i++) {
			s = sets[order[i]]
			if (!(s in seen)) {
				seen[s] = 1
				print "extern const struct sql sql_" s "[];"
				print "extern const size_t sql_" s "_len;"
			}
		}
		for (s in seen) {
			k = 0
			print ""
			for (i = 1; i <= count; i++)
				if (sets[order[i]] == s)
					printf "#define %s (&sql_%s[%d])\n", order[i], s, k++
		}
		print "\n#endif"
		exit
	}
	print "#include \"sql.h\"\n#include \"texts.h\"\n"
	for (i = 1; i <= count; i++) {
		s = sets[order[i]]
		if (s in seen)
			continue
		seen[s] = 1
		print "const struct sql sql_" s "[] = {"
		k = 0
		for (j = i; j <= count; j++) {
			if (sets[order[j]] != s)
				continue
			k++
			printf "{ \"%s_%s\", %d,\n%s},\n", s, short[order[j]],
			    params[order[j]], texts[order[j]]
		}
		print "};"
		print "const size_t sql_" s "_len = " k ";\n"
	}
	print "const struct sql_schema_file sql_schema[] = {"
	for (i = 1; i <= last; i++)
		printf "{ %d, \"%s\",\n%s,\n%s},\n", i, schema_name[i],
		    schema_up[i], schema_down[i]
	print "};"
	print "const size_t sql_schema_len = " last ";"
}
