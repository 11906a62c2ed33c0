/* indexer/extract/extract.c - the text of a document: what its reader can decode is decoded here, everything else is
 * read in a process of its own. Texts that come out of such a process are decoded once more: letters that were drawn
 * with fonts of before Unicode are put right. */
#include "indexer/extract/extract.h"

#include "base/file.h"
#include "base/utf8.h"
#include "indexer/extract/confine.h"
#include "indexer/extract/pdf_attached.h"
#include "indexer/extract/layer.h"
#include "indexer/extract/process.h"
#include "indexer/extract/readers.h"
#include "tokenizer/encoding.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>

static const ExtractLimits usual_limits = {EXTRACT_CPU_SECONDS, EXTRACT_WALL_MS, EXTRACT_MEMORY_MIB, EXTRACT_TEXT_MAX};

void extraction_done(Extraction *extraction)
{
	buf_done(&extraction->text);
}

/* The reason goes into the record: at most PROBLEM_MAX bytes of it. */
static void set_problem(Extraction *e, Status code, const char *reason)
{
	enum { PROBLEM_MAX = 190 };
	err_set(&e->problem, code, "%.*s", (int)utf8_cut(str_from(reason), PROBLEM_MAX), reason);
	buf_clear(&e->text);
}

/* ---- plain text ------------------------------------------------------------------------------------------------ */

/* More than one in a hundred control characters: no text in any encoding. */
static bool is_binary(Str text)
{
	size_t controls = 0;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = (uint8_t)text.ptr[i];
		controls += c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x0B && c != 0x1A;
	}
	return controls * 100 > text.len;
}

static Status decode(Str bytes, const TextReader *reader, Extraction *e, Err *err)
{
	EncodingReport report;
	Status st = encoding_decode(bytes, &e->text, &report, err);
	if (st != ST_OK)
		return st;
	if (!buf_ok(&e->text))
		return err_no_memory(err);
	if (e->text.len == 0)
		set_problem(e, ST_NOT_FOUND, reader->no_text);
	else if (is_binary(buf_str(&e->text)))
		set_problem(e, ST_UNSUPPORTED, "not a text: its encoding is unknown");
	else if (str_eq(buf_str(&e->text), bytes))
		snprintf(e->from, sizeof e->from, "given");
	else
		snprintf(e->from, sizeof e->from, "decoded %s", report.name);
	return ST_OK;
}

static Status decode_file(const SourceFile *file, const TextReader *reader, Extraction *e, Err *err)
{
	Buf bytes = {0};
	if (file->fd < 0)
		return decode(file->bytes, reader, e, err);
	Status st = source_file_load(file, EXTRACT_DECODE_MAX, &bytes, err);
	if (st == ST_OK)
		st = decode(buf_str(&bytes), reader, e, err);
	buf_done(&bytes);
	return st;
}

/* ---- in a process ---------------------------------------------------------------------------------------------- */

/* Labels of the readers that have a version, found once each. */
static struct {
	bool is_known;
	char text[48];
} labels[READER_COUNT];
static pthread_mutex_t labels_lock = PTHREAD_MUTEX_INITIALIZER;

/* "pdftotext version 22.12.0 …" gives "pdftotext 22.12.0"; without an answer it is "pdftotext". */
static void find_label(const TextReader *reader, char *out, size_t capacity)
{
	ProcessResult result;
	Err ignored;
	char word[32];
	snprintf(word, sizeof word, "%s-version", reader->word);
	snprintf(out, capacity, "%s", reader->label);
	if (process_extract(word, -1, &usual_limits, NULL, &result, &ignored) != ST_OK)
		return;
	char said[sizeof result.message];
	snprintf(said, sizeof said, "%s%.*s", result.message, STR_ARG(str_slice(buf_str(&result.out), 0, 100)));
	Str begins = str_from(reader->version_begins);
	const char *number = said + begins.len;
	size_t len = str_starts(str_from(said), begins) ? strspn(number, "0123456789.") : 0;
	if (len)
		snprintf(out, capacity, "%s %.*s", reader->label, len < 23 ? (int)len : 23, number);
	process_result_done(&result);
}

const char *extract_label(FormatReader reader)
{
	const TextReader *row = text_reader(reader);
	if (!row->version)
		return row->label;
	pthread_mutex_lock(&labels_lock);
	if (!labels[reader].is_known)
		find_label(row, labels[reader].text, sizeof labels[reader].text);
	labels[reader].is_known = true;
	pthread_mutex_unlock(&labels_lock);
	return labels[reader].text;
}

Status extract_confinement(ExtractLayer layers[static EXTRACT_LAYERS_MAX], size_t *count_out, Err *err)
{
	ProcessResult result;
	uint64_t held;
	Status st = process_extract("confinement", -1, &usual_limits, NULL, &result, err);
	if (st != ST_OK)
		return st;
	bool told = result.end == PROCESS_ENDED && result.code == EXTRACT_READ &&
		    str_to_u64(str_trim(buf_str(&result.out)), &held);
	if (!told)
		st = err_set(err, ST_IO, "the extracting process does not run: %s", result.message);
	process_result_done(&result);
	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < LAYER_COUNT; i++) {
		const ConfinedLayerText *text = confine_layer_text((ConfinedLayer)i);
		layers[i] = (ExtractLayer){text->name, text->without, held >> i & 1};
	}
	*count_out = LAYER_COUNT;
	return ST_OK;
}

static void explain(const TextReader *reader, const ProcessResult *result, const ExtractLimits *limits, Extraction *e)
{
	char reason[sizeof result->message];
	Status code = ST_INVALID;
	const char *said = result->message;
	if (result->end == PROCESS_KILLED_TIME || (result->end == PROCESS_DIED && result->code == SIGXCPU)) {
		code = ST_LIMIT;
		snprintf(reason, sizeof reason, "the extractor took too long and was ended");
	} else if (result->end == PROCESS_KILLED_OUTPUT) {
		code = ST_LIMIT;
		snprintf(reason, sizeof reason, "its text is larger than %zu MiB", limits->text_bytes >> 20);
	} else if (result->end == PROCESS_SILENT) {
		snprintf(reason, sizeof reason, "the extractor ended without a result");
	} else if (result->end == PROCESS_DIED) {
		snprintf(reason, sizeof reason, "the extractor died of signal %d", result->code);
	} else if (strstr(said, "password") || strstr(said, "ncrypt")) {
		code = ST_UNSUPPORTED;
		snprintf(reason, sizeof reason, "encrypted");
	} else if (strstr(said, "Copying of text")) {
		code = ST_FORBIDDEN;
		snprintf(reason, sizeof reason, "the document forbids copying its text");
	} else {
		if (!said[0]) /* catdoc does not say that a file is none of its kind */
			said = reader->program && !reader->pages ? reader->no_text
								 : "the extractor failed and did not say why";
		snprintf(reason, sizeof reason, "%.*s", (int)strcspn(said, "\n"), said);
	}
	set_problem(e, code, reason);
}

/* Text whose letters came from fonts in the encodings of before Unicode is put right; the original is kept anyway. */
static Status take_text(Str text, Extraction *e, Err *err)
{
	EncodingReport report;
	char program[32];
	Status st = encoding_decode(text, &e->text, &report, err);
	if (st != ST_OK)
		return st;
	if (!buf_ok(&e->text))
		return err_no_memory(err);
	if (!str_eq(buf_str(&e->text), text)) {
		snprintf(program, sizeof program, "%.31s", e->from);
		snprintf(e->from, sizeof e->from, "%.31s, %.12s", program, report.name);
	}
	return ST_OK;
}

static size_t count_pages(Str text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.len; i++)
		count += text.ptr[i] == '\f';
	return count;
}

/* What is no usable text waits for recognition. */
static Status judge_pages(Str text, Extraction *e, Err *err)
{
	LayerPages layers;
	Status st = layer_judge_pages(text, &layers, err);
	if (st != ST_OK)
		return st;
	uint32_t good = layers.pages[LAYER_GOOD];
	e->waiting_pages = e->pages > good ? e->pages - good : 0;
	e->first_waits = layers.first != LAYER_GOOD;
	e->state = !e->waiting_pages                                        ? TEXT_COMPLETE
		   : good                                                   ? TEXT_PARTIAL
		   : layers.pages[LAYER_STAMP] && !layers.pages[LAYER_POOR] ? TEXT_STAMP_ONLY
									    : TEXT_WAITING;
	return ST_OK;
}

static Status extract_in_process(FormatReader reader, const TextReader *row, const SourceFile *file,
				 const ExtractLimits *limits, const Deadline *until, Extraction *e, Err *err)
{
	int fd = -1;
	ProcessResult result;
	Status st = source_file_open(file, &fd, err);
	if (st != ST_OK)
		return st;
	st = process_extract(row->word, fd, limits, until, &result, err);
	close_quietly(fd);
	if (st != ST_OK)
		return st;
	if (row->otherwise && result.end == PROCESS_ENDED && result.code == EXTRACT_NOT_MINE) {
		FormatReader other = row->otherwise;
		row = row == text_reader(reader) ? text_reader(other) : sheet_reader(other);
		process_result_done(&result);
		return extract_in_process(other, row, file, limits, until, e, err);
	}
	Str text = buf_str(&result.out);
	if (row->pages)
		e->pages = (uint32_t)count_pages(text);
	if (result.end == PROCESS_GIVEN_UP) {
		st = err_set(err, ST_BUSY, "there was no time left to read the document");
	} else if (result.end != PROCESS_ENDED || result.code != (row->program ? 0 : EXTRACT_READ)) {
		explain(row, &result, limits, e);
	} else if (str_trim(text).len == 0 && row->pages && e->pages == 0) {
		set_problem(e, ST_INVALID, "the extractor wrote nothing, not even an empty page");
	} else if (str_trim(text).len == 0) {
		set_problem(e, ST_NOT_FOUND, row->no_text);
		e->waiting_pages = e->pages;
	} else {
		if (row->finish)
			row->finish(&result.out);
		snprintf(e->from, sizeof e->from, "%s",
			 row == text_reader(reader) ? extract_label(reader) : row->label);
		st = buf_ok(&result.out) ? take_text(buf_str(&result.out), e, err) : err_no_memory(err);
		if (st == ST_OK && str_trim(buf_str(&e->text)).len == 0) /* a byte-order mark alone */
			set_problem(e, ST_NOT_FOUND, row->no_text);
		else if (st == ST_OK && row->pages)
			st = judge_pages(buf_str(&e->text), e, err);
	}
	process_result_done(&result);
	return st;
}

static Status extract(FormatReader reader, const SourceFile *file, const ExtractLimits *limits, const Deadline *until,
		      Extraction *e, Err *err)
{
	const TextReader *row = text_reader(reader);
	if (row->decodes)
		return decode_file(file, row, e, err);
	if (row->word)
		return extract_in_process(reader, row, file, limits, until, e, err);
	set_problem(e, ST_UNSUPPORTED, row->no_text);
	e->waiting_pages = reader == READER_IMAGE; /* at least: how many there are is known when they are drawn */
	return ST_OK;
}

/* Files in a PDF are named behind its last page, so that they are found and nobody takes the text for all of it. */
static Status name_attached(const SourceFile *pdf, const ExtractLimits *limits, const Deadline *until, Extraction *e,
			    Err *err)
{
	Buf names = {0};
	Str rest, name;
	Status st = pdf_attached_list(pdf, limits, until, &names, err);
	for (rest = buf_str(&names); st == ST_OK && rest.len && str_split(&rest, '\n', &name);)
		if (name.len)
			buf_printf(&e->text, "[%.*s]\n", STR_ARG(name));
	buf_done(&names);
	if (st == ST_INVALID || st == ST_IO) /* pdfdetach knows less of broken files than pdftotext */
		st = ST_OK;
	return st == ST_OK && !buf_ok(&e->text) ? err_no_memory(err) : st;
}

static TextState state_without_text(const Extraction *e)
{
	if (e->waiting_pages)
		return TEXT_WAITING;
	if (e->problem.code == ST_NOT_FOUND)
		return TEXT_NONE;
	return strcmp(e->problem.text, "encrypted") == 0 ? TEXT_ENCRYPTED : TEXT_UNREADABLE;
}

Status extract_text(FormatReader reader, const SourceFile *file, const ExtractLimits *limits, const Deadline *until,
		    Extraction *out, Err *err)
{
	Extraction e = {0};
	Err why;
	limits = limits ? limits : &usual_limits;
	Status st = extract(reader, file, limits, until, &e, &why);
	if (st == ST_OK && reader == READER_PDF && e.problem.code == ST_OK)
		st = name_attached(file, limits, until, &e, &why);
	if (st == ST_NO_MEMORY || st == ST_BUSY) {
		extraction_done(&e);
		*err = why;
		return st;
	}
	if (st != ST_OK)
		set_problem(&e, st, why.text);
	if (e.problem.code != ST_OK) {
		e.state = state_without_text(&e);
		e.first_waits = e.waiting_pages > 0;
	}
	*out = e;
	return ST_OK;
}

Status extract_sheets(FormatReader reader, const SourceFile *file, const Deadline *until, GridBook *out, Err *err)
{
	Extraction e = {0};
	const TextReader *row = sheet_reader(reader);
	if (!row)
		return err_set(err, ST_UNSUPPORTED, "no sheets can be read out of this kind of file");
	Status st = extract_in_process(reader, row, file, &usual_limits, until, &e, err);
	if (st == ST_OK && e.problem.code != ST_OK) {
		*err = e.problem;
		st = err->code;
	}
	bool by_program = str_starts(str_from(e.from), str_from(text_reader(READER_OLD_XLS)->label));
	if (st == ST_OK)
		st = grid_read_book(out, buf_str(&e.text), by_program, err);
	extraction_done(&e);
	return st;
}
