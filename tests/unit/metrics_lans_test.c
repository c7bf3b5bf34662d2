/* SPDX-License-Identifier: BSD-2-Clause */
/* Metrics of the LANs: interfaces, PIM, IGMP and MLD. */
#include "metrics_text.h"
#include "requests_lan_lab.h"

static void end(void)
{
	free(metrics);
	req_end_on_lans();
}

TestSuite(metrics_lans, .init = req_begin_on_lans, .fini = end);

Test(metrics_lans, of_interfaces)
{
	req.links.lans[1].is.up = false;
	req.programs[1].mode = NULL;
	req_start_on_lans();
	metrics_write(series_lans, &req.requests);
	expect_metric("mcingest_interface_up{interface=\"lan0\",role=\"downstream\"} 1");
	expect_metric("mcingest_interface_up{interface=\"lan1\",role=\"downstream\"} 0");
	expect_metric("mcingest_interface_up{interface=\"wan0\",role=\"upstream\"} 1");
	expect_metric("mcingest_dataplane_mode{interface=\"wan0\",role=\"upstream\",mode=\"xdp\"} "
		      "1");
	cr_expect_not(strstr(metrics, "mcingest_dataplane_mode{interface=\"lan1\""));
	expect_metric("mcingest_lan_refused_packets_total{interface=\"lan0\"} 7");
	cr_expect_not(strstr(metrics, "mcingest_lan_refused_packets_total{interface=\"wan0\""));
}

Test(metrics_lans, of_pim)
{
	req_start_on_lans();
	lab_join(0, ipv4.router, ipv4.source, ipv4.group);
	lab_join(0, ipv6.router, ipv6.source, ipv6.group);
	lab_join(1, ipv4.router, ipv4.source, ipv4.group);
	metrics_write(series_lans, &req.requests);
	expect_metric("mcingest_pim_neighbors{interface=\"lan0\",family=\"ipv4\"} 1");
	expect_metric("mcingest_pim_neighbors{interface=\"lan1\",family=\"ipv6\"} 1");
	expect_metric("mcingest_pim_messages_total{interface=\"lan0\",family=\"ipv4\",type=\""
		      "join_prune\",direction=\"received\"} 1");
	expect_metric("mcingest_pim_refused_total{interface=\"lan0\",family=\"ipv4\",reason=\""
		      "limit\"} 0");
	metrics_write(series_channels, &req.requests);
	expect_metric("mcingest_joins_total{interface=\"lan0\",family=\"ipv4\"} 1");
	expect_metric("mcingest_joins_total{interface=\"lan0\",family=\"ipv6\"} 1");
	expect_metric("mcingest_joins_total{interface=\"lan1\",family=\"ipv6\"} 0");
}

/* Those of the lab stay for ever, so one of them gets a Holdtime. */
Test(metrics_lans, of_neighbors_that_expire)
{
	struct pim_interface *pim = &lab.lans.list[1].ipv6.interface;

	req_start_on_lans();
	timer_start(&lab.timers, &pim->neighbors.by_address->expiry, 105 * USEC_PER_SEC);
	metrics_write(series_lans, &req.requests);
	expect_metric("mcingest_pim_neighbor_expiry_seconds{interface=\"lan1\",neighbor=\"fe80::2"
		      "\"} 105");
	cr_expect_not(strstr(metrics, "neighbor=\"10.0.0.2\""));
}

Test(metrics_lans, of_hosts_that_are_asked)
{
	req_start_on_lans();
	lab_report(0, ipv4.host, MEMBERSHIP_ALLOW, ipv4.source, ipv4.group);
	metrics_write(series_lans, &req.requests);
	expect_metric("mcingest_memberships{interface=\"lan0\",family=\"ipv4\"} 1");
	expect_metric("mcingest_memberships{interface=\"lan0\",family=\"ipv6\"} 0");
	cr_expect_not(strstr(metrics, "mcingest_memberships{interface=\"lan1\""));
	metrics_write(series_channels, &req.requests);
	expect_metric("mcingest_joins_total{interface=\"lan0\",family=\"ipv4\"} 1");
}

Test(metrics_lans, of_rejected_messages)
{
	req.rejected[PROTOCOL_PIM][FAULT_CHECKSUM] = 3;
	metrics_write(series_lans, &req.requests);
	expect_metric("mcingest_rejected_messages_total{protocol=\"pim\",reason=\"checksum\"} 3");
	expect_metric("mcingest_rejected_messages_total{protocol=\"dns\",reason=\"truncated\"} 0");
}
