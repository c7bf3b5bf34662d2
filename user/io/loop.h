/* SPDX-License-Identifier: BSD-2-Clause */
/* The room of input and output: everything that reads or writes sockets, files of the system, and
 * the clock for the daemon. The rooms of the protocols know none of it; they get events and the
 * time, and the daemon carries what they answer to the functions here. The dataplane has its own
 * door to the kernel.
 *
 *   loop.c              the event loop, and the timers that it moves
 *   resolver.c          DNS (RFC 1034, RFC 1035) by libunbound
 *   resolver_context.c  a context of libunbound
 *   resolver_events.c   libunbound's sockets and timers on the loop
 *   dns_message.c       decodes DNS answers
 *   dns_servers.c       which server did what, if there is no usable answer
 *   resolv_conf.c       finds DNS servers
 *   udp.c               the sockets of tunnels
 *   ports.c, secret.c   choose the local ports of these sockets
 *   raw.c               sends PIM, IGMP and MLD messages to a LAN
 *   frames.c            sends data of the slow path to a LAN, as Ethernet frames
 *   netlink.c           interfaces and addresses
 *   netlink_routes.c    the interfaces that routes leave by
 *   netlink_lookup.c    where one packet would leave, and by which rules
 *   netlink_shapes.c    what an interface is part of
 *   netlink_monitor.c   tells when one of these changes
 *   clocks.c            notices that the machine was suspended, or its wall clock set
 *   http.c              HTTP, for what reads the metrics
 *   descriptors.c       the limit on open files
 *   successor.c, binary.c
 *                       the next daemon, which takes this one's place
 *   privileges.c        capabilities: what is missing, what is given up
 *   sandbox.c           the filter of system calls
 *   process.c           what this process uses of the box
 *
 * Nothing here blocks, except for answers that the kernel gives within the system call, and for
 * small files that are read at the start. A message that cannot be sent now is lost: every protocol
 * repeats its messages. Nothing is received by raw sockets: the programs of the dataplane see all
 * packets of the LANs first.
 *
 * This file: the event loop of file descriptors, signals (by sd-event) and timers. */
#pragma once

#include "base/timers.h"

#include <stdint.h>

struct loop;
struct loop_watch;

/* `events` are those of EPOLLIN, EPOLLOUT, EPOLLERR and EPOLLHUP that have occurred. */
typedef void loop_fn(void *owner, uint32_t events);

/* `timers` belong to the caller. The loop sets their `now` before each call, and runs the timers
 * that are due after it. SIGTERM and SIGINT are blocked from now on, also in threads that are
 * started later. Returns NULL with errno set. */
struct loop *loop_new(struct timers *timers);
/* Moves the time, and runs no timer: before the loop runs, for work that takes long. */
void loop_read_clock(struct loop *loop);
void loop_free(struct loop *loop); /* NULL is allowed */

/* Calls `fn` while `fd` is ready for `events`. The descriptor stays the caller's. A watch may be
 * removed in any call, also in its own. Returns NULL with errno set. */
struct loop_watch *loop_watch(struct loop *loop, int fd, uint32_t events, loop_fn *fn, void *owner);
int loop_watch_change(struct loop_watch *watch, uint32_t events);
void loop_unwatch(struct loop_watch *watch); /* NULL is allowed */

/* Calls `fn` in the loop when this signal comes. 0 or a negative errno. */
typedef void loop_signal_fn(void *owner);
int loop_on_signal(struct loop *loop, int signal, loop_signal_fn *fn, void *owner);

/* Runs until SIGTERM or SIGINT comes or loop_stop() is called. Returns 0 or a negative errno. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* The longest time that a ready descriptor or a due timer had to wait for others, within the last
 * one to two minutes. */
usec_t loop_longest_stall(const struct loop *loop);
