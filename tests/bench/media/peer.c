/* SPDX-License-Identifier: BSD-2-Clause */
#include "peer.h"

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static FILE *to, *from;
static pid_t child;

static void run(const char *program, int in, int out)
{
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	execl(program, program, "serve", NULL);
	err(2, "media: %s", program);
}

void peer_open(const char *program)
{
	int there[2], back[2];

	if (pipe(there) || pipe(back))
		err(2, "media: no pipe");
	child = fork();
	if (child < 0)
		err(2, "media: no process");
	if (!child) {
		close(there[1]);
		close(back[0]);
		run(program, there[0], back[1]);
	}
	close(there[0]);
	close(back[1]);
	to = fdopen(there[1], "w");
	from = fdopen(back[0], "r");
}

void peer_close(void)
{
	fclose(to);
	fclose(from);
	waitpid(child, NULL, 0);
}

double peer_turn(const char *contender, unsigned packets)
{
	double seconds;

	fprintf(to, "%s %u\n", contender, packets);
	fflush(to);
	if (fscanf(from, "%lf", &seconds) != 1)
		errx(2, "media: the baseline did not carry %s", contender);
	return seconds;
}

void peer_serve(double (*turn)(void *context, const char *contender, unsigned packets),
		void *context)
{
	unsigned packets;
	char name[64];

	while (scanf("%63s %u", name, &packets) == 2) {
		printf("%.9f\n", turn(context, name, packets));
		fflush(stdout);
	}
}
