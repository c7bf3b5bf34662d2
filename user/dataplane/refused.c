/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/refused.h"

#include "base/log.h"
#include "dataplane/attachments.h"
#include "dataplane/error.h"
#include "dataplane/pins.h"
#include "dataplane/program.h"
#include "refused_tp.skel.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* An earlier daemon's link is removed first: the two together would count each packet twice. */
static int attach(const struct dataplane *dp, const struct bpf_program *program)
{
	char path[PINS_PATH];
	struct bpf_link *link;
	int error;

	unlink(pins_path(dp->pins, bpf_program__name(program), path));
	link = bpf_program__attach(program);
	if (!link)
		return -errno;
	error = bpf_link__pin(link, path);
	bpf_link__destroy(link); /* the pin keeps the link */
	return error;
}

static int load_and_attach(const struct dataplane *dp, struct refused_tp *refused)
{
	struct bpf_program *program = NULL;
	struct stat namespace;
	int error;

	if (stat("/proc/self/ns/net", &namespace))
		return -errno;
	refused->rodata->network_namespace = namespace.st_ino;
	program_set_sizes(dp, refused->obj);
	error = refused_tp__load(refused);
	while (!error && (program = bpf_object__next_program(refused->obj, program)))
		error = attach(dp, program);
	return error;
}

static void remove_links(const struct dataplane *dp, const struct refused_tp *refused)
{
	char path[PINS_PATH];
	struct bpf_program *program = NULL;

	while ((program = bpf_object__next_program(refused->obj, program)))
		unlink(pins_path(dp->pins, bpf_program__name(program), path));
}

void refused_open(struct dataplane *dp)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .pin_root_path = dp->pins);
	struct refused_tp *refused = refused_tp__open_opts(&options);
	int error = refused ? load_and_attach(dp, refused) : -errno;

	if (!error) {
		dp->refused = refused;
		return;
	}
	log_notice("cannot count packets that a LAN does not take (this needs Linux 5.17 or later "
		   "with BTF): %s",
		   dataplane_cure(error));
	if (refused)
		remove_links(dp, refused);
	refused_tp__destroy(refused);
}

void refused_close(struct dataplane *dp)
{
	refused_tp__destroy(dp->refused);
	dp->refused = NULL;
}

void refused_watch(const struct dataplane *dp, unsigned upstream, unsigned lan)
{
	struct mci_refused_key key = {.upstream = upstream, .lan = lan};
	uint64_t none = 0;
	int error = 0;

	if (dp->refused)
		error = bpf_map__update_elem(dp->refused->maps.refused, &key, sizeof(key), &none,
					     sizeof(none), BPF_NOEXIST);
	if (error && error != -EEXIST)
		log_error("cannot count packets from interface %u that interface %u does not take: "
			  "%s",
			  upstream, lan, strerror(-error));
}

void refused_forget_leftovers(const struct dataplane *dp)
{
	const struct bpf_map *map = dp->refused ? dp->refused->maps.refused : NULL;
	struct mci_refused_key key, next;
	int error = map ? bpf_map__get_next_key(map, NULL, &key, sizeof(key)) : -ENOENT;

	while (!error) {
		error = bpf_map__get_next_key(map, &key, &next, sizeof(next));
		if (!attachments_find(dp, key.upstream, ROLE_UPSTREAM) ||
		    !attachments_find(dp, key.lan, ROLE_DOWNSTREAM))
			bpf_map__delete_elem(map, &key, sizeof(key), 0);
		key = next;
	}
}

bool dataplane_refused(const struct dataplane *dp, unsigned lan, uint64_t *packets)
{
	struct mci_refused_key key = {.lan = lan};
	uint64_t of_one;

	*packets = 0;
	if (!dp->refused || !attachments_find(dp, lan, ROLE_DOWNSTREAM))
		return false;
	for (unsigned i = 0; i < dp->attachment_count; i++) {
		key.upstream = dp->attachments[i].ifindex;
		if (dp->attachments[i].role == ROLE_UPSTREAM &&
		    !bpf_map__lookup_elem(dp->refused->maps.refused, &key, sizeof(key), &of_one,
					  sizeof(of_one), 0))
			*packets += of_one;
	}
	return true;
}
