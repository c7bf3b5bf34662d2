/* SPDX-License-Identifier: BSD-2-Clause */
#include "page/files.h"

#include <string.h>

/* The assembler puts the file's bytes between two symbols. */
#define EMBED(name, file)                                                                          \
	__asm__(".section .rodata\n" #name "_begin:\n.incbin \"user/share/page/" file "\"\n" #name \
		"_end:\n.previous\n");                                                             \
	extern const char name##_begin[] __attribute__((visibility("hidden")));                    \
	extern const char name##_end[] __attribute__((visibility("hidden")))

EMBED(page_html, "page.html");
EMBED(page_css, "page.css");
EMBED(page_js, "page.js");
EMBED(page_icon, "icon.svg");

static const struct page_file files[] = {
	{"/", "text/html; charset=utf-8", page_html_begin, page_html_end},
	{"/page.css", "text/css; charset=utf-8", page_css_begin, page_css_end},
	{"/page.js", "text/javascript; charset=utf-8", page_js_begin, page_js_end},
	{"/icon.svg", "image/svg+xml", page_icon_begin, page_icon_end},
};

const struct page_file *files_find(const char *path)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (strcmp(files[i].path, path) == 0)
			return &files[i];
	return NULL;
}
