/* tests/unit/ingest_certainty.c - what is read from a text stands beside how sure that is; what is given has no such
 * mark; and a number that is claimed with certainty is the document's own. */
#include "ingest_fixture.h"

#include "store/record/entry_json.h"
#include "tokenizer/record_number.h"

#include <ctype.h>

static void read_newest(Fixture *f, Arena *arena, Record *record)
{
	Entry entry;
	find_newest(f, arena, &entry);
	assert_int_equal(entry_read_record(&entry, arena, record, &f->err), ST_OK);
}

/* The certainty that is claimed for the number; 0: none. */
static double certainty_of_number(const Record *record)
{
	static const char key[] = "\"number\":{\"certainty\":";
	Str read = record_text(record, RF_READ);
	ptrdiff_t at = str_find(read, str_from(key));
	return at < 0 ? 0 : strtod(read.ptr + at + strlen(key), NULL);
}

#define LETTER                                                                                                         \
	"ỦY BAN NHÂN DÂN    CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"                                       \
	"TỈNH NAM ĐỊNH      Độc lập - Tự do - Hạnh phúc\n"                                              \
	"Số: 15/2019/QĐ-UBND     Nam Định, ngày 12 tháng 3 năm 2019\nQUYẾT ĐỊNH\nVề việc một\nCăn cứ Luật một;\n"

static void what_is_read_says_how_sure_it_is(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Record record;
	put_file(f, "a.txt", STR(LETTER));
	assert_int_equal(take(f, "a.txt"), ST_OK);
	read_newest(f, &arena, &record);
	assert_str_equal(record_text(&record, RF_NUMBER), STR("15/2019/QĐ-UBND"));
	if (certainty_of_number(&record) < 0.8 || certainty_of_number(&record) > 1)
		fail_msg("\"read\" is %.*s", STR_ARG(record_text(&record, RF_READ)));
	assert_true(str_find(record_text(&record, RF_READ), STR("\"issued\":{\"certainty\":0.9")) > 0);
	arena_done(&arena);
}

static void what_is_given_was_not_read_and_a_sender_does_not_say_what_was(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Record record;
	put_file(f, "c/a.txt", STR(LETTER));
	put_file(f, "c.jsonl",
		 STR("{\"id\":\"c\",\"number\":\"7/QĐ\",\"files\":[\"c/"
		     "a.txt\"],\"read\":{\"number\":{\"certainty\":1}}}\n"));
	assert_int_equal(take(f, "c.jsonl"), ST_OK);
	read_newest(f, &arena, &record);
	assert_str_equal(record_text(&record, RF_NUMBER), STR("7/QĐ"));
	assert_true(certainty_of_number(&record) == 0);
	assert_true(str_find(record_text(&record, RF_READ), STR("\"issued\":{")) > 0);
	assert_true(str_find(record_text(&record, RF_EXTRA), STR("\"read\":{\"number\":{\"certainty\":1}}")) > 0);
	arena_done(&arena);
}

static void content_that_comes_later_adds_to_what_was_read(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Record record;
	Receipt receipt;
	assert_int_equal(
		ingest_record(f->store, NULL, STR("{\"id\":\"d\",\"subject\":\"Một\"}"), NULL, &receipt, &f->err),
		ST_OK);
	ContentInput input = {.id = STR("d"), .name = STR("a.txt"), .bytes = STR(LETTER), .fd = -1};
	assert_int_equal(ingest_content(f->store, NULL, &input, &receipt, &f->err), ST_OK);
	read_newest(f, &arena, &record);
	assert_true(certainty_of_number(&record) >= 0.8);
	assert_int_equal(str_find(record_text(&record, RF_READ), STR("subject")), -1);
	Buf before = {0};
	buf_add_str(&before, record_text(&record, RF_READ));
	input.bytes = STR("Một phụ lục\n");
	input.name = STR("b.txt");
	assert_int_equal(ingest_content(f->store, NULL, &input, &receipt, &f->err), ST_OK);
	arena_reset(&arena);
	read_newest(f, &arena, &record);
	assert_str_equal(record_text(&record, RF_READ), buf_str(&before)); /* to the byte */
	buf_done(&before);
	arena_done(&arena);
}

/* ---- real scans -------------------------------------------------------------------------------------------------- */

static const char *cell_of(char *line, int column)
{
	char *at = line;
	for (int i = 0; i < column && at; i++)
		at = (at = strchr(at, '\t')) ? at + 1 : NULL;
	return at ? at : "";
}

static void copy_cell(char *line, int column, char out[static 200])
{
	const char *at = cell_of(line, column);
	snprintf(out, 200, "%.*s", (int)strcspn(at, "\t\r\n"), at);
}

/* "28/2021/NĐ-CP (page)" and "225/TTg-NN" name their number as the reader of numbers sees it. */
static bool is_same_number(Str said, Str read)
{
	RecordNumber a, b;
	size_t start, end;
	return record_number_find(said, 0, &a, &start, &end) && record_number_parse(read, &b) &&
	       strcmp(a.key, b.key) == 0;
}

static bool check_scan(Fixture *f, char *line)
{
	enum { TRUE_NUMBER = 5, OCR_TEXT = 7 };
	char number[200], text[200], path[500];
	Buf bytes = {0};
	Arena arena = {0};
	Record record;
	copy_cell(line, TRUE_NUMBER, number);
	copy_cell(line, OCR_TEXT, text);
	snprintf(path, sizeof path, "%s/scans/%s", getenv("HOSO_SHARED"), text);
	if (!isdigit((unsigned char)*number) || !*text || file_read_all(path, 8 << 20, &bytes, &f->err) != ST_OK)
		return false;
	put_file(f, "scan.txt", buf_str(&bytes));
	assert_int_equal(take(f, "scan.txt"), ST_OK);
	assert_int_equal(f->report.added, 1);
	read_newest(f, &arena, &record);
	if (certainty_of_number(&record) >= 0.8 && !is_same_number(str_from(number), record_text(&record, RF_NUMBER)))
		fail_msg("%s: \"%.*s\" is claimed for \"%s\": %.*s", text, STR_ARG(record_text(&record, RF_NUMBER)),
			 number, STR_ARG(record_text(&record, RF_READ)));
	arena_done(&arena);
	buf_done(&bytes);
	return true;
}

static void no_scan_claims_a_number_that_is_not_its_own(void **state)
{
	Fixture *f = *state;
	char path[500], line[4000];
	unsigned count = 0;
	const char *shared = getenv("HOSO_SHARED");
	snprintf(path, sizeof path, "%s/scans/MANIFEST.tsv", shared ? shared : "");
	FILE *list = fopen(path, "r");
	if (!shared || !list) {
		print_message("skipped: there are no scans beside the repository (HOSO_SHARED/scans/MANIFEST.tsv)\n");
		skip();
	}
	while (fgets(line, sizeof line, list))
		count += check_scan(f, line);
	fclose(list);
	print_message("%u scans with a known number\n", count);
	assert_true(count >= 15);
}

int main(int argc, char **argv)
{
	RUN_AS_EXTRACTOR(argc, argv);
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(what_is_read_says_how_sure_it_is),
		WITH_ARCHIVE(what_is_given_was_not_read_and_a_sender_does_not_say_what_was),
		WITH_ARCHIVE(content_that_comes_later_adds_to_what_was_read),
		WITH_ARCHIVE(no_scan_claims_a_number_that_is_not_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
