/* bench/compare/corpus.c - records.jsonl is read once and written to corpus.bin: for each record four lengths (32 bits)
 * and the four strings. Engines read that file, so that none of them pays for JSON. */
#include "bench/compare/compare.h"

#include "base/file.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

struct Corpus {
	FILE *file;
	Buf item;
};

enum { FIELDS = 4 };

static Str member(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	return json_is_string(value) ? (Str){json_string_value(value), json_string_length(value)} : (Str){NULL, 0};
}

static void write_item(const json_t *object, FILE *out)
{
	const Str strings[FIELDS] = {member(object, "id"), member(object, "number"), member(object, "subject"),
				     member(object, "text")};
	uint8_t lengths[4 * FIELDS];
	for (int i = 0; i < FIELDS; i++)
		put_le32(lengths + 4 * i, (uint32_t)strings[i].len);
	fwrite(lengths, sizeof lengths, 1, out);
	for (int i = 0; i < FIELDS; i++)
		fwrite(strings[i].ptr, 1, strings[i].len, out);
}

Status corpus_prepare(const char *path, const char *dir, uint64_t limit, Err *err)
{
	char command[FILE_PATH_MAX + 32];
	FilePath corpus, records;
	bool packed = str_ends(str_from(path), STR(".zst"));
	Status st = file_path(&corpus, dir, "corpus.bin", err);
	if (st == ST_OK)
		st = file_path(&records, dir, "records.jsonl", err);
	if (st != ST_OK)
		return st;
	snprintf(command, sizeof command, "zstd -dcq -- '%s'", path);
	FILE *in = packed ? popen(command, "r") : fopen(path, "r");
	FILE *items = fopen(corpus.text, "w");
	FILE *lines = fopen(records.text, "w");
	char *line = NULL;
	size_t capacity = 0;
	ssize_t len;
	if (!in || !items || !lines)
		st = err_set(err, ST_IO, "%s or %s can't be opened", path, dir);
	for (uint64_t i = 0; st == ST_OK && i < limit && (len = getline(&line, &capacity, in)) > 0; i++) {
		json_t *object = json_loadb(line, (size_t)len, 0, NULL);
		if (!member(object, "text").len) {
			json_decref(object);
			continue; /* its text is in a file: the peers could not read it */
		}
		write_item(object, items);
		fwrite(line, 1, (size_t)len, lines);
		json_decref(object);
	}
	free(line);
	if (in)
		packed ? pclose(in) : fclose(in);
	if ((items && fclose(items) != 0) || (lines && fclose(lines) != 0))
		st = err_set(err, ST_IO, "%s can't be written", dir);
	return st;
}

Corpus *corpus_open(const char *dir, Err *err)
{
	FilePath name;
	if (file_path(&name, dir, "corpus.bin", err) != ST_OK)
		return NULL;
	Corpus *c = calloc(1, sizeof *c);
	if (c)
		c->file = fopen(name.text, "r");
	if (!c || !c->file) {
		free(c);
		err_set(err, ST_IO, "%s can't be read", name.text);
		return NULL;
	}
	return c;
}

Step corpus_next(Corpus *c, Item *out, Err *err)
{
	uint8_t lengths[4 * FIELDS];
	size_t total = 0, at = 0;
	if (fread(lengths, sizeof lengths, 1, c->file) != 1)
		return STEP_END;
	for (int i = 0; i < FIELDS; i++)
		total += get_le32(lengths + 4 * i);
	buf_clear(&c->item);
	char *bytes = buf_extend(&c->item, total);
	if (!bytes || fread(bytes, 1, total, c->file) != total) {
		err_set(err, ST_IO, "corpus.bin is cut off");
		return STEP_ERROR;
	}
	Str *strings[FIELDS] = {&out->id, &out->number, &out->subject, &out->text};
	for (int i = 0; i < FIELDS; i++) {
		*strings[i] = (Str){bytes + at, get_le32(lengths + 4 * i)};
		at += strings[i]->len;
	}
	return STEP_ITEM;
}

void corpus_close(Corpus *c)
{
	if (!c)
		return;
	fclose(c->file);
	buf_done(&c->item);
	free(c);
}
