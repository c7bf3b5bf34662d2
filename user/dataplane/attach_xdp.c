/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/attach_xdp.h"

#include "dataplane/attachments.h"
#include "dataplane/error.h"
#include "dataplane/lans.h"
#include "dataplane/pins.h"
#include "dataplane/program.h"
#include "dataplane/xdp_alone.h"
#include "dataplane/xdp_shared.h"
#include "ingest_xdp.skel.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int get_mac(unsigned ifindex, uint8_t mac[6])
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), error = 0;
	struct ifreq request = {0};

	if (fd < 0)
		return -errno;
	if (!if_indextoname(ifindex, request.ifr_name) || ioctl(fd, SIOCGIFHWADDR, &request))
		error = -errno;
	memcpy(mac, request.ifr_hwaddr.sa_data, 6);
	close(fd);
	return error;
}

static int add_port(const struct ingest_xdp *ingest, uint32_t key, uint32_t ifindex)
{
	return bpf_map__update_elem(ingest->maps.lan_ports, &key, sizeof(key), &ifindex,
				    sizeof(ifindex), BPF_ANY);
}

/* Tells the program the LANs that it may send to. Until then it leaves all packets to TC. */
static int tell_lans(struct dataplane *dp, const struct ingest_xdp *ingest)
{
	int error = 0;

	for (unsigned i = 0; !error && i < dp->attachment_count; i++) {
		const struct attachment *lan = &dp->attachments[i];
		int number = lan->takes_xdp ? lans_number(dp, lan->ifindex) : -1;

		if (number < 0)
			continue;
		error = add_port(ingest, number, lan->ifindex);
		if (!error && lan->takes_parts)
			error = add_port(ingest, number + MCI_LAN_PARTS, lan->ifindex);
	}
	return error;
}

uint32_t xdp_id(unsigned ifindex)
{
	uint32_t id = 0;

	return bpf_xdp_query_id(ifindex, 0, &id) ? 0 : id;
}

/* Each attempt needs a new object: once it is loaded, its flags cannot be changed. */
static int attempt(struct dataplane *dp, unsigned ifindex, bool frags)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .pin_root_path = dp->pins);
	struct ingest_xdp *ingest = ingest_xdp__open_opts(&options);
	int error;

	error_forget_driver();
	if (!ingest)
		return -errno;
	program_set_sizes(dp, ingest->obj);
	memcpy((void *)&ingest->rodata->clock, &dp->clock, sizeof(dp->clock));
	ingest->rodata->keeps_rates = dp->limits.rates;
	bpf_program__set_flags(ingest->progs.ingest_xdp, frags ? BPF_F_XDP_HAS_FRAGS : 0);
	error = get_mac(ifindex, (uint8_t *)ingest->rodata->interface_mac);
	if (!error)
		error = xdp_shared_is_allowed()
				? xdp_shared_attach(dp, ingest, ifindex)
				: xdp_alone_attach(dp, ingest, ifindex, xdp_id(ifindex));
	if (!error)
		error = tell_lans(dp, ingest);
	ingest_xdp__destroy(ingest);
	return error;
}

static bool is_taken(int error)
{
	return error == -EBUSY || error == -EEXIST;
}

int xdp_attach(struct dataplane *dp, unsigned ifindex)
{
	int error = attempt(dp, ifindex, true);

	if (error && !is_taken(error))
		error = attempt(dp, ifindex, false);
	if (!error)
		return 0;
	if (is_taken(error))
		return dataplane_fail(dp, error, "%s",
				      xdp_shared_is_allowed()
					      ? "another XDP program does not share the interface"
					      : "another XDP program is on the interface, and "
						"sharing it needs CAP_SYS_ADMIN");
	return dataplane_fail(dp, error, "driver refused XDP: %s", error_of_driver(error));
}

bool xdp_is_shared(unsigned ifindex)
{
	return xdp_shared_is_allowed() && xdp_shared_has_dispatcher(ifindex);
}

void xdp_each_other(const struct dataplane *dp, unsigned ifindex, bool until_ours,
		    void (*take)(void *context, const char *name), void *context)
{
	uint32_t id = xdp_id(ifindex);
	char name[32];

	if (xdp_shared_is_allowed()) {
		xdp_shared_each_other(ifindex, until_ours, take, context);
	} else if (id && !xdp_alone_is_ours(dp, ifindex, id)) {
		snprintf(name, sizeof(name), "id %u", id);
		take(context, name);
	}
}

bool xdp_is_attached(const struct dataplane *dp, unsigned ifindex, uint32_t *id)
{
	bool is_attached;
	uint32_t now = 0;

	if (bpf_xdp_query_id(ifindex, 0, &now) || (now && now == *id))
		return true;
	is_attached = xdp_shared_is_allowed() ? xdp_shared_has_ours(ifindex)
					      : xdp_alone_is_ours(dp, ifindex, now);
	*id = is_attached ? now : 0;
	return is_attached;
}

void xdp_remove(const struct dataplane *dp, unsigned ifindex)
{
	if (xdp_shared_is_allowed())
		xdp_shared_remove(dp, ifindex);
	else
		xdp_alone_remove(dp, ifindex, xdp_id(ifindex));
}
