/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/successor.h"
#include "base/log.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE (5 * USEC_PER_SEC)  /* with a binary that does not answer */
#define GRACE    (300 * USEC_PER_MS) /* until who has asked has read the reply */

static void grace_over(struct timer *timer)
{
	struct successor *successor = container_of(timer, struct successor, grace);

	successor->next = SUCCESSOR_EXECUTED;
	loop_stop(successor->loop);
}

const char *successor_refuse(const char *what, const char *why)
{
	log_error("no %s: %s", what, why);
	return why;
}

static void tried(void *owner, const char *why)
{
	struct successor *successor = owner;

	if (why) {
		successor_refuse(successor->what, why);
		successor->what = NULL;
	} else {
		log_notice("%s: %s is executed anew, and the kernel forwards on meanwhile",
			   successor->what, successor->binary);
		timer_start(successor->timers, &successor->grace, GRACE);
	}
	successor->decided(successor->owner, why);
}

int successor_prepare(struct successor *successor)
{
	successor->grace.fn = grace_over;
	successor->trial = (struct binary_trial){.loop = successor->loop,
						 .timers = successor->timers,
						 .path = successor->binary,
						 .patience = PATIENCE,
						 .tried = tried,
						 .owner = successor};
	return binary_path(successor->binary, sizeof(successor->binary));
}

const char *successor_begin(struct successor *successor, const char *what)
{
	const char *why;

	if (successor->what)
		return successor_refuse(what, "a restart or a reload is under way");
	why = binary_try(&successor->trial);
	if (why)
		return successor_refuse(what, why);
	successor->what = what;
	return NULL;
}

void successor_leave(struct successor *successor)
{
	log_notice("leaves: the kernel forwards on for the next mcingestd, until `hold` of "
		   "[dataplane] is over");
	successor->next = SUCCESSOR_AWAITED;
	loop_stop(successor->loop);
}

void successor_stop(struct successor *successor)
{
	if (!successor->loop)
		return;
	binary_stop(&successor->trial);
	timer_stop(successor->timers, &successor->grace);
}

bool successor_follows(const struct successor *successor)
{
	return successor->next != SUCCESSOR_NONE;
}

/* What is open is closed by the kernel. */
void successor_follow(const struct successor *successor)
{
	if (successor->next == SUCCESSOR_AWAITED)
		_exit(0);
	execv(successor->binary, successor->argv);
	log_error("cannot execute %s: %s", successor->binary, strerror(errno));
	log_catch_up(USEC_NEVER);
	_exit(1);
}
