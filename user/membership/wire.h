/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers of IGMPv3 (RFC 3376 section 4) and MLDv2 (RFC 3810 section 5) that reading and writing
 * share. Both protocols say the same in fields of other sizes: in a Query, the group stands at
 * another offset; then follow the same four bytes (flags and QRV, QQIC, number of sources) and the
 * sources. */
#pragma once

#include "base/addr.h"

#include <stddef.h>

/* IP protocols. MLD is a part of ICMPv6. */
#define MEMBERSHIP_IGMP   2
#define MEMBERSHIP_ICMPV6 58

/* Message types */
#define IGMP_QUERY     0x11
#define IGMP_REPORT_V1 0x12
#define IGMP_REPORT_V2 0x16
#define IGMP_LEAVE     0x17
#define IGMP_REPORT    0x22
#define MLD_QUERY      130
#define MLD_REPORT_V1  131
#define MLD_DONE       132
#define MLD_REPORT     143

/* The byte of a Query that holds both */
#define QUERY_SUPPRESS 0x08 /* S flag */
#define QUERY_QRV      0x07

#define REPORT_RECORD_COUNT_AT 6

uint8_t membership_ip_protocol(int family);
/* Offset of the group in a Query, from the message's first byte. */
size_t membership_group_offset(int family);
/* 224.0.0.22, ff02::16: the destination of reports. */
struct addr membership_all_routers(int family);
/* The destination of a Query: its group, or 224.0.0.1 or ff02::1 if the group is unspecified. */
struct addr membership_destination(int family, const struct addr *group);
