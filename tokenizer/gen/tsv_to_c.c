/* tokenizer/gen/tsv_to_c.c - turns the rows of a TSV into ROW("cell", "cell", …) lines for #include.
 *
 *   tsv_to_c in.tsv out.inc
 *
 * Lines that begin with '#' and the heading (the first other line) are left out; missing cells are "".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_cell(FILE *out, const char *cell)
{
	fputc('"', out);
	for (; *cell; cell++) {
		if (*cell == '"' || *cell == '\\')
			fputc('\\', out);
		fputc(*cell, out);
	}
	fputc('"', out);
}

static int write_row(FILE *out, char *line, int columns)
{
	int count = 0;
	line[strcspn(line, "\r\n")] = 0;
	if (columns)
		fputs("ROW(", out);
	for (char *cell = line; cell; count++) {
		char *tab = strchr(cell, '\t');
		if (tab)
			*tab++ = 0;
		if (columns) {
			fputs(count ? ", " : "", out);
			write_cell(out, cell);
		}
		cell = tab;
	}
	for (int i = count; columns && i < columns; i++)
		fputs(", \"\"", out);
	if (columns)
		fputs(")\n", out);
	return count;
}

int main(int argc, char **argv)
{
	char line[4096];
	int columns = 0;
	FILE *in = argc == 3 ? fopen(argv[1], "r") : NULL, *out = in ? fopen(argv[2], "w") : NULL;
	if (!out) {
		fprintf(stderr, "usage: tsv_to_c in.tsv out.inc\n");
		return 1;
	}
	while (fgets(line, sizeof line, in)) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		int count = write_row(out, line, columns);
		if (!columns)
			columns = count;
		else if (count > columns) {
			fprintf(stderr, "tsv_to_c: %s: a row has more cells than the heading: %s\n", argv[1], line);
			return 1;
		}
	}
	fclose(in);
	return fclose(out) != 0;
}
