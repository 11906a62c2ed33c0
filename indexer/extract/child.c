/* indexer/extract/child.c - the reader of one document, in a process of its own: a function of ours, or the program
 * that it becomes. Forked by the fork server (fork_loop.c), or started as `hoso extract WORD`.
 *
 * The reader confines itself (confine.h) before it reads a byte. A function of ours ends with a code of its own, which
 * no exit() in a library gives by chance. Nothing but the programs in readers.c is ever started. */
#include "indexer/extract/extract.h"

#include "base/file.h"
#include "indexer/extract/confine.h"
#include "indexer/extract/fork_loop.h"
#include "indexer/extract/process.h"
#include "indexer/extract/readers.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
	const TextReader *reader; /* NULL: tells what holds of the confinement */
	bool wants_version;
	unsigned page, width; /* of those that read or draw a page */
} Order;

/* ---- the reader ------------------------------------------------------------------------------------------------ */

static int become(const TextReader *reader, const char *const *argv, const Order *order)
{
	enum { WORDS_MAX = 24 };
	const char *words[WORDS_MAX] = {NULL};
	char page[16], width[16];
	snprintf(page, sizeof page, "%u", order->page);
	snprintf(width, sizeof width, "%u", order->width);
	for (size_t i = 0; argv[i] && i + 1 < WORDS_MAX; i++)
		words[i] = strcmp(argv[i], READER_PAGE) == 0    ? page
			   : strcmp(argv[i], READER_WIDTH) == 0 ? width
								: argv[i];
	execvp(argv[0], (char *const *)(uintptr_t)words);
	dprintf(2, "%s can't be started; install %s\n", argv[0], reader->package);
	return 3;
}

static int serve(const TextReader *reader)
{
	Err err;
	Status st = reader->serve(0, 1, &err);
	if (st != ST_OK)
		dprintf(2, "%s\n", err.text);
	return st == ST_OK ? EXTRACT_READ : 1;
}

static int read_here(const TextReader *reader, const Order *order)
{
	Err err;
	Buf text = {0};
	Status st = reader->read_page ? reader->read_page(0, order->page, order->width, &text, &err)
				      : reader->read(0, &text, &err);
	if (st == ST_OK && !buf_ok(&text))
		st = err_no_memory(&err);
	if (st == ST_OK)
		st = file_write(1, text.data, text.len, "the text", &err);
	if (st != ST_OK)
		dprintf(2, "%s\n", err.text);
	buf_done(&text);
	return st == ST_OK ? EXTRACT_READ : st == ST_NOT_FOUND && reader->otherwise ? EXTRACT_NOT_MINE : 1;
}

static int tell_layers(ConfinedLayers held)
{
	dprintf(1, "%u\n", held);
	return EXTRACT_READ;
}

static int be_reader(const Order *order, ConfinedLayers namespaces)
{
	const TextReader *reader = order->reader;
	bool is_program = reader && (reader->program || order->wants_version);
	ConfinedLayers held = confine_files(namespaces);
	held |= confine_calls(is_program);
	if (!reader)
		return tell_layers(held);
	if (order->wants_version)
		return become(reader, reader->version, order);
	if (reader->serve)
		return serve(reader);
	return reader->program ? become(reader, reader->program, order) : read_here(reader, order);
}

/* ---- orders ---------------------------------------------------------------------------------------------------- */

static int print_usage(void)
{
	const char *between = "usage: extract ";
	for (int i = 0; i < READER_COUNT; i++) {
		const char *word = text_reader((FormatReader)i)->word;
		if (word)
			fprintf(stderr, "%s%s", between, word), between = "|";
	}
	fprintf(stderr, "|confinement [CPU-SECONDS [MEMORY-MIB]] < document > text 3> verdict\n");
	return 2;
}

/* "pdf-page:3", "pdf-view:3:1000": *word is what stands before. */
static bool read_numbers(Str *word, Order *order)
{
	unsigned *numbers[] = {&order->page, &order->width};
	Str rest = *word, part;
	if (!str_split(&rest, ':', word))
		return false;
	for (size_t i = 0; i < 2 && rest.ptr; i++) {
		uint64_t number;
		if (!str_split(&rest, ':', &part) || !str_to_u64(part, &number) || number > 1000000)
			return false;
		*numbers[i] = (unsigned)number;
	}
	return !rest.ptr;
}

static bool read_order(const char *text, Order *out)
{
	Str word = str_from(text), version = STR("-version");
	*out = (Order){.wants_version = str_ends(word, version)};
	if (!read_numbers(&word, out))
		return false;
	out->reader = text_reader_by_word(str_slice(word, 0, word.len - (out->wants_version ? version.len : 0)));
	if (!out->reader)
		return str_eq(word, STR("confinement"));
	return !out->wants_version || out->reader->version;
}

static int read_document(const ExtractOrder *order, ConfinedLayers held)
{
	Order known;
	return read_order(order->word, &known) ? be_reader(&known, held) : print_usage();
}

int extract_main(int argc, char **argv)
{
	ExtractOrder order = {0};
	Order known;
	uint64_t cpu_seconds = EXTRACT_CPU_SECONDS, memory_mib = EXTRACT_MEMORY_MIB;
	const char *word = argc > 1 ? argv[1] : "";
	if (strcmp(word, FORK_SERVER_WORD) == 0)
		return fork_loop_serve(0, read_document);
	if (strlen(word) >= sizeof order.word || !read_order(word, &known) ||
	    (argc > 2 && !str_to_u64(str_from(argv[2]), &cpu_seconds)) ||
	    (argc > 3 && !str_to_u64(str_from(argv[3]), &memory_mib)))
		return print_usage();
	snprintf(order.word, sizeof order.word, "%s", word);
	order.cpu_seconds = cpu_seconds < UINT32_MAX ? (uint32_t)cpu_seconds : UINT32_MAX;
	order.memory_mib = memory_mib < UINT32_MAX ? (uint32_t)memory_mib : UINT32_MAX;
	return fork_loop_once(&order, read_document);
}
