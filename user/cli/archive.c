/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/archive.h"
#include "cli/text.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

#define FOLDER "mcingest-support/"

static bool complain(struct archive *archive)
{
	text_error("cannot write the archive: %s", archive_error_string(archive));
	return false;
}

struct archive *archive_begin(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct archive *archive;

	if (fd < 0) {
		text_error("cannot make %s: %s", path, strerror(errno));
		return NULL;
	}
	archive = archive_write_new();
	if (archive && !archive_write_add_filter_gzip(archive) &&
	    !archive_write_set_format_ustar(archive) && !archive_write_open_fd(archive, fd))
		return archive;
	complain(archive);
	archive_write_free(archive);
	return NULL;
}

bool archive_add(struct archive *archive, const char *name, const char *text)
{
	struct archive_entry *entry = archive_entry_new();
	size_t length = strlen(text);
	char path[128] = FOLDER;
	bool fine;

	strncat(path, name, sizeof(path) - strlen(path) - 1);
	archive_entry_set_pathname(entry, path);
	archive_entry_set_size(entry, length);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	archive_entry_set_mtime(entry, time(NULL), 0);
	fine = archive_write_header(archive, entry) == ARCHIVE_OK &&
	       archive_write_data(archive, text, length) == (la_ssize_t)length;
	archive_entry_free(entry);
	return fine || complain(archive);
}

bool archive_finish(struct archive *archive)
{
	bool fine = archive_write_close(archive) == ARCHIVE_OK || complain(archive);

	archive_write_free(archive);
	return fine;
}
