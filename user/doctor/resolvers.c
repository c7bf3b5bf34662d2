/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/checks.h"
#include "doctor/report.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/timex.h>

enum rcode { NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED };

#define OTHER_SERVER "name another by `server` under [dns], or in /etc/resolv.conf"

/* Reverse zones that resolvers answer by themselves (RFC 6303). */
static const char *const local_zones[] = {
	"10.in-addr.arpa.",        "168.192.in-addr.arpa.",
	"2.0.192.in-addr.arpa.",   "100.51.198.in-addr.arpa.",
	"113.0.203.in-addr.arpa.", "254.169.in-addr.arpa.",
	"d.f.ip6.arpa.",           "8.b.d.0.1.0.0.2.ip6.arpa.",
};

static const char *rcode_name(unsigned rcode)
{
	static const char *const names[] = {"NOERROR",  "FORMERR", "SERVFAIL",
					    "NXDOMAIN", "NOTIMP",  "REFUSED"};

	return rcode < sizeof(names) / sizeof(names[0]) ? names[rcode] : "an error";
}

static bool is_local_zone(const char *zone)
{
	for (size_t i = 0; i < sizeof(local_zones) / sizeof(local_zones[0]); i++)
		if (!strcasecmp(zone, local_zones[i]))
			return true;
	/* 16 to 31.172.in-addr.arpa */
	return strlen(zone) == strlen("16.172.in-addr.arpa.") &&
	       !strcasecmp(zone + 2, ".172.in-addr.arpa.");
}

static bool is_good(const struct dns_exchange *exchange)
{
	return exchange->answered && (exchange->rcode == NOERROR || exchange->rcode == NXDOMAIN);
}

/* A server that answered, but not to the daemon's kind of question, or not well. */

static void check_answer(struct doctor *doctor, const struct dns_probe *probe)
{
	const struct dns_exchange *edns = &probe->exchanges[DNS_PROBE_EDNS];
	double ms = (double)edns->took / USEC_PER_MS;

	if (edns->rcode == NXDOMAIN && is_local_zone(edns->zone))
		report_warn(doctor,
			    report_text(doctor,
					"let it ask others for %s (unbound: local-zone nodefault; "
					"BIND: empty-zones-enable no), or use `amtrelay`",
					edns->zone),
			    "%s answers for %s by itself: records of its sources are not seen",
			    probe->text, edns->zone);
	else if (!probe->exchanges[DNS_PROBE_TCP].answered)
		report_warn(doctor, "let TCP port 53 through: long answers need it",
			    "%s answers in %.0f ms, but not by TCP", probe->text, ms);
	else
		report_ok(doctor, "%s answers in %.0f ms, by UDP and TCP", probe->text, ms);
}

static void check_failure(struct doctor *doctor, const struct dns_probe *probe)
{
	unsigned rcode = probe->exchanges[DNS_PROBE_EDNS].rcode;

	if (rcode == REFUSED)
		report_fail(doctor,
			    "allow this host there (BIND: allow-recursion), or " OTHER_SERVER,
			    "%s answers REFUSED", probe->text);
	else if (is_good(&probe->exchanges[DNS_PROBE_PLAIN]))
		report_warn(doctor, "nothing: it is asked without EDNS then",
			    "%s does not know EDNS (%s)", probe->text, rcode_name(rcode));
	else if (is_good(&probe->exchanges[DNS_PROBE_PTR]))
		report_fail(doctor, "update it, or " OTHER_SERVER,
			    "%s answers %s to AMTRELAY (type 260) of %s, and other types well",
			    probe->text, rcode_name(rcode), probe->name);
	else
		report_fail(doctor,
			    report_text(doctor, "dig @%s %s ptr says more; the server's log, too",
					probe->text, probe->name),
			    "%s answers %s to %s", probe->text, rcode_name(rcode), probe->name);
}

/* A server that was silent by UDP */

static const char *why_silent(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return "refuses: nobody listens on its port (ICMP)";
	case EHOSTUNREACH:
		return "cannot be reached (ICMP host unreachable)";
	case EPERM:
		return "is not asked: a firewall of this host drops what we send";
	default:
		return "does not answer, by UDP nor TCP";
	}
}

static void check_silence(struct doctor *doctor, const struct dns_probe *probe)
{
	int error = probe->exchanges[DNS_PROBE_EDNS].error;

	if (!probe->exchanges[DNS_PROBE_EDNS].routed)
		report_fail(doctor, "add a route to it, or " OTHER_SERVER, "no route to %s",
			    probe->text);
	else if (is_good(&probe->exchanges[DNS_PROBE_PLAIN]))
		report_fail(doctor, "let EDNS (RFC 6891) pass, or " OTHER_SERVER,
			    "%s is silent if a question has EDNS", probe->text);
	else if (is_good(&probe->exchanges[DNS_PROBE_PTR]))
		report_fail(doctor, "let type 260 pass, or " OTHER_SERVER,
			    "%s is silent to AMTRELAY (type 260), and answers other types",
			    probe->text);
	else if (probe->exchanges[DNS_PROBE_TCP].answered)
		report_fail(doctor, "let UDP port 53 through, both ways",
			    "%s answers by TCP, but not by UDP", probe->text);
	else
		report_fail(doctor,
			    error == EPERM
				    ? "let UDP port 53 out (nft list ruleset)"
				    : "check that it runs, and the way to it; or " OTHER_SERVER,
			    "%s %s", probe->text, why_silent(error));
}

/* A lookup that has found relays needs no more proof. */
static bool is_proven(const struct doctor *doctor)
{
	return json_array_size(json_object_get(doctor->lookup, "relays"));
}

void resolvers_servers(struct doctor *doctor)
{
	for (unsigned i = 0; i < doctor->server_count && !is_proven(doctor); i++) {
		const struct dns_probe *probe = &doctor->servers[i];

		if (!probe->to_length)
			report_fail(doctor, OTHER_SERVER, "%s is no address", probe->text);
		else if (!probe->exchanges[DNS_PROBE_EDNS].answered)
			check_silence(doctor, probe);
		else if (is_good(&probe->exchanges[DNS_PROBE_EDNS]))
			check_answer(doctor, probe);
		else
			check_failure(doctor, probe);
	}
}

/* The clock, by which signatures are judged */

static bool validates(const struct doctor *doctor)
{
	return *view_setting(doctor->settings, "dns.trust_anchor") &&
	       strcmp(view_setting(doctor->settings, "dns.dnssec"), "off") != 0;
}

void resolvers_clock(struct doctor *doctor)
{
	struct timex clock = {0};

	if (!validates(doctor))
		return;
	if (adjtimex(&clock) == TIME_ERROR || clock.status & STA_UNSYNC)
		report_warn(doctor, "timedatectl set-ntp true",
			    "the clock is not synchronized: DNSSEC fails if it is wrong");
	else
		report_ok(doctor, "the clock is synchronized");
}

/* The relays of the channel's source */

static const json_t *step_that_failed(const json_t *steps)
{
	const json_t *step;
	size_t i;

	json_array_foreach (steps, i, step)
		if (strcmp(view_text(step, "status"), "ok") != 0)
			return step;
	return NULL;
}

static const char *cure_of(const char *reason)
{
	if (strstr(reason, "DNSSEC"))
		return "check the clock, the zone's signatures and `trust_anchor`";
	if (strstr(reason, "DNS server"))
		return "cure what is said of the resolvers above";
	return "ask the sender to publish a relay, or name one by `amtrelay` under [relays]";
}

void resolvers_lookup(struct doctor *doctor)
{
	const json_t *relays = json_object_get(doctor->lookup, "relays");
	const char *reason = view_text(doctor->lookup, "reason");
	const json_t *step = step_that_failed(json_object_get(doctor->lookup, "steps"));

	if (!doctor->lookup)
		return;
	if (json_array_size(relays))
		report_ok(doctor, "%s has %zu relay%s, first %s",
			  view_text(doctor->lookup, "source"), json_array_size(relays),
			  json_array_size(relays) > 1 ? "s" : "",
			  view_text(json_array_get(relays, 0), "address"));
	else
		report_fail(doctor, cure_of(reason), "%s%s%s", reason, step ? ": " : "",
			    view_text(step, "name"));
}
