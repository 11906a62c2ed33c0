/* tests/unit/store_verifier.c - two programs that share no code with the store read what it wrote: hoso-verify says
 * yes to what is right and no to every mutation, and the reader made from docs/FORMAT.md extracts every record. */
#include "base/json_out.h"
#include "store/proof/checkpoint.h"
#include "store/proof/proof.h"
#include "store/proof/proof_json.h"
#include "tests/unit/store_fixture.h"

static const char *program(const char *variable, const char *fallback)
{
	const char *value = getenv(variable);
	return value ? value : fallback;
}

static void save(const Fixture *f, const char *name, Str bytes)
{
	char path[128];
	Err err;
	fixture_path(f, name, path, sizeof path);
	assert_int_equal(file_replace(path, bytes, &err), ST_OK);
}

static void save_proof(Fixture *f, uint64_t sequence, const char *name, Buf *out)
{
	ProofAnchor anchor;
	JsonOut j;
	assert_ok(f, proof_anchor(f->store, sequence, &anchor, &f->err));
	jout_begin(&j, out);
	assert_ok(f, proof_write_json(f->store, sequence, &anchor, &j, &f->err));
	save(f, name, buf_str(out));
	buf_done(&anchor.text);
}

static int setup(void **state)
{
	if (fixture_setup(state) != 0)
		return -1;
	Fixture *f = *state;
	f->options.segment_bytes = 12000;
	f->options.sample_bytes = 4000;
	fixture_reopen(f);
	for (int i = 0; i < 60; i++) {
		char key[16], text[700];
		int n = snprintf(text, sizeof text, "Điều %d. ", i);
		for (int k = 0; k < 20; k++)
			n += snprintf(text + n, sizeof text - (size_t)n, "Giao cho phòng %d, hạn %d. ", (i * k) % 37,
				      k * k % 31);
		snprintf(key, sizeof key, "r%d", i % 55);
		Str cases[1] = {STR("H40.15-210521-0012")};
		ObjectInput object = {.ref = {.role = "text", .from = STR("given"), .name = STR("tên \"lạ\"\n.txt")},
				      .bytes = {text, (size_t)n}};
		EntryInput input = {.kind = ENTRY_RECORD,
				    .key = str_from(key),
				    .metadata = STR("{\"subject\":\"V/v thử\",\"cases\":[\"H40.15-210521-0012\"]}"),
				    .objects = &object,
				    .object_count = 1,
				    .cases = cases,
				    .case_count = i % 2};
		Receipt r;
		if (i % 3 == 0)
			fixture_begin(f);
		assert_ok(f, store_append(f->store, &input, &r, &f->err));
		if (i % 3 == 2)
			fixture_commit_end(f);
	}
	return 0;
}

static void hoso_verify_accepts_what_is_right_and_nothing_else(void **state)
{
	Fixture *f = *state;
	const char *verify = program("HOSO_VERIFY", "../cli/hoso-verify");
	Buf key = {0}, proof = {0}, text = {0};
	if (access(verify, X_OK) != 0) {
		print_message("skipped: there is no %s\n", verify);
		skip();
	}
	assert_ok(f, store_verifier_key(f->store, &key, &f->err));
	save_proof(f, 17, "proof.json", &proof);
	assert_ok(f, fixture_text(f, "r17", &text));
	save(f, "text.txt", buf_str(&text));
	buf_add_char(&text, '.');
	save(f, "other.txt", buf_str(&text));
	save(f, "key.txt", buf_str(&key));
	assert_int_equal(
		fixture_run("%s -k %s/key.txt %s/proof.json %s/text.txt > /dev/null", verify, f->dir, f->dir, f->dir),
		0);
	assert_int_equal(fixture_run("%s -k %s/key.txt %s/proof.json %s/other.txt > /dev/null 2>&1", verify, f->dir,
				     f->dir, f->dir),
			 1);
	unsigned accepted = 0, tried = 0;
	for (size_t i = 0; i < proof.len; i += 7, tried++) { /* one changed character */
		char before = proof.data[i];
		proof.data[i] = before == 'A' ? 'B' : before == '1' ? '2' : (char)(before ^ 1);
		save(f, "mutant.json", buf_str(&proof));
		proof.data[i] = before;
		accepted += fixture_run("%s -k %s/key.txt %s/mutant.json %s/text.txt > /dev/null 2>&1", verify, f->dir,
					f->dir, f->dir) != 1;
	}
	print_message("%u mutations of a proof, %u accepted\n", tried, accepted);
	assert_int_equal(accepted, 0);
	buf_done(&key);
	buf_done(&proof);
	buf_done(&text);
}

static void hoso_verify_compares_two_checkpoints(void **state)
{
	Fixture *f = *state;
	const char *verify = program("HOSO_VERIFY", "../cli/hoso-verify");
	Buf key = {0}, old = {0}, text = {0}, json = {0};
	Checkpoint a, b;
	Arena arena = {0};
	Proof p;
	JsonOut j;
	if (access(verify, X_OK) != 0) {
		print_message("skipped: there is no %s\n", verify);
		skip();
	}
	assert_ok(f, store_verifier_key(f->store, &key, &f->err));
	assert_ok(f, store_checkpoint(f->store, &old, &f->err));
	fixture_begin(f);
	fixture_add(f, "later", "{}", "later");
	fixture_commit_end(f);
	assert_ok(f, store_checkpoint(f->store, &text, &f->err));
	assert_ok(f, checkpoint_parse(buf_str(&old), &a, &f->err));
	assert_ok(f, checkpoint_parse(buf_str(&text), &b, &f->err));
	assert_ok(f, store_prove_consistency(f->store, a.tree_size, b.tree_size, &arena, &p, &f->err));
	jout_begin(&j, &json);
	jout_open(&j, '{');
	jout_key(&j, "path");
	jout_open(&j, '[');
	for (size_t i = 0; i < p.count; i++)
		jout_hex(&j, p.path[i].bytes, STORE_HASH_LEN);
	jout_close(&j, ']');
	jout_close(&j, '}');
	save(f, "c.json", buf_str(&json));
	save(f, "old.txt", buf_str(&old));
	save(f, "new.txt", buf_str(&text));
	assert_int_equal(fixture_run("%s -k '%.*s' -c %s/c.json %s/old.txt %s/new.txt > /dev/null", verify,
				     STR_ARG(buf_str(&key)), f->dir, f->dir, f->dir),
			 0);
	assert_int_equal(fixture_run("%s -k '%.*s' -c %s/c.json %s/new.txt %s/old.txt > /dev/null 2>&1", verify,
				     STR_ARG(buf_str(&key)), f->dir, f->dir, f->dir),
			 1);
	arena_done(&arena);
	buf_done(&key);
	buf_done(&old);
	buf_done(&text);
	buf_done(&json);
}

static void a_reader_written_from_the_format_alone_extracts_every_record(void **state)
{
	Fixture *f = *state;
	char reader[512], path[160];
	Arena arena = {0};
	Buf mine = {0}, theirs = {0}, listing = {0}, hex = {0};
	StoreState now;
	snprintf(reader, sizeof reader, "%s/tests/format_reader.py", program("HOSO_SOURCE", "."));
	if (fixture_run("python3 -c pass") != 0 || access(reader, R_OK) != 0) {
		print_message("skipped: there is no python3 or no %s\n", reader);
		skip();
	}
	assert_int_equal(fixture_run("python3 %s %s --extract %s/out > %s/list.jsonl", reader, f->dir, f->dir, f->dir),
			 0);
	store_state(f->store, &now);
	for (uint64_t i = 0; i < now.tree_size; i++) {
		Entry entry;
		arena_reset(&arena);
		buf_clear(&mine);
		buf_clear(&theirs);
		assert_ok(f, store_entry(f->store, i, &arena, &entry, &f->err));
		assert_ok(f, store_object_load(f->store, &entry.objects[0].hash, 1 << 20, &mine, &f->err));
		snprintf(path, sizeof path, "%s/out/%llu-0", f->dir, (unsigned long long)i);
		assert_ok(f, file_read_all(path, 1 << 20, &theirs, &f->err));
		assert_str_equal(buf_str(&theirs), buf_str(&mine));
	}
	fixture_path(f, "list.jsonl", path, sizeof path);
	assert_ok(f, file_read_all(path, 1 << 20, &listing, &f->err));
	buf_add_hex(&hex, now.root.bytes, STORE_HASH_LEN);
	assert_true(str_find(buf_str(&listing), buf_str(&hex)) > 0);
	arena_done(&arena);
	buf_done(&mine);
	buf_done(&theirs);
	buf_done(&listing);
	buf_done(&hex);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(hoso_verify_accepts_what_is_right_and_nothing_else, setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(hoso_verify_compares_two_checkpoints, setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(a_reader_written_from_the_format_alone_extracts_every_record, setup,
						fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
