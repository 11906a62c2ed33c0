/* tests/unit/ingest_fixture.h - packages, documents and a scratch archive for the tests of the pipeline: everything is
 * written byte by byte here, so that nothing but the format stands between a test and what it says.
 *
 * Owns     the Fixture owns its directory and archive until its teardown; Bufs are the test's
 * Errors   none: a step that fails fails the test
 * Threads  one
 */
#ifndef TESTS_UNIT_INGEST_FIXTURE_H
#define TESTS_UNIT_INGEST_FIXTURE_H

#include "unit.h"

#include "base/file.h"
#include "indexer/extract/extract.h"
#include "indexer/ingest/ingest.h"
#include "indexer/source/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- tar ------------------------------------------------------------------------------------------------------- */

static inline void tar_entry(Buf *out, const char *name, char type, const char *link, uint64_t size)
{
	char head[512] = {0};
	unsigned sum = 0;
	snprintf(head, 100, "%s", name);
	memcpy(head + 100, "0000644", 7);
	memcpy(head + 108, "0000000", 7);
	memcpy(head + 116, "0000000", 7);
	snprintf(head + 124, 12, "%011llo", (unsigned long long)size);
	memcpy(head + 136, "00000000000", 11);
	memset(head + 148, ' ', 8);
	head[156] = type;
	snprintf(head + 157, 100, "%s", link);
	memcpy(head + 257, "ustar\00000", 8);
	for (size_t i = 0; i < sizeof head; i++)
		sum += (unsigned char)head[i];
	snprintf(head + 148, 8, "%06o", sum);
	buf_add(out, head, sizeof head);
}

static inline void tar_file(Buf *out, const char *name, Str bytes)
{
	static const char zeros[512];
	tar_entry(out, name, '0', "", bytes.len);
	buf_add_str(out, bytes);
	buf_add(out, zeros, (512 - bytes.len % 512) % 512);
}

static inline void tar_end(Buf *out)
{
	static const char zeros[1024];
	buf_add(out, zeros, sizeof zeros);
}

/* ---- zip, stored ----------------------------------------------------------------------------------------------- */

typedef struct {
	Buf out, directory;
	unsigned count;
} Zip;

enum { ZIP_ENCRYPTED = 1, ZIP_UTF8 = 0x800 };

static inline uint32_t crc32_of(Str bytes)
{
	uint32_t crc = 0xFFFFFFFFu;
	for (size_t i = 0; i < bytes.len; i++) {
		crc ^= (uint8_t)bytes.ptr[i];
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
	}
	return ~crc;
}

/* extra: as it stands in both headers. */
static inline void zip_file_as(Zip *z, const char *name, Str extra, uint16_t method, Str bytes, uint16_t flags)
{
	uint8_t head[30] = {'P', 'K', 3, 4}, entry[46] = {'P', 'K', 1, 2};
	size_t name_len = strlen(name);
	uint32_t offset = (uint32_t)z->out.len;
	put_le16(head + 4, 20);
	put_le16(head + 6, flags);
	put_le16(head + 8, method);
	put_le32(head + 14, crc32_of(bytes));
	put_le32(head + 18, (uint32_t)bytes.len);
	put_le32(head + 22, (uint32_t)bytes.len);
	put_le16(head + 26, (uint16_t)name_len);
	put_le16(head + 28, (uint16_t)extra.len);
	buf_add(&z->out, head, sizeof head);
	buf_add(&z->out, name, name_len);
	buf_add_str(&z->out, extra);
	buf_add_str(&z->out, bytes);
	put_le16(entry + 4, 20);
	put_le16(entry + 6, 20);
	put_le16(entry + 8, flags);
	put_le16(entry + 10, method);
	memcpy(entry + 16, head + 14, 12);
	put_le16(entry + 28, (uint16_t)name_len);
	put_le16(entry + 30, (uint16_t)extra.len);
	put_le32(entry + 42, offset);
	buf_add(&z->directory, entry, sizeof entry);
	buf_add(&z->directory, name, name_len);
	buf_add_str(&z->directory, extra);
	z->count++;
}

static inline void zip_file(Zip *z, const char *name, Str bytes, uint16_t flags)
{
	zip_file_as(z, name, (Str){NULL, 0}, 0, bytes, flags);
}

static inline Str zip_end(Zip *z)
{
	uint8_t end[22] = {'P', 'K', 5, 6};
	put_le16(end + 8, (uint16_t)z->count);
	put_le16(end + 10, (uint16_t)z->count);
	put_le32(end + 12, (uint32_t)z->directory.len);
	put_le32(end + 16, (uint32_t)z->out.len);
	buf_add_str(&z->out, buf_str(&z->directory));
	buf_add(&z->out, end, sizeof end);
	return buf_str(&z->out);
}

static inline void zip_done(Zip *z)
{
	buf_done(&z->out);
	buf_done(&z->directory);
}

/* ---- rar, stored ----------------------------------------------------------------------------------------------- */

static inline void rar4_block(Buf *out, uint8_t type, uint16_t flags, Str fields, Str data)
{
	uint8_t head[7] = {0, 0, type};
	Buf block = {0};
	put_le16(head + 3, flags);
	put_le16(head + 5, (uint16_t)(sizeof head + fields.len));
	buf_add(&block, head, sizeof head);
	buf_add_str(&block, fields);
	put_le16((uint8_t *)block.data, (uint16_t)crc32_of(str_slice(buf_str(&block), 2, block.len)));
	buf_add_str(out, buf_str(&block));
	buf_add_str(out, data);
	buf_done(&block);
}

static inline void rar4_begin(Buf *out)
{
	static const char fields[6];
	buf_add(out, "Rar!\x1A\x07\x00", 7);
	rar4_block(out, 0x73, 0, (Str){fields, sizeof fields}, (Str){NULL, 0});
}

enum { RAR4_ENCRYPTED = 4 };

static inline void rar4_file(Buf *out, const char *name, Str bytes, uint16_t flags)
{
	uint8_t head[25] = {0};
	Buf fields = {0};
	put_le32(head, (uint32_t)bytes.len);
	put_le32(head + 4, (uint32_t)bytes.len);
	head[8] = 3; /* Unix */
	put_le32(head + 9, crc32_of(bytes));
	put_le32(head + 13, 0x4E6C0000);
	head[17] = 20;
	head[18] = 0x30; /* stored */
	put_le16(head + 19, (uint16_t)strlen(name));
	put_le32(head + 21, 0100644);
	buf_add(&fields, head, sizeof head);
	buf_add(&fields, name, strlen(name));
	rar4_block(out, 0x74, (uint16_t)(0x8000 | flags), buf_str(&fields), bytes);
	buf_done(&fields);
}

static inline void rar4_end(Buf *out)
{
	rar4_block(out, 0x7B, 0x4000, (Str){NULL, 0}, (Str){NULL, 0});
}

/* ---- compressed streams ---------------------------------------------------------------------------------------- */

/* A zstd frame: `head` as it is, then `repeats` blocks of 128 KiB zeros, four bytes each. RFC 8878 §3.1.1. */
static inline void zstd_of(Buf *out, Str head, unsigned repeats)
{
	static const uint8_t start[] = {0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x38};
	uint8_t block[4] = {0};
	buf_add(out, start, sizeof start);
	uint32_t raw = (uint32_t)head.len << 3 | (repeats == 0);
	block[0] = (uint8_t)raw, block[1] = (uint8_t)(raw >> 8), block[2] = (uint8_t)(raw >> 16);
	buf_add(out, block, 3);
	buf_add_str(out, head);
	for (unsigned i = 0; i < repeats; i++) {
		uint32_t run = 131072u << 3 | 1u << 1 | (i + 1 == repeats);
		block[0] = (uint8_t)run, block[1] = (uint8_t)(run >> 8), block[2] = (uint8_t)(run >> 16), block[3] = 0;
		buf_add(out, block, 4);
	}
}

/* ---- PDF ------------------------------------------------------------------------------------------------------- */

/* One page that says `text` (ASCII); with a password nobody knows where `encrypted`. */
static inline void pdf_of(Buf *out, const char *text, bool encrypted)
{
	size_t offsets[7] = {0};
	char stream[512];
	int stream_len = snprintf(stream, sizeof stream, "BT /F1 12 Tf 72 720 Td (%s) Tj ET", text);
	const char *const objects[] = {
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		NULL,
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
		"<</Filter/Standard/V 1/R 2/P -4/O<000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F>"
		"/U<202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F>>>",
	};
	buf_printf(out, "%%PDF-1.4\n");
	for (int i = 0; i < (encrypted ? 6 : 5); i++) {
		offsets[i + 1] = out->len;
		if (objects[i])
			buf_printf(out, "%d 0 obj\n%s\nendobj\n", i + 1, objects[i]);
		else
			buf_printf(out, "%d 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n", i + 1, stream_len,
				   stream);
	}
	size_t table = out->len;
	int count = encrypted ? 7 : 6;
	buf_printf(out, "xref\n0 %d\n0000000000 65535 f \n", count);
	for (int i = 1; i < count; i++)
		buf_printf(out, "%010zu 00000 n \n", offsets[i]);
	buf_printf(
		out,
		"trailer\n<</Size %d/Root 1 0 "
		"R%s/"
		"ID[<00112233445566778899AABBCCDDEEFF><00112233445566778899AABBCCDDEEFF>]>>\nstartxref\n%zu\n%%%%EOF\n",
		count, encrypted ? "/Encrypt 6 0 R" : "", table);
}

/* ---- an archive in a directory that is removed ----------------------------------------------------------------- */

typedef struct {
	char dir[64]; /* for input files */
	char archive[80];
	Store *store;
	IngestReport report;
	Buf rejects; /* "source|code|reason" a line */
	Buf warnings;
	Err err;
} Fixture;

static inline void note_reject(void *ctx, Str source, Status code, Str reason)
{
	Fixture *f = ctx;
	buf_printf(&f->rejects, "%.*s|%s|%.*s\n", STR_ARG(source), status_name(code), STR_ARG(reason));
}

static inline void note_warning(void *ctx, Str source, const char *code, Str warning)
{
	Fixture *f = ctx;
	buf_printf(&f->warnings, "%.*s|%s%s%.*s\n", STR_ARG(source), code ? code : "", code ? "|" : "",
		   STR_ARG(warning));
}

static inline int fixture_open(void **state)
{
	Fixture *f = calloc(1, sizeof *f);
	if (!f)
		return -1;
	const char *tmp = getenv("TMPDIR");
	snprintf(f->dir, sizeof f->dir, "%s/hoso-ingest-XXXXXX", tmp && strlen(tmp) < 30 ? tmp : "/tmp");
	if (!mkdtemp(f->dir))
		return -1;
	snprintf(f->archive, sizeof f->archive, "%s/.archive", f->dir);
	if (store_init(f->archive, &f->err) != ST_OK || store_open(&f->store, f->archive, &f->err) != ST_OK) {
		fprintf(stderr, "%s\n", f->err.text);
		return -1;
	}
	*state = f;
	return 0;
}

static inline int fixture_close(void **state)
{
	Fixture *f = *state;
	Err ignored;
	store_close(f->store);
	file_remove_tree(f->dir, &ignored);
	buf_done(&f->rejects);
	buf_done(&f->warnings);
	free(f);
	return 0;
}

static inline void put_file(Fixture *f, const char *name, Str bytes)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", f->dir, name);
	for (char *slash = path + strlen(f->dir) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		mkdir(path, 0777);
		*slash = '/';
	}
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	if (bytes.len)
		assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
	fclose(file);
}

/* Ingests dir/name ("" is the whole folder); the report, rejects and warnings are in the fixture. */
static inline Status take(Fixture *f, const char *name)
{
	char path[512];
	const char *paths[] = {path};
	IngestOptions options = {.ctx = f, .rejected = note_reject, .warned = note_warning};
	snprintf(path, sizeof path, "%s%s%s", f->dir, *name ? "/" : "", name);
	buf_clear(&f->rejects);
	buf_clear(&f->warnings);
	Status st = ingest_paths(f->store, NULL, paths, 1, &options, &f->report, &f->err);
	if (st == ST_OK)
		assert_int_equal(f->report.seen,
				 f->report.added + f->report.versions + f->report.duplicates + f->report.rejected);
	return st;
}

static inline bool mentions(const Buf *lines, const char *words)
{
	return str_find(buf_str(lines), str_from(words)) >= 0;
}

#define assert_rejected(f, words)                                                                                      \
	do {                                                                                                           \
		if (!mentions(&(f)->rejects, words))                                                                   \
			fail_msg("\"%s\" is not among the rejects:\n%.*s", words, STR_ARG(buf_str(&(f)->rejects)));    \
	} while (0)

static inline void find_record(Fixture *f, const char *id, Arena *arena, Entry *out)
{
	uint64_t sequence;
	if (store_find(f->store, ENTRY_RECORD, str_from(id), 0, &sequence, &f->err) != ST_OK ||
	    store_entry(f->store, sequence, arena, out, &f->err) != ST_OK)
		fail_msg("%s", f->err.text);
}

static inline const ObjectRef *object_of(const Entry *entry, const char *role)
{
	for (size_t i = 0; i < entry->object_count; i++)
		if (strcmp(entry->objects[i].role, role) == 0)
			return &entry->objects[i];
	return NULL;
}

static inline void assert_object(Fixture *f, const ObjectRef *object, Str wanted)
{
	Buf bytes = {0};
	assert_non_null(object);
	assert_int_equal(store_object_load(f->store, &object->hash, 1 << 30, &bytes, &f->err), ST_OK);
	assert_str_equal(buf_str(&bytes), wanted);
	buf_done(&bytes);
}

/* The entry that was archived last. */
static inline void find_newest(Fixture *f, Arena *arena, Entry *out)
{
	assert_int_equal(store_entry(f->store, store_tree_size(f->store) - 1, arena, out, &f->err), ST_OK);
}

/* The program is its own extracting process. */
#define WITH_ARCHIVE(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)
#define RUN_AS_EXTRACTOR(argc, argv)                                                                                   \
	do {                                                                                                           \
		if ((argc) > 1 && strcmp((argv)[1], "extract") == 0)                                                   \
			return extract_main((argc)-1, (argv) + 1);                                                     \
	} while (0)

#endif
