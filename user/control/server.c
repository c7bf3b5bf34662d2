/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/server.h"
#include "base/log.h"
#include "base/memory.h"
#include "config/config.h"
#include "control/internal.h"

#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define ACCEPT_PAUSE (1 * USEC_PER_SEC)

/* Connections */

static void turn_away(int fd)
{
	static const char text[] = "{\"error\":\"too many clients\"}\n";

	/* This fits into any socket's buffer. Failure means that the client has gone. */
	(void)!send(fd, text, sizeof(text) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	close(fd);
}

static void server_ready(void *owner, uint32_t events)
{
	struct control_server *server = owner;
	int fd = accept4(server->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (fd >= 0 && server->client_count < CONTROL_CLIENTS_MAX) {
		control_client_new(server, fd);
	} else if (fd >= 0) {
		turn_away(fd);
	} else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
		/* The socket stays ready as long as the connection waits: pause, or the loop spins.
		 */
		log_error("control socket: accept: %s", strerror(errno));
		loop_watch_change(server->watch, 0);
		timer_start(server->timers, &server->pause, ACCEPT_PAUSE);
	}
}

static void pause_over(struct timer *timer)
{
	struct control_server *server = container_of(timer, struct control_server, pause);

	loop_watch_change(server->watch, EPOLLIN);
}

/* The socket */

static int make_folder(const char *path)
{
	char *copy = memory_copy_text(path);
	int error = mkdir(dirname(copy), 0755) && errno != EEXIST ? -errno : 0;

	free(copy);
	return error;
}

/* Removes a dead daemon's socket, so that `address` can be bound. Returns 0, or a negative errno if
 * something else is there. */
static int make_way(const struct sockaddr_un *address)
{
	struct stat there;
	int fd, error;

	if (lstat(address->sun_path, &there))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(there.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	error = connect(fd, (const struct sockaddr *)address, sizeof(*address)) ? errno : 0;
	close(fd);
	if (error == 0 || error == EAGAIN) /* EAGAIN: somebody listens, the queue is full */
		return -EADDRINUSE;
	if (error != ECONNREFUSED)
		return -error;
	return unlink(address->sun_path) ? -errno : 0;
}

static int find_group(const char *name, gid_t *group)
{
	const struct group *found = getgrnam(name ? name : CONFIG_GROUP);

	if (!found && name)
		return -ESRCH;
	*group = found ? found->gr_gid : getegid();
	return 0;
}

/* Members of the group go without the socket if this fails; root and the own user have it. */
static void hand_over(const struct control_server *server, gid_t group)
{
	if (group != getegid() && chown(server->path, -1, group))
		log_error("cannot give %s to group %u: %s: make the daemon's user a member of it "
			  "(SupplementaryGroups= in its unit)",
			  server->path, group, strerror(errno));
}

static int server_bind(struct control_server *server, gid_t group)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int error;

	if (strlen(server->path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, server->path);
	error = make_folder(server->path);
	if (!error)
		error = make_way(&address);
	if (error)
		return error;
	/* bind() makes the file with the mode of the socket, less the umask: at no moment is the
	 * mode wider than 0660. */
	if (fchmod(server->fd, 0660) ||
	    bind(server->fd, (const struct sockaddr *)&address, sizeof(address)))
		return -errno;
	hand_over(server, group);
	if (chmod(server->path, 0660) || listen(server->fd, CONTROL_CLIENTS_MAX)) {
		error = -errno;
		unlink(server->path);
	}
	return error;
}

static int server_start(struct control_server *server, const char *group)
{
	gid_t owner;
	int error = find_group(group, &owner);

	if (error)
		return error;
	server->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (server->fd < 0)
		return -errno;
	error = server_bind(server, owner);
	if (error)
		return error;
	server->watch = loop_watch(server->loop, server->fd, EPOLLIN, server_ready, server);
	if (!server->watch) {
		error = -errno;
		unlink(server->path);
	}
	return error;
}

static void server_free(struct control_server *server)
{
	timer_stop(server->timers, &server->pause);
	loop_unwatch(server->watch);
	if (server->fd >= 0)
		close(server->fd);
	free(server->path);
	free(server);
}

int control_open(struct control_server **opened, struct loop *loop, struct timers *timers,
		 const char *path, const char *group, control_fn *fn, control_gone_fn *gone,
		 void *owner)
{
	struct control_server *server = memory_new(sizeof(*server));
	int error;

	server->loop = loop;
	server->timers = timers;
	server->path = memory_copy_text(path);
	server->pause.fn = pause_over;
	server->fn = fn;
	server->gone = gone;
	server->owner = owner;
	server->fd = -1;
	error = server_start(server, group);
	if (error)
		server_free(server);
	else
		*opened = server;
	return error;
}

void control_close(struct control_server *server)
{
	if (!server)
		return;
	while (server->clients)
		control_client_lost(server->clients);
	unlink(server->path);
	server_free(server);
}
