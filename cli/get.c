/* cli/get.c - hoso get: one record: metadata, text or original. The word is tried as an id first; what is no id is
 * looked up as a number, for which the index is opened. */
#include "base/file.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "indexer/search/holders.h"
#include "indexer/search/related.h"
#include "indexer/search/search.h"
#include "store/record/sealed.h"

#include <inttypes.h>
#include <stdio.h>

enum { OPT_JSON, OPT_TEXT, OPT_CONTENT, OPT_OBJECT, OPT_OUTPUT, OPT_VERSION };
static const CliOption options[] = {
	[OPT_JSON] = {"json", 0, NULL, "metadata as one JSON object (look-up by number: exact and variants)"},
	[OPT_TEXT] = {"text", 0, NULL, "the text, byte for byte"},
	[OPT_CONTENT] = {"content", 0, NULL, "the original"},
	[OPT_OBJECT] = {"object", 0, "N", "with --content: another object of the record, from 0"},
	[OPT_OUTPUT] = {"output", 'o', "FILE", "write there instead of standard output"},
	[OPT_VERSION] = {"version", 0, "N", "an older version, from 1"},
	{0},
};

typedef struct {
	const CliArgs *args;
	Store *store;
	Index *index; /* for look-up by number; a bad index never stops a get by id */
	Arena arena;
	Err err;
} Get;

typedef struct {
	Store *store;
	const ObjectRef *object;
} ObjectOutput;

static Status stream_object(void *ctx, int fd, const char *name, Err *err)
{
	static char block[STORE_CHUNK_BYTES];
	const ObjectOutput *output = ctx;
	const ObjectRef *object = output->object;
	Status st = ST_OK;
	for (uint64_t at = 0; st == ST_OK && at < object->size_bytes;) {
		size_t len = object->size_bytes - at < sizeof block ? (size_t)(object->size_bytes - at) : sizeof block;
		st = store_object_read(output->store, &object->hash, at, block, len, err);
		if (st == ST_OK)
			st = file_write(fd, block, len, name, err);
		at += len;
	}
	return st;
}

static int show_object(Get *get, const Entry *entry)
{
	uint64_t wanted = 0;
	int index = get->args->values[OPT_TEXT] ? entry_text_object(entry) : entry_main_object(entry);
	if (get->args->values[OPT_OBJECT]) {
		if (!str_to_u64(str_from(get->args->values[OPT_OBJECT]), &wanted))
			return cli_usage("get: --object takes a number");
		index = wanted < entry->object_count ? (int)wanted : -1;
	}
	if (index < 0) {
		err_set(&get->err, ST_NOT_FOUND, "%.*s has no such object", STR_ARG(entry->key));
		return cli_fail(&get->err);
	}
	ObjectOutput output = {get->store, &entry->objects[index]};
	Status st = output_write(get->args->values[OPT_OUTPUT], stream_object, &output, &get->err);
	return st == ST_OK ? EXIT_DONE : cli_fail(&get->err);
}

/* A bad index never stops a get by id: it is said, and the relations of others are left out. */
static void write_related(Get *get, const Entry *entry, const Record *record, JsonOut *j)
{
	Err err;
	if (!get->index && cli_open_index(get->args, get->store, &get->index) != EXIT_DONE)
		return;
	if (search_write_related(get->index, entry->key, record, &get->arena, j, &err) != ST_OK)
		fprintf(stderr, "hoso: related records are not shown: %s\n", err.text);
}

static void write_same_original(Get *get, const Entry *entry, JsonOut *j)
{
	Err err;
	if (get->index && search_write_same_original(get->index, entry, &get->arena, j, &err) != ST_OK)
		fprintf(stderr, "hoso: records with the same original are not shown: %s\n", err.text);
}

/* A member as a line: its name, then its value. */
static void print_member(const Buf *member)
{
	Str name, value = buf_str(member);
	if (value.len && str_split(&value, ':', &name))
		printf("%-20.*s %.*s\n", STR_ARG(str_slice(name, 1, name.len - 1)), STR_ARG(value));
}

static int show_metadata(Get *get, const Entry *entry)
{
	Record record;
	Buf text = {0};
	JsonOut j;
	if (entry_read_record(entry, &get->arena, &record, &get->err) != ST_OK)
		return cli_fail(&get->err);
	if (get->args->values[OPT_JSON]) {
		jout_begin(&j, &text);
		jout_open(&j, '{');
		entry_write_members(entry, &record, &j);
		entry_write_objects(entry, &j);
		write_related(get, entry, &record, &j);
		write_same_original(get, entry, &j);
		jout_close(&j, '}');
		return cli_print(&text, EXIT_DONE);
	}
	printf("%-20s %.*s (version %u, sequence %" PRIu64 ")\n", "id", STR_ARG(entry->key), entry->version,
	       entry->sequence);
	if (entry->destroyed)
		puts("destroyed            lawfully; its descriptor and proofs remain");
	for (int id = 0; id < RF_COUNT; id++) {
		const FieldValue *value = &record.fields[id];
		if (!value->text.len && !value->count)
			continue;
		printf("%-20s %.*s", record_fields[id].name, STR_ARG(value->text));
		for (size_t i = 0; i < value->count; i++)
			printf("%s%.*s", i || value->text.len ? "; " : "", STR_ARG(value->items[i]));
		putchar('\n');
	}
	jout_begin(&j, &text);
	write_related(get, entry, &record, &j);
	print_member(&text);
	buf_clear(&text);
	jout_begin(&j, &text);
	write_same_original(get, entry, &j);
	print_member(&text);
	buf_done(&text);
	for (size_t i = 0; i < entry->object_count; i++)
		printf("object %-13zu %s, %" PRIu64 " bytes, %.*s %.*s\n", i, entry->objects[i].role,
		       entry->objects[i].size_bytes, STR_ARG(entry->objects[i].media), STR_ARG(entry->objects[i].name));
	return EXIT_DONE;
}

static int show_entry(Get *get, uint64_t sequence)
{
	Entry entry;
	if (store_entry(get->store, sequence, &get->arena, &entry, &get->err) != ST_OK)
		return cli_fail(&get->err);
	return get->args->values[OPT_TEXT] || get->args->values[OPT_CONTENT] ? show_object(get, &entry)
									     : show_metadata(get, &entry);
}

static void list_hits(const char *title, const NumberHit *hits, size_t count)
{
	for (size_t i = 0; i < count; i++)
		printf("%-8s %.*s  %.*s  %.*s  [%.*s]%s%s\n", title,
		       STR_ARG(record_text(&hits[i].hit.record, RF_NUMBER)),
		       STR_ARG(record_text(&hits[i].hit.record, RF_ISSUED)),
		       STR_ARG(record_text(&hits[i].hit.record, RF_SUBJECT)), STR_ARG(hits[i].hit.id),
		       hits[i].because ? "  because: " : "", search_label_text(hits[i].because, LANGUAGE_EN));
}

/* By number: one exact record is shown itself, several and variants are listed. */
static int show_number(Get *get, Str number)
{
	NumberAnswer answer = {0};
	Status st = search_number(get->index, number, &get->arena, &answer, &get->err);
	if (st != ST_OK)
		return cli_fail(&get->err);
	if (answer.degraded)
		cli_warn_degraded();
	if (answer.exact_count == 1 &&
	    (!get->args->values[OPT_JSON] || get->args->values[OPT_TEXT] || get->args->values[OPT_CONTENT]))
		return show_entry(get, answer.exact[0].hit.sequence);
	if (get->args->values[OPT_JSON]) {
		Buf text = {0};
		JsonOut j;
		jout_begin(&j, &text);
		search_write_number_json(&answer, LANGUAGE_VI, &j);
		return cli_print(&text, answer.exact_count ? EXIT_DONE : EXIT_NO);
	}
	list_hits("exact", answer.exact, answer.exact_count);
	list_hits("variant", answer.variants, answer.variant_count);
	if (answer.exact_count > 1 && (get->args->values[OPT_TEXT] || get->args->values[OPT_CONTENT]))
		return cli_usage("several records have this number: get one by its id");
	if (!answer.exact_count)
		fprintf(stderr, "hoso: no record has the id or number '%.*s'\n", STR_ARG(number));
	return answer.exact_count ? EXIT_DONE : EXIT_NO;
}

static int run_get(const CliArgs *args)
{
	Get get = {.args = args};
	uint64_t version = 0, sequence = 0;
	Str key = str_from(args->words[0]);
	if (args->values[OPT_VERSION] &&
	    (!str_to_u64(str_from(args->values[OPT_VERSION]), &version) || version == 0 || version > UINT32_MAX))
		return cli_usage("get: --version takes a number from 1");
	int code = cli_open(args, &get.store, NULL);
	if (code != EXIT_DONE)
		return code;
	Status st = record_find(get.store, key, (uint32_t)version, &sequence, &get.err);
	if (st == ST_OK)
		code = show_entry(&get, sequence);
	else if (st == ST_NOT_FOUND && !version && cli_open_index(args, get.store, &get.index) == EXIT_DONE)
		code = show_number(&get, key);
	else
		code = cli_fail(&get.err);
	arena_done(&get.arena);
	cli_close(get.store, get.index);
	return code;
}

const CliCommand command_get = {
	.name = "get",
	.words = "ID|NUMBER",
	.least_words = 1,
	.most_words = 1,
	.help = "one record: metadata, text or original",
	.options = options,
	.asks_index = true,
	.run = run_get,
};
