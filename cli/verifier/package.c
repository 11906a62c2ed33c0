/* cli/verifier/package.c - a case package: is every file what the manifests say, and every record what the archive
 * signed?
 *
 *   ZIP → manifests → proofs/NNN.json → van-ban.json, its files, the row of the register
 *
 * The manifests are nobody's word, they are only a list; what counts is that each file is bound to a proven payload:
 * objects by their SHA-256, van-ban.json and ho-so.json member by member, the register row by row. What no payload
 * stands behind (names, the order of records, bag-info.txt) is compared with what follows from the rest. Whether the
 * case file has more records than the package cannot be proven: the tree is ordered by arrival, not by case file.
 */
#include "cli/verifier/package.h"

#include "cli/verifier/register.h"
#include "cli/verifier/verdict.h"
#include "cli/verifier/zip.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 256 << 10, SHOWN_MAX = 20, PATH_BYTES = 1200 };

typedef struct {
	const ZipEntry *zip;
	const char *path; /* without the bag's folder */
	Digest hash;
	bool listed;  /* named by a manifest */
	bool claimed; /* bound to a record, or a part that every package has */
} Member;

typedef struct {
	Zip zip;
	const Verifier *verifier;
	Member *members; /* sorted by path */
	size_t folder_len;
	uint64_t payload_bytes, payload_files, proven, destroyed;
	uint64_t newest_ms; /* when the newest of its entries was archived */
	unsigned wrong;
	Register csv, older_csv; /* the register as it must be, now and in packages of older versions */
	const char *code;        /* of the case file; lies in `index` */
	json_t *index;           /* ho-so.json */
} Package;

static void wrong(Package *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void wrong(Package *p, const char *format, ...)
{
	char text[400];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (p->wrong++ < SHOWN_MAX)
		verdict(NOT_VERIFIED, "%s", text);
}

/* ---- files of the bag ------------------------------------------------------------------------------------------ */

static int by_path(const void *a, const void *b)
{
	return strcmp(((const Member *)a)->path, ((const Member *)b)->path);
}

static Member *find(const Package *p, const char *path)
{
	Member key = {.path = path};
	return bsearch(&key, p->members, p->zip.count, sizeof key, by_path);
}

static bool list_members(Package *p)
{
	const char *slash = strchr(p->zip.entries[0].name, '/');
	p->members = calloc(p->zip.count, sizeof *p->members);
	if (!p->members)
		return verdict(FAILED, "out of memory"), false;
	if (!slash)
		return wrong(p, "the package does not lie in a folder"), false;
	p->folder_len = (size_t)(slash - p->zip.entries[0].name) + 1;
	for (size_t i = 0; i < p->zip.count; i++) {
		const char *name = p->zip.entries[i].name;
		if (strncmp(name, p->zip.entries[0].name, p->folder_len) != 0)
			return wrong(p, "%s lies outside the package's folder", name), false;
		p->members[i] = (Member){.zip = &p->zip.entries[i], .path = name + p->folder_len};
	}
	qsort(p->members, p->zip.count, sizeof *p->members, by_path);
	for (size_t i = 1; i < p->zip.count; i++)
		if (strcmp(p->members[i - 1].path, p->members[i].path) == 0)
			return wrong(p, "%s is there twice", p->members[i].path), false;
	return true;
}

static bool hash_members(Package *p)
{
	unsigned char *block = malloc(BLOCK);
	bool fine = block != NULL;
	for (size_t i = 0; fine && i < p->zip.count; i++) {
		Member *m = &p->members[i];
		HashState *state = hash_begin();
		uint32_t crc = 0;
		for (uint64_t at = 0; fine && at < m->zip->size; at += BLOCK) {
			size_t len = m->zip->size - at < BLOCK ? (size_t)(m->zip->size - at) : BLOCK;
			fine = zip_read(&p->zip, m->zip->offset + at, block, len);
			if (fine) {
				hash_add(state, block, len);
				crc = zip_crc(crc, block, len);
			}
		}
		m->hash = hash_end(state);
		if (fine && crc != m->zip->crc)
			wrong(p, "%s: its bytes do not have the checksum that the ZIP file names", m->path);
		if (strncmp(m->path, "data/", 5) == 0) {
			p->payload_bytes += m->zip->size;
			p->payload_files++;
		}
	}
	free(block);
	return fine;
}

/* The member's bytes, zero-terminated; NULL where it is missing or too large. */
static char *load(Package *p, const char *path, size_t *len_out)
{
	Member *m = find(p, path);
	if (!m) {
		wrong(p, "%s is missing", path);
		return NULL;
	}
	m->claimed = true;
	if (m->zip->size > INPUT_MAX) {
		wrong(p, "%s is larger than such a file can be", path);
		return NULL;
	}
	size_t len = (size_t)m->zip->size;
	char *bytes = malloc(len + 1);
	if (!bytes || !zip_read(&p->zip, m->zip->offset, bytes, len)) {
		free(bytes);
		wrong(p, "%s cannot be read", path);
		return NULL;
	}
	bytes[len] = 0;
	*len_out = len;
	return bytes;
}

static json_t *load_json(Package *p, const char *path)
{
	json_error_t why;
	size_t len;
	char *text = load(p, path, &len);
	json_t *json = text ? json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why) : NULL;
	if (text && !json_is_object(json)) {
		wrong(p, "%s is not a JSON object", path);
		json_decref(json);
		json = NULL;
	}
	free(text);
	return json;
}

/* ---- manifests (RFC 8493) -------------------------------------------------------------------------------------- */

static void check_manifest(Package *p, const char *name, bool payload)
{
	size_t len, number = 0;
	char *text = load(p, name, &len);
	for (char *line = text, *end; line && *line; line = end + 1) {
		Digest hash;
		number++;
		end = strchr(line, '\n');
		if (!end || end - line < 67 || line[64] != ' ' || line[65] != ' ' ||
		    !decode_hex(line, 64, hash.bytes, HASH)) {
			wrong(p, "%s: line %zu is not a SHA-256 and a name", name, number);
			break;
		}
		*end = 0;
		Member *m = find(p, line + 66);
		if ((strncmp(line + 66, "data/", 5) == 0) != payload)
			wrong(p, "%s lists %s, which does not belong there", name, line + 66);
		else if (!m)
			wrong(p, "%s is missing", line + 66);
		else if (m->listed)
			wrong(p, "%s is listed twice", m->path);
		else if (!same(&m->hash, &hash))
			wrong(p, "%s is not the file that %s lists", m->path, name);
		if (m)
			m->listed = true;
	}
	if (text && strlen(text) > len)
		wrong(p, "%s is not text", name);
	free(text);
}

static void check_text(Package *p, const char *name, const char *expected)
{
	size_t len;
	char *text = load(p, name, &len);
	if (text && (len != strlen(expected) || memcmp(text, expected, len) != 0))
		wrong(p, "%s does not say what it must", name);
	free(text);
}

static void check_manifests(Package *p)
{
	check_text(p, "bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
	check_manifest(p, "manifest-sha256.txt", true);
	check_manifest(p, "tagmanifest-sha256.txt", false);
	for (size_t i = 0; i < p->zip.count; i++)
		if (!p->members[i].listed && strcmp(p->members[i].path, "tagmanifest-sha256.txt") != 0)
			wrong(p, "%s is in no manifest", p->members[i].path);
}

/* ---- what is proven against what is shown ---------------------------------------------------------------------- */

static const char *text_of(json_t *object, const char *name)
{
	json_t *value = json_object_get(object, name);
	return json_is_string(value) ? json_string_value(value) : "";
}

static bool is_number(json_t *object, const char *name, uint64_t expected)
{
	json_t *value = json_object_get(object, name);
	return json_is_integer(value) && json_integer_value(value) >= 0 &&
	       (uint64_t)json_integer_value(value) == expected;
}

static bool is_own_member(const char *name)
{
	static const char *const own[] = {"id",       "code",      "version", "sequence", "leaf",
					  "archived", "destroyed", "objects", "records",  "salt"};
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (strcmp(own[i], name) == 0)
			return true;
	return false;
}

/* id or code, version, sequence, leaf and time of `shown` follow from the proof; all else is the payload's. */
static bool shows_what_is_proven(json_t *shown, const Proven *proven)
{
	char leaf[2 * HASH + 1], when[40];
	time_t seconds = (time_t)(proven->utc_ms / 1000);
	struct tm utc = {0};
	const char *name;
	json_t *value;
	gmtime_r(&seconds, &utc);
	strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(when + strlen(when), sizeof when - strlen(when), ".%03uZ", (unsigned)(proven->utc_ms % 1000));
	for (int i = 0; i < HASH; i++)
		snprintf(leaf + 2 * i, 3, "%02x", proven->leaf.bytes[i]);
	if (strcmp(text_of(shown, proven->kind == KIND_CASE ? "code" : "id"), proven->name) != 0 ||
	    !is_number(shown, "version", proven->version) || !is_number(shown, "sequence", proven->sequence) ||
	    strcmp(text_of(shown, "leaf"), leaf) != 0 || strcmp(text_of(shown, "archived"), when) != 0 ||
	    json_is_true(json_object_get(shown, "destroyed")) == (proven->payload != NULL))
		return false;
	json_object_foreach(shown, name,
			    value) if (!is_own_member(name) &&
				       !json_equal(value, json_object_get(proven->payload, name))) return false;
	json_object_foreach(proven->payload, name,
			    value) if (!is_own_member(name) &&
				       !json_equal(value, json_object_get(shown, name))) return false;
	return true;
}

/* One object of van-ban.json, the payload's object of the same number, and the file in the folder. */
static bool object_is_there(Package *p, const char *folder, size_t number, json_t *shown, json_t *proven)
{
	static const char *const members[] = {"role", "name", "media", "from", "sha256"};
	char path[PATH_BYTES];
	Digest hash;
	json_t *size = json_object_get(proven, "size");
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (strcmp(text_of(shown, members[i]), text_of(proven, members[i])) != 0)
			return false;
	snprintf(path, sizeof path, "data/%s/%s", folder, text_of(shown, "file"));
	Member *m = find(p, path);
	if (!is_number(shown, "object", number) || !json_is_integer(size) ||
	    !json_equal(size, json_object_get(shown, "size")) || !m || m->claimed ||
	    m->zip->size != (uint64_t)json_integer_value(size) ||
	    !decode_hex(text_of(proven, "sha256"), strlen(text_of(proven, "sha256")), hash.bytes, HASH))
		return false;
	m->claimed = true;
	return same(&m->hash, &hash);
}

static void check_objects(Package *p, const char *folder, json_t *shown, json_t *proven)
{
	size_t i;
	json_t *object;
	if (json_array_size(shown) != json_array_size(proven)) {
		wrong(p, "%s: van-ban.json names another number of files than was archived", folder);
		return;
	}
	json_array_foreach(proven, i, object) if (!object_is_there(p, folder, i, json_array_get(shown, i), object))
		wrong(p, "%s: file %zu (%s) is not what was archived", folder, i + 1, text_of(object, "role"));
}

/* ---- the register ---------------------------------------------------------------------------------------------- */

static void check_register(Package *p)
{
	size_t len;
	char *text = load(p, "data/muc-luc-van-ban.csv", &len);
	if (text && !register_is(&p->csv, text, len) && !register_is(&p->older_csv, text, len))
		wrong(p, "data/muc-luc-van-ban.csv is not the register of these records");
	free(text);
}

/* ---- records --------------------------------------------------------------------------------------------------- */

static bool belongs(json_t *payload, const char *code)
{
	size_t i;
	json_t *item;
	json_array_foreach(json_object_get(payload, "cases"), i,
			   item) if (json_is_string(item) && strcmp(json_string_value(item), code) == 0) return true;
	return payload == NULL; /* destroyed: what it belonged to is gone */
}

/* Reads and checks the proof in `path`; what is wrong with it is printed. */
static bool load_proof(Package *p, const char *path, unsigned kind, Proven *out)
{
	size_t len;
	char *text = load(p, path, &len);
	*out = (Proven){0};
	if (!text)
		return false;
	int status = check_proof(text, len, path, p->verifier, out);
	free(text);
	if (out->utc_ms > p->newest_ms)
		p->newest_ms = out->utc_ms;
	if (status == VERIFIED && out->kind == kind)
		return true;
	wrong(p, "%s does not prove what it should", path);
	return false;
}

static void check_record(Package *p, size_t ordinal, json_t *listed)
{
	char path[PATH_BYTES];
	const char *folder = text_of(listed, "folder");
	Proven proven;
	snprintf(path, sizeof path, "proofs/%03zu.json", ordinal);
	if (load_proof(p, path, KIND_RECORD, &proven)) {
		snprintf(path, sizeof path, "data/%s/van-ban.json", folder);
		json_t *shown = load_json(p, path);
		if (strcmp(text_of(listed, "id"), proven.name) != 0 || !is_number(listed, "version", proven.version) ||
		    strcmp(text_of(listed, "number"), text_of(proven.payload, "number")) != 0)
			wrong(p, "data/ho-so.json lists as number %zu another record than proofs/%03zu.json proves",
			      ordinal, ordinal);
		if (!belongs(proven.payload, p->code))
			wrong(p, "%s: the record does not say that it belongs to this case file", folder);
		if (shown && !shows_what_is_proven(shown, &proven))
			wrong(p, "%s is not what was archived", path);
		check_objects(p, folder, json_object_get(shown, "objects"), json_object_get(proven.payload, "objects"));
		register_add(&p->csv, ordinal, &proven, folder);
		register_add(&p->older_csv, ordinal, &proven, folder);
		p->destroyed += proven.payload == NULL;
		p->proven++;
		json_decref(shown);
	}
	proven_free(&proven);
}

/* The case file's own metadata, where it has any: then it must be proven. */
static void check_case(Package *p)
{
	Proven proven;
	if (find(p, "proofs/ho-so.json")) {
		if (load_proof(p, "proofs/ho-so.json", KIND_CASE, &proven) && !shows_what_is_proven(p->index, &proven))
			wrong(p, "data/ho-so.json is not what was archived");
		proven_free(&proven);
	} else if (json_object_size(p->index) != 2) {
		wrong(p, "data/ho-so.json says more than is proven: proofs/ho-so.json is missing");
	}
}

static void check_key(Package *p)
{
	Verifier theirs;
	size_t len;
	char *text = load(p, "proofs/verifier.txt", &len);
	if (text && (!parse_verifier(text, &theirs) || theirs.name_len != p->verifier->name_len ||
		     strcspn(text, "\n") + 1 != len || memcmp(theirs.name, p->verifier->name, theirs.name_len) != 0 ||
		     memcmp(theirs.key, p->verifier->key, HASH) != 0))
		wrong(p, "proofs/verifier.txt is not the key that was given");
	free(text);
}

/* bag-info.txt: all lines but the first (the name of the program that wrote it) follow from the rest of the package. */
static void check_info(Package *p)
{
	static const char agent[] = "Bag-Software-Agent: ";
	char *rest = NULL, *title = strdup(text_of(p->index, "title")), day[16];
	time_t seconds = (time_t)(p->newest_ms / 1000);
	struct tm utc = {0};
	size_t len;
	char *text = load(p, "bag-info.txt", &len), *line = text ? strchr(text, '\n') : NULL;
	for (char *c = title; c && *c; c++)
		if ((unsigned char)*c < 0x20)
			*c = ' ';
	gmtime_r(&seconds, &utc);
	strftime(day, sizeof day, "%Y-%m-%d", &utc);
	if (!title ||
	    asprintf(&rest,
		     "\nBagging-Date: %s\nExternal-Identifier: %s\n%s%s%sPayload-Oxum: %" PRIu64 ".%" PRIu64 "\n", day,
		     p->code, *title ? "External-Description: " : "", title, *title ? "\n" : "", p->payload_bytes,
		     p->payload_files) < 0)
		exit(verdict(FAILED, "out of memory"));
	if (text &&
	    (!line || strncmp(text, agent, sizeof agent - 1) != 0 || strlen(text) != len || strcmp(line, rest) != 0))
		wrong(p, "bag-info.txt does not describe this package");
	free(text);
	free(title);
	free(rest);
}

static void check_contents(Package *p)
{
	size_t i;
	json_t *listed;
	p->index = load_json(p, "data/ho-so.json");
	p->code = p->index ? text_of(p->index, "code") : NULL;
	if (!p->code)
		return;
	p->older_csv.is_older = true;
	register_begin(&p->csv);
	register_begin(&p->older_csv);
	check_key(p);
	check_case(p);
	json_array_foreach(json_object_get(p->index, "records"), i, listed) check_record(p, i + 1, listed);
	check_register(p);
	check_info(p);
	for (i = 0; i < p->zip.count; i++)
		if (!p->members[i].claimed)
			wrong(p, "%s belongs to no record", p->members[i].path);
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

bool is_package(const char *path)
{
	unsigned char start[4] = {0};
	FILE *file = strcmp(path, "-") == 0 ? NULL : fopen(path, "rb");
	bool fine = file && fread(start, 1, 4, file) == 4 && memcmp(start, "PK\3\4", 4) == 0;
	if (file)
		fclose(file);
	return fine;
}

int check_package(const char *path, const Verifier *verifier)
{
	Package p = {.verifier = verifier};
	char why[ZIP_WHY];
	int status = VERIFIED, fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return verdict(FAILED, "cannot read %s", path);
	if (!zip_open(&p.zip, fd, why)) {
		status = verdict(NOT_VERIFIED, "%s: %s", path, why);
	} else if (!list_members(&p)) {
		status = NOT_VERIFIED;
	} else if (!hash_members(&p)) {
		status = verdict(FAILED, "cannot read %s", path);
	} else {
		check_manifests(&p);
		check_contents(&p);
	}
	if (p.wrong > SHOWN_MAX)
		verdict(NOT_VERIFIED, "and %u more", p.wrong - SHOWN_MAX);
	if (p.wrong)
		status = NOT_VERIFIED;
	if (status == VERIFIED) {
		if (p.destroyed)
			printf("the content of %" PRIu64
			       " records was lawfully destroyed; that they were archived is proven\n",
			       p.destroyed);
		printf("verified: case file %s, %" PRIu64 " records, %zu files, %" PRIu64 " bytes\n", p.code, p.proven,
		       p.zip.count, p.zip.size);
	}
	json_decref(p.index);
	free(p.csv.bytes);
	free(p.older_csv.bytes);
	free(p.members);
	zip_close(&p.zip);
	close(fd);
	return status;
}
