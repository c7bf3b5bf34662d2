/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/receive_view.h"
#include "base/reason.h"
#include "cli/client.h"
#include "cli/text.h"
#include "path/path.h"

#include <stdio.h>
#include <string.h>

static const char *reason_of(const struct receive *receive, char text[REASON_TEXT])
{
	const struct channel *channel = receive->channel;

	return channel ? reason_format(channel->reason, channel->detail, text) : NULL;
}

static const char *relay_of(const struct receive *receive, char text[ADDR_TEXT])
{
	const struct addr *relay = receive->channel ? path_relay(receive->channel) : NULL;

	return relay ? addr_format(relay, text) : NULL;
}

/* JSON */

static json_t *view_rtp(const struct stream *stream)
{
	const struct sequence *rtp = &stream->rtp;

	if (!stream_is_rtp(stream))
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:I, s:i}", "packets", (json_int_t)rtp->packets, "lost",
			 (json_int_t)sequence_lost(rtp), "late", (json_int_t)rtp->late, "twice",
			 (json_int_t)rtp->twice, "ssrcs", rtp->sources);
}

static json_t *view_mpeg_ts(const struct mpeg_ts *ts)
{
	if (!ts->packets)
		return json_null();
	return json_pack("{s:I, s:i, s:I, s:I}", "packets", (json_int_t)ts->packets, "pids",
			 ts->pids, "continuity_errors", (json_int_t)ts->faults, "transport_errors",
			 (json_int_t)ts->transport);
}

/* Rates are taken from the first packet to the last one, which is one packet less. */
static double per_second(const struct stream *stream, uint64_t count)
{
	double seconds = stream_seconds(stream);
	uint64_t others = stream->packets > 1 ? stream->packets - 1 : 0;

	return seconds > 0 ? (double)count / (double)stream->packets * (double)others / seconds : 0;
}

static json_t *view_ttl(const struct stream *stream, uint8_t ttl)
{
	return stream->packets ? json_integer(ttl) : json_null();
}

static json_t *view(const struct receive *receive)
{
	const struct stream *stream = &receive->stream;
	const struct channel *channel = receive->channel;
	char source[ADDR_TEXT], group[ADDR_TEXT], relay[ADDR_TEXT], reason[REASON_TEXT];
	double first = receive_first_ms(receive);

	return json_pack(
		"{s:s, s:s, s:o, s:s?, s:s?, s:s?, s:o, s:f, s:I, s:I, s:f, s:f, s:I, s:o, s:o, "
		"s:o, s:o, s:I, s:I, s:I}",
		"source", addr_format(&receive->sg.source, source), "group",
		addr_format(&receive->sg.group, group), "port",
		receive->port ? json_integer(receive->port) : json_null(), "relay",
		relay_of(receive, relay), "state",
		channel ? channel_state_name(channel->state) : NULL, "reason",
		reason_of(receive, reason), "first_packet_ms",
		first < 0 ? json_null() : json_real(first), "seconds", stream_seconds(stream),
		"packets", (json_int_t)stream->packets, "bytes", (json_int_t)stream->bytes,
		"packets_per_s", per_second(stream, stream->packets), "bits_per_s",
		per_second(stream, stream->bytes * 8), "longest", (json_int_t)stream->longest,
		"ttl_min", view_ttl(stream, stream->ttl_min), "ttl_max",
		view_ttl(stream, stream->ttl_max), "rtp", view_rtp(stream), "mpeg_ts",
		view_mpeg_ts(&stream->ts), "other_ports", (json_int_t)receive->other_ports,
		"not_udp", (json_int_t)receive->not_udp, "broken", (json_int_t)receive->broken);
}

void receive_view_json(const struct receive *receive)
{
	json_t *object = view(receive);

	client_print_json(object);
	json_decref(object);
}

/* Text */

void receive_view_state(const struct receive *receive)
{
	const struct channel *channel = receive->channel;
	usec_t now = receive->gateway->timers.now;
	char text[ADDR_TEXT], why[REASON_TEXT];
	const char *relay = relay_of(receive, text), *reason = reason_of(receive, why);

	text_line(PLAIN, "%8.1f ms  %s%s%s%s%s", (double)(now - receive->started) / USEC_PER_MS,
		  channel_state_name(channel->state), relay ? ", relay " : "", relay ? relay : "",
		  reason ? ": " : "", reason ? reason : "");
	fflush(stdout);
}

/* Losses by the format that counts them. */
static uint64_t lost_of(const struct stream *stream)
{
	return stream_is_rtp(stream) ? sequence_lost(&stream->rtp) : 0;
}

void receive_view_second(const struct receive *receive, struct receive_interval *before)
{
	const struct stream *stream = &receive->stream;
	uint64_t lost = lost_of(stream);
	json_t *rate = json_pack("{s:I}", "rate", (json_int_t)(stream->bytes - before->bytes) * 8);
	char text[TEXT_SHORT];

	text_line(PLAIN, "%5u s  %8llu packets  %12s  %llu lost", ++before->seconds,
		  (unsigned long long)(stream->packets - before->packets),
		  text_bit_rate(rate, "rate", text),
		  (unsigned long long)(lost > before->lost ? lost - before->lost : 0));
	fflush(stdout);
	before->packets = stream->packets;
	before->bytes = stream->bytes;
	before->lost = lost;
	json_decref(rate);
}

static void print_formats(const struct stream *stream)
{
	const struct sequence *rtp = &stream->rtp;

	if (stream_is_rtp(stream))
		text_line(PLAIN, "RTP: %llu packets, %llu lost, %llu late, %llu twice",
			  (unsigned long long)rtp->packets, (unsigned long long)sequence_lost(rtp),
			  (unsigned long long)rtp->late, (unsigned long long)rtp->twice);
	if (stream->ts.packets)
		text_line(PLAIN, "MPEG-TS: %llu packets, %u PIDs, %llu continuity errors",
			  (unsigned long long)stream->ts.packets, stream->ts.pids,
			  (unsigned long long)stream->ts.faults);
	if (stream->ttl_min == 1)
		text_line(YELLOW,
			  "The TTL is 1 here: mcingestd drops such packets, and so does any "
			  "router. Let the sender use a larger TTL.");
}

static void print_total(const struct receive *receive)
{
	const struct stream *stream = &receive->stream;
	json_t *rate = json_pack("{s:f, s:I}", "rate", per_second(stream, stream->bytes * 8),
				 "bytes", (json_int_t)stream->bytes);
	char bits[TEXT_SHORT], bytes[TEXT_SHORT];

	text_line(PLAIN,
		  "%llu packets, %s bytes in %.1f s: %.1f packets/s, %s; first packet after %.1f "
		  "ms; TTL %u to %u, longest %zu bytes",
		  (unsigned long long)stream->packets, text_bytes(rate, "bytes", bytes),
		  stream_seconds(stream), per_second(stream, stream->packets),
		  text_bit_rate(rate, "rate", bits), receive_first_ms(receive), stream->ttl_min,
		  stream->ttl_max, stream->longest);
	json_decref(rate);
}

/* Why nothing came, as far as that is known here. */
static void explain(const struct receive *receive, bool daemon_has_tunnels)
{
	const struct channel *channel = receive->channel;
	char text[REASON_TEXT];
	const char *reason = reason_of(receive, text);

	if (receive->other_ports)
		text_line(YELLOW, "%llu packets came to other UDP ports",
			  (unsigned long long)receive->other_ports);
	if (receive->not_udp)
		text_line(YELLOW, "%llu packets came that are no UDP",
			  (unsigned long long)receive->not_udp);
	if (channel && channel->state == CHANNEL_JOINED && !receive->other_ports)
		text_line(YELLOW,
			  "The relay was told of the channel, but sent nothing: see whether S "
			  "sends, and with a TTL that reaches the relay");
	if (reason && daemon_has_tunnels && strstr(reason, "does not answer"))
		text_line(
			YELLOW,
			"mcingestd of this host has tunnels: a relay that knows gateways by their "
			"address alone, as Linux's does, answers the daemon instead");
}

void receive_view_end(const struct receive *receive, bool daemon_has_tunnels)
{
	if (receive->stream.packets) {
		print_total(receive);
		print_formats(&receive->stream);
		return;
	}
	text_line(RED, "No packet came");
	explain(receive, daemon_has_tunnels);
}
