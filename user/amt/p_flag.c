/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/p_flag.h"

void amt_p_flag_begin(struct amt_p_flag *p)
{
	p->sent = 0;
	p->misread = false;
}

/* 0x80 is sent first. If the relay misreads it, its IGMP Query comes before the MLD Query that
 * answers the other form. */
unsigned amt_p_flag_next(struct amt_p_flag *p, uint8_t forms[AMT_P_FORMS])
{
	unsigned count = 0;

	if (p->known || !p->sent) {
		forms[count++] = p->first;
	} else {
		forms[count++] = AMT_P_LINUX;
		forms[count++] = AMT_P;
	}
	for (unsigned i = 0; i < count; i++)
		p->sent |= forms[i];
	return count;
}

void amt_p_flag_answered(struct amt_p_flag *p)
{
	if (p->known || p->misread)
		return;
	p->known = p->sent == AMT_P || p->sent == AMT_P_LINUX;
	p->first = p->sent & AMT_P_LINUX ? AMT_P_LINUX : AMT_P;
}

/* The Query may be a duplicate made by the network, so the form may be sent again. */
bool amt_p_flag_misread(struct amt_p_flag *p)
{
	if (!(p->sent & AMT_P_LINUX))
		return false;
	p->sent &= ~AMT_P_LINUX;
	p->misread = true;
	p->first = AMT_P;
	p->known = false;
	return true;
}
