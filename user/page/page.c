/* SPDX-License-Identifier: BSD-2-Clause */
#include "page/page.h"
#include "base/log.h"
#include "base/memory.h"
#include "control/reply_counters.h"
#include "control/reply_lans.h"
#include "control/reply_status.h"
#include "control/values.h"
#include "control/view_channels.h"
#include "forward/traffic.h"
#include "metrics/metrics.h"
#include "page/channels.h"
#include "page/files.h"
#include "page/guard.h"
#include "page/health.h"
#include "page/rates.h"
#include "page/tunnels.h"
#include "path/path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#define NEIGHBORS_MAX 64 /* that are shown */
#define VIEWS         6

/* An answer that is given again for a while. */
struct kept {
	char *text;
	usec_t made;
};

struct page {
	struct requests *rooms;
	struct http *http;
	struct metrics *metrics;
	struct rates rates;
	struct health health;
	struct job *jobs;
	struct kept kept[VIEWS];
	struct utsname host;
};

/* Views that are made at once */

static json_t *status(struct page *page)
{
	return status_now(page->rooms);
}

static json_t *interfaces(struct page *page)
{
	return interfaces_now(page->rooms);
}

static json_t *neighbors(struct page *page)
{
	return neighbors_now(page->rooms, NEIGHBORS_MAX);
}

static json_t *counters(struct page *page)
{
	json_t *view = counters_now(page->rooms);

	return view ? view : json_object();
}

static json_t *rates(struct page *page)
{
	return rates_view(&page->rates);
}

/* The latest joins, the latest first. */
static json_t *joins(struct page *page)
{
	const struct joins *joins = &page->rooms->paths->channels.joins;
	json_t *view = json_object(), *list = json_array();

	for (unsigned i = 0; i < joins->count; i++) {
		const struct join *join = joins_at(joins, i);

		json_array_append_new(
			list, view_join(join, join->channel ? path_relay(join->channel) : NULL,
					page->rooms->timers->now));
	}
	put(view, "joins", list);
	return view;
}

static const struct {
	const char *path;
	json_t *(*make)(struct page *page);
} views[VIEWS] = {
	{"/api/status", status},     {"/api/interfaces", interfaces}, {"/api/neighbors", neighbors},
	{"/api/counters", counters}, {"/api/joins", joins},           {"/api/rates", rates},
};

static void reply_view(struct page *page, struct http_request *request, size_t i)
{
	struct kept *kept = &page->kept[i];
	usec_t now = page->rooms->timers->now;
	json_t *view;

	if (!kept->text || now - kept->made >= PAGE_FRESH) {
		view = views[i].make(page);
		free(kept->text);
		kept->text = json_dumps(view, JSON_FLAGS);
		kept->made = now;
		json_decref(view);
	}
	if (kept->text)
		job_reply(request, kept->text, strlen(kept->text));
	else
		http_reply(request, 500, "text/plain", memory_copy_text(""), 0);
}

/* Requests */

static void reply_text(struct http_request *request, unsigned status, const char *text)
{
	http_reply(request, status, "text/plain; charset=utf-8", memory_copy_text(text),
		   strlen(text));
}

/* Nothing but what comes from here is loaded, and nothing that the text of an answer says is run.
 */
static void reply_file(struct http_request *request, const struct page_file *file)
{
	size_t length = file->end - file->begin;
	char *copy = memory_new(length + 1);

	memcpy(copy, file->begin, length);
	http_reply(request, 200, file->type, copy, length);
	http_add_header(request, "Content-Security-Policy",
			"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
			"connect-src 'self'; base-uri 'none'; form-action 'none'; "
			"frame-ancestors 'none'; require-trusted-types-for 'script'; "
			"trusted-types 'none'");
	http_add_header(request, "Referrer-Policy", "no-referrer");
	http_add_header(request, "Cross-Origin-Opener-Policy", "same-origin");
	http_add_header(request, "Cross-Origin-Resource-Policy", "same-origin");
	http_add_header(request, "Cache-Control", "no-cache");
}

static bool reply_api(struct page *page, struct http_request *request, const char *path)
{
	for (size_t i = 0; i < VIEWS; i++)
		if (strcmp(views[i].path, path) == 0) {
			reply_view(page, request, i);
			return true;
		}
	if (strcmp(path, "/api/channels") == 0)
		channels_asked(page->rooms, &page->jobs, request);
	else if (strcmp(path, "/api/tunnels") == 0)
		tunnels_asked(page->rooms, &page->jobs, request);
	else if (strcmp(path, "/api/doctor") == 0)
		health_asked(&page->health, request);
	else
		return false;
	return true;
}

static void asked_page(struct page *page, struct http_request *request, const char *path)
{
	const struct config_metrics *config = &page->rooms->config->metrics;
	const struct page_file *file = files_find(path);

	if (!guard_host_is_ours(http_header(request, "Host"), page->host.nodename, config))
		reply_text(request, 421,
			   "This box does not know itself by the name in the address. Ask by its "
			   "address, or add the name to 'names' under [metrics].\n");
	else if (file)
		reply_file(request, file);
	else if (!reply_api(page, request, path))
		reply_text(request, 404, "The page is at /, the metrics are at /metrics.\n");
}

static void asked(void *owner, struct http_request *request, const char *path)
{
	struct page *page = owner;

	if (strcmp(path, "/metrics") == 0)
		metrics_asked(page->metrics, request);
	else if (page->rooms->config->metrics.page)
		asked_page(page, request, path);
	else
		reply_text(request, 404, "The metrics are at /metrics.\n");
}

/* Start and stop */

static bool read_rates(void *context, struct meter_rate *rate, uint64_t drops[MCI_DROP_COUNT])
{
	struct page *page = context;

	*rate = traffic_total(page->rooms->forward);
	return !counters_drops(page->rooms, drops);
}

static bool listen_for(struct page *page, struct loop *loop)
{
	const struct config_metrics *config = &page->rooms->config->metrics;
	int error = http_open(&page->http, loop, page->rooms->timers, &config->address,
			      config->port, asked, page);
	char text[ADDR_TEXT];

	if (error)
		log_error("no metrics: cannot listen on %s port %u: %s; %s 'listen' in [metrics]",
			  addr_format(&config->address, text), config->port, strerror(-error),
			  error == -EADDRINUSE ? "each instance needs a port of its own, by"
					       : "see");
	return !error;
}

struct page *page_open(struct requests *requests, struct loop *loop)
{
	struct page *page;

	if (!requests->config->metrics.address.family)
		return NULL;
	page = memory_new(sizeof(*page));
	page->rooms = requests;
	page->health = (struct health){.rooms = requests, .jobs = &page->jobs};
	page->rates =
		(struct rates){.timers = requests->timers, .read = read_rates, .context = page};
	uname(&page->host);
	if (!listen_for(page, loop)) {
		free(page);
		return NULL;
	}
	page->metrics = metrics_new(requests);
	if (requests->config->metrics.page)
		rates_start(&page->rates);
	return page;
}

void page_close(struct page *page)
{
	if (!page)
		return;
	http_close(page->http);
	while (page->jobs)
		job_end(page->jobs);
	metrics_free(page->metrics);
	rates_stop(&page->rates);
	health_free(&page->health);
	for (size_t i = 0; i < VIEWS; i++)
		free(page->kept[i].text);
	free(page);
}
