/* indexer/extract/extract.c - the text of a document: plain text is decoded here, everything else in a process of its
 * own. */
#include "indexer/extract/extract.h"

#include "base/file.h"
#include "base/utf8.h"
#include "indexer/extract/process.h"
#include "tokenizer/encoding.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>

static const ExtractLimits usual_limits = {EXTRACT_CPU_SECONDS, EXTRACT_WALL_MS, EXTRACT_MEMORY_MIB, EXTRACT_TEXT_MAX};

void extraction_done(Extraction *extraction)
{
	buf_done(&extraction->text);
}

static void set_problem(Extraction *e, const char *problem)
{
	snprintf(e->problem, sizeof e->problem, "%.190s", problem);
	e->problem[utf8_valid_prefix(str_from(e->problem))] = 0;
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

static Status decode(Str bytes, Extraction *e, Err *err)
{
	EncodingReport report;
	Status st = encoding_decode(bytes, &e->text, &report, err);
	if (st != ST_OK)
		return st;
	if (!buf_ok(&e->text))
		return err_no_memory(err);
	if (e->text.len == 0)
		set_problem(e, "the document holds no text");
	else if (is_binary(buf_str(&e->text)))
		set_problem(e, "not a text: its encoding is unknown");
	else if (str_eq(buf_str(&e->text), bytes))
		snprintf(e->from, sizeof e->from, "given");
	else
		snprintf(e->from, sizeof e->from, "decoded %s", report.name);
	return ST_OK;
}

static Status decode_file(const SourceFile *file, Extraction *e, Err *err)
{
	Buf bytes = {0};
	if (file->fd < 0)
		return decode(file->bytes, e, err);
	Status st = source_file_load(file, EXTRACT_DECODE_MAX, &bytes, err);
	if (st == ST_OK)
		st = decode(buf_str(&bytes), e, err);
	buf_done(&bytes);
	return st;
}

/* ---- in a process ---------------------------------------------------------------------------------------------- */

static char pdf_program[48] = "pdftotext";

/* "pdftotext version 22.12.0" → "pdftotext 22.12.0" */
static void find_pdf_program(void)
{
	ProcessResult result;
	Err ignored;
	char version[24];
	if (process_extract("pdf-version", -1, &usual_limits, &result, &ignored) != ST_OK)
		return;
	if (sscanf(result.message, "pdftotext version %23[0-9.]", version) == 1)
		snprintf(pdf_program, sizeof pdf_program, "pdftotext %s", version);
	process_result_done(&result);
}

const char *extract_program(DocKind kind)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	switch (kind) {
	case DOC_PDF:
		pthread_once(&once, find_pdf_program);
		return pdf_program;
	case DOC_HTML:
		return "hoso html";
	case DOC_DOCX:
		return "hoso docx";
	case DOC_ODT:
		return "hoso odt";
	case DOC_XLSX:
		return "hoso xlsx";
	default:
		return NULL;
	}
}

static void explain(const ProcessResult *result, const ExtractLimits *limits, Extraction *e)
{
	char problem[sizeof e->problem];
	if (result->end == PROCESS_KILLED_TIME || (result->end == PROCESS_DIED && result->code == SIGXCPU))
		snprintf(problem, sizeof problem, "the extractor took too long and was ended");
	else if (result->end == PROCESS_KILLED_OUTPUT)
		snprintf(problem, sizeof problem, "its text is larger than %zu MiB", limits->text_bytes >> 20);
	else if (result->end == PROCESS_DIED)
		snprintf(problem, sizeof problem, "the extractor died of signal %d", result->code);
	else if (strstr(result->message, "password") || strstr(result->message, "ncrypt"))
		snprintf(problem, sizeof problem, "encrypted");
	else if (strstr(result->message, "Copying of text"))
		snprintf(problem, sizeof problem, "the document forbids copying its text");
	else
		snprintf(problem, sizeof problem, "%.*s", (int)strcspn(result->message, "\n"),
			 result->message[0] ? result->message : "the extractor failed");
	set_problem(e, problem);
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

static Status extract_in_process(DocKind kind, const char *kind_name, const SourceFile *file,
				 const ExtractLimits *limits, Extraction *e, Err *err)
{
	int fd = -1;
	ProcessResult result;
	Status st = source_file_open(file, &fd, err);
	if (st != ST_OK)
		return st;
	st = process_extract(kind_name, fd, limits, &result, err);
	close_quietly(fd);
	if (st != ST_OK)
		return st;
	Str text = buf_str(&result.out);
	if (kind == DOC_PDF)
		e->pages = (uint32_t)count_pages(text);
	if (result.end != PROCESS_ENDED || result.code != 0) {
		explain(&result, limits, e);
	} else if (str_trim(text).len == 0) {
		set_problem(e, kind == DOC_PDF ? "no text layer: pages are images" : "the document holds no text");
	} else {
		snprintf(e->from, sizeof e->from, "%s", extract_program(kind));
		st = take_text(text, e, err);
	}
	process_result_done(&result);
	return st;
}

static Status extract(DocKind kind, const SourceFile *file, const ExtractLimits *limits, Extraction *e, Err *err)
{
	switch (kind) {
	case DOC_TEXT:
	case DOC_CSV:
	case DOC_JSON:
		return decode_file(file, e, err);
	case DOC_HTML:
		return extract_in_process(kind, "html", file, limits, e, err);
	case DOC_PDF:
		return extract_in_process(kind, "pdf", file, limits, e, err);
	case DOC_DOCX:
		return extract_in_process(kind, "docx", file, limits, e, err);
	case DOC_ODT:
		return extract_in_process(kind, "odt", file, limits, e, err);
	case DOC_XLSX:
		return extract_in_process(kind, "xlsx", file, limits, e, err);
	case DOC_OLD_OFFICE:
		set_problem(e, "an Office file of before 2007, or an encrypted one: no extractor");
		return ST_OK;
	case DOC_RTF:
		set_problem(e, "an RTF file: no extractor");
		return ST_OK;
	case DOC_IMAGE:
		set_problem(e, "an image: its text is not recognised yet");
		return ST_OK;
	case DOC_OTHER:
	case DOC_JSONL:
	case DOC_PACKAGE:
		break;
	}
	set_problem(e, "no extractor for this kind of file");
	return ST_OK;
}

Status extract_text(DocKind kind, const SourceFile *file, const ExtractLimits *limits, Extraction *out, Err *err)
{
	Extraction e = {0};
	Err why;
	Status st = extract(kind, file, limits ? limits : &usual_limits, &e, &why);
	if (st == ST_NO_MEMORY) {
		extraction_done(&e);
		*err = why;
		return st;
	}
	if (st != ST_OK)
		set_problem(&e, why.text);
	*out = e;
	return ST_OK;
}
