/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/gather_probes.h"
#include "doctor/report.h"
#include "io/netlink_lookup.h"
#include "io/ports.h"
#include "io/resolv_conf.h"
#include "mcingest/amt_wire.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WINDOW_MIN      USEC_PER_SEC /* between the two looks at the daemon */
#define WINDOW_MAX      (3 * USEC_PER_SEC)
#define TICK            (50 * USEC_PER_MS)
#define UPSTREAM_FILTER "udp port 2268 or ip proto 103 or ip6 proto 103"

struct window {
	struct doctor *doctor;
	struct timers timers;
	struct loop *loop;
	struct timer tick;
	usec_t begun;
	struct capture *captures[DOCTOR_INTERFACES_MAX];
	unsigned capture_count;
};

/* DNS */

static struct addr question(const struct doctor *doctor)
{
	const json_t *first = json_array_get(view_at(doctor->before.channels, "channels"), 0);
	struct addr source = {0};

	if (doctor->options->channel)
		return doctor->options->channel->source;
	if (!addr_parse(view_text(first, "source"), &source))
		addr_parse(AMT_ANYCAST4, &source);
	return source;
}

static void ask_server(struct window *window, const char *server)
{
	struct doctor *doctor = window->doctor;
	struct addr source = question(doctor);

	if (doctor->server_count < DOCTOR_SERVERS_MAX)
		dns_probe_start(&doctor->servers[doctor->server_count++], window->loop,
				&window->timers, server, &source);
}

static void ask_servers(struct window *window)
{
	const json_t *settings = window->doctor->settings;
	struct resolv_conf conf;

	for (size_t i = 0; *view_setting_at(settings, "dns.server", i); i++)
		ask_server(window, view_setting_at(settings, "dns.server", i));
	if (window->doctor->server_count || !resolv_conf_read(RESOLV_CONF, &conf))
		return;
	for (unsigned i = 0; i < conf.server_count; i++)
		ask_server(window, conf.servers[i]);
	if (!conf.server_count)
		ask_server(window, "127.0.0.1");
	resolv_conf_free(&conf);
}

/* Relays */

static bool has_tunnel(const struct doctor *doctor, const char *relay)
{
	const json_t *list = json_object_get(doctor->before.tunnels, "tunnels"), *tunnel;
	size_t i;

	json_array_foreach (list, i, tunnel)
		if (!strcmp(view_text(tunnel, "relay"), relay))
			return view_tunnel_is_up(tunnel);
	return false;
}

/* The port by which the daemon would ask the relay; 0 if there is a daemon, or no secret yet. */
static uint16_t daemon_port(const struct doctor *doctor, const struct addr *relay)
{
	const char *folder = view_setting(doctor->settings, "daemon.state");
	uint16_t found[PORTS_OF_PEER];
	struct secret secret;
	struct ports ports;
	char path[256];

	snprintf(path, sizeof(path), "%s/secret", folder);
	if (doctor->before.status || access(path, R_OK) || secret_open(folder, &secret))
		return 0;
	ports_read(&ports);
	return ports_of_peer(&ports, &secret, relay, found) ? found[0] : 0;
}

static struct addr own_source(const struct doctor *doctor, int family)
{
	struct addr source = {0};

	for (size_t i = 0; i < 2; i++)
		if (addr_parse(view_setting_at(doctor->settings, "tunnels.source_address", i),
			       &source) &&
		    source.family == family)
			return source;
	return (struct addr){0};
}

static void ask_relay(struct window *window, const char *text)
{
	struct doctor *doctor = window->doctor;
	struct addr relay;
	struct relay_probe_path path;

	if (doctor->relay_count == DOCTOR_RELAYS_MAX || !addr_parse(text, &relay) ||
	    has_tunnel(doctor, text))
		return;
	for (unsigned i = 0; i < doctor->relay_count; i++)
		if (addr_equal(&doctor->relays[i].relay, &relay))
			return;
	path = (struct relay_probe_path){.source = own_source(doctor, relay.family),
					 .mark = doctor->hints.mark,
					 .vrf = view_setting(doctor->settings, "tunnels.vrf"),
					 .port = daemon_port(doctor, &relay)};
	relay_probe_start(&doctor->relays[doctor->relay_count++], window->loop, &window->timers,
			  &relay, &path);
}

/* Without a daemon, those that a server has named in its answer. */
static void ask_named(struct window *window)
{
	const struct doctor *doctor = window->doctor;
	char text[ADDR_TEXT];

	for (unsigned i = 0; i < doctor->server_count; i++)
		for (unsigned j = 0; j < doctor->servers[i].relay_count; j++)
			ask_relay(window, addr_format(&doctor->servers[i].relays[j], text));
}

static void ask_relays(struct window *window)
{
	const struct doctor *doctor = window->doctor;
	const json_t *list = json_object_get(doctor->lookup, "relays"), *item;
	size_t i;

	json_array_foreach (list, i, item)
		ask_relay(window, view_text(item, "address"));
	if (doctor->options->channel)
		return;
	list = json_object_get(doctor->before.tunnels, "held_down");
	json_array_foreach (list, i, item)
		ask_relay(window, view_text(item, "relay"));
	for (i = 0; *view_setting_at(doctor->settings, "relays.warm", i); i++)
		ask_relay(window, view_setting_at(doctor->settings, "relays.warm", i));
}

/* The window */

static void captured(void *owner, const char *interface, const struct capture_packet *packet)
{
	struct doctor *doctor = owner;

	if (packet->protocol == IPPROTO_PIM && !doctor->pim_sender.family &&
	    !netlink_has_address(&packet->source)) {
		doctor->pim_sender = packet->source;
		doctor->pim_interface = report_text(doctor, "%s", interface);
	}
	for (unsigned i = 0; packet->protocol == IPPROTO_UDP && i < doctor->relay_count; i++)
		relay_probe_see(&doctor->relays[i], packet);
}

static void capture_on(struct window *window, const char *interface)
{
	struct doctor *doctor = window->doctor;
	struct capture *capture;
	char why[256];

	capture = capture_open(window->loop, interface, UPSTREAM_FILTER, captured, doctor, why,
			       sizeof(why));
	if (capture)
		window->captures[window->capture_count++] = capture;
	else
		doctor->deaf = report_text(doctor, "%s: %s", interface, why);
}

static void capture_all(struct window *window)
{
	struct doctor *doctor = window->doctor;

	for (unsigned i = 0; i < doctor->link_count; i++)
		if (doctor->links[i].role == DOCTOR_WAN)
			capture_on(window, doctor->links[i].name);
	doctor->captured = window->capture_count && !doctor->deaf;
}

static bool is_over(const struct doctor *doctor)
{
	for (unsigned i = 0; i < doctor->server_count; i++)
		if (!dns_probe_is_over(&doctor->servers[i]))
			return false;
	for (unsigned i = 0; i < doctor->relay_count; i++)
		if (!relay_probe_is_over(&doctor->relays[i]))
			return false;
	return true;
}

static void tick(struct timer *timer)
{
	struct window *window = container_of(timer, struct window, tick);
	usec_t age = window->timers.now - window->begun;

	if (window->doctor->options->channel && !window->doctor->before.status)
		ask_named(window);
	if (age >= WINDOW_MAX ||
	    (is_over(window->doctor) && (age >= WINDOW_MIN || !window->doctor->before.status)))
		loop_stop(window->loop);
	timer_start(&window->timers, timer, TICK);
}

static void close_window(struct window *window)
{
	struct doctor *doctor = window->doctor;

	for (unsigned i = 0; i < doctor->server_count; i++)
		dns_probe_stop(&doctor->servers[i]);
	for (unsigned i = 0; i < doctor->relay_count; i++)
		relay_probe_stop(&doctor->relays[i]);
	for (unsigned i = 0; i < window->capture_count; i++)
		capture_close(window->captures[i]);
	timer_stop(&window->timers, &window->tick);
	loop_free(window->loop);
	timers_free(&window->timers);
}

/* The captures begin first, so that they see the answers. */
void gather_probes(struct doctor *doctor)
{
	struct window window = {.doctor = doctor, .tick = {.fn = tick}};

	window.loop = loop_new(&window.timers);
	if (!window.loop)
		return;
	window.begun = window.timers.now;
	capture_all(&window);
	ask_servers(&window);
	ask_relays(&window);
	timer_start(&window.timers, &window.tick, TICK);
	loop_run(window.loop);
	close_window(&window);
}
