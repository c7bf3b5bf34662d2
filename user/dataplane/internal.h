/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of this folder share. */
#pragma once

#include "dataplane/dataplane.h"

#include <pthread.h>
#include <stdatomic.h>

#define BPFFS      "/sys/fs/bpf"
#define PIN_FOLDER BPFFS "/mcingest"

struct bpf_map;
struct bpf_object;
struct nlmsghdr;
struct tcmsg;
struct ingest_tc;
struct observe_tc;
struct refused_tp;
struct ring_buffer;

struct attachment {
	unsigned ifindex;
	enum role role;
	bool lost;          /* another tool has taken a program away */
	uint32_t xdp_id;    /* of what stands in the driver, ours or a dispatcher with ours */
	char in_front[192]; /* what may take packets before our filter sees them */
	bool xdp;           /* with TC behind it */
	bool takes_xdp;     /* of a LAN: its driver sends what XDP redirects to it */
	bool takes_parts;   /* and frames in several buffers */
	char why[128];
};

#define STATS_CHUNKS_AT_ONCE 16

/* Chunks that are being made. */
struct stats_maker {
	pthread_t thread;
	bool running;
	atomic_bool done;
	uint32_t first, count;
	int fds[STATS_CHUNKS_AT_ONCE];
	int error; /* none was made */
};

struct dataplane {
	struct dataplane_limits limits;
	struct dataplane_events events;
	enum dataplane_choice choice;
	struct ingest_tc *ingest;
	struct observe_tc *observe; /* its maps are those of `ingest` */
	struct refused_tp *refused; /* likewise; NULL where the kernel cannot count that */
	struct ring_buffer *ring;
	uint64_t dispatch_end; /* CLOCK_MONOTONIC, of this call's handing over of records */
	bool mounted_bpffs;
	bool adopted; /* the maps are an earlier daemon's */
	struct attachment *attachments;
	unsigned attachment_count;
	struct mci_clock clock;
	struct mci_lan lans[MCI_LANS_MAX]; /* as the map has them; ifindex 0: none of that number */
	uint64_t entries_version;
	uint32_t moves;            /* entries of that map */
	int lan_sets;              /* 0 or less: no XDP, no sets */
	int departs[MCI_LANS_MAX]; /* programs of the LANs that are in sets; 0: none */
	int *stats_chunks;         /* maps of channel_stats; -1: not there yet */
	uint32_t stats_chunk_count;
	struct stats_maker stats_maker;
	unsigned cpus;
	void *per_cpu;                           /* room for one entry of any per-CPU map */
	struct mci_channel_stats *chunk_per_cpu; /* room for a chunk's */
	char error[256];
};

/* Keeps the sentence for dataplane_error(); returns `error`. */
int dataplane_fail(struct dataplane *dp, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* What an errno means for one who adds programs to the kernel, and what to do. */
const char *dataplane_cure(int error);
const char *dataplane_interface(unsigned ifindex, char name[MCI_NAME]);
/* What a driver said when it refused a program, or dataplane_cure() where it said nothing, since
 * the last dataplane_listen(). */
const char *dataplane_refusal(int error);
void dataplane_listen(void);

/* program.c */
int program_fd(const struct dataplane *dp, enum role role);
/* Of the maps, before the object is loaded. */
void program_set_sizes(const struct dataplane *dp, const struct bpf_object *object);

/* clock.c */
/* 0 or a negative errno. */
int clock_get(struct mci_clock *clock);

/* lans.c; what fails leaves its sentence */
/* After the maps: those of an earlier daemon's LANs that are there still. */
void lans_open(struct dataplane *dp);
/* An interface's number; a negative errno where it has none. */
int lans_find(const struct dataplane *dp, uint32_t ifindex);
/* The same, which gets it one. */
int lans_number(struct dataplane *dp, uint32_t ifindex);
/* The same, and what the programs must know of it. */
int lans_put(struct dataplane *dp, const struct mci_lan *lan);
/* Once no channel goes to it any more. */
void lans_remove(struct dataplane *dp, uint32_t ifindex);

/* entries.c */
/* After the maps. */
void entries_open(struct dataplane *dp);
/* A killed daemon's channel that is moving, `key` as in its map: it is at home in the flow that
 * delivers. */
void entries_settle(struct dataplane *dp, const struct bpf_map *map, const void *key,
		    struct mci_channel *entry);
/* Once none is moving any more. */
void entries_forget_moves(struct dataplane *dp);

/* lan_sets.c */
/* Once XDP is attached. */
void lan_sets_open(struct dataplane *dp);
/* Has the entry's set made, if XDP can send to all of it. */
void lan_sets_provide(struct dataplane *dp, const struct mci_channel *entry);
/* A LAN has changed: they are made anew as channels need them. */
void lan_sets_forget(struct dataplane *dp);
void lan_sets_close(struct dataplane *dp);

/* stats.c */
/* An earlier daemon's count of the slow path. */
void stats_forget_slow(struct dataplane *dp);

/* stats_chunks.c */
/* After the maps: those chunks that an earlier daemon made, and the first. Leaves its sentence. */
int stats_open(struct dataplane *dp);
void stats_close(struct dataplane *dp);
/* Makes room for a slot's counters. The kernel waits for the programs that run when chunks come
 * (some 10 ms): a thread makes them, before their first slot is needed. Leaves its sentence. */
int stats_provide(struct dataplane *dp, uint32_t slot);

/* pins.c */
/* Mounts the BPF file system where there is none. */
int pins_prepare(struct dataplane *dp);
/* Whether an earlier daemon's maps are there. */
bool pins_exist(void);
void pins_remove_all(void);
/* All of them, and the file system where it was mounted for them. */
void pins_remove(struct dataplane *dp);

/* attach.c: what is ours on every interface, this process' or a killed daemon's */
void attach_remove_all(struct dataplane *dp);
/* The same, but for what this process has attached. */
void attach_remove_leftovers(struct dataplane *dp);
/* Whether this process is attached to it, in this role. */
bool attach_is(const struct dataplane *dp, unsigned ifindex, enum role role);

/* Whether a LAN's driver is known to send what XDP redirects to it. */
bool attach_takes_xdp(const struct dataplane *dp, unsigned ifindex);

/* attach_tc.c */
int tc_attach(struct dataplane *dp, unsigned ifindex, enum role role);
/* Our filter of this role, of this process or a killed one, and what else was added for it. */
void tc_remove(unsigned ifindex, enum role role);

/* Whether our filter of this role is there, and where. */
bool tc_is_attached(unsigned ifindex, enum role role, uint32_t *priority);
/* To another place among the filters. */
int tc_move(struct dataplane *dp, unsigned ifindex, enum role role, uint32_t priority);
/* Each filter on the ingress side, in the order of their priorities; with handle 0, what is none.
 */
int tc_list_ingress(unsigned ifindex, int (*take)(const struct nlmsghdr *filter, void *data),
		    void *data);
bool tc_is_ours(const struct nlmsghdr *filter);
uint32_t tc_priority(const struct tcmsg *filter);

/* in_front.c */
/* What stands in front of our filter at `priority` and may take packets: a sentence's part, or
 * empty. Returns the priority from which our filter would see what is its own, 0 where it stands
 * right, or where what is in front is not to be passed by. */
uint32_t in_front_look(unsigned ifindex, enum role role, uint32_t priority, char *what,
		       size_t size);

/* attach_xdp.c */
/* Whether our program is there; `id` is what was in the driver when it was last seen, or 0. */
bool xdp_is_attached(unsigned ifindex, uint32_t *id);
/* In place of a killed daemon's. Of a failure, the sentence names no interface. */
int xdp_attach(struct dataplane *dp, unsigned ifindex);
/* Our program, of this process or a killed one. */
void xdp_remove(unsigned ifindex);

/* refused.c */
/* In place of an earlier daemon's. A failure is logged, and nothing is counted. */
void refused_open(struct dataplane *dp);
/* The programs count on until their pins are removed. */
void refused_close(struct dataplane *dp);
/* Counts what the LAN does not take of the upstream's, or goes on with an earlier daemon's count.
 */
void refused_watch(const struct dataplane *dp, unsigned upstream, unsigned lan);
/* Pairs of interfaces that this process is not attached to. */
void refused_forget_leftovers(const struct dataplane *dp);

/* features.c: bits of the kernel's enum netdev_xdp_act */
#define FEATURE_NDO_XMIT    0x04
#define FEATURE_NDO_XMIT_SG 0x40
/* A negative errno where the kernel does not tell. */
int features_get(unsigned ifindex, uint64_t *features);

/* offloads.c */
/* On an upstream, what would put its tunnels' packets together; says so. */
void offloads_switch_off(const struct dataplane *dp, unsigned ifindex);
/* What that, or an earlier daemon, has switched off there; nothing where it is gone. */
void offloads_restore(const struct dataplane *dp, unsigned ifindex);

/* observed.c */
int observed_open(struct dataplane *dp);
/* What was asked of an interface that is detached. */
void observed_forget(const struct dataplane *dp, unsigned ifindex);
