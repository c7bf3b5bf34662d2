/* SPDX-License-Identifier: BSD-2-Clause */
/* --print-config: what is in force reads back as the same. */
#include "config/settings.h"
#include "config_lab.h"

TestSuite(config_print, .init = set_up, .fini = tear_down);

/* Every setting, with a value that is not its default, in the order of the table, and as it is
 * printed. */
#define EVERY_KEY                                                                                  \
	"[interfaces]\n"                                                                           \
	"downstream = lan0\n"                                                                      \
	"downstream = lan1\n"                                                                      \
	"upstream = wan0\n"                                                                        \
	"igmp = lan1\n"                                                                            \
	"observe = lan0\n"                                                                         \
	"\n"                                                                                       \
	"[dns]\n"                                                                                  \
	"server = 192.0.2.53\n"                                                                    \
	"server = fe80::1%wan0@53\n"                                                               \
	"timeout = 60\n"                                                                           \
	"dnssec = require\n"                                                                       \
	"trust_anchor = /dev/null\n"                                                               \
	"\n"                                                                                       \
	"[relays]\n"                                                                               \
	"ways = source anycast\n"                                                                  \
	"amtrelay = 192.0.2.0/24 10 0 1 203.0.113.15\n"                                            \
	"amtrelay = 2001:db8::/32 7 1 3 relay.example.\n"                                          \
	"amtrelay = 192.0.2.1 0 0 0 .\n"                                                           \
	"renew = 61\n"                                                                             \
	"warm = 203.0.113.15\n"                                                                    \
	"warm = 2001:db8::15\n"                                                                    \
	"protect = 232.1.0.0/16\n"                                                                 \
	"protect = 2001:db8::/32\n"                                                                \
	"domain = example.net.\n"                                                                  \
	"\n"                                                                                       \
	"[limits]\n"                                                                               \
	"channels = 2\n"                                                                           \
	"tunnels = 3\n"                                                                            \
	"discoveries = 4\n"                                                                        \
	"network_discoveries = 5\n"                                                                \
	"new_relays = 6\n"                                                                         \
	"unanswered_relays = 7\n"                                                                  \
	"neighbors = 8\n"                                                                          \
	"joins = 9\n"                                                                              \
	"memberships = 10\n"                                                                       \
	"slow_path = 1001\n"                                                                       \
	"rate = 900M\n"                                                                            \
	"channel_rate = 1500k\n"                                                                   \
	"lan_rate = 1G\n"                                                                          \
	"lan_rate = lan0 1234567\n"                                                                \
	"\n"                                                                                       \
	"[policy]\n"                                                                               \
	"prefix = 232.1.0.0/16 priority 6 rate 200M channel_rate 20M\n"                            \
	"prefix = 192.0.2.1 rate 1G\n"                                                             \
	"\n"                                                                                       \
	"[pim]\n"                                                                                  \
	"allow = 10.0.0.0/24\n"                                                                    \
	"allow = fe80::/10\n"                                                                      \
	"groups = 232.0.0.0/8\n"                                                                   \
	"require_hello = no\n"                                                                     \
	"hello = 11\n"                                                                             \
	"assert_preference = 0\n"                                                                  \
	"assert_metric = 999999999\n"                                                              \
	"\n"                                                                                       \
	"[lan]\n"                                                                                  \
	"takeover = 100ms\n"                                                                       \
	"\n"                                                                                       \
	"[igmp]\n"                                                                                 \
	"interval = 126\n"                                                                         \
	"robustness = 3\n"                                                                         \
	"require_router_alert = yes\n"                                                             \
	"\n"                                                                                       \
	"[tunnels]\n"                                                                              \
	"source_address = 100.64.7.3\n"                                                            \
	"source_address = 2001:db8::3\n"                                                           \
	"mark = 0xffffffff\n"                                                                      \
	"vrf = blue\n"                                                                             \
	"hold_down = 181\n"                                                                        \
	"\n"                                                                                       \
	"[channels]\n"                                                                             \
	"linger = 0\n"                                                                             \
	"file = /tmp/joins\n"                                                                      \
	"\n"                                                                                       \
	"[dataplane]\n"                                                                            \
	"mode = tc\n"                                                                              \
	"hold = 5\n"                                                                               \
	"\n"                                                                                       \
	"[control]\n"                                                                              \
	"socket = /tmp/a b\n"                                                                      \
	"group = netops\n"                                                                         \
	"\n"                                                                                       \
	"[metrics]\n"                                                                              \
	"listen = [2001:db8::1]:80\n"                                                              \
	"channels = 500\n"                                                                         \
	"page = no\n"                                                                              \
	"names = box.example.net\n"                                                                \
	"names = wall\n"                                                                           \
	"\n"                                                                                       \
	"[daemon]\n"                                                                               \
	"instance = east\n"                                                                        \
	"state = /srv/mcingest\n"                                                                  \
	"seccomp = no\n"                                                                           \
	"\n"                                                                                       \
	"[log]\n"                                                                                  \
	"level = debug\n"

/* What was answered, without the lines of origins. Freed by the caller. */
static char *values(void)
{
	char *copy = strdup(answered), *rest = copy, *line, *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	while ((line = strsep(&rest, "\n")))
		if (*line != '#')
			fprintf(out, rest ? "%s\n" : "%s", line);
	fclose(out);
	free(copy);
	return text;
}

static void expect_values(const char *arguments, const char *expected)
{
	char *text;

	cr_assert_eq(read_words(arguments), 1, "%s: %s", arguments, said);
	cr_expect_str_eq(said, "");
	text = values();
	cr_expect_str_eq(text, expected);
	free(text);
}

static void expect_line(const char *line)
{
	char *text = answered;

	while ((text = strstr(text, line)) && text > answered && text[-1] != '\n')
		text++;
	cr_expect(text, "no '%s' in:\n%s", line, answered);
}

Test(config_print, every_key_of_a_file_reads_back)
{
	write_conf(EVERY_KEY, strlen(EVERY_KEY));
	expect_values("--print-config --config conf", EVERY_KEY);
	write_conf(answered, strlen(answered));
	expect_values("--print-config --config conf", EVERY_KEY);
}

/* Whoever adds a setting finds that EVERY_KEY above must have it, with a value that differs from
 * the default. */
Test(config_print, no_setting_is_forgotten)
{
	char *defaults;

	cr_assert_eq(read_words("--print-config --config /dev/null --downstream lan7"), 1);
	defaults = values();
	write_conf(EVERY_KEY, strlen(EVERY_KEY));
	cr_assert_eq(read_words("--print-config --config conf"), 1);
	for (size_t i = 0; i < settings_count; i++) {
		const char *key = settings[i].key;
		char given[64], *text, *line, *rest;

		cr_expect(settings[i].kind && settings[i].kind->take && settings[i].kind->give);
		for (size_t j = i + 1; j < settings_count; j++)
			cr_expect(strcmp(settings[j].section, settings[i].section) ||
					  !strcmp(settings[j - 1].section, settings[i].section),
				  "[%s] is not in one piece", settings[i].section);
		snprintf(given, sizeof(given), "%s = ", key);
		text = rest = values();
		while ((line = strsep(&rest, "\n")))
			if (!strncmp(line, given, strlen(given)))
				break;
		cr_expect(line && !strstr(defaults, line), "%s", key);
		free(text);
	}
	free(defaults);
}

Test(config_print, defaults_read_back)
{
	char *before;

	cr_assert_eq(read_words("--print-config --config /dev/null --downstream lan0"), 1);
	expect_line("# command line\ndownstream = lan0\n");
	expect_line("# default\n;upstream =\n");
	expect_line("# default\n;trust_anchor =\n");
	expect_line("# default\n;source_address =\n");
	expect_line("# default\n;mark =\n");
	expect_line("# default\nways = configured dns-sd source\n");
	expect_line("# default\nchannels = 16384\n");
	expect_line("# default\nsocket = " CONFIG_SOCKET "\n");
	before = values();
	write_conf(answered, strlen(answered));
	cr_expect_eq(read_words("--check conf"), 1, "%s", said);
	expect_values("--print-config --config conf", before);
	free(before);
}

Test(config_print, origins)
{
	cr_assert_eq(read_conf_by("--print-config --config conf --debug --igmp a --igmp b",
				  "[interfaces]\ndownstream = a\nigmp = a\n"
				  "downstream = b\n\n[log]\nlevel = notice\n"
				  "[limits]\n joins = 5\n"),
		     1, "%s", said);
	expect_line("# conf:2\ndownstream = a\ndownstream = b\n");
	expect_line("# command line\nigmp = a\nigmp = b\n");
	expect_line("# command line\nlevel = debug\n");
	expect_line("# conf:9\njoins = 5\n");
	expect_line("# default\nneighbors = 256\n");
}

Test(config_print, what_cannot_stand_in_a_file_is_a_comment)
{
	static const char *const paths[] = {"/tmp/a\n", "/a\nb", "/a\t;b", "\t/a", "/a\r"};
	char arguments[64];

	write_conf("[interfaces]\ndownstream=;lan0\n", 30);
	EACH(i, paths)
	{
		snprintf(arguments, sizeof(arguments), "--print-config --config conf --socket %s",
			 paths[i]);
		cr_assert_eq(read_words(arguments), 1, "%s", said);
		expect_line("downstream=;lan0\n");
		expect_line("# command line\n;socket = a value that cannot stand in a file\n");
		write_conf(answered, strlen(answered));
		cr_expect_eq(read_words("--check conf"), 1, "%s", said);
	}
}

Test(config_print, values_as_long_as_a_line)
{
	static const char begin[] = "[interfaces]\ndownstream = a\n[relays]\n"
				    "amtrelay=192.0.2.0/24 10 0 3 ";
	char text[512], *line = strstr(strcpy(text, begin), "amtrelay=");
	size_t length = strlen(line);

	for (; length < 198; length++)
		line[length] = length % 40 ? 'x' : '.';
	line[length] = '\0';
	cr_assert_eq(read_conf_by("--print-config --config conf", text), 1, "%s", said);
	expect_line(line);
}

Test(config_print, a_long_name_of_the_file_is_cut)
{
	char folder[256], arguments[512];

	memset(folder, 'f', 250);
	folder[250] = '\0';
	cr_assert(symlink(".", folder) == 0);
	snprintf(arguments, sizeof(arguments), "--print-config --config %s/conf", folder);
	cr_expect_eq(read_conf_by(arguments, "[interfaces]\ndownstream = a\n"), 1, "%s", said);
	write_conf(answered, strlen(answered));
	cr_expect_eq(read_words("--check conf"), 1, "%s", said);
	unlink(folder);
}
