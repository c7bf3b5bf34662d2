/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration file. Lines that start with ';' or '#' are comments, and so is what follows
 * " ;" on a line. A list may be given in several lines of the same key; any other key stands once.
 *
 *   [interfaces]
 *   downstream = lan0 lan1   LANs whose routers send Joins, at most 8; no default
 *   upstream = wan0          where tunnels arrive, at most 16; may be a LAN as well. Default: the
 *                            interfaces that routes leave by
 *   igmp = lan0              those LANs whose hosts are asked by IGMPv3 and MLDv2 what they want;
 *                            nothing is asked elsewhere. Default: none
 *   observe = lan0           those LANs where another daemon on this host speaks PIM: the Joins
 *                            that are meant for it are followed, and nothing is said
 *   [dns]
 *   server = 192.0.2.53      addresses, each with @port where it is not 53, at most 8. Default:
 *                            those of /etc/resolv.conf
 *   timeout = 5              seconds that a question may take, repetitions included: 1 to 60
 *   dnssec = prefer          require: what is not validated does not count; prefer: what can be
 *                            validated and is not right does not count; or off
 *   trust_anchor = FILE      of DS or DNSKEY records, such as /usr/share/dns/root.key, by which
 *                            answers are validated. Default: none, so that prefer has no effect
 *   [relays]                 of a source, how they are found (RFC 8777)
 *   ways = configured dns-sd source
 *                            those that are used, the most preferred first; also anycast: the
 *                            discovery addresses 192.52.193.1 and 2001:3::1
 *   amtrelay = 192.0.2.0/24 10 0 1 203.0.113.15
 *                            sources, then AMTRELAY data: precedence, 1 where discovery is
 *                            optional, type (0: no relay, of no way; 1: IPv4; 2: IPv6; 3: a
 *                            name), relay ('.' of type 0). One a line, at most 256; the longest
 *                            prefix that holds a source counts, with all of its lines
 *   domain = example.net     that dns-sd asks for _amt._udp. Default: the first search domain of
 *                            /etc/resolv.conf
 *   renew = 60               seconds, at least, until the relays of a source with channels are
 *                            looked up again, however short their TTL: 1 to 3600
 *   warm = 203.0.113.15      relays to which tunnels stand ready, channels or not, by addresses, at
 *                            most 64. Default: none
 *   [limits]
 *   channels = 16384         (S,G) joined in all: 1 to 1000000
 *   tunnels = 1024           relays with a tunnel: 1 to 65535
 *   neighbors = 256          PIM routers on one LAN, of one family: 1 to 65535
 *   joins = 8192             (S,G) that one of them may have joined at a time: 1 to 1000000
 *   memberships = 4096       (S,G) that the hosts of one LAN may have joined, of one family: 1 to
 *                            1000000
 *   [pim]
 *   allow = 10.0.0.0/24      routers that are heard, by prefixes of their addresses, at most 64
 *                            (IPv6 routers speak from link-local ones). Default: all
 *   groups = 232.0.0.0/8     groups that are served, by prefixes, at most 64. Default: all that
 *                            may leave a link
 *   require_hello = yes      or no: Join/Prunes count of routers, too, that say no Hello
 *   hello = 30               seconds between our Hellos (Hello_Period); neighbours hold us for gone
 *                            after 3.5 times that: 1 to 3600
 *   assert_preference = 200  what an Assert says of our way to every source, the lower the better:
 *   assert_metric = 100      by default a router that has a native path wins: 0 to 999999999 each
 *   [igmp]
 *   interval = 125           seconds between General Queries (Query Interval): 11 to 31744
 *   robustness = 2           Robustness Variable: how often what may get lost is said: 1 to 7
 *   [tunnels]                by what the kernel finds their way, where the main table is not it
 *   source_address = ADDRESS ours in their outer headers, one of each family; an address of this
 *                            host. Default: the route's
 *   mark = 7                 for `ip rule fwmark`: 1 to 4294967295, or as 0x7
 *   vrf = NAME               the VRF interface whose table has the way to relays
 *   hold_down = 180          seconds that a relay which has failed is tried after all others, and
 *                            one that sends a channel no data not again for that: 1 to 3600;
 *                            RFC 8777 asks for 180 to 600
 *   [channels]
 *   linger = 2               seconds that a channel that nobody wants any more stays joined at its
 *                            relay, in case that somebody zaps back; the LAN is quiet at once: 0
 *                            to 3600
 *   [dataplane]
 *   mode = auto              xdp or tc: by what upstream packets are decapsulated. auto: XDP
 *                            where the WAN's and the LAN's drivers can, else TC; with xdp it
 *                            does not start where the WAN's driver cannot
 *   hold = 180               seconds that the kernel forwards on for a daemon that has died:
 *                            5 to 86400
 *   [control]
 *   socket = PATH            what `mcingest` talks to. Default: /run/mcingest/control.sock
 *   [log]
 *   level = notice           or debug: every packet and every step
 */
#include "config/config.h"
#include "base/memory.h"

#include <errno.h>
#include <getopt.h>
#include <ini.h>
#include <net/if.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#define BLANK " \t\r\n\v\f"

/* Where a value is being taken from. */
struct reading {
	struct config *config;
	const char *file; /* NULL: the command line */
	FILE *stream;
	unsigned line;
	char *text; /* getline's, of the line */
	size_t size;
	const char *key, *value;
	uint64_t seen;   /* a bit for each setting that this source has given */
	char *complaint; /* NULL: all is well */
};

struct setting;
typedef bool take_fn(struct reading *reading, const struct setting *setting, const char *value);

struct setting {
	const char *section, *key;
	take_fn *take;
	size_t offset;                  /* of the field in struct config */
	size_t count_offset;            /* of a list: its length */
	bool (*word)(const char *word); /* of a list: whether this may stand in it */
	unsigned least, most;           /* of a number; of a list: the most words */
	const char *expected;
};

static take_fn take_list, take_prefixes, take_seconds, take_count, take_path, take_level, take_mode,
	take_yes, take_sources, take_mark, take_interface, take_dnssec, take_ways, take_rule,
	take_domain, take_addresses;

static bool word_is_interface(const char *word)
{
	return strlen(word) < IF_NAMESIZE && strcmp(word, ".") != 0 && strcmp(word, "..") != 0 &&
	       !strpbrk(word, "/:");
}

static bool number_parse(const char *text, unsigned least, unsigned most, unsigned *number)
{
	size_t length = strlen(text);

	/* Nine digits fit any unsigned. */
	if (!length || length > 9 || strspn(text, "0123456789") != length)
		return false;
	*number = (unsigned)strtoul(text, NULL, 10);
	return *number >= least && *number <= most;
}

static bool word_is_server(const char *word)
{
	const char *at = strchrnul(word, '@');
	char text[ADDR_TEXT];
	struct addr addr;
	unsigned port;

	if (at - word >= (ptrdiff_t)sizeof(text) || (*at && !number_parse(at + 1, 1, 65535, &port)))
		return false;
	memcpy(text, word, at - word);
	text[at - word] = '\0';
	return addr_parse(text, &addr);
}

#define FIELD(field) .offset = offsetof(struct config, field)
#define LIST(list, count, limit)                                                                   \
	.take = take_list, FIELD(list), .count_offset = offsetof(struct config, count),            \
	.most = (limit)

#define PREFIXES(field)                                                                            \
	.take = take_prefixes, FIELD(field), .most = PREFIXES_MAX,                                 \
	.expected = "an address, or a prefix as 10.0.0.0/24"

static const struct setting settings[] = {
	{"interfaces", "downstream", LIST(downstream, downstream_count, CONFIG_NAMES_MAX),
	 .word = word_is_interface, .expected = "an interface's name, of at most 15 characters"},
	{"interfaces", "upstream", LIST(upstream, upstream_count, CONFIG_UPLINKS_MAX),
	 .word = word_is_interface, .expected = "an interface's name, of at most 15 characters"},
	{"interfaces", "igmp", LIST(igmp, igmp_count, CONFIG_NAMES_MAX), .word = word_is_interface,
	 .expected = "an interface's name, of at most 15 characters"},
	{"interfaces", "observe", LIST(observe, observe_count, CONFIG_NAMES_MAX),
	 .word = word_is_interface, .expected = "an interface's name, of at most 15 characters"},
	{"dns", "server", LIST(dns_servers, dns_server_count, CONFIG_SERVERS_MAX),
	 .word = word_is_server, .expected = "an IPv4 or IPv6 address, with @port if need be"},
	{"dns", "timeout", take_seconds, FIELD(dns_timeout), .least = 1, .most = 60,
	 .expected = "seconds from 1 to 60"},
	{"dns", "dnssec", take_dnssec, FIELD(dnssec), .expected = "require, prefer or off"},
	{"dns", "trust_anchor", take_path, FIELD(trust_anchor),
	 .expected = "a path of at most 107 bytes"},
	{"relays", "ways", take_ways, FIELD(relays),
	 .expected = "configured, dns-sd, anycast or source, each once"},
	{"relays", "amtrelay", take_rule, FIELD(relays), .most = DRIAD_RULES_MAX,
	 .expected = "PREFIX PRECEDENCE D TYPE RELAY, as 192.0.2.0/24 10 0 1 203.0.113.15"},
	{"relays", "renew", take_count, FIELD(relays.renew), .least = 1, .most = 3600,
	 .expected = "seconds from 1 to 3600"},
	{"relays", "warm", take_addresses, FIELD(warm), .most = PREFIXES_MAX,
	 .expected = "the address of a relay"},
	{"relays", "domain", take_domain, FIELD(relays.domain), .expected = "a domain's name"},
	{"limits", "channels", take_count, FIELD(max_channels), .least = 1, .most = 1000000,
	 .expected = "a number from 1 to 1000000"},
	{"limits", "tunnels", take_count, FIELD(max_tunnels), .least = 1, .most = 65535,
	 .expected = "a number from 1 to 65535"},
	{"limits", "neighbors", take_count, FIELD(max_neighbors), .least = 1, .most = 65535,
	 .expected = "a number from 1 to 65535"},
	{"limits", "joins", take_count, FIELD(max_joins), .least = 1, .most = 1000000,
	 .expected = "a number from 1 to 1000000"},
	{"limits", "memberships", take_count, FIELD(max_memberships), .least = 1, .most = 1000000,
	 .expected = "a number from 1 to 1000000"},
	{"pim", "allow", PREFIXES(pim_allow)},
	{"pim", "groups", PREFIXES(pim_groups)},
	{"pim", "require_hello", take_yes, FIELD(require_hello), .expected = "yes or no"},
	{"pim", "hello", take_count, FIELD(hello_period), .least = 1, .most = 3600,
	 .expected = "seconds from 1 to 3600"},
	{"pim", "assert_preference", take_count, FIELD(assert.preference), .most = 999999999,
	 .expected = "a number from 0 to 999999999"},
	{"pim", "assert_metric", take_count, FIELD(assert.metric), .most = 999999999,
	 .expected = "a number from 0 to 999999999"},
	{"igmp", "interval", take_count, FIELD(igmp_interval), .least = 11, .most = 31744,
	 .expected = "seconds from 11 to 31744"},
	{"igmp", "robustness", take_count, FIELD(igmp_robustness), .least = 1, .most = 7,
	 .expected = "a number from 1 to 7"},
	{"tunnels", "source_address", take_sources, .expected = "an IPv4 or IPv6 address"},
	{"tunnels", "mark", take_mark, FIELD(tunnels.mark),
	 .expected = "a number from 1 to 4294967295, or one as 0x7"},
	{"tunnels", "vrf", take_interface, FIELD(tunnels.vrf),
	 .expected = "an interface's name, of at most 15 characters"},
	{"tunnels", "hold_down", take_seconds, FIELD(tunnels.hold_down), .least = 1, .most = 3600,
	 .expected = "seconds from 1 to 3600"},
	{"channels", "linger", take_seconds, FIELD(linger), .least = 0, .most = 3600,
	 .expected = "seconds from 0 to 3600"},
	{"dataplane", "mode", take_mode, FIELD(mode), .expected = "auto, xdp or tc"},
	{"dataplane", "hold", take_seconds, FIELD(hold), .least = 5, .most = 86400,
	 .expected = "seconds from 5 to 86400"},
	{"control", "socket", take_path, FIELD(control_socket),
	 .expected = "a path of at most 107 bytes"},
	{"log", "level", take_level, FIELD(debug), .expected = "notice or debug"},
};

#define SETTINGS (sizeof(settings) / sizeof(settings[0]))
_Static_assert(SETTINGS <= 64, "a bit of `seen` for each");

static void *field_of(struct config *config, size_t offset)
{
	return (char *)config + offset;
}

/* A list may be given in several lines of its key. */
static bool is_list(const struct setting *setting)
{
	return setting->take == take_list || setting->take == take_prefixes ||
	       setting->take == take_sources || setting->take == take_rule ||
	       setting->take == take_addresses;
}

static void list_clear(struct config *config, const struct setting *setting)
{
	unsigned *count = field_of(config, setting->count_offset);
	char **list = field_of(config, setting->offset);

	while (*count)
		free(list[--*count]);
}

void config_free(struct config *config)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (settings[i].take == take_list)
			list_clear(config, &settings[i]);
	free(config->control_socket);
	config->control_socket = NULL;
	free(config->tunnels.vrf);
	config->tunnels.vrf = NULL;
	free(config->trust_anchor);
	config->trust_anchor = NULL;
	free(config->relays.domain);
	free(config->relays.rules);
	config->relays = (struct driad_options){0};
}

static void write_place(FILE *out, const struct reading *reading)
{
	fputs("mcingestd: ", out);
	if (reading->file && reading->line)
		fprintf(out, "%s:%u: ", reading->file, reading->line);
	else if (reading->file)
		fprintf(out, "%s: ", reading->file);
	if (reading->key && reading->file)
		fprintf(out, "%s = %s: ", reading->key, reading->value);
	else if (reading->key)
		fprintf(out, "--%s %s: ", reading->key, reading->value);
}

/* Notes what is wrong; the first mistake ends the reading. */
__attribute__((format(printf, 2, 3))) static bool refuse(struct reading *reading,
							 const char *format, ...)
{
	size_t size;
	FILE *out;
	va_list args;

	free(reading->complaint);
	out = open_memstream(&reading->complaint, &size);
	if (!out)
		abort();
	write_place(out, reading);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	fclose(out);
	return false;
}

/* The end of a reading: whether all was well. */
static bool finish(struct reading *reading)
{
	bool fine = !reading->complaint;

	if (!fine)
		fprintf(stderr, "%s\n", reading->complaint);
	free(reading->complaint);
	free(reading->text);
	return fine;
}

/* Values */

static bool list_add(struct reading *reading, const struct setting *setting, const char *word)
{
	unsigned *count = field_of(reading->config, setting->count_offset);
	char **list = field_of(reading->config, setting->offset);

	if (!setting->word(word))
		return refuse(reading, "'%s' is not %s", word, setting->expected);
	for (unsigned i = 0; i < *count; i++)
		if (strcmp(list[i], word) == 0)
			return refuse(reading, "'%s' is given twice", word);
	if (*count == setting->most)
		return refuse(reading, "expected %u at most, '%s' is one more", *count, word);
	list[(*count)++] = memory_copy_text(word);
	return true;
}

static bool each_word(struct reading *reading, const struct setting *setting, const char *value,
		      take_fn *add)
{
	char *copy = memory_copy_text(value), *rest = copy, *word;
	bool fine = true;

	if (!value[strspn(value, BLANK)])
		fine = refuse(reading, "expected %s", setting->expected);
	while (fine && (word = strsep(&rest, BLANK)))
		fine = !*word || add(reading, setting, word);
	free(copy);
	return fine;
}

static bool take_list(struct reading *reading, const struct setting *setting, const char *value)
{
	return each_word(reading, setting, value, list_add);
}

static bool prefix_add(struct reading *reading, const struct setting *setting, const char *word)
{
	struct prefixes *prefixes = field_of(reading->config, setting->offset);
	struct prefix prefix;

	if (!prefix_parse(word, &prefix))
		return refuse(reading, "'%s' is not %s", word, setting->expected);
	if (prefixes->count == setting->most)
		return refuse(reading, "expected %u at most, '%s' is one more", setting->most,
			      word);
	prefixes->list[prefixes->count++] = prefix;
	return true;
}

static bool take_prefixes(struct reading *reading, const struct setting *setting, const char *value)
{
	return each_word(reading, setting, value, prefix_add);
}

static bool address_add(struct reading *reading, const struct setting *setting, const char *word)
{
	struct addr addr;

	if (!addr_parse(word, &addr) || addr_is_martian(&addr))
		return refuse(reading, "'%s' is not %s", word, setting->expected);
	return prefix_add(reading, setting, word);
}

static bool take_addresses(struct reading *reading, const struct setting *setting,
			   const char *value)
{
	return each_word(reading, setting, value, address_add);
}

static bool source_add(struct reading *reading, const struct setting *setting, const char *word)
{
	struct config *config = reading->config;
	struct addr addr, *place;

	if (!addr_parse(word, &addr) || addr_is_unspecified(&addr) || addr_is_multicast(&addr))
		return refuse(reading, "'%s' is not %s", word, setting->expected);
	place = addr.family == AF_INET ? &config->tunnels.ipv4 : &config->tunnels.ipv6;
	if (place->family)
		return refuse(reading, "'%s' is a second one of its family", word);
	*place = addr;
	return true;
}

static bool take_sources(struct reading *reading, const struct setting *setting, const char *value)
{
	return each_word(reading, setting, value, source_add);
}

static bool take_mark(struct reading *reading, const struct setting *setting, const char *value)
{
	uint32_t *mark = field_of(reading->config, setting->offset);
	bool hexadecimal = !strncmp(value, "0x", 2);
	const char *digits = hexadecimal ? value + 2 : value;
	size_t length = strlen(digits);
	unsigned long long number = strtoull(digits, NULL, hexadecimal ? 16 : 10);

	if (!length || length > 10 || number < 1 || number > UINT32_MAX ||
	    strspn(digits, hexadecimal ? "0123456789abcdefABCDEF" : "0123456789") != length)
		return refuse(reading, "expected %s", setting->expected);
	*mark = number;
	return true;
}

static bool take_interface(struct reading *reading, const struct setting *setting,
			   const char *value)
{
	char **name = field_of(reading->config, setting->offset);

	if (!*value || strpbrk(value, BLANK) || !word_is_interface(value))
		return refuse(reading, "expected %s", setting->expected);
	free(*name);
	*name = memory_copy_text(value);
	return true;
}

static bool take_count(struct reading *reading, const struct setting *setting, const char *value)
{
	unsigned *count = field_of(reading->config, setting->offset);

	return number_parse(value, setting->least, setting->most, count) ||
	       refuse(reading, "expected %s", setting->expected);
}

static bool take_seconds(struct reading *reading, const struct setting *setting, const char *value)
{
	usec_t *time = field_of(reading->config, setting->offset);
	unsigned seconds;

	if (!number_parse(value, setting->least, setting->most, &seconds))
		return refuse(reading, "expected %s", setting->expected);
	*time = seconds * USEC_PER_SEC;
	return true;
}

static bool take_path(struct reading *reading, const struct setting *setting, const char *value)
{
	char **path = field_of(reading->config, setting->offset);

	if (!*value || strlen(value) >= sizeof((struct sockaddr_un){0}.sun_path))
		return refuse(reading, "expected %s", setting->expected);
	free(*path);
	*path = memory_copy_text(value);
	return true;
}

static bool take_level(struct reading *reading, const struct setting *setting, const char *value)
{
	bool *debug = field_of(reading->config, setting->offset);

	*debug = strcmp(value, "debug") == 0;
	return *debug || strcmp(value, "notice") == 0 ||
	       refuse(reading, "expected %s", setting->expected);
}

static bool take_yes(struct reading *reading, const struct setting *setting, const char *value)
{
	bool *yes = field_of(reading->config, setting->offset);

	*yes = strcmp(value, "yes") == 0;
	return *yes || strcmp(value, "no") == 0 ||
	       refuse(reading, "expected %s", setting->expected);
}

static bool take_mode(struct reading *reading, const struct setting *setting, const char *value)
{
	static const char *const words[CONFIG_MODE_COUNT] = {
		[CONFIG_MODE_AUTO] = "auto", [CONFIG_MODE_XDP] = "xdp", [CONFIG_MODE_TC] = "tc"};
	enum config_mode *mode = field_of(reading->config, setting->offset);

	for (*mode = 0; *mode < CONFIG_MODE_COUNT; (*mode)++)
		if (strcmp(words[*mode], value) == 0)
			return true;
	return refuse(reading, "expected %s", setting->expected);
}

static const char *const dnssec_words[CONFIG_DNSSEC_COUNT] = {[CONFIG_DNSSEC_OFF] = "off",
							      [CONFIG_DNSSEC_PREFER] = "prefer",
							      [CONFIG_DNSSEC_REQUIRE] = "require"};

const char *config_dnssec_name(const struct config *config)
{
	return dnssec_words[config->trust_anchor ? config->dnssec : CONFIG_DNSSEC_OFF];
}

static bool take_dnssec(struct reading *reading, const struct setting *setting, const char *value)
{
	enum config_dnssec *dnssec = field_of(reading->config, setting->offset);

	for (*dnssec = 0; *dnssec < CONFIG_DNSSEC_COUNT; (*dnssec)++)
		if (strcmp(dnssec_words[*dnssec], value) == 0)
			return true;
	return refuse(reading, "expected %s", setting->expected);
}

/* Relays */

static bool way_add(struct reading *reading, const struct setting *setting, const char *word)
{
	struct driad_options *relays = field_of(reading->config, setting->offset);
	enum driad_way way = 0;

	while (way < DRIAD_WAYS && strcmp(driad_way_name(way), word))
		way++;
	for (unsigned i = 0; i < relays->way_count; i++)
		if (relays->ways[i] == way)
			way = DRIAD_WAYS;
	if (way == DRIAD_WAYS)
		return refuse(reading, "'%s': expected %s", word, setting->expected);
	relays->ways[relays->way_count++] = way;
	return true;
}

static bool take_ways(struct reading *reading, const struct setting *setting, const char *value)
{
	struct driad_options *relays = field_of(reading->config, setting->offset);

	relays->way_count = 0;
	return each_word(reading, setting, value, way_add);
}

static bool take_rule(struct reading *reading, const struct setting *setting, const char *value)
{
	struct driad_options *relays = field_of(reading->config, setting->offset);
	size_t end = strcspn(value, BLANK);
	struct driad_rule *rule;
	char prefix[ADDR_TEXT + 4];

	if (relays->rule_count == setting->most)
		return refuse(reading, "more than %u of them", setting->most);
	if (!relays->rules)
		relays->rules = memory_new(setting->most * sizeof(*relays->rules));
	rule = &relays->rules[relays->rule_count];
	if (end >= sizeof(prefix))
		return refuse(reading, "expected %s", setting->expected);
	memcpy(prefix, value, end);
	prefix[end] = '\0';
	if (!prefix_parse(prefix, &rule->sources) ||
	    !amtrelay_parse(value + end + strspn(value + end, BLANK), &rule->record))
		return refuse(reading, "expected %s", setting->expected);
	relays->rule_count++;
	return true;
}

static bool take_domain(struct reading *reading, const struct setting *setting, const char *value)
{
	char **domain = field_of(reading->config, setting->offset);
	char name[DNS_NAME_TEXT];

	if (!name_parse(value, name))
		return refuse(reading, "expected %s", setting->expected);
	free(*domain);
	*domain = memory_copy_text(name);
	return true;
}

/* A list starts anew with each source that gives it; what the file has given else stands once. */
static bool assign(struct reading *reading, const struct setting *setting, const char *value)
{
	uint64_t bit = UINT64_C(1) << (setting - settings);

	if (!(reading->seen & bit) && setting->take == take_list)
		list_clear(reading->config, setting);
	if (reading->seen & bit && !is_list(setting) && reading->file)
		return refuse(reading, "'%s' is given twice", setting->key);
	reading->seen |= bit;
	return setting->take(reading, setting, value);
}

/* The file */

/* inih leaves out what does not fit its line, does not count lines, and joins indented lines to the
 * key above them: none of this may change what an operator meant. */
static char *read_line(char *line, int size, void *owner)
{
	struct reading *reading = owner;
	ssize_t length;
	char *start;

	if (reading->complaint ||
	    (length = getline(&reading->text, &reading->size, reading->stream)) < 0)
		return NULL;
	reading->line++;
	reading->key = NULL;
	start = reading->text + strspn(reading->text, BLANK);
	if (strlen(reading->text) != (size_t)length)
		refuse(reading, "not a text file");
	else if (strlen(start) >= (size_t)size)
		refuse(reading, "the line is longer than %d characters", size - 2);
	else
		return strcpy(line, start);
	return NULL;
}

static bool section_is_known(const char *section)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (strcmp(settings[i].section, section) == 0)
			return true;
	return false;
}

static int take_key(void *owner, const char *section, const char *key, const char *value)
{
	struct reading *reading = owner;

	reading->key = key;
	reading->value = value;
	for (size_t i = 0; i < SETTINGS; i++)
		if (!strcmp(settings[i].section, section) && !strcmp(settings[i].key, key))
			return assign(reading, &settings[i], value);
	if (!*section)
		return refuse(reading, "stands before the first [section]");
	if (!section_is_known(section))
		return refuse(
			reading,
			"unknown section [%s]: expected [interfaces], [dns], [relays], "
			"[limits], [pim], [igmp], [tunnels], [channels], [dataplane], [control] "
			"or [log]",
			section);
	return refuse(reading, "unknown key '%s' in [%s]", key, section);
}

/* inih says at its end only which line it could not read; a complaint about a later line may have
 * come of that one. */
static void read_stream(struct reading *reading)
{
	int bad_line = ini_parse_stream(read_line, reading, take_key, reading);

	reading->key = NULL;
	if (bad_line > 0 && (!reading->complaint || (unsigned)bad_line < reading->line)) {
		reading->line = (unsigned)bad_line;
		refuse(reading, "expected [section], key = value, or a comment");
	}
	if (!reading->complaint && ferror(reading->stream)) {
		reading->line = 0;
		refuse(reading, "cannot read: %s", strerror(errno));
	}
}

static bool read_file(struct config *config, const char *asked)
{
	struct reading reading = {.config = config, .file = asked ? asked : CONFIG_FILE};

	reading.stream = fopen(reading.file, "re");
	if (reading.stream) {
		read_stream(&reading);
		fclose(reading.stream);
	} else if (asked || errno != ENOENT) {
		refuse(&reading, "cannot open: %s", strerror(errno));
	}
	return finish(&reading);
}

/* The command line */

enum { OPTION_CONFIG = 256, OPTION_DEBUG, OPTION_HELP, OPTION_VERSION, OPTION_SETTING };

/* An OPTION_SETTING has the name of its key. */
static const struct option options[] = {
	{"downstream", required_argument, NULL, OPTION_SETTING},
	{"upstream", required_argument, NULL, OPTION_SETTING},
	{"igmp", required_argument, NULL, OPTION_SETTING},
	{"observe", required_argument, NULL, OPTION_SETTING},
	{"socket", required_argument, NULL, OPTION_SETTING},
	{"config", required_argument, NULL, OPTION_CONFIG},
	{"debug", no_argument, NULL, OPTION_DEBUG},
	{"help", no_argument, NULL, OPTION_HELP},
	{"version", no_argument, NULL, OPTION_VERSION},
	{0},
};

static void print_help(void)
{
	puts("Usage: mcingestd --downstream IF [OPTION]...\n"
	     "Puts multicast that AMT relays have on LANs whose PIM routers or hosts join it.\n"
	     "\n"
	     "  --downstream IF  a LAN whose routers send Joins; repeat it for more, at most 8\n"
	     "  --upstream IF    where tunnels arrive; repeat it for more, at most 16\n"
	     "                   (default: the interfaces that routes leave by)\n"
	     "  --igmp IF        a downstream whose hosts are asked by IGMPv3 and MLDv2, too\n"
	     "  --observe IF     a downstream where another daemon of this host speaks PIM\n"
	     "  --config FILE    (default: " CONFIG_FILE ", where it exists)\n"
	     "  --socket PATH    control socket (default: " CONFIG_SOCKET ")\n"
	     "  --debug          log every packet and every step\n"
	     "  --help           this text\n"
	     "  --version        the version\n"
	     "\n"
	     "An option replaces what the file says. Exit status: 0 stopped as asked, 1 broke,\n"
	     "2 cannot start.");
}

static int complain(const char *what, const char *which)
{
	fprintf(stderr, "mcingestd: %s '%s' (see mcingestd --help)\n", what, which);
	return 2;
}

static int refuse_option(int found, char **argv)
{
	char letter[] = {'-', (char)optopt, '\0'};

	if (found == ':')
		return complain("a value is missing after", argv[optind - 1]);
	if (optopt >= OPTION_CONFIG)
		return complain("no value can be given in", argv[optind - 1]);
	return complain("unknown option", optopt ? letter : argv[optind - 1]);
}

/* Reads the command line for all but settings, which have to wait for the file. */
static int scan_options(int argc, char **argv, const char **file)
{
	int found;

	opterr = 0;
	optind = 0; /* from the start, whoever has read it before */
	while ((found = getopt_long(argc, argv, ":", options, NULL)) >= 0) {
		if (found == '?' || found == ':')
			return refuse_option(found, argv);
		if (found == OPTION_CONFIG)
			*file = optarg;
		if (found == OPTION_HELP)
			print_help();
		if (found == OPTION_VERSION)
			puts("mcingestd " CONFIG_VERSION);
		if (found == OPTION_HELP || found == OPTION_VERSION)
			return 1;
	}
	return optind < argc ? complain("unexpected argument", argv[optind]) : 0;
}

static void take_option(struct reading *reading, const char *name, const char *value)
{
	reading->key = name;
	reading->value = value;
	for (size_t i = 0; i < SETTINGS; i++)
		if (strcmp(settings[i].key, name) == 0)
			assign(reading, &settings[i], value);
}

static bool apply_options(struct config *config, int argc, char **argv)
{
	struct reading reading = {.config = config};
	int found, number;

	optind = 0;
	while (!reading.complaint &&
	       (found = getopt_long(argc, argv, ":", options, &number)) >= 0) {
		if (found == OPTION_DEBUG)
			config->debug = true;
		if (found == OPTION_SETTING)
			take_option(&reading, options[number].name, optarg);
	}
	return finish(&reading);
}

static bool is_downstream(const struct config *config, const char *name)
{
	for (unsigned i = 0; i < config->downstream_count; i++)
		if (strcmp(config->downstream[i], name) == 0)
			return true;
	return false;
}

static bool are_downstream(const struct config *config, const char *file, const char *key,
			   char *const *names, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (is_downstream(config, names[i]))
			continue;
		fprintf(stderr,
			"mcingestd: %s on '%s': it is no downstream interface; see --%s, and '%s' "
			"under [interfaces] in %s\n",
			key, names[i], key, key, file ? file : CONFIG_FILE);
		return false;
	}
	return true;
}

static bool check_dnssec(const struct config *config, const char *file)
{
	bool required = config->dnssec == CONFIG_DNSSEC_REQUIRE;

	if (required && !config->trust_anchor)
		fprintf(stderr,
			"mcingestd: %s: 'dnssec = require' needs a trust_anchor under [dns], such "
			"as "
			"/usr/share/dns/root.key\n",
			file ? file : CONFIG_FILE);
	else if (config->trust_anchor && access(config->trust_anchor, R_OK))
		fprintf(stderr, "mcingestd: %s: trust_anchor: cannot read %s: %s\n",
			file ? file : CONFIG_FILE, config->trust_anchor, strerror(errno));
	else
		return true;
	return false;
}

static bool check_whole(const struct config *config, const char *file)
{
	if (!are_downstream(config, file, "igmp", config->igmp, config->igmp_count) ||
	    !are_downstream(config, file, "observe", config->observe, config->observe_count))
		return false;
	if (!check_dnssec(config, file))
		return false;
	if (config->downstream_count)
		return true;
	fprintf(stderr,
		"mcingestd: no downstream interface: give --downstream IF, or 'downstream' under "
		"[interfaces] in %s\n",
		file ? file : CONFIG_FILE);
	return false;
}

int config_read(struct config *config, int argc, char **argv)
{
	const char *file = NULL;
	int status = scan_options(argc, argv, &file);

	*config = (struct config){.dns_timeout = 5 * USEC_PER_SEC,
				  .dnssec = CONFIG_DNSSEC_PREFER,
				  .relays = {.ways = {DRIAD_CONFIGURED, DRIAD_DNS_SD, DRIAD_SOURCE},
					     .way_count = 3,
					     .renew = 60},
				  .hold = 180 * USEC_PER_SEC,
				  .max_channels = 16384,
				  .max_tunnels = 1024,
				  .max_neighbors = 256,
				  .max_joins = 8192,
				  .require_hello = true,
				  .hello_period = 30,
				  .assert = {.preference = 200, .metric = 100},
				  .tunnels = {.hold_down = 180 * USEC_PER_SEC},
				  .linger = 2 * USEC_PER_SEC,
				  .max_memberships = 4096,
				  .igmp_interval = 125,
				  .igmp_robustness = 2};
	if (status)
		return status;
	config->control_socket = memory_copy_text(CONFIG_SOCKET);
	if (read_file(config, file) && apply_options(config, argc, argv) &&
	    check_whole(config, file)) {
		config->relays.require_dnssec = config->dnssec == CONFIG_DNSSEC_REQUIRE;
		return 0;
	}
	config_free(config);
	return 2;
}
