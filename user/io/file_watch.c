/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/file_watch.h"
#include "base/memory.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

#define CHANGES (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE)
#define PAUSE   (50 * USEC_PER_MS) /* an editor makes several changes */

struct file_watch {
	struct timers *timers;
	int fd;
	struct loop_watch *watch;
	char *path, *name; /* `name` is a part of `path` */
	struct timer pause;
	file_watch_fn *fn;
	void *owner;
};

static void pause_over(struct timer *timer)
{
	struct file_watch *watch = container_of(timer, struct file_watch, pause);

	watch->fn(watch->owner);
}

static bool is_ours(const struct file_watch *watch, const struct inotify_event *event)
{
	return event->mask & IN_Q_OVERFLOW || (event->len && !strcmp(event->name, watch->name));
}

static void on_ready(void *owner, uint32_t events)
{
	struct file_watch *watch = owner;
	union {
		char bytes[4096];
		struct inotify_event align;
	} buffer;
	ssize_t length = read(watch->fd, &buffer, sizeof(buffer));

	(void)events;
	for (ssize_t at = 0; at < length;) {
		const struct inotify_event *event = (const void *)(buffer.bytes + at);

		if (is_ours(watch, event))
			timer_start(watch->timers, &watch->pause, PAUSE);
		at += (ssize_t)(sizeof(*event) + event->len);
	}
}

static bool watch_folder(struct file_watch *watch)
{
	char *copy = memory_copy_text(watch->path);
	int error = inotify_add_watch(watch->fd, dirname(copy), CHANGES | IN_ONLYDIR);

	free(copy);
	return error >= 0;
}

struct file_watch *file_watch_open(struct loop *loop, struct timers *timers, const char *path,
				   file_watch_fn *fn, void *owner)
{
	struct file_watch *watch = memory_new(sizeof(*watch));
	int error;

	*watch = (struct file_watch){.timers = timers,
				     .fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC),
				     .path = memory_copy_text(path),
				     .pause.fn = pause_over,
				     .fn = fn,
				     .owner = owner};
	watch->name = strrchr(watch->path, '/') ? strrchr(watch->path, '/') + 1 : watch->path;
	if (watch->fd >= 0 && watch_folder(watch))
		watch->watch = loop_watch(loop, watch->fd, EPOLLIN, on_ready, watch);
	if (watch->watch)
		return watch;
	error = errno;
	file_watch_close(watch);
	errno = error;
	return NULL;
}

void file_watch_close(struct file_watch *watch)
{
	if (!watch)
		return;
	timer_stop(watch->timers, &watch->pause);
	loop_unwatch(watch->watch);
	if (watch->fd >= 0)
		close(watch->fd);
	free(watch->path);
	free(watch);
}
