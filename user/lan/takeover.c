/* SPDX-License-Identifier: BSD-2-Clause */
#include "lan/takeover.h"
#include "base/log.h"
#include "base/memory.h"
#include "lan/routers.h"

#include <uthash.h>

#define LOOKS 3 /* at a winner that falls silent, until we take over */

struct takeover {
	struct sg sg;
	struct lan *lan;
	struct timer look;
	usec_t heard;      /* when the winner was heard last, or won */
	usec_t interval;   /* between two looks */
	usec_t not_before; /* we take over */
	usec_t taken;      /* when we did last; or 0 */
	unsigned vain;     /* takeovers in a row that the winner has contradicted soon */
	uint64_t arrived;  /* packets of the channel by our relay, at the last look */
	bool counted;      /* that is known */
	unsigned flowing;  /* looks in a row that saw more of them */
	bool listening;
	UT_hash_handle hh;
};

static struct takeover *find(const struct lan *lan, const struct sg *sg)
{
	struct takeover *takeover;

	HASH_FIND(hh, lan->takeovers, sg, sizeof(*sg), takeover);
	return takeover;
}

static usec_t step(const struct lan *lan)
{
	return (lan->lans->takeover + LOOKS - 1) / LOOKS;
}

static void look_after(struct takeover *takeover, usec_t interval)
{
	takeover->interval = interval;
	timer_start(takeover->lan->lans->timers, &takeover->look, interval);
}

static void take_over(struct takeover *takeover)
{
	struct lan *lan = takeover->lan;
	char text[SG_TEXT];

	log_event(
		LOG_LEVEL_NOTICE,
		log_about(.message = LOG_ASSERT, .sg = &takeover->sg, .interface = lan->link.name),
		"%s on %s: the winner of the Assert sends no packets; taken over",
		sg_format(&takeover->sg, text), lan->link.name);
	takeover->taken = lan->lans->timers->now;
	routers_take_over(lan, &takeover->sg);
}

/* While the source is silent, looks become rare. */
static void look_at_silence(struct takeover *takeover)
{
	const struct lans *lans = takeover->lan->lans;
	uint64_t arrived = lans->actions->arrived(takeover->lan, &takeover->sg);
	bool more = takeover->counted && arrived != takeover->arrived;
	usec_t interval = more || !takeover->counted ? step(takeover->lan) : 2 * takeover->interval;

	takeover->arrived = arrived;
	takeover->counted = true;
	takeover->flowing = more ? takeover->flowing + 1 : 0;
	if (takeover->flowing >= LOOKS - 1 &&
	    lans->timers->now >= takeover->heard + lans->takeover &&
	    lans->timers->now >= takeover->not_before)
		take_over(takeover);
	else
		look_after(takeover, interval < TAKEOVER_LOOK_MAX ? interval : TAKEOVER_LOOK_MAX);
}

static void look_due(struct timer *timer)
{
	struct takeover *takeover = container_of(timer, struct takeover, look);
	struct lan *lan = takeover->lan;
	usec_t heard = lan->lans->actions->heard(lan, &takeover->sg), now = lan->lans->timers->now;

	if (heard > takeover->heard) {
		takeover->heard = heard;
		takeover->counted = false;
	}
	if (now < takeover->heard + step(lan))
		look_after(takeover, takeover->heard + step(lan) - now);
	else
		look_at_silence(takeover);
}

static struct takeover *add(struct lan *lan, const struct sg *sg)
{
	struct takeover *takeover = memory_new(sizeof(*takeover));

	takeover->sg = *sg;
	takeover->lan = lan;
	takeover->look.fn = look_due;
	HASH_ADD(hh, lan->takeovers, sg, sizeof(takeover->sg), takeover);
	return takeover;
}

/* 0 for the first time */
static usec_t wait_after(unsigned vain)
{
	usec_t wait = TAKEOVER_WAIT_MIN;

	if (!vain)
		return 0;
	while (--vain && wait < TAKEOVER_WAIT_MAX)
		wait *= 2;
	return wait < TAKEOVER_WAIT_MAX ? wait : TAKEOVER_WAIT_MAX;
}

void takeover_lost(struct lan *lan, const struct sg *sg)
{
	struct takeover *takeover = find(lan, sg);
	usec_t now = lan->lans->timers->now;

	if (!lan->lans->takeover)
		return;
	if (!takeover)
		takeover = add(lan, sg);
	takeover->vain =
		takeover->taken && now < takeover->taken + TAKEOVER_SOON ? takeover->vain + 1 : 0;
	takeover->heard = now;
	takeover->not_before = now + wait_after(takeover->vain);
	takeover->flowing = 0;
	takeover->counted = false;
	takeover->listening = lan->lans->actions->listen(lan, sg, true);
	if (takeover->listening)
		look_after(takeover, step(lan));
}

static void stop(struct takeover *takeover)
{
	struct lan *lan = takeover->lan;

	timer_stop(lan->lans->timers, &takeover->look);
	if (takeover->listening)
		lan->lans->actions->listen(lan, &takeover->sg, false);
	takeover->listening = false;
}

/* What we have taken over is remembered as long as the LAN wants it. */
void takeover_over(struct lan *lan, const struct sg *sg)
{
	struct takeover *takeover = find(lan, sg);

	if (takeover)
		stop(takeover);
}

static void forget(struct takeover *takeover)
{
	stop(takeover);
	HASH_DEL(takeover->lan->takeovers, takeover);
	free(takeover);
}

void takeover_forget(struct lan *lan, const struct sg *sg)
{
	struct takeover *takeover = find(lan, sg);

	if (takeover)
		forget(takeover);
}

void takeover_forget_all(struct lan *lan)
{
	struct takeover *takeover, *next;

	HASH_ITER (hh, lan->takeovers, takeover, next)
		forget(takeover);
}
