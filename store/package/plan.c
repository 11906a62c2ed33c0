/* store/package/plan.c - the payload is planned first, since the manifests list its files and hashes; then the proofs;
 * then the tag files, which go to the front. JSON files are made for their hash and dropped, and made again when it is
 * their turn: memory does not grow with the metadata.
 */
#include "store/package/plan.h"

#include "base/utf8.h"
#include "store/record/case_file.h"
#include "store/proof/checkpoint.h"
#include "store/record/entry_json.h"

#include <inttypes.h>
#include <stdio.h>

enum { TAG_FILES = 4, FOLDER_CHARS_MAX = 60 };

typedef struct {
	Store *store;
	Arena *arena, *scratch;
	CaseFile file;
	Record own; /* the case file's metadata */
	PackagePlan *plan;
	PackageItem *items; /* payload, then proofs */
	size_t count, capacity, payload_count;
	uint64_t payload_bytes;
	Buf csv, index; /* the register; ho-so.json */
	JsonOut json;
} Planner;

/* ---- names ----------------------------------------------------------------------------------------------------- */

/* Letters and digits of the Latin script, composed: a name of these is NFC whatever follows what. */
static bool is_name_char(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
	       (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7) || (c >= 0x1E00 && c <= 0x1EF9);
}

static bool is_combining(uint32_t c)
{
	return c >= 0x300 && c <= 0x36F;
}

/* A part of a file name with nothing in it that a file system refuses; each run of other characters becomes one '-'. */
static Str safe_name(Str s, Arena *arena)
{
	Buf out = {0};
	size_t chars = 0;
	bool gap = false;
	while (s.len && chars < FOLDER_CHARS_MAX) {
		uint32_t c = 0;
		size_t width = utf8_decode(s.ptr, s.len, &c);
		if (width && is_name_char(c) && !(c == '.' && out.len == 0)) {
			if (gap && out.len)
				buf_add_char(&out, '-');
			gap = false;
			buf_add(&out, s.ptr, width);
			chars++;
		} else if (!width || !is_combining(c)) {
			gap = true;
		}
		s = str_slice(s, width ? width : 1, s.len);
	}
	while (out.len && out.data[out.len - 1] == '.')
		out.len--;
	Str name = out.len ? arena_copy(arena, buf_str(&out)) : STR("khong-ten");
	buf_done(&out);
	return name;
}

static const char *ending_of(const ObjectRef *object, char out[static 8])
{
	static const struct {
		const char *media, *ending;
	} known[] = {
		{"application/pdf", "pdf"}, {"text/plain", "txt"},     {"text/html", "html"},
		{"image/jpeg", "jpg"},      {"image/png", "png"},      {"image/tiff", "tif"},
		{"application/xml", "xml"}, {"message/rfc822", "eml"},
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_eq_nocase(object->media, str_from(known[i].media)))
			return known[i].ending;
	size_t len = 0;
	for (Str name = object->name; len < 6 && len < name.len; len++) {
		char c = name.ptr[name.len - 1 - len];
		if (c == '.') {
			for (size_t i = 0; i < len; i++)
				out[i] = (char)(name.ptr[name.len - len + i] | 0x20);
			out[len] = 0;
			return len ? out : "bin";
		}
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
			break;
	}
	return "bin";
}

/* "goc.pdf", "goc-2.pdf", "noi-dung.txt", "dinh-kem-3.docx": by role and place among those of its role. */
static void object_name(const Entry *entry, size_t number, char out[static 48])
{
	static const struct {
		const char *role, *name;
	} names[] = {{"original", "goc"}, {"text", "noi-dung"}, {"attachment", "dinh-kem"}, {"envelope", "phong-bi"}};
	const ObjectRef *object = &entry->objects[number];
	const char *name = "tep";
	char ending[8];
	size_t place = 1;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(object->role, names[i].role) == 0)
			name = names[i].name;
	for (size_t i = 0; i < number; i++)
		place += strcmp(entry->objects[i].role, object->role) == 0;
	const char *dot = strcmp(object->role, "text") == 0 ? "txt" : ending_of(object, ending);
	if (place == 1)
		snprintf(out, 48, "%s.%s", name, dot);
	else
		snprintf(out, 48, "%s-%zu.%s", name, place, dot);
}

/* ---- payload --------------------------------------------------------------------------------------------------- */

static PackageItem *add_item(Planner *p)
{
	if (p->count == p->capacity) {
		size_t capacity = p->capacity ? p->capacity * 2 : 64;
		PackageItem *items = arena_calloc(p->arena, capacity, sizeof *items);
		if (!items)
			return NULL;
		if (p->count)
			memcpy(items, p->items, p->count * sizeof *items);
		p->items = items;
		p->capacity = capacity;
	}
	return &p->items[p->count++];
}

static Status add_bytes(Planner *p, const char *path, const Buf *bytes, Err *err)
{
	PackageItem *item = add_item(p);
	Str copy = buf_ok(bytes) ? arena_copy(p->arena, buf_str(bytes)) : (Str){NULL, 0};
	if (!item || !copy.ptr)
		return err_no_memory(err);
	*item = (PackageItem){.kind = ITEM_BYTES,
			      .path = str_from(path),
			      .bytes = copy,
			      .size_bytes = copy.len,
			      .utc_ms = p->file.newest_ms};
	hash_of(copy, &item->hash);
	return ST_OK;
}

/* A byte order mark, or spreadsheets take it for another encoding. */
static const char csv_head[] =
	"\xEF\xBB\xBF\"STT\",\"Số, ký hiệu\",\"Ngày ban hành\",\"Loại văn bản\",\"Cơ quan ban hành\","
	"\"Trích yếu nội dung\",\"Người ký\",\"Số trang\",\"Mã định danh\",\"Phiên bản\",\"Thư mục\",\"Ghi chú\"\r\n";

/* Quoted; a leading sign would make a spreadsheet compute it. */
static void add_cell(Buf *csv, Str value, bool last)
{
	buf_add_char(csv, '"');
	if (value.len && strchr("=+-@\t\r", value.ptr[0]))
		buf_add_char(csv, '\'');
	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];
		if (c == '"')
			buf_add_char(csv, '"');
		buf_add_char(csv, c == '\n' || c == '\r' ? ' ' : c);
	}
	buf_add_zero_terminated(csv, last ? "\"\r\n" : "\",");
}

static void add_csv_row(Planner *p, size_t ordinal, const Entry *entry, const Record *record, Str folder)
{
	static const RecordFieldId columns[] = {RF_NUMBER,  RF_ISSUED, RF_TYPE, RF_AGENCY,
						RF_SUBJECT, RF_SIGNER, RF_PAGES};
	buf_printf(&p->csv, "%zu,", ordinal);
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		add_cell(&p->csv, record_text(record, columns[i]), false);
	add_cell(&p->csv, entry->key, false);
	buf_printf(&p->csv, "%" PRIu32 ",", entry->version);
	add_cell(&p->csv, folder, false);
	add_cell(&p->csv, entry->destroyed ? STR("đã tiêu hủy") : STR(""), true);
}

static Str folder_name(Planner *p, size_t ordinal, const Entry *entry, const Record *record)
{
	Str number = record_text(record, RF_NUMBER), issued = str_from(p->file.records[ordinal - 1].issued);
	Str name = safe_name(number.len ? number : entry->key, p->arena);
	return str_from(arena_printf(p->arena, "%03zu_%.*s_%.*s", ordinal,
				     STR_ARG(issued.len ? issued : STR("khong-ngay")), STR_ARG(name)));
}

/* Made now for its hash, and again when it is its turn: what is kept does not grow with the metadata. */
static Status add_json(Planner *p, PackageItemKind kind, uint64_t sequence, uint64_t utc_ms, const char *path, Err *err)
{
	Buf json = {0};
	PackageItem item = {.kind = kind, .path = str_from(path), .sequence = sequence, .utc_ms = utc_ms};
	Status st = path ? package_item_json(p->store, p->plan, &item, &json, err) : err_no_memory(err);
	PackageItem *place = st == ST_OK ? add_item(p) : NULL;
	if (st == ST_OK && !place)
		st = err_no_memory(err);
	if (st == ST_OK) {
		item.size_bytes = json.len;
		hash_of(buf_str(&json), &item.hash);
		*place = item;
	}
	buf_done(&json);
	return st;
}

static Status add_objects(Planner *p, const Entry *entry, Str folder, Err *err)
{
	for (size_t i = 0; i < entry->object_count; i++) {
		const ObjectRef *object = &entry->objects[i];
		char name[48];
		object_name(entry, i, name);
		PackageItem *item = add_item(p);
		char *path = arena_printf(p->arena, "data/%.*s/%s", STR_ARG(folder), name);
		if (!item || !path)
			return err_no_memory(err);
		*item = (PackageItem){.kind = ITEM_OBJECT,
				      .path = str_from(path),
				      .size_bytes = object->size_bytes,
				      .utc_ms = entry->utc_ms,
				      .hash = object->hash};
	}
	return ST_OK;
}

static Status add_record(Planner *p, size_t ordinal, Err *err)
{
	Entry entry;
	Record record;
	arena_reset(p->scratch);
	Status st = store_entry(p->store, p->file.records[ordinal - 1].sequence, p->scratch, &entry, err);
	if (st == ST_OK)
		st = entry_read_record(&entry, p->scratch, &record, err);
	if (st != ST_OK)
		return st;
	Str folder = folder_name(p, ordinal, &entry, &record);
	if (!folder.ptr)
		return err_no_memory(err);
	add_csv_row(p, ordinal, &entry, &record, folder);
	jout_open(&p->json, '{');
	jout_field_str(&p->json, "id", entry.key);
	jout_field_u64(&p->json, "version", entry.version);
	jout_field_str(&p->json, "number", record_text(&record, RF_NUMBER));
	jout_field_str(&p->json, "folder", folder);
	jout_close(&p->json, '}');
	st = add_json(p, ITEM_RECORD, entry.sequence, entry.utc_ms,
		      arena_printf(p->arena, "data/%.*s/van-ban.json", STR_ARG(folder)), err);
	return st == ST_OK ? add_objects(p, &entry, folder, err) : st;
}

static Status write_record_json(Store *store, uint64_t sequence, Buf *out, Err *err)
{
	Arena arena = {0};
	Entry entry;
	Record record;
	JsonOut j;
	char name[48];
	Status st = store_entry(store, sequence, &arena, &entry, err);
	if (st == ST_OK)
		st = entry_read_record(&entry, &arena, &record, err);
	if (st != ST_OK)
		goto done;
	jout_begin(&j, out);
	jout_open(&j, '{');
	entry_write_members(&entry, &record, &j);
	jout_key(&j, "objects");
	jout_open(&j, '[');
	for (size_t i = 0; i < entry.object_count; i++) {
		object_name(&entry, i, name);
		jout_open(&j, '{');
		entry_write_object_members(&entry.objects[i], i, &j);
		jout_field_text(&j, "file", name);
		jout_close(&j, '}');
	}
	jout_close(&j, ']');
	jout_close(&j, '}');
	buf_add_char(out, '\n');
	if (!buf_ok(out))
		st = err_no_memory(err);
done:
	arena_done(&arena);
	return st;
}

Status package_item_json(Store *store, const PackagePlan *plan, const PackageItem *item, Buf *out, Err *err)
{
	JsonOut j;
	if (item->kind == ITEM_RECORD)
		return write_record_json(store, item->sequence, out, err);
	jout_begin(&j, out);
	Status st = proof_write_json(store, item->sequence, &plan->anchor, &j, err);
	buf_add_char(out, '\n');
	return st == ST_OK && !buf_ok(out) ? err_no_memory(err) : st;
}

static Status add_payload(Planner *p, Err *err)
{
	Entry entry;
	Status st = ST_OK;
	jout_begin(&p->json, &p->index);
	jout_open(&p->json, '{');
	if (p->file.has_entry && (st = store_entry(p->store, p->file.sequence, p->arena, &entry, err)) == ST_OK &&
	    (st = entry_read_record(&entry, p->arena, &p->own, err)) == ST_OK)
		entry_write_members(&entry, &p->own, &p->json);
	else
		jout_field_str(&p->json, "code", p->file.code);
	jout_key(&p->json, "records");
	jout_open(&p->json, '[');
	buf_add_zero_terminated(&p->csv, csv_head);
	for (size_t ordinal = 1; ordinal <= p->file.record_count && st == ST_OK; ordinal++)
		st = add_record(p, ordinal, err);
	jout_close(&p->json, ']');
	jout_close(&p->json, '}');
	buf_add_char(&p->index, '\n');
	if (st == ST_OK)
		st = add_bytes(p, "data/ho-so.json", &p->index, err);
	return st == ST_OK ? add_bytes(p, "data/muc-luc-van-ban.csv", &p->csv, err) : st;
}

/* ---- proofs ---------------------------------------------------------------------------------------------------- */

static uint64_t newest_sequence(const CaseFile *file)
{
	uint64_t newest = file->has_entry ? file->sequence : 0;
	for (size_t i = 0; i < file->record_count; i++)
		if (file->records[i].sequence > newest)
			newest = file->records[i].sequence;
	return newest;
}

/* One checkpoint for all. An archive without a key, on a disk that takes no writes, gives a package without proofs. */
static Status add_proofs(Planner *p, Err *err)
{
	Buf key = {0};
	Err why;
	ProofAnchor anchor;
	Status st = proof_anchor(p->store, newest_sequence(&p->file), &anchor, &why);
	if (st == ST_READ_ONLY)
		return ST_OK;
	if (st != ST_OK)
		return err_set(err, st, "%s", why.text);
	Str text = arena_copy(p->arena, buf_str(&anchor.text));
	buf_done(&anchor.text);
	p->plan->anchor = (ProofAnchor){{(char *)(uintptr_t)text.ptr, text.len, text.len, false}, anchor.tree_size};
	st = text.ptr ? store_verifier_key(p->store, &key, err) : err_no_memory(err);
	if (st == ST_OK && p->file.has_entry)
		st = add_json(p, ITEM_PROOF, p->file.sequence, p->file.newest_ms, "proofs/ho-so.json", err);
	for (size_t i = 0; i < p->file.record_count && st == ST_OK; i++)
		st = add_json(p, ITEM_PROOF, p->file.records[i].sequence, p->file.newest_ms,
			      arena_printf(p->arena, "proofs/%03zu.json", i + 1), err);
	if (st == ST_OK && (key.len == 0 || key.data[key.len - 1] != '\n'))
		buf_add_char(&key, '\n');
	if (st == ST_OK)
		st = add_bytes(p, "proofs/verifier.txt", &key, err);
	buf_done(&key);
	return st;
}

/* ---- tag files ------------------------------------------------------------------------------------------------- */

static void add_info_line(Buf *out, const char *label, Str value)
{
	buf_printf(out, "%s: ", label);
	for (size_t i = 0; i < value.len; i++)
		buf_add_char(out, (unsigned char)value.ptr[i] < 0x20 ? ' ' : value.ptr[i]);
	buf_add_char(out, '\n');
}

static void write_bag_info(const Planner *p, Buf *out)
{
	char stamp[CLOCK_STAMP_LEN + 1];
	clock_format_utc(p->file.newest_ms, stamp);
	add_info_line(out, "Bag-Software-Agent", STR("hoso " HOSO_VERSION));
	/* The day of the newest record, not of the download: no clock, same bytes. */
	add_info_line(out, "Bagging-Date", str_slice(str_from(stamp), 0, 10));
	add_info_line(out, "External-Identifier", p->file.code);
	if (record_text(&p->own, RF_TITLE).len)
		add_info_line(out, "External-Description", record_text(&p->own, RF_TITLE));
	buf_printf(out, "Payload-Oxum: %" PRIu64 ".%zu\n", p->payload_bytes, p->payload_count);
}

static void add_manifest_line(Buf *out, const PackageItem *item)
{
	buf_add_hex(out, item->hash.bytes, sizeof item->hash.bytes);
	buf_printf(out, "  %.*s\n", STR_ARG(item->path));
}

static Status add_tag_file(Planner *p, PackageItem *items, size_t *count, const char *path, Buf *bytes, Err *err)
{
	size_t last = p->count;
	Status st = add_bytes(p, path, bytes, err); /* made like the others, then moved to the front */
	if (st == ST_OK) {
		items[(*count)++] = p->items[last];
		p->count = last;
	}
	buf_clear(bytes);
	return st;
}

static Status add_tag_files(Planner *p, PackageItem *items, Hash *state, Err *err)
{
	Buf bytes = {0};
	size_t count = 0;
	buf_add_zero_terminated(&bytes, "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
	Status st = add_tag_file(p, items, &count, "bagit.txt", &bytes, err);
	if (st == ST_OK) {
		write_bag_info(p, &bytes);
		st = add_tag_file(p, items, &count, "bag-info.txt", &bytes, err);
	}
	if (st == ST_OK) {
		for (size_t i = 0; i < p->payload_count; i++)
			add_manifest_line(&bytes, &p->items[i]);
		st = add_tag_file(p, items, &count, "manifest-sha256.txt", &bytes, err);
	}
	if (st == ST_OK) {
		for (size_t i = 0; i < count; i++)
			add_manifest_line(&bytes, &items[i]);
		for (size_t i = p->payload_count; i < p->count; i++)
			add_manifest_line(&bytes, &p->items[i]);
		st = add_tag_file(p, items, &count, "tagmanifest-sha256.txt", &bytes, err);
	}
	if (st == ST_OK)
		*state = items[count - 1].hash; /* it holds the hash of the manifest, and the manifest those of all
						   other files */
	buf_done(&bytes);
	return st;
}

Status package_plan(Store *store, Str code, Arena *arena, PackagePlan *out, Err *err)
{
	Arena scratch = {0};
	PackagePlan plan = {0};
	Planner p = {.store = store, .arena = arena, .scratch = &scratch, .plan = &plan};
	Status st = case_file_read(store, code, arena, &p.file, err);
	if (st == ST_OK)
		st = add_payload(&p, err);
	for (p.payload_count = 0; p.payload_count < p.count; p.payload_count++)
		p.payload_bytes += p.items[p.payload_count].size_bytes;
	if (st == ST_OK)
		st = add_proofs(&p, err);
	if (st != ST_OK)
		goto done;
	plan.count = p.count + TAG_FILES;
	plan.items = arena_calloc(arena, plan.count, sizeof *plan.items);
	plan.folder = str_from(arena_printf(arena, "hoso-%.*s", STR_ARG(safe_name(code, arena))));
	if (!plan.items || !plan.folder.ptr) {
		st = err_no_memory(err);
		goto done;
	}
	st = add_tag_files(&p, plan.items, &plan.state, err);
	if (st != ST_OK)
		goto done;
	memcpy(plan.items + TAG_FILES, p.items, p.count * sizeof *p.items);
	*out = plan;
done:
	buf_done(&p.csv);
	buf_done(&p.index);
	arena_done(&scratch);
	return st;
}
