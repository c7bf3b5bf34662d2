/* SPDX-License-Identifier: BSD-2-Clause */
#include "statics/joinfile.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MAX_ 256 /* bytes of a line without its comment; a longer one is bad */
#define BLANKS    " \t\r"

/* A line as text: without its comment, and without blanks at its ends. */
static bool take_text(const char **at, const char *end, char text[LINE_MAX_])
{
	const char *start = *at, *stop = memchr(start, '\n', end - start), *comment;
	size_t length;

	if (!stop)
		stop = end;
	*at = stop < end ? stop + 1 : end;
	comment = memchr(start, '#', stop - start);
	if (comment)
		stop = comment;
	while (start < stop && strchr(BLANKS, *start))
		start++;
	while (stop > start && strchr(BLANKS, stop[-1]))
		stop--;
	length = stop - start;
	if (length >= LINE_MAX_)
		return false;
	memcpy(text, start, length);
	text[length] = '\0';
	return true;
}

static char *without_blanks(char *text)
{
	text += strspn(text, BLANKS);
	text[strcspn(text, BLANKS)] = '\0';
	return text;
}

static bool read_channel(char *text, struct joinfile_line *line)
{
	char *group = strchr(text, ','), *interface;

	*line = (struct joinfile_line){0};
	if (!group)
		return false;
	*group++ = '\0';
	group += strspn(group, BLANKS);
	interface = group + strcspn(group, BLANKS);
	if (*interface)
		*interface++ = '\0';
	interface += strspn(interface, BLANKS);
	if (strlen(interface) >= sizeof(line->interface) || strpbrk(interface, BLANKS))
		return false;
	strcpy(line->interface, interface);
	return addr_parse(without_blanks(text), &line->sg.source) &&
	       addr_parse(group, &line->sg.group) && sg_is_forwardable(&line->sg);
}

enum joinfile_kind joinfile_read(const char **at, const char *end, struct joinfile_line *line)
{
	char text[LINE_MAX_];

	if (!take_text(at, end, text))
		return JOINFILE_BAD;
	if (!*text)
		return JOINFILE_NOTHING;
	return read_channel(text, line) ? JOINFILE_CHANNEL : JOINFILE_BAD;
}

/* Changes */

char *joinfile_with(const char *text, const struct joinfile_line *line)
{
	char source[ADDR_TEXT], group[ADDR_TEXT], *result;
	size_t length = strlen(text);
	bool needs_end = length && text[length - 1] != '\n';

	if (asprintf(&result, "%s%s%s,%s%s%s\n", text, needs_end ? "\n" : "",
		     addr_format(&line->sg.source, source), addr_format(&line->sg.group, group),
		     *line->interface ? " " : "", line->interface) < 0)
		abort();
	return result;
}

static bool is_same(const struct joinfile_line *a, const struct joinfile_line *b)
{
	return !memcmp(&a->sg, &b->sg, sizeof(a->sg)) && !strcmp(a->interface, b->interface);
}

char *joinfile_without(const char *text, const struct joinfile_line *line)
{
	const char *at = text, *end = text + strlen(text);
	char *result = memory_new(end - text + 1), *to = result;

	while (at < end) {
		const char *start = at;
		struct joinfile_line found;

		if (joinfile_read(&at, end, &found) == JOINFILE_CHANNEL && is_same(&found, line))
			continue;
		memcpy(to, start, at - start);
		to += at - start;
	}
	*to = '\0';
	return result;
}

/* The file */

static char *read_all(int fd, size_t size)
{
	char *text = memory_new(size + 1);
	size_t length = 0;
	ssize_t got;

	while (length < size && (got = read(fd, text + length, size - length)) > 0)
		length += got;
	text[length] = '\0';
	/* A text ends at its first NUL: what follows would be lost at the next change. */
	if (strlen(text) == length)
		return text;
	free(text);
	errno = EILSEQ;
	return NULL;
}

char *joinfile_load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), error;
	struct stat status;
	char *text = NULL;

	if (fd < 0)
		return errno == ENOENT ? memory_copy_text("") : NULL;
	if (!fstat(fd, &status)) {
		errno = !S_ISREG(status.st_mode)              ? EINVAL
			: status.st_size > JOINFILE_BYTES_MAX ? EFBIG
							      : 0;
		if (!errno)
			text = read_all(fd, status.st_size);
	}
	error = errno;
	close(fd);
	errno = error;
	return text;
}

static bool write_all(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t written = write(fd, text, left);

		if (written < 0)
			return false;
		text += written;
		left -= written;
	}
	return true;
}

/* The new file has the mode of the old one. It is not forced onto the disk: the event loop must not
 * wait for that. */
int joinfile_save(const char *path, const char *text)
{
	struct stat status = {.st_mode = 0644};
	char *draft;
	int fd, error = 0;

	stat(path, &status);
	if (asprintf(&draft, "%s.new", path) < 0)
		abort();
	fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		  status.st_mode & 0777);
	if (fd < 0 || !write_all(fd, text) || rename(draft, path))
		error = errno;
	if (fd >= 0)
		close(fd);
	if (error && fd >= 0)
		unlink(draft);
	free(draft);
	return error;
}
