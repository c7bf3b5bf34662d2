/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/vain.h"

bool path_vain_has(const struct path_vain *vain, uint64_t found, unsigned relay, usec_t now)
{
	return vain->found == found && vain->until > now && vain->relays & 1u << relay;
}

void path_vain_add(struct path_vain *vain, uint64_t found, unsigned relay, usec_t now,
		   usec_t duration)
{
	if (vain->found != found || vain->until <= now)
		vain->relays = 0;
	vain->found = found;
	vain->last = 1u << relay;
	vain->relays |= vain->last;
	vain->until = now + duration;
}

void path_vain_forget(struct path_vain *vain, bool but_last)
{
	vain->relays &= but_last ? vain->last : 0;
}
