/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: looks at the box, its neighborhood and the daemon, and says what is wrong and what to do
 * about it, in the order of the path of a packet: host, daemon, configuration, interfaces, routes,
 * DNS, relays, LANs, data.
 *
 * The doctor belongs to the command, not to the daemon: it works beside a daemon, and does what can
 * be done without one. It changes nothing.
 *
 *   gather   the daemon's views (views.h), twice, one to three seconds apart; meanwhile resolvers
 *            and relays are asked (dns_probe.h, relay_probe.h), and libpcap sees what comes in on
 *            the WAN (capture.h)
 *   judge    checks.h has the table of checks. Each is a small function in a file by subject,
 *            which reads what was gathered and reports lines (report.h)
 *   watch    the checks that judge views alone, for the daemon's own page (watch.h)
 *
 *   gather_links.c, gather_probes.c  what is gathered of interfaces and routes; what is asked
 *   host.c, owner.c, settings.c      privileges, kernel, daemon, configuration
 *   interfaces.c, routes.c           interfaces; where packets to resolvers and relays leave
 *   programs.c, tunnels.c            programs on the interfaces, tunnels, as the daemon has them
 *   resolvers.c, dns_probe.c         DNS servers, each by its address; the clock and DNSSEC
 *   relays.c, relay_probe.c          relays, on the wire and on the socket
 *   routers.c, hosts.c               PIM, IGMP and MLD on the LANs
 *   data.c, drops.c, limits.c        packets that were dropped or slow; what is nearly used up
 *   wanted.c, channel.c              one channel: who wants it, and where it is
 *
 * With a channel, the checks walk its path and stop at the first hop that is broken. What strangers
 * send is read with bounds. Every wait has an end: three seconds for all probes together, and for
 * one channel the daemon's lookup of its source.
 *
 * Left out: packets that native XDP takes are not seen by libpcap. Such a WAN still shows what the
 * relays answer, since the programs leave AMT's control messages to the stack. */
#pragma once

#include "doctor/options.h"

/* Returns {"checks": [{"check": NAME, "hop": NAME, "verdict": "ok"|"warn"|"fail", "what": TEXT,
 * "cure": TEXT or null}, ...], "ok": whether nothing has failed}. */
json_t *doctor_run(const struct doctor_options *options);
