/* store/package/plan.c - the payload is planned first, since the manifests list its files and hashes; then the proofs;
 * then the tag files, which go to the front. Each record is read once: its metadata and its proof are made into one
 * buffer for their hash and dropped, so memory does not grow with them.
 */
#include "store/package/plan.h"

#include "store/package/names.h"
#include "store/package/register.h"
#include "store/record/case_file.h"
#include "store/proof/checkpoint.h"
#include "store/record/entry_json.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct {
	PackageItem *list;
	size_t count, capacity;
} Items;

typedef struct {
	Store *store;
	const Deadline *until;
	Arena *arena;  /* of the plan */
	Arena scratch; /* of the record at hand */
	CaseFile file;
	Record own; /* the case file's metadata */
	PackagePlan *plan;
	bool proves; /* there is a checkpoint for proofs to lead to */
	Items payload, proofs, tags;
	uint64_t payload_bytes;
	Buf made;       /* a file of the record at hand */
	Buf csv, index; /* the register; ho-so.json */
	JsonOut json;
} Planner;

/* ---- payload --------------------------------------------------------------------------------------------------- */

static PackageItem *add_item(Planner *p, Items *to)
{
	if (to->count == to->capacity) {
		size_t capacity = to->capacity ? to->capacity * 2 : 64;
		PackageItem *items = arena_calloc(p->arena, capacity, sizeof *items);
		if (!items)
			return NULL;
		if (to->count)
			memcpy(items, to->list, to->count * sizeof *items);
		to->list = items;
		to->capacity = capacity;
	}
	return &to->list[to->count++];
}

/* Size, hash and sum of a file that is made here. */
static void measure(PackageItem *item, Str bytes)
{
	item->size_bytes = bytes.len;
	hash_of(bytes, &item->hash);
	item->crc = PACKAGE_CRC_KNOWN | zip_crc(0, bytes.ptr, bytes.len);
}

static Status add_bytes(Planner *p, Items *to, const char *path, const Buf *bytes, Err *err)
{
	PackageItem *item = add_item(p, to);
	Str copy = buf_ok(bytes) ? arena_copy(p->arena, buf_str(bytes)) : (Str){NULL, 0};
	if (!item || !copy.ptr)
		return err_no_memory(err);
	*item = (PackageItem){.kind = ITEM_BYTES, .path = str_from(path), .bytes = copy, .utc_ms = p->file.newest_ms};
	measure(item, copy);
	p->plan->memory_bytes += copy.len;
	return ST_OK;
}

static Str folder_name(Planner *p, size_t ordinal, const Entry *entry, const Record *record)
{
	Str number = record_text(record, RF_NUMBER), issued = str_from(p->file.records[ordinal - 1].issued);
	Str name = package_safe_name(number.len ? number : entry->key, p->arena);
	return str_from(arena_printf(p->arena, "%03zu_%.*s_%.*s", ordinal,
				     STR_ARG(issued.len ? issued : STR("khong-ngay")), STR_ARG(name)));
}

/* What is in p->made. */
static Status add_made(Planner *p, Items *to, PackageItemKind kind, const Entry *entry, uint64_t utc_ms,
		       const char *path, Err *err)
{
	PackageItem *item = path && buf_ok(&p->made) ? add_item(p, to) : NULL;
	if (!item)
		return err_no_memory(err);
	*item = (PackageItem){.kind = kind, .path = str_from(path), .sequence = entry->sequence, .utc_ms = utc_ms};
	measure(item, buf_str(&p->made));
	return ST_OK;
}

static void write_record_json(const Entry *entry, const Record *record, Buf *out)
{
	JsonOut j;
	char name[PACKAGE_OBJECT_NAME_BYTES];
	jout_begin(&j, out);
	jout_open(&j, '{');
	entry_write_members(entry, record, &j);
	jout_key(&j, "objects");
	jout_open(&j, '[');
	for (size_t i = 0; i < entry->object_count; i++) {
		package_object_name(entry, i, name);
		jout_open(&j, '{');
		entry_write_object_members(&entry->objects[i], i, &j);
		jout_field_text(&j, "file", name);
		jout_close(&j, '}');
	}
	jout_close(&j, ']');
	jout_close(&j, '}');
	buf_add_char(out, '\n');
}

static Status write_proof_json(Store *store, const Entry *entry, const ProofAnchor *anchor, Buf *out, Err *err)
{
	JsonOut j;
	jout_begin(&j, out);
	Status st = proof_write_entry_json(store, entry, anchor, &j, err);
	buf_add_char(out, '\n');
	return st;
}

static Status add_proof(Planner *p, const Entry *entry, const char *path, Err *err)
{
	if (!p->proves)
		return ST_OK;
	buf_clear(&p->made);
	Status st = write_proof_json(p->store, entry, &p->plan->anchor, &p->made, err);
	return st == ST_OK ? add_made(p, &p->proofs, ITEM_PROOF, entry, p->file.newest_ms, path, err) : st;
}

static Status add_objects(Planner *p, const Entry *entry, Str folder, Err *err)
{
	for (size_t i = 0; i < entry->object_count; i++) {
		const ObjectRef *object = &entry->objects[i];
		char name[PACKAGE_OBJECT_NAME_BYTES];
		package_object_name(entry, i, name);
		PackageItem *item = add_item(p, &p->payload);
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

static void add_index_row(Planner *p, const Entry *entry, const Record *record, Str folder)
{
	jout_open(&p->json, '{');
	jout_field_str(&p->json, "id", entry->key);
	jout_field_u64(&p->json, "version", entry->version);
	jout_field_str(&p->json, "number", record_text(record, RF_NUMBER));
	jout_field_str(&p->json, "folder", folder);
	jout_close(&p->json, '}');
}

static Status add_record(Planner *p, size_t ordinal, Err *err)
{
	Entry entry;
	Record record;
	if (deadline_passed(p->until))
		return err_set(err, ST_BUSY, "no time was left to plan the package");
	arena_reset(&p->scratch);
	Status st = store_entry(p->store, p->file.records[ordinal - 1].sequence, &p->scratch, &entry, err);
	if (st == ST_OK)
		st = entry_read_record(&entry, &p->scratch, &record, err);
	if (st != ST_OK)
		return st;
	Str folder = folder_name(p, ordinal, &entry, &record);
	if (!folder.ptr)
		return err_no_memory(err);
	register_add(&p->csv, ordinal, &entry, &record, folder);
	add_index_row(p, &entry, &record, folder);
	buf_clear(&p->made);
	write_record_json(&entry, &record, &p->made);
	st = add_made(p, &p->payload, ITEM_RECORD, &entry, entry.utc_ms,
		      arena_printf(p->arena, "data/%.*s/van-ban.json", STR_ARG(folder)), err);
	if (st == ST_OK)
		st = add_objects(p, &entry, folder, err);
	return st == ST_OK ? add_proof(p, &entry, arena_printf(p->arena, "proofs/%03zu.json", ordinal), err) : st;
}

Status package_item_json(Store *store, const PackagePlan *plan, const PackageItem *item, Buf *out, Err *err)
{
	Arena arena = {0};
	Entry entry;
	Record record;
	Status st = store_entry(store, item->sequence, &arena, &entry, err);
	if (st == ST_OK && item->kind == ITEM_PROOF)
		st = write_proof_json(store, &entry, &plan->anchor, out, err);
	else if (st == ST_OK && (st = entry_read_record(&entry, &arena, &record, err)) == ST_OK)
		write_record_json(&entry, &record, out);
	arena_done(&arena);
	return st == ST_OK && !buf_ok(out) ? err_no_memory(err) : st;
}

/* The case file's own metadata, where it has some. */
static Status add_own(Planner *p, Err *err)
{
	Entry entry;
	if (!p->file.has_entry) {
		jout_field_str(&p->json, "code", p->file.code);
		return ST_OK;
	}
	Status st = store_entry(p->store, p->file.sequence, p->arena, &entry, err);
	if (st == ST_OK)
		st = entry_read_record(&entry, p->arena, &p->own, err);
	if (st != ST_OK)
		return st;
	entry_write_members(&entry, &p->own, &p->json);
	return add_proof(p, &entry, "proofs/ho-so.json", err);
}

static Status add_payload(Planner *p, Err *err)
{
	jout_begin(&p->json, &p->index);
	jout_open(&p->json, '{');
	Status st = add_own(p, err);
	jout_key(&p->json, "records");
	jout_open(&p->json, '[');
	register_begin(&p->csv);
	for (size_t ordinal = 1; ordinal <= p->file.record_count && st == ST_OK; ordinal++)
		st = add_record(p, ordinal, err);
	jout_close(&p->json, ']');
	jout_close(&p->json, '}');
	buf_add_char(&p->index, '\n');
	if (st == ST_OK)
		st = add_bytes(p, &p->payload, "data/ho-so.json", &p->index, err);
	if (st == ST_OK)
		st = add_bytes(p, &p->payload, "data/muc-luc-van-ban.csv", &p->csv, err);
	for (size_t i = 0; i < p->payload.count; i++)
		p->payload_bytes += p->payload.list[i].size_bytes;
	return st;
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
static Status find_anchor(Planner *p, Err *err)
{
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
	p->proves = true;
	return text.ptr ? ST_OK : err_no_memory(err);
}

static Status add_verifier_key(Planner *p, Err *err)
{
	Buf key = {0};
	if (!p->proves)
		return ST_OK;
	Status st = store_verifier_key(p->store, &key, err);
	if (st == ST_OK && (key.len == 0 || key.data[key.len - 1] != '\n'))
		buf_add_char(&key, '\n');
	if (st == ST_OK)
		st = add_bytes(p, &p->proofs, "proofs/verifier.txt", &key, err);
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
	buf_printf(out, "Payload-Oxum: %" PRIu64 ".%zu\n", p->payload_bytes, p->payload.count);
}

static void add_manifest_lines(const Items *items, Buf *out)
{
	for (size_t i = 0; i < items->count; i++) {
		const PackageItem *item = &items->list[i];
		buf_add_hex(out, item->hash.bytes, sizeof item->hash.bytes);
		buf_printf(out, "  %.*s\n", STR_ARG(item->path));
	}
}

static Status add_tag_file(Planner *p, const char *path, Buf *bytes, Err *err)
{
	Status st = add_bytes(p, &p->tags, path, bytes, err);
	buf_clear(bytes);
	return st;
}

static Status add_tag_files(Planner *p, Err *err)
{
	Buf bytes = {0};
	buf_add_zero_terminated(&bytes, "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
	Status st = add_tag_file(p, "bagit.txt", &bytes, err);
	if (st == ST_OK) {
		write_bag_info(p, &bytes);
		st = add_tag_file(p, "bag-info.txt", &bytes, err);
	}
	if (st == ST_OK) {
		add_manifest_lines(&p->payload, &bytes);
		st = add_tag_file(p, "manifest-sha256.txt", &bytes, err);
	}
	if (st == ST_OK) {
		add_manifest_lines(&p->tags, &bytes);
		add_manifest_lines(&p->proofs, &bytes);
		st = add_tag_file(p, "tagmanifest-sha256.txt", &bytes, err);
	}
	if (st == ST_OK) /* it holds the hash of the manifest, and the manifest those of all other files */
		p->plan->state = p->tags.list[p->tags.count - 1].hash;
	buf_done(&bytes);
	return st;
}

/* ---- the plan -------------------------------------------------------------------------------------------------- */

ZipEntry package_item_entry(const PackagePlan *plan, const PackageItem *item)
{
	return (ZipEntry){.folder = plan->folder,
			  .path = item->path,
			  .size_bytes = item->size_bytes,
			  .offset_bytes = item->offset_bytes,
			  .utc_s = (int64_t)(item->utc_ms / 1000),
			  .crc = (uint32_t)atomic_load_explicit(&item->crc, memory_order_relaxed)};
}

static Status gather_items(Planner *p, Err *err)
{
	PackagePlan *plan = p->plan;
	const Items *parts[] = {&p->tags, &p->payload, &p->proofs};
	PackageItem *items = arena_calloc(p->arena, p->tags.count + p->payload.count + p->proofs.count, sizeof *items);
	if (!items)
		return err_no_memory(err);
	plan->items = items;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (parts[i]->count)
			memcpy(items + plan->count, parts[i]->list, parts[i]->count * sizeof *items);
		plan->count += parts[i]->count;
	}
	/* lists grow by doubling, and each path is some hundred bytes */
	plan->memory_bytes += plan->count * (4 * sizeof *items + 100);
	return ST_OK;
}

static void lay_out(PackagePlan *plan)
{
	uint64_t at = 0;
	for (size_t i = 0; i < plan->count; i++) {
		PackageItem *item = &plan->items[i];
		item->offset_bytes = at;
		ZipEntry entry = package_item_entry(plan, item);
		at += zip_local_bytes(&entry) + item->size_bytes + zip_descriptor_bytes(&entry);
	}
	plan->central_offset_bytes = at;
	for (size_t i = 0; i < plan->count; i++) {
		ZipEntry entry = package_item_entry(plan, &plan->items[i]);
		plan->items[i].central_offset_bytes = at;
		at += zip_central_bytes(&entry);
	}
	plan->end_offset_bytes = at;
	plan->size_bytes = at + zip_end_bytes(plan->count, plan->central_offset_bytes, at - plan->central_offset_bytes);
}

/* ZIP holds local times, so the time zone is part of what makes the bytes. */
static Status make_tag(PackagePlan *plan, Err *err)
{
	Buf seed = {0}, hex = {0};
	Hash hash;
	buf_add_zero_terminated(&seed, "package 1 " HOSO_VERSION);
	buf_add(&seed, plan->state.bytes, sizeof plan->state.bytes);
	for (size_t i = 0; i < plan->count; i++) {
		time_t when = (time_t)(plan->items[i].utc_ms / 1000);
		struct tm local = {0};
		localtime_r(&when, &local);
		buf_printf(&seed, "%lld %ld;", (long long)when, local.tm_gmtoff);
	}
	bool ok = buf_ok(&seed);
	if (ok) {
		hash_of(buf_str(&seed), &hash);
		buf_add_hex(&hex, hash.bytes, 16);
		ok = buf_ok(&hex);
		if (ok)
			memcpy(plan->tag, hex.data, 32);
	}
	buf_done(&seed);
	buf_done(&hex);
	return ok ? ST_OK : err_no_memory(err);
}

static Status name_package(PackagePlan *plan, Str code, Err *err)
{
	plan->code = arena_copy(&plan->arena, code);
	plan->folder =
		str_from(arena_printf(&plan->arena, "hoso-%.*s", STR_ARG(package_safe_name(code, &plan->arena))));
	plan->file_name = arena_printf(&plan->arena, "%.*s.zip", STR_ARG(plan->folder));
	return plan->code.ptr && plan->folder.ptr && plan->file_name ? ST_OK : err_no_memory(err);
}

static Status fill_plan(Planner *p, Err *err)
{
	Status st = name_package(p->plan, p->file.code, err);
	if (st == ST_OK)
		st = add_payload(p, err);
	if (st == ST_OK)
		st = add_verifier_key(p, err);
	if (st == ST_OK)
		st = add_tag_files(p, err);
	if (st == ST_OK)
		st = gather_items(p, err);
	if (st == ST_OK)
		st = make_tag(p->plan, err);
	if (st == ST_OK)
		lay_out(p->plan);
	return st;
}

static bool is_same(const PackagePlan *a, const PackagePlan *b)
{
	return hash_eq(&a->case_state, &b->case_state) && str_eq(buf_str(&a->anchor.text), buf_str(&b->anchor.text));
}

Status package_plan_make(PackagePlan **out, Store *store, Str code, PackagePlan *same, const Deadline *until, Err *err)
{
	PackagePlan *plan = calloc(1, sizeof *plan);
	if (!plan)
		return err_no_memory(err);
	plan->holders = 1;
	Planner p = {.store = store, .until = until, .arena = &plan->arena, .plan = plan};
	Status st = case_file_read(store, code, p.arena, &p.file, err);
	if (st == ST_OK)
		st = find_anchor(&p, err);
	plan->case_state = p.file.state;
	bool changed = st == ST_OK && !(same && is_same(plan, same));
	if (changed)
		st = fill_plan(&p, err);
	buf_done(&p.made);
	buf_done(&p.csv);
	buf_done(&p.index);
	arena_done(&p.scratch);
	if (st == ST_OK && changed)
		*out = plan;
	else
		package_plan_drop(plan);
	if (st == ST_OK && !changed)
		*out = package_plan_hold(same);
	return st;
}

PackagePlan *package_plan_hold(PackagePlan *plan)
{
	atomic_fetch_add_explicit(&plan->holders, 1, memory_order_relaxed);
	return plan;
}

void package_plan_drop(PackagePlan *plan)
{
	if (!plan || atomic_fetch_sub_explicit(&plan->holders, 1, memory_order_acq_rel) > 1)
		return;
	arena_done(&plan->arena);
	free(plan);
}
