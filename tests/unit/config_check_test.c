/* SPDX-License-Identifier: BSD-2-Clause */
/* All mistakes at once, and --check. */
#include "config_lab.h"

TestSuite(config_check, .init = set_up, .fini = tear_down);

#define MISTAKES                                                                                   \
	"[interfaces]\n"                                                                           \
	"downstream = lan0 a/b\n"                                                                  \
	"[dns]\n"                                                                                  \
	"dnssec = require\n"                                                                       \
	"server = nowhere\n"                                                                       \
	"[limits]\n"                                                                               \
	"chanels = 5\n"                                                                            \
	"nonsense\n"                                                                               \
	"[tunel]\n"                                                                                \
	"mark = 0\n"                                                                               \
	"[pim\n"                                                                                   \
	"hello = 0\n"                                                                              \
	"[igmp]\n"                                                                                 \
	"robustness = 8\n"                                                                         \
	"robustness = 7\n"

#define COMPLAINTS(prefix)                                                                         \
	prefix "conf:2: downstream = lan0 a/b: 'a/b' is not an interface's name, of at most 127 "  \
	       "characters\n" prefix "conf:4: dnssec = require: needs a trust_anchor, such as "    \
	       "/usr/share/dns/root.key\n" prefix                                                  \
	       "conf:5: server = nowhere: 'nowhere' is not an IPv4 or IPv6 address, with "         \
	       "%interface if it is link-local, and @port if need be\n" prefix                     \
	       "conf:7: chanels = 5: unknown key 'chanels' in [limits]: did you mean "             \
	       "channels?\n" prefix                                                                \
	       "conf:8: expected [section], key = value, or a comment\n" prefix                    \
	       "conf:9: unknown section [tunel]: did you mean [tunnels]?\n" prefix                 \
	       "conf:11: expected [section], key = value, or a comment\n" prefix                   \
	       "conf:14: robustness = 8: expected a number from 1 to 7\n" prefix                   \
	       "conf:15: robustness = 7: 'robustness' is given twice\n" prefix                     \
	       "--socket : expected a path of at most 107 bytes\n"

Test(config_check, each_mistake_is_told_in_the_order_of_the_file)
{
	cr_expect_eq(read_conf_by("--config conf --socket ", MISTAKES), 2);
	cr_expect_str_eq(said, COMPLAINTS("mcingestd: "));
	cr_expect_eq(read_conf_by("--config conf --socket  --check", MISTAKES), 2);
	cr_expect_str_eq(said, COMPLAINTS(""));
	cr_expect_str_eq(answered, "");
	cr_expect_eq(read_conf_by("--config conf --socket  --print-config", MISTAKES), 2);
	cr_expect_str_eq(said, COMPLAINTS(""));
	cr_expect_str_eq(answered, "");
}

Test(config_check, a_downstream_is_missing_as_well)
{
	cr_expect_eq(read_conf_by("--check conf", "[log]\nlevel = loud\n"), 2);
	cr_expect_str_eq(said, "conf:2: level = loud: expected notice or debug\n"
			       "no downstream interface: give --downstream IF, or 'downstream' "
			       "under [interfaces] in conf\n");
}

Test(config_check, a_file_without_mistakes)
{
	static const char *const ways[] = {"--check conf", "--check=conf", "--check --config conf",
					   "--config conf --check", "conf --check"};

	EACH(i, ways)
	{
		cr_expect_eq(read_conf_by(ways[i], "[interfaces]\ndownstream = lan0\n"), 1, "%s",
			     ways[i]);
		cr_expect_str_eq(answered, "conf: all is well\n");
		cr_expect_str_eq(said, "");
		cr_expect_null(config.control_socket);
	}
	cr_expect_eq(read_conf_by("--check --downstream lan0 conf", ""), 1);
	cr_expect_str_eq(answered, "conf: all is well\n");
}

static void expect_file(const char *text, bool whole, const char *complaints)
{
	struct config read = {0};
	char *told;
	size_t size;
	FILE *out = open_memstream(&told, &size);
	bool fine;

	write_conf(text, strlen(text));
	fine = config_read_file(&read, "conf", NULL, whole, out);
	fclose(out);
	cr_expect_str_eq(told, complaints);
	cr_expect_eq(fine, !*complaints);
	cr_expect_str_eq(read.file, "conf");
	config_free(&read);
	cr_expect_null(read.file);
	free(told);
}

Test(config_check, a_file_can_be_read_without_a_command_line)
{
	expect_file("[interfaces]\ndownstream = lan0\n", true, "");
	expect_file("[limits]\nchannels = 5\n", false, "");
	expect_file("[limits]\nchannels = 5\n", true,
		    "no downstream interface: give --downstream IF, or 'downstream' under "
		    "[interfaces] in conf\n");
	expect_file("[limits]\nchannels = 0\n", false,
		    "conf:2: channels = 0: expected a number from 1 to 1000000\n");
}

Test(config_check, no_file_is_needed)
{
	if (access(CONFIG_FILE, F_OK) == 0)
		cr_skip_test("this box has a " CONFIG_FILE);
	cr_expect_eq(read_words("--check --downstream lan0"), 1);
	cr_expect_str_eq(answered, CONFIG_FILE ": all is well without this file\n");
	cr_expect_eq(read_words("--check nowhere"), 2);
	cr_expect_str_eq(said, "nowhere: cannot open: No such file or directory\n");
}

Test(config_check, one_file_at_a_time)
{
	cr_expect_eq(read_words("--check --config a b"), 2);
	cr_expect_str_eq(said, "mcingestd: unexpected argument 'b' (see mcingestd --help)\n");
	cr_expect_eq(read_words("--check a b"), 2);
	cr_expect_str_eq(said, "mcingestd: unexpected argument 'b' (see mcingestd --help)\n");
}

Test(config_check, not_more_than_fifty_mistakes_are_told)
{
	char text[4096] = "[limits]\n", last[64];

	for (unsigned i = 0; i < 70; i++)
		strcat(text, "channels = 0\n");
	cr_expect_eq(read_conf_by("--check conf --downstream lan0", text), 2);
	snprintf(last, sizeof(last), "\nconf: 21 more mistakes\n");
	cr_expect(strlen(said) > strlen(last) &&
			  strcmp(said + strlen(said) - strlen(last), last) == 0,
		  "%s", said);
	cr_expect(strstr(said, "\nconf:50: ") && !strstr(said, "\nconf:51: "), "%s", said);
}

Test(config_check, nothing_is_read_behind_a_zero)
{
	static const char text[] = "[dns]\ntimeout = 0\n\0server\nserver = no\n";

	write_conf(text, sizeof(text) - 1);
	cr_expect_eq(read_words("--check conf"), 2);
	cr_expect_str_eq(said, "conf:2: timeout = 0: expected seconds from 1 to 60\n"
			       "conf:3: not a text file\n");
}

static const struct {
	const char *text, *advice;
} unknown[] = {
	{"[limits]\nCHANEL = 1\n", "did you mean channels?\n"},
	{"[limits]\nnew-relay = 1\n", "did you mean new_relays?\n"},
	{"[limits]\nmode = tc\n", "it belongs to [dataplane]\n"},
	{"[dataplane]\nmood = tc\n", "did you mean mode?\n"},
	{"[tunnels]\nvrr = blue\n", "did you mean vrf?\n"},
	{"[tunnels]\nvxx = blue\n",
	 "expected source_address, mark, vrf or hold_down\n"}, /* too little of it is right */
	{"[dns]\nnameserver = ::1\n", "expected server, timeout, dnssec or trust_anchor\n"},
	{"[log]\nverbosity = 3\n", "expected level\n"},
	{"[interface]\n", "did you mean [interfaces]?\n"},
	{"[ limits ]\n", "did you mean [limits]?\n"},
	{"[]\nchannels = 1\n", NULL},
	{"[general]\n", NULL},
	{"[aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggg]\n", NULL},
};

Test(config_check, unknown_names_get_advice)
{
	static const char all[] =
		"expected [interfaces], [dns], [relays], [limits], [policy], "
		"[pim], [lan], [igmp], [tunnels], [channels], [dataplane], [control], "
		"[metrics], [daemon] or [log]\n";

	EACH(i, unknown)
	{
		const char *advice = unknown[i].advice ? unknown[i].advice : all;

		cr_expect_eq(read_conf_by("--check conf --downstream lan0", unknown[i].text), 2);
		cr_expect(strlen(said) > strlen(advice) &&
				  strcmp(said + strlen(said) - strlen(advice), advice) == 0,
			  "%s: %s", unknown[i].text, said);
		cr_expect_eq(strchr(said, '\n') - said, (ptrdiff_t)strlen(said) - 1, "one line: %s",
			     said);
	}
}

Test(config_check, a_byte_order_mark_is_no_part_of_a_line)
{
	cr_expect_eq(read_conf_by("--check conf", "\xEF\xBB\xBF[interfaces]\ndownstream = lan0\n"
						  "\xEF\xBB\xBF[limits]\nchannels = 1\n"),
		     1, "%s", said);
}
