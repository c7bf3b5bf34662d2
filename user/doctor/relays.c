/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/checks.h"
#include "doctor/report.h"
#include "doctor/routes.h"
#include "doctor/tunnels.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#define NFT_IN  "nft insert rule inet filter input udp sport 2268 accept"
#define NFT_OUT "nft insert rule inet filter output udp dport 2268 accept"

static const char *icmp_name(const struct relay_probe *probe)
{
	bool is_v4 = probe->relay.family == AF_INET;
	unsigned code = probe->icmp_code;

	if (probe->icmp_type != (is_v4 ? ICMP_DEST_UNREACH : ICMP6_DST_UNREACH))
		return "error";
	if (code == (is_v4 ? ICMP_PORT_UNREACH : ICMP6_DST_UNREACH_NOPORT))
		return "port unreachable";
	if (is_v4 ? code == ICMP_PKT_FILTERED || code == ICMP_HOST_ANO || code == ICMP_NET_ANO
		  : code == ICMP6_DST_UNREACH_ADMIN)
		return "administratively prohibited";
	return "unreachable";
}

static void report_icmp(struct doctor *doctor, const struct relay_probe *probe, const char *relay)
{
	char from[ADDR_TEXT];

	addr_format(&probe->icmp, from);
	if (addr_equal(&probe->icmp, &probe->relay))
		report_fail(doctor, "no relay runs there: another relay, or its operator",
			    "%s answers by ICMP %s", relay, icmp_name(probe));
	else
		report_fail(doctor, "ask the operator of that router",
			    "%s: the router %s answers by ICMP %s", relay, from, icmp_name(probe));
}

/* Nothing has come to the socket. */
static void report_silence(struct doctor *doctor, const struct relay_probe *probe,
			   const char *relay, const struct relay_step *step, const char *what)
{
	if (step->on_wire)
		report_fail(doctor, NFT_IN,
			    "%s answers %s on the wire, but a firewall of this host drops it",
			    relay, what);
	else if (probe->error == EPERM)
		report_fail(doctor, NFT_OUT, "a firewall of this host drops what we send to %s",
			    relay);
	else if (probe->icmp.family)
		report_icmp(doctor, probe, relay);
	else if (doctor->captured && !step->sent)
		report_fail(doctor, "nft list ruleset; tc filter show dev WAN egress",
			    "our %s to %s is sent, and does not leave by a WAN", what, relay);
	else
		report_fail(doctor, "let UDP port 2268 through on the way; or the relay is down",
			    "%s does not answer %s", relay, what);
}

static void report_answers(struct doctor *doctor, const struct relay_probe *probe,
			   const char *relay)
{
	double ms = (double)probe->discovery.took / USEC_PER_MS;
	char named[ADDR_TEXT];

	if (!addr_equal(&probe->named, &probe->relay))
		report_ok(doctor, "%s answers Discovery in %.0f ms, and names %s", relay, ms,
			  addr_format(&probe->named, named));
	else
		report_ok(doctor, "%s answers Discovery%s in %.0f ms", relay,
			  probe->request.on_socket ? " and Requests" : "", ms);
}

/* The daemon's own Requests, which the capture may have seen. */
static bool drops_queries(const struct doctor *doctor, const struct relay_probe *probe)
{
	const json_t *list = json_object_get(doctor->now.tunnels, "held_down"), *hold;
	struct addr relay;
	size_t i;

	json_array_foreach (list, i, hold)
		if (addr_parse(view_text(hold, "relay"), &relay) &&
		    addr_equal(&relay, &probe->relay) && probe->queries_on_wire &&
		    strstr(view_text(hold, "reason"), "Requests"))
			return true;
	return false;
}

static void check_relay(struct doctor *doctor, const struct relay_probe *probe)
{
	char relay[ADDR_TEXT];

	addr_format(&probe->relay, relay);
	if (!routes_reach(doctor, &probe->relay))
		return; /* said by routes_relays() */
	if (probe->error && probe->error != EPERM)
		report_fail(doctor, "see `source_address`, `mark` and `vrf` under [tunnels]",
			    "cannot send to %s: %s", relay, strerror(probe->error));
	else if (!probe->discovery.on_socket)
		report_silence(doctor, probe, relay, &probe->discovery, "Discovery");
	else if (probe->asks && !probe->request.on_socket)
		report_silence(doctor, probe, relay, &probe->request, "Requests");
	else if (drops_queries(doctor, probe))
		report_fail(doctor, NFT_IN,
			    "%s answers Requests on the wire, but not to the daemon", relay);
	else
		report_answers(doctor, probe, relay);
}

void relays_answers(struct doctor *doctor)
{
	bool answered = tunnels_serve(doctor);

	for (unsigned n = 0; n < doctor->relay_count; n++)
		answered |= doctor->relays[n].discovery.on_socket;
	for (unsigned n = 0; n < doctor->relay_count; n++)
		if (!doctor->options->channel || !answered || doctor->relays[n].discovery.on_socket)
			check_relay(doctor, &doctor->relays[n]);
}
