/* SPDX-License-Identifier: BSD-2-Clause */
/* IGMPv3 and MLDv2 with the hosts of a LAN, each with its own querier. */
#pragma once

#include "lan/state.h"

/* Does nothing on a LAN whose hosts are not asked. A family without an address is left out. False
 * after a line in the log. */
bool hosts_start(struct lan *lan);
void hosts_stop(struct lan *lan);
/* The LAN's link has changed. The caller ends the joins of a family that speaks no longer. */
void hosts_follow(struct lan *lan);
/* We have been away, and heard no reports. */
void hosts_return(struct lan *lan);
/* As the LANs' `draining` says. */
void hosts_drain(struct lan *lan);
/* Takes a datagram that was seen on the LAN. Returns why it was rejected. */
enum fault hosts_receive(struct lan *lan, const struct ip_datagram *ip);
