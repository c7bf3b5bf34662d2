/* SPDX-License-Identifier: BSD-2-Clause */
#include "addresses.h"
#include "config_lab.h"

#define TEN(text)     text text text text text text text text text text
#define ZONE_AND_PORT "with %interface if it is link-local, and @port if need be\n"

TestSuite(config, .init = set_up, .fini = tear_down);

/* The lists of a configuration, with a bar between words and a semicolon after each list. */
static const char *lists(void)
{
	static char text[1024];
	char *const *all[] = {config.downstream, config.upstream, config.igmp, config.dns_servers};
	unsigned counts[] = {config.downstream_count, config.upstream_count, config.igmp_count,
			     config.dns_server_count};

	text[0] = '\0';
	EACH(i, all)
	{
		for (unsigned j = 0; j < counts[i]; j++) {
			strcat(text, j ? "|" : "");
			strcat(text, all[i][j]);
		}
		strcat(text, ";");
	}
	return text;
}

Test(config, defaults)
{
	cr_assert_eq(read_words("--config /dev/null --downstream lan0"), 0, "%s", said);
	cr_expect_str_eq(lists(), "lan0;;;;");
	cr_expect_eq(config.dns_timeout, 5 * USEC_PER_SEC);
	cr_expect_eq(config.mode, CONFIG_MODE_AUTO);
	cr_expect_eq(config.hold, 180 * USEC_PER_SEC);
	cr_expect_eq(config.max_channels, 16384);
	cr_expect_eq(config.max_tunnels, 1024);
	cr_expect_eq(config.max_neighbors, 256);
	cr_expect_eq(config.max_joins, 8192);
	cr_expect_eq(config.discoveries, 100);
	cr_expect_eq(config.network_discoveries, 20);
	cr_expect_eq(config.new_relays, 50);
	cr_expect_eq(config.unanswered, 16);
	cr_expect_eq(config.pim_allow.count, 0);
	cr_expect_eq(config.pim_groups.count, 0);
	cr_expect(config.require_hello);
	cr_expect_eq(config.hello_period, 30);
	cr_expect(!config.tunnels.ipv4.family && !config.tunnels.ipv6.family);
	cr_expect(!config.tunnels.mark && !config.tunnels.vrf);
	cr_expect_eq(config.linger, 2 * USEC_PER_SEC);
	cr_expect(config.assert.preference == 200 && config.assert.metric == 100);
	cr_expect_eq(config.max_memberships, 4096);
	cr_expect_eq(config.slow_rate, 50000);
	cr_expect_eq(config.igmp_interval, 125);
	cr_expect_eq(config.igmp_robustness, 2);
	cr_expect_not(config.require_router_alert);
	cr_expect_str_eq(config.control_socket, "/run/mcingest/control.sock");
	cr_expect_null(config.control_group);
	cr_expect_str_eq(config.state, "/var/lib/mcingest");
	cr_expect(config.seccomp);
	cr_expect_not(config.debug);
	cr_expect_str_eq(said, "");
	config_free(&config);
}

Test(config, state_is_the_files_or_systemds_or_the_usual_folder)
{
	setenv("STATE_DIRECTORY", "/var/lib/mcingest-b:/var/lib/other", 1);
	cr_assert_eq(read_conf("[interfaces]\ndownstream = lan0\n"), 0, "%s", said);
	cr_expect_str_eq(config.state, "/var/lib/mcingest-b");
	config_free(&config);
	cr_assert_eq(read_conf("[interfaces]\ndownstream = lan0\n[daemon]\nstate = /srv/x\n"), 0,
		     "%s", said);
	cr_expect_str_eq(config.state, "/srv/x");
	config_free(&config);
	unsetenv("STATE_DIRECTORY");
}

Test(config, an_instance_has_paths_of_its_own)
{
	cr_assert_eq(read_conf("[interfaces]\ndownstream = lan0\n[daemon]\ninstance = east\n"), 0,
		     "%s", said);
	cr_expect_str_eq(config.control_socket, "/run/mcingest-east/control.sock");
	cr_expect_str_eq(config.state, "/var/lib/mcingest-east");
	config_free(&config);
	cr_assert_eq(read_words("--downstream lan0 --instance west --socket /run/x.sock"), 0, "%s",
		     said);
	cr_expect_str_eq(config.instance, "west");
	cr_expect_str_eq(config.file, "/etc/mcingest/mcingest-west.conf");
	cr_expect_str_eq(config.control_socket, "/run/x.sock");
	config_free(&config);
	cr_expect_null(config.instance);
}

Test(config, an_instance_is_no_path)
{
	static const char *const names[] = {"..", "../etc", "a/b", ".", "%i", "-"};
	char words[64];

	EACH(i, names)
	{
		snprintf(words, sizeof(words), "--downstream lan0 --instance %s", names[i]);
		cr_expect_eq(read_words(words), 2, "%s", names[i]);
		cr_expect(strstr(said, "expected a name of at most 32 letters"), "%s", said);
	}
}

Test(config, no_file_is_needed)
{
	if (access(CONFIG_FILE, F_OK) == 0)
		cr_skip_test("this box has a " CONFIG_FILE);
	cr_assert_eq(read_words("--downstream lan0"), 0, "%s", said);
	cr_expect_str_eq(lists(), "lan0;;;;");
	config_free(&config);
	cr_expect_null(config.control_socket);
	cr_expect_eq(read_words(""), 2);
	cr_expect_str_eq(said, "mcingestd: no downstream interface: give --downstream IF, or "
			       "'downstream' under [interfaces] in " CONFIG_FILE "\n");
}

Test(config, every_key_of_a_file)
{
	cr_assert_eq(read_conf("# comment\n"
			       "; comment\n"
			       "[interfaces]\n"
			       "downstream = lan0 \t lan1\n"
			       "upstream = lan0 ; a LAN may be upstream as well\n"
			       "igmp = lan1\n"
			       "[dns]\n"
			       "server = 192.0.2.53 2001:db8::53@5353 192.0.2.54@65535\n"
			       "server = fe80::1%wan0@53\n"
			       "timeout = 60\n"
			       "[dataplane]\n"
			       "mode = xdp\n"
			       "[limits]\n"
			       "channels = 1000000\n"
			       "tunnels=1\r\n"
			       "  neighbors = 65535\n"
			       "joins = 7\n"
			       "memberships = 7\n"
			       "slow_path = 1000\n"
			       "discoveries = 1000000\n"
			       "network_discoveries = 5000\n"
			       "new_relays = 1\n"
			       "unanswered_relays = 65535\n"
			       "[pim]\n"
			       "allow = 10.0.0.0/24 fe80::/10\n"
			       "groups = 232.0.0.0/8\n"
			       "groups = ff3e::/32\n"
			       "require_hello = no\n"
			       "hello = 3600\n"
			       "assert_preference = 0\n"
			       "assert_metric = 999999999\n"
			       "[tunnels]\n"
			       "source_address = 100.64.7.3\n"
			       "source_address = 2001:db8::3\n"
			       "mark = 0xFFFFFFFF\n"
			       "vrf = blue\n"
			       "[channels]\n"
			       "linger = 0\n"
			       "[igmp]\n"
			       "interval = 31744\n"
			       "robustness = 7\n"
			       "require_router_alert = yes\n"
			       "[control]\n"
			       "socket = /tmp/a b\n"
			       "[log]\n"
			       "level = debug"),
		     0, "%s", said);
	cr_expect_str_eq(lists(),
			 "lan0|lan1;lan0;lan1;192.0.2.53|2001:db8::53@5353|192.0.2.54@65535|"
			 "fe80::1%wan0@53;");
	cr_expect_eq(config.dns_timeout, 60 * USEC_PER_SEC);
	cr_expect_eq(config.mode, CONFIG_MODE_XDP);
	cr_expect_eq(config.max_channels, 1000000);
	cr_expect_eq(config.max_tunnels, 1);
	cr_expect_eq(config.max_neighbors, 65535);
	cr_expect_eq(config.max_joins, 7);
	cr_expect_eq(config.discoveries, 1000000);
	cr_expect_eq(config.network_discoveries, 5000);
	cr_expect_eq(config.new_relays, 1);
	cr_expect_eq(config.unanswered, 65535);
	cr_expect_eq(config.pim_allow.count, 2);
	cr_expect_eq(config.pim_allow.list[0].length, 24);
	cr_expect_eq(config.pim_groups.count, 2);
	cr_expect_eq(config.pim_groups.list[1].addr.family, AF_INET6);
	cr_expect_not(config.require_hello);
	cr_expect_eq(config.hello_period, 3600);
	cr_expect_eq(config.tunnels.ipv4.family, AF_INET);
	cr_expect_eq(config.tunnels.ipv6.family, AF_INET6);
	cr_expect_eq(config.tunnels.mark, UINT32_MAX);
	cr_expect_str_eq(config.tunnels.vrf, "blue");
	cr_expect_eq(config.linger, 0);
	cr_expect(config.assert.preference == 0 && config.assert.metric == 999999999);
	cr_expect_eq(config.max_memberships, 7);
	cr_expect_eq(config.slow_rate, 1000);
	cr_expect_eq(config.igmp_interval, 31744);
	cr_expect_eq(config.igmp_robustness, 7);
	cr_expect(config.require_router_alert);
	cr_expect_str_eq(config.control_socket, "/tmp/a b");
	cr_expect(config.debug);
	config_free(&config);
}

Test(config, a_list_in_several_lines_and_as_long_as_it_may_be)
{
	cr_assert_eq(read_conf("[interfaces]\ndownstream = a b c d\n downstream = e f g\n"
			       "upstream = w\ndownstream = abcdefghijklmno\n"),
		     0, "%s", said);
	cr_expect_str_eq(lists(), "a|b|c|d|e|f|g|abcdefghijklmno;w;;;");
	config_free(&config);
}

Test(config, ways_and_relays)
{
	cr_assert_eq(read_conf("[interfaces]\ndownstream = a\n[relays]\n"
			       "ways = source configured\ndomain = example.net\n"
			       "amtrelay = 192.0.2.0/24 10 0 1 203.0.113.15\n"
			       "amtrelay = 2001:db8::/32\t7 1 3 relay.example.\n"
			       "amtrelay = 192.0.2.1 0 0 0 .\n"),
		     0, "%s", said);
	cr_expect_eq(config.relays.way_count, 2);
	cr_expect_eq(config.relays.ways[0], CONFIG_WAY_SOURCE);
	cr_expect_eq(config.relays.ways[1], CONFIG_WAY_CONFIGURED);
	cr_expect_str_eq(config.relays.domain, "example.net.");
	cr_assert_eq(config.relays.rule_count, 3);
	cr_expect_str_eq(config.relays.rules[1].record, "7 1 3 relay.example.");
	cr_expect_eq(config.relays.rules[2].sources.length, 32);
	config_free(&config);
	cr_assert_eq(read_conf("[interfaces]\ndownstream = a\n"), 0, "%s", said);
	cr_expect_eq(config.relays.way_count, 3);
	cr_expect_null(config.relays.domain);
	cr_expect_eq(config.relays.protect.count, 0);
	config_free(&config);
}

Test(config, all_channels_may_be_protected)
{
	struct addr group = address("ff3e::1"), source = address("192.0.2.1");

	cr_assert_eq(read_conf("[interfaces]\ndownstream = a\n[relays]\nprotect = all\n"), 0, "%s",
		     said);
	cr_assert_eq(config.relays.protect.count, 2);
	cr_expect(prefixes_allow(&config.relays.protect, &group));
	cr_expect(prefixes_allow(&config.relays.protect, &source));
	config_free(&config);
}

Test(config, command_line_replaces_the_file)
{
	static const char text[] = "[interfaces]\ndownstream = a b\nupstream = u\nigmp = a\n"
				   "[control]\nsocket = /file\n[log]\nlevel = notice\n";

	write_conf(text, strlen(text));
	cr_assert_eq(read_words("--downstream b --socket /first --config conf --debug "
				"--downstream=c --socket /last --igmp c"),
		     0, "%s", said);
	cr_expect_str_eq(lists(), "b|c;u;c;;");
	cr_expect_str_eq(config.control_socket, "/last");
	cr_expect(config.debug);
	config_free(&config);
}

static const struct {
	const char *text, *said;
} bad_files[] = {
	{"channels = 1\n", "mcingestd: conf:1: channels = 1: stands before the first [section]\n"},
	{"[limit]\nchannels = 1\n",
	 "mcingestd: conf:1: unknown section [limit]: did you mean [limits]?\n"},
	{"[relays]\nways = source source\n", "mcingestd: conf:2: ways = source source: 'source': "
					     "expected configured, dns-sd, anycast or "
					     "source, each once\n"},
	{"[relays]\nways = dns\n",
	 "mcingestd: conf:2: ways = dns: 'dns': expected configured, dns-sd, "
	 "anycast or source, each once\n"},
	{"[relays]\namtrelay = 192.0.2.0/24 10 0 2 203.0.113.15\n",
	 "mcingestd: conf:2: amtrelay = 192.0.2.0/24 10 0 2 203.0.113.15: expected PREFIX "
	 "PRECEDENCE D "
	 "TYPE RELAY, as 192.0.2.0/24 10 0 1 203.0.113.15\n"},
	{"[interfaces]\ndownstream = lan0 # the LAN\n",
	 "mcingestd: conf:2: downstream = lan0 # the LAN: a comment behind a value begins with "
	 "' ;', not with '#'\n"},
	{"[limits]\nchannels = 5\t#five\n",
	 "mcingestd: conf:2: channels = 5?#five: a comment behind a value begins with ' ;', not "
	 "with '#'\n"},
	{"[interfaces]\nupstream = wan0,wan1\n",
	 "mcingestd: conf:2: upstream = wan0,wan1: separate the words of a list by spaces, not "
	 "commas\n"},
	{"[pim]\nallow = 10.0.0.1, 10.0.0.2\n",
	 "mcingestd: conf:2: allow = 10.0.0.1, 10.0.0.2: separate the words of a list by spaces, "
	 "not commas\n"},
	{"[relays]\ndomain = a..b\n",
	 "mcingestd: conf:2: domain = a..b: expected a domain's name\n"},
	{"[interfaces]\ndownstream = a\n[dns]\ndnssec = require\n",
	 "mcingestd: conf:4: dnssec = require: needs a trust_anchor, such as "
	 "/usr/share/dns/root.key\n"},
	{"[interfaces]\ndownstream = a\n[dns]\ntrust_anchor = /none\n",
	 "mcingestd: conf:4: trust_anchor = /none: cannot be read: No such file or directory\n"},
	{"[dns]\ndnssec = yes\n",
	 "mcingestd: conf:2: dnssec = yes: expected require, prefer or off\n"},
	{"[tunnels]\nsource_address = 192.0.2.1 192.0.2.2\n",
	 "mcingestd: conf:2: source_address = 192.0.2.1 192.0.2.2: '192.0.2.2' is the second "
	 "address of its family\n"},
	{"[tunnels]\nsource_address = 232.1.1.1\n",
	 "mcingestd: conf:2: source_address = 232.1.1.1: '232.1.1.1' is not an IPv4 or IPv6 "
	 "address\n"},
	{"[tunnels]\nmark = 0\n",
	 "mcingestd: conf:2: mark = 0: expected a number from 1 to 4294967295, or one as 0x7\n"},
	{"[tunnels]\nmark = 0x100000000\n",
	 "mcingestd: conf:2: mark = 0x100000000: expected a number from 1 to 4294967295, or one as "
	 "0x7\n"},
	{"[tunnels]\nvrf = blue red\n", "mcingestd: conf:2: vrf = blue red: expected an "
					"interface's name, of at most 15 characters\n"},
	{"[igmp]\ninterval = 10\n",
	 "mcingestd: conf:2: interval = 10: expected seconds from 11 to 31744\n"},
	{"[igmp]\nrobustness = 8\n",
	 "mcingestd: conf:2: robustness = 8: expected a number from 1 to 7\n"},
	{"[dns]\n\nchannels = 1\n",
	 "mcingestd: conf:3: channels = 1: unknown key 'channels' in [dns]: it belongs to "
	 "[limits]\n"},
	{"[limits]\nchannels = 0\n",
	 "mcingestd: conf:2: channels = 0: expected a number from 1 to 1000000\n"},
	{"[limits]\nchannels = 1000001\n",
	 "mcingestd: conf:2: channels = 1000001: expected a number from 1 to 1000000\n"},
	{"[limits]\ntunnels = 65536\n",
	 "mcingestd: conf:2: tunnels = 65536: expected a number from 1 to 65535\n"},
	{"[limits]\ntunnels = 4294967297\n",
	 "mcingestd: conf:2: tunnels = 4294967297: expected a number from 1 to 65535\n"},
	{"[limits]\nneighbors = -1\n",
	 "mcingestd: conf:2: neighbors = -1: expected a number from 1 to 65535\n"},
	{"[limits]\nneighbors = 12x\n",
	 "mcingestd: conf:2: neighbors = 12x: expected a number from 1 to 65535\n"},
	{"[limits]\nneighbors =\n",
	 "mcingestd: conf:2: neighbors = : expected a number from 1 to 65535\n"},
	{"[limits]\ndiscoveries = 0\n",
	 "mcingestd: conf:2: discoveries = 0: expected a number from 1 to 1000000\n"},
	{"[limits]\nunanswered_relays = 65536\n",
	 "mcingestd: conf:2: unanswered_relays = 65536: expected a number from 1 to 65535\n"},
	{"[limits]\njoins = 0\n",
	 "mcingestd: conf:2: joins = 0: expected a number from 1 to 1000000\n"},
	{"[pim]\nallow = 10.0.0.0/33\n",
	 "mcingestd: conf:2: allow = 10.0.0.0/33: '10.0.0.0/33' is not an address, or a prefix as "
	 "10.0.0.0/24\n"},
	{"[pim]\ngroups =\n",
	 "mcingestd: conf:2: groups = : expected an address, or a prefix as 10.0.0.0/24\n"},
	{"[pim]\nhello = 0\n", "mcingestd: conf:2: hello = 0: expected seconds from 1 to 3600\n"},
	{"[pim]\nrequire_hello = maybe\n",
	 "mcingestd: conf:2: require_hello = maybe: expected yes or no\n"},
	{"[pim]\nrequire_hello = no\nrequire_hello = no\n",
	 "mcingestd: conf:3: require_hello = no: 'require_hello' is given twice\n"},
	{"[limits]\nneighbors = 1\nneighbors = 1\n",
	 "mcingestd: conf:3: neighbors = 1: 'neighbors' is given twice\n"},
	{"[dataplane]\nmode = XDP\n", "mcingestd: conf:2: mode = XDP: expected auto, xdp or tc\n"},
	{"[dns]\ntimeout = 61\n",
	 "mcingestd: conf:2: timeout = 61: expected seconds from 1 to 60\n"},
	{"[dns]\nserver = 192.0.2\n", "mcingestd: conf:2: server = 192.0.2: '192.0.2' is not an "
				      "IPv4 or IPv6 address, " ZONE_AND_PORT},
	{"[dns]\nserver = fe80::1\n", "mcingestd: conf:2: server = fe80::1: 'fe80::1' is not an "
				      "IPv4 or IPv6 address, " ZONE_AND_PORT},
	{"[dns]\nserver = fe80::1%\n",
	 "mcingestd: conf:2: server = fe80::1%: 'fe80::1%' is not an IPv4 or IPv6 "
	 "address, " ZONE_AND_PORT},
	{"[dns]\nserver = ::2%wan0\n",
	 "mcingestd: conf:2: server = ::2%wan0: '::2%wan0' is not an IPv4 or IPv6 "
	 "address, " ZONE_AND_PORT},
	{"[dns]\nserver = ::1@0\n", "mcingestd: conf:2: server = ::1@0: '::1@0' is not an IPv4 or "
				    "IPv6 address, " ZONE_AND_PORT},
	{"[dns]\nserver = ::1@\n",
	 "mcingestd: conf:2: server = ::1@: '::1@' is not an IPv4 or IPv6 address, " ZONE_AND_PORT},
	{"[dns]\nserver = " TEN(TEN("1")) "\n",
	 "mcingestd: conf:2: server = " TEN(TEN("1")) ": '" TEN(
		 TEN("1")) "' is not an IPv4 or IPv6 address, " ZONE_AND_PORT},
	{"[log]\nlevel = loud\n", "mcingestd: conf:2: level = loud: expected notice or debug\n"},
	{"[control]\nsocket =\n",
	 "mcingestd: conf:2: socket = : expected a path of at most 107 bytes\n"},
	{"[control]\nsocket = " TEN("0123456789") "12345678\n",
	 "mcingestd: conf:2: socket = " TEN(
		 "0123456789") "12345678: expected a path of at most 107 bytes\n"},
	{"[control]\ngroup = net ops\n", "mcingestd: conf:2: group = net ops: expected a group's "
					 "name, of at most 32 characters\n"},
	{"[daemon]\nseccomp = off\n", "mcingestd: conf:2: seccomp = off: expected yes or no\n"},
	{"[interfaces]\nupstream =\n", "mcingestd: conf:2: upstream = : expected an interface's "
				       "name, of at most 127 characters\n"},
	{"[interfaces]\nupstream = " TEN("0123456789") TEN("ab") "abcdefgh\n",
	 "mcingestd: conf:2: upstream = " TEN("0123456789") TEN("ab") "abcdefgh: '" TEN(
		 "0123456789") TEN("ab") "abcdefgh' is not an interface's name, of at most 127 "
					 "characters\n"},
	{"[interfaces]\nupstream = a/b\n",
	 "mcingestd: conf:2: upstream = a/b: 'a/b' is not an interface's name, of at most 127 "
	 "characters\n"},
	{"[interfaces]\ndownstream = a\ndownstream = b a\n",
	 "mcingestd: conf:3: downstream = b a: 'a' is given twice\n"},
	{"[interfaces]\ndownstream = a b c d e f g h i\n",
	 "mcingestd: conf:2: downstream = a b c d e f g h i: expected 8 at most, 'i' is one "
	 "more\n"},
	{"[interfaces]\ndownstream = a\nlan1\n",
	 "mcingestd: conf:3: expected [section], key = value, or a comment\n"},
	{"[interfaces]\ndownstream = a\n  lan1\n",
	 "mcingestd: conf:3: expected [section], key = value, or a comment\n"},
	{"[interfaces\ndownstream = a\n",
	 "mcingestd: conf:1: expected [section], key = value, or a comment\n"},
	{"[limits]\n; " TEN(TEN("x")) TEN(TEN("x")) "\n",
	 "mcingestd: conf:2: the line is longer than 198 characters\n"},
};

Test(config, mistakes_in_a_file)
{
	EACH(i, bad_files)
	{
		cr_expect_eq(read_conf_by("--config conf --downstream lan0", bad_files[i].text), 2,
			     "%s", bad_files[i].text);
		cr_expect_str_eq(said, bad_files[i].said);
	}
}

Test(config, longest_socket_path_and_line)
{
	cr_assert_eq(read_conf("[interfaces]\ndownstream = a\n"
			       "[control]\nsocket = " TEN(
				       "0123456789") "1234567\n"
						     "; " TEN(TEN("x"))
							     TEN("123456789") "123456\n"),
		     0, "%s", said);
	cr_expect_eq(strlen(config.control_socket), 107);
	config_free(&config);
}

Test(config, file_that_is_not_text)
{
	write_conf("[dns]\n\0server", 13);
	cr_expect_eq(read_words("--config conf"), 2);
	cr_expect_str_eq(said, "mcingestd: conf:2: not a text file\n");
}

static const struct {
	const char *arguments, *said;
} bad_lines[] = {
	{"--config nowhere", "mcingestd: nowhere: cannot open: No such file or directory\n"},
	{"--config /tmp", "mcingestd: /tmp: cannot read: Is a directory\n"},
	{"--frob", "mcingestd: unknown option '--frob' (see mcingestd --help)\n"},
	{"-x", "mcingestd: unknown option '-x' (see mcingestd --help)\n"},
	{"--debug=1", "mcingestd: no value can be given in '--debug=1' (see mcingestd --help)\n"},
	{"--downstream",
	 "mcingestd: a value is missing after '--downstream' (see mcingestd --help)\n"},
	{"--downstream a b", "mcingestd: unexpected argument 'b' (see mcingestd --help)\n"},
	{"--downstream a -- b", "mcingestd: unexpected argument 'b' (see mcingestd --help)\n"},
	{"--downstream a --downstream a", "mcingestd: --downstream a: 'a' is given twice\n"},
	{"--downstream a/b", "mcingestd: --downstream a/b: 'a/b' is not an interface's name, of at "
			     "most 127 characters\n"},
	{"--downstream a --socket ",
	 "mcingestd: --socket : expected a path of at most 107 bytes\n"},
	{"--config /dev/null --upstream a",
	 "mcingestd: no downstream interface: give --downstream IF, or 'downstream' under "
	 "[interfaces] in /dev/null\n"},
};

Test(config, mistakes_on_the_command_line)
{
	EACH(i, bad_lines)
	{
		cr_expect_eq(read_words(bad_lines[i].arguments), 2, "%s", bad_lines[i].arguments);
		cr_expect_str_eq(said, bad_lines[i].said);
	}
}

static void expect_answer(const char *option, const char *beginning)
{
	cr_expect_eq(read_words(option), 1);
	cr_expect_eq(strncmp(answered, beginning, strlen(beginning)), 0, "%s: %s", option,
		     answered);
	cr_expect_str_eq(said, "");
}

Test(config, help_and_version_are_answered_on_stdout)
{
	expect_answer("--version", "mcingestd ");
	expect_answer("--help", "Usage: mcingestd ");
}
