/* SPDX-License-Identifier: BSD-2-Clause */
/* health: whether the box forwards, for keepalived, routing daemons and containers: one line and
 * the exit status. Not whether the daemon's process is well: systemd sees to that. */
#include "cli/client.h"
#include "cli/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE     5    /* seconds to wait for a reply */
#define STALL_MAX_MS 1000 /* PIM and data of the slow path wait for the daemon as long */

struct health {
	json_t *status, *interfaces, *tunnels; /* replies of the daemon */
	json_t *reasons;                       /* what is wrong */
};

static void blame(struct health *health, json_t *reason)
{
	json_array_append_new(health->reasons, reason);
}

static bool is_role(const json_t *interface, const char *role)
{
	return strcmp(text_string(interface, "role"), role) == 0;
}

static bool is_attached(const json_t *interface)
{
	return json_is_true(json_object_get(interface, "up")) &&
	       json_is_string(json_object_get(interface, "mode"));
}

static bool has_wan(struct health *health)
{
	const json_t *interface;
	size_t i;

	json_array_foreach (json_object_get(health->interfaces, "interfaces"), i, interface)
		if (is_role(interface, "upstream") && is_attached(interface))
			return true;
	blame(health, json_string("no WAN is up"));
	return false;
}

/* Routers by PIM, or hosts that are asked by IGMP or MLD. */
static bool has_receivers(const json_t *lan)
{
	const json_t *pim;
	json_int_t neighbors = 0;
	size_t i;

	json_array_foreach (json_object_get(lan, "pim"), i, pim)
		neighbors += json_integer_value(json_object_get(pim, "neighbors"));
	return neighbors || json_is_object(json_object_get(lan, "igmp")) ||
	       json_is_object(json_object_get(lan, "mld"));
}

static bool has_lans(struct health *health)
{
	const json_t *lan;
	bool fine = true;
	size_t i;

	json_array_foreach (json_object_get(health->interfaces, "interfaces"), i, lan) {
		const char *fault = NULL;

		if (!is_role(lan, "downstream"))
			continue;
		if (!is_attached(lan))
			fault = "is down";
		else if (!has_receivers(lan))
			fault = "has no neighbor";
		if (fault)
			blame(health, json_sprintf("LAN %s %s", text_string(lan, "name"), fault));
		fine &= !fault;
	}
	return fine;
}

static json_int_t channels(const struct health *health, const char *state)
{
	return json_integer_value(
		json_object_get(json_object_get(health->status, "channels"), state));
}

static bool is_active(const json_t *tunnel, const char *protocol)
{
	const char *state = text_string(json_object_get(tunnel, protocol), "state");

	return !strcmp(state, "active") || !strcmp(state, "refreshing");
}

/* Without channels nobody needs a relay. Some channels may have failed for reasons of their own. */
static bool has_relay(struct health *health)
{
	json_int_t failed = channels(health, "failed");
	const json_t *tunnel;
	size_t i;

	if (!failed)
		return true;
	json_array_foreach (json_object_get(health->tunnels, "tunnels"), i, tunnel)
		if (is_active(tunnel, "igmp") || is_active(tunnel, "mld"))
			return true;
	blame(health,
	      json_sprintf("no relay answers, and %lld channels have failed", (long long)failed));
	return false;
}

static bool is_prompt(struct health *health)
{
	double stall = json_number_value(json_object_get(health->status, "longest_stall_ms"));

	if (stall < STALL_MAX_MS)
		return true;
	blame(health, json_sprintf("the daemon was held up for %.0f ms", stall));
	return false;
}

static bool is_in_service(struct health *health)
{
	if (!json_is_true(json_object_get(health->status, "draining")))
		return true;
	blame(health, json_string("the box is being drained"));
	return false;
}

static json_t *judge(struct health *health)
{
	bool wan = has_wan(health), lan = has_lans(health), relay = has_relay(health);
	bool prompt = is_prompt(health), service = is_in_service(health);

	return json_pack("{s:b, s:b, s:b, s:b, s:b, s:I, s:O}", "healthy",
			 wan && lan && relay && prompt && service, "wan", wan, "lan", lan, "relay",
			 relay, "prompt", prompt, "receiving", channels(health, "receiving"),
			 "reasons", health->reasons);
}

static void print(const json_t *view)
{
	char *reasons = text_list(view, "reasons", "; ");
	char number[TEXT_SHORT];

	if (json_is_true(json_object_get(view, "healthy")))
		text_line(GREEN, "healthy: WAN and LANs are up, %s channels receive",
			  text_number(view, "receiving", number));
	else
		text_line(RED, "unhealthy: %s", reasons);
	free(reasons);
}

static json_t *ask(const struct cli *cli, const char *command)
{
	return client_ask(cli, json_pack("{s:s}", "command", command), PATIENCE);
}

static enum cli_status show(const struct cli *cli, struct health *health)
{
	json_t *view = judge(health);
	bool healthy = json_is_true(json_object_get(view, "healthy"));

	if (cli->json)
		client_print_json(view);
	else
		print(view);
	json_decref(view);
	return healthy ? CLI_OK : CLI_FAILED;
}

/* That nothing can be known is told apart from what is known to be wrong. */
enum cli_status command_health(const struct cli *cli)
{
	struct health health = {.reasons = json_array()};
	enum cli_status status = CLI_USAGE;

	health.status = ask(cli, "status");
	if (health.status)
		health.interfaces = ask(cli, "interfaces");
	if (health.interfaces)
		health.tunnels = ask(cli, "tunnels");
	if (health.tunnels)
		status = show(cli, &health);
	json_decref(health.status);
	json_decref(health.interfaces);
	json_decref(health.tunnels);
	json_decref(health.reasons);
	return status;
}
