/* SPDX-License-Identifier: BSD-2-Clause */
#include "figures.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct figures {
	double median, spread; /* spread: of the middle half, as a share of the median */
};

static struct figures figures_of(const double *values, int count)
{
	double sorted[ROUNDS_MAX];
	struct figures figures;

	memcpy(sorted, values, (size_t)count * sizeof(*values));
	qsort(sorted, (size_t)count, sizeof(*sorted), by_value);
	figures.median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
	figures.spread = (sorted[count * 3 / 4] - sorted[count / 4]) / figures.median;
	return figures;
}

/* The median of what each round has added to its limit. */
static double added(const double *ns, const double *limit_ns, int rounds)
{
	double each[ROUNDS_MAX];

	for (int i = 0; i < rounds; i++)
		each[i] = ns[i] - limit_ns[i];
	return figures_of(each, rounds).median;
}

static bool took_part(const struct contender *c)
{
	return c->ns[0];
}

static double of_limit(const struct contender *c, int rounds)
{
	double each[ROUNDS_MAX];

	for (int i = 0; i < rounds; i++)
		each[i] = c->limit_ns[i] / c->ns[i];
	return figures_of(each, rounds).median;
}

static void print_base(json_t *object, const struct contender *c, int rounds, double adds)
{
	double base_adds = added(c->base_ns, c->limit_ns, rounds);

	printf(" %10.1f", base_adds);
	json_object_set_new(object, "base_added_ns", json_real(base_adds));
	if (c->limit < 0)
		return;
	printf(" %9.2f", adds / base_adds);
	json_object_set_new(object, "added_of_base", json_real(adds / base_adds));
}

static void print_one(json_t *results, const struct contender *c, int rounds, bool base)
{
	struct figures ns = figures_of(c->ns, rounds);
	double adds = added(c->ns, c->limit_ns, rounds), share = of_limit(c, rounds);
	json_t *object = json_pack("{s:f, s:f, s:f, s:f}", "mpps", 1e3 / ns.median, "spread",
				   ns.spread, "of_limit", share, "added_ns", adds);

	printf("%-22s %8.3f %7.1f%% %9.3f %9.1f", c->name, 1e3 / ns.median, ns.spread * 100, share,
	       adds);
	if (base && c->kind == IN_KERNEL && c->limit >= 0)
		print_base(object, c, rounds, adds);
	putchar('\n');
	json_object_set_new(results, c->name, object);
}

void figures_report(json_t *results, const struct contender *contenders, unsigned count, int rounds,
		    const char *base)
{
	printf("%-22s %8s %8s %9s %9s", "CONTENDER", "MPPS", "SPREAD", "OF LIMIT", "ADDED NS");
	if (base)
		printf(" %10s %9s", "THEN", "NOW/THEN");
	putchar('\n');
	for (unsigned i = 0; i < count; i++)
		if (took_part(&contenders[i]))
			print_one(results, &contenders[i], rounds, base);
	if (base)
		printf("then: %s, in the same rounds\n", base);
}

/* The machine */

static void read_line(const char *path, char line[256])
{
	FILE *file = fopen(path, "r");

	if (!file || !fgets(line, 256, file))
		strcpy(line, "unknown");
	if (file)
		fclose(file);
	line[strcspn(line, "\n")] = '\0';
}

static void read_model(char model[256])
{
	FILE *file = fopen("/proc/cpuinfo", "r");
	char line[256];

	strcpy(model, "unknown processor");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "model name : %255[^\n]", model) == 1)
			break;
	if (file)
		fclose(file);
}

void figures_machine(json_t *results)
{
	static const char *const paths[][2] = {
		{"L2", "/sys/devices/system/cpu/cpu0/cache/index2/size"},
		{"L3", "/sys/devices/system/cpu/cpu0/cache/index3/size"},
		{"SRSO", "/sys/devices/system/cpu/vulnerabilities/spec_rstack_overflow"},
		{"Spectre v2", "/sys/devices/system/cpu/vulnerabilities/spectre_v2"},
		{"kernel", "/proc/sys/kernel/osrelease"},
	};
	json_t *machine = json_object();
	char line[256];

	read_model(line);
	json_object_set_new(machine, "processor", json_string(line));
	printf("%s", line);
	for (unsigned i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		read_line(paths[i][1], line);
		printf("; %s %s", paths[i][0], line);
		json_object_set_new(machine, paths[i][0], json_string(line));
	}
	printf("\n\n");
	json_object_set_new(results, "machine", machine);
}

/* The picture */

#define ROW   34
#define LABEL 190
#define WIDTH 620

static double widest(const struct contender *contenders, unsigned count, int rounds, bool base)
{
	double most = 1, adds;

	for (unsigned i = 0; i < count; i++) {
		const struct contender *c = &contenders[i];

		if (!took_part(c) || c->kind != IN_KERNEL || c->limit < 0)
			continue;
		adds = added(base ? c->base_ns : c->ns, c->limit_ns, rounds);
		most = adds > most ? adds : most;
	}
	return most;
}

static void draw_bar(FILE *file, int y, double adds, double most, const char *colour)
{
	double width = adds > 0 ? adds / most * WIDTH : 0;

	fprintf(file,
		"<rect x='%d' y='%d' width='%.1f' height='11' fill='%s'/>"
		"<text x='%.1f' y='%d'>%.0f</text>\n",
		LABEL, y, width, colour, LABEL + width + 5, y + 10, adds);
}

void figures_draw(const char *path, const struct contender *contenders, unsigned count, int rounds,
		  const char *base)
{
	double most = widest(contenders, count, rounds, base);
	FILE *file = fopen(path, "w");
	int y = 40;

	if (!file)
		err(2, "media: %s", path);
	fprintf(file,
		"<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%u' "
		"font-family='sans-serif' font-size='12'>\n<rect width='100%%' height='100%%' "
		"fill='white'/><text x='10' y='20'>Nanoseconds a packet beyond the bare "
		"redirect%s%s"
		"</text>\n",
		LABEL + WIDTH + 60, 50 + count * ROW, base ? "; pale: " : "", base ? base : "");
	for (unsigned i = 0; i < count; i++) {
		const struct contender *c = &contenders[i];

		if (!took_part(c) || c->kind != IN_KERNEL || c->limit < 0)
			continue;
		fprintf(file, "<text x='10' y='%d'>%s</text>\n", y + 14, c->name);
		if (base)
			draw_bar(file, y + 13, added(c->base_ns, c->limit_ns, rounds), most,
				 "#c9d6e8");
		draw_bar(file, y, added(c->ns, c->limit_ns, rounds), most, "#2f6db5");
		y += ROW;
	}
	fprintf(file, "</svg>\n");
	fclose(file);
}
