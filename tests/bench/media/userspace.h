/* SPDX-License-Identifier: BSD-2-Clause */
/* Contenders that carry packets in a process: the program that has sent a burst takes it from the
 * socket then, on the same CPU. */
#pragma once

#include "stage.h"

/* What users have today: an AMT gateway that reads a socket and writes a raw socket (others write
 * to a tap device), a packet at a time. */
void gateway_open(const struct stage *stage);
void gateway_close(void);
/* Sends what the stage is loaded with, in bursts that sockets and rings hold, and carries it. */
void gateway_carry(struct stage *stage, unsigned packets);

/* The daemon's slow path, behind programs that leave the packets to the stack: event loop, tunnel
 * socket, checks, packet socket. IPv6, for an extension header is a plain way to be left. */
void slow_path_open(const struct stage *stage);
void slow_path_close(void);
void slow_path_carry(struct stage *stage, unsigned packets);
