/* tests/unit/store_package_verifier.c - hoso-verify says yes to a whole case package and no to every other. The wrong
 * packages are made by store_package_forge.py, most of them with manifests that fit. */
#include "tests/unit/store_fixture.h"

#include "store/proof/checkpoint.h"
#include "store/care/destroy.h"
#include "store/package/package.h"

#define CODE "H40.15-210521-0012"
#define FIRST "data/001_2018_2-CV/"
#define SECOND "data/002_2019-03-12_15-2019-QĐ-UBND/"
enum { LARGE = 2 << 20 };

static const char *verifier, *forger;

static int verify(const Fixture *f, const char *package, const char *key)
{
	return fixture_run("%s -k %s/%s %s/%s > %s/said 2>&1", verifier, f->dir, key, f->dir, package, f->dir);
}

static void add(Fixture *f, EntryKind kind, const char *key, const char *metadata, Str bytes)
{
	static const Str cases[] = {{CODE, sizeof CODE - 1}};
	ObjectInput objects[2] = {
		{.ref = {.role = "original", .name = STR("../ba\"d.pdf"), .media = STR("application/pdf")},
		 .bytes = bytes,
		 .fd = -1},
		{.ref = {.role = "text", .from = STR("given")}, .bytes = STR("Công văn số hai"), .fd = -1},
	};
	EntryInput input = {.kind = kind,
			    .key = str_from(key),
			    .metadata = str_from(metadata),
			    .objects = objects,
			    .object_count = bytes.len ? 2 : 0,
			    .cases = cases,
			    .case_count = kind == ENTRY_RECORD};
	Receipt receipt;
	assert_ok(f, store_put(f->store, &input, &receipt, &f->err));
}

static void save(const Fixture *f, const char *name, Str bytes)
{
	char path[128];
	Err err;
	fixture_path(f, name, path, sizeof path);
	assert_int_equal(file_replace(path, bytes, &err), ST_OK);
}

static void export(Fixture *f, const char *name)
{
	Package *package;
	char path[128];
	fixture_path(f, name, path, sizeof path);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_ok(f, package_open(&package, f->store, NULL, STR(CODE), NULL, &f->err));
	assert_ok(f, package_write(package, fd, &f->err));
	package_close(package);
	close(fd);
}

static int setup(void **state)
{
	static char large[LARGE];
	Buf key = {0};
	const char *source = getenv("HOSO_SOURCE"), *given = getenv("HOSO_VERIFY");
	static char path[512];
	snprintf(path, sizeof path, "%s/tests/unit/store_package_forge.py", source ? source : ".");
	verifier = given ? given : "../cli/hoso-verify";
	forger = path;
	if (fixture_setup(state) != 0)
		return -1;
	Fixture *f = *state;
	for (size_t i = 0; i < LARGE; i++)
		large[i] = (char)(i * 2654435761u >> 13);
	add(f, ENTRY_CASE, CODE, "{\"case\":\"" CODE "\",\"title\":\"Hồ sơ\\nhai dòng\",\"retention\":\"20 năm\"}",
	    STR(""));
	add(f, ENTRY_RECORD, "late",
	    "{\"number\":\"15/2019/QĐ-UBND\",\"issued\":\"2019-03-12\",\"subject\":\"V/v \\\"quy "
	    "chế\\\"\",\"signer\":{\"name\":\"A\","
	    "\"position\":\"B\"},\"cases\":[\"" CODE "\"],\"pages\":3}",
	    (Str){large, LARGE});
	add(f, ENTRY_RECORD, "early",
	    "{\"number\":\"2/CV\",\"issued\":\"2018\",\"subject\":\"=cmd()\",\"cases\":[\"" CODE "\"]}", STR("%PDF"));
	add(f, ENTRY_RECORD, "undated", "{\"subject\":\" ＝x\",\"cases\":[\"" CODE "\"]}", STR("%PDF-2"));
	assert_ok(f, store_verifier_key(f->store, &key, &f->err));
	buf_add_char(&key, '\n');
	save(f, "key.txt", buf_str(&key));
	buf_done(&key);
	export(f, "p.zip");
	return 0;
}

static void the_programs_are_there(void)
{
	if (access(verifier, X_OK) != 0 || access(forger, R_OK) != 0 || fixture_run("python3 -c pass") != 0) {
		print_message("skipped: there is no %s, %s or python3\n", verifier, forger);
		skip();
	}
}

static void a_whole_package_is_accepted_with_the_archives_key_only(void **state)
{
	Fixture *f = *state;
	the_programs_are_there();
	assert_int_equal(verify(f, "p.zip", "key.txt"), 0);
	assert_int_equal(fixture_run("grep -q 'verified: case file " CODE ", 3 records' %s/said", f->dir), 0);
	save(f, "other.txt", STR("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n"));
	assert_int_equal(verify(f, "p.zip", "other.txt"), 1);
	assert_int_equal(fixture_run("%s %s/p.zip > /dev/null 2>&1", verifier, f->dir), 2); /* no key, no answer */
}

static void no_changed_byte_is_accepted(void **state)
{
	Fixture *f = *state;
	struct stat info;
	char path[128];
	unsigned tried = 0, accepted = 0;
	the_programs_are_there();
	fixture_path(f, "p.zip", path, sizeof path);
	assert_int_equal(stat(path, &info), 0);
	/* all kinds of bytes: densely at both ends, where headers, manifests, proofs and the directory are */
	for (off_t at = 0; at < info.st_size; at += at < 4000 || at > info.st_size - 9000 ? 29 : 50021, tried++) {
		flip_byte(f, "p.zip", (uint64_t)at, (uint8_t)(1 << (tried % 8)));
		accepted += verify(f, "p.zip", "key.txt") != 1;
		flip_byte(f, "p.zip", (uint64_t)at, (uint8_t)(1 << (tried % 8)));
	}
	print_message("%u changed bytes of a package, %u not refused\n", tried, accepted);
	assert_int_equal(accepted, 0);
	assert_int_equal(truncate(path, info.st_size - 1), 0);
	assert_int_equal(verify(f, "p.zip", "key.txt"), 1);
}

static void no_package_that_was_made_to_fit_is_accepted(void **state)
{
	Fixture *f = *state;
	static const char *const changes[] = {
		"remove '" FIRST "noi-dung.txt'",
		"remove '" FIRST "noi-dung.txt' stale",
		"remove proofs/001.json",
		"remove proofs/ho-so.json",
		"remove data/muc-luc-van-ban.csv",
		"add data/more.txt",
		"add '" FIRST "more.txt'",
		"add proofs/004.json",
		"add more.txt",
		"add data/more.txt stale",
		"swap proofs/001.json proofs/002.json",
		"swap '" FIRST "goc.pdf' '" SECOND "goc.pdf'",
		"edit '" FIRST "noi-dung.txt' hai ba",
		"edit '" FIRST "noi-dung.txt' hai ba stale",
		"edit '" SECOND "van-ban.json' 15/2019 16/2019",
		"edit '" SECOND "van-ban.json' '\"pages\":3' '\"pages\":4'",
		"edit '" SECOND "van-ban.json' '\"pages\":3,' ''",
		"edit '" SECOND "van-ban.json' goc.pdf noi-dung.txt",
		"edit data/muc-luc-van-ban.csv 15/2019 16/2019",
		"edit data/ho-so.json '20 năm' '10 năm'",
		"edit data/ho-so.json 001_2018_2-CV 002_2019-03-12_15-2019-QĐ-UBND",
		"edit bag-info.txt 0012 0013",
		"edit bag-info.txt 'Hồ sơ' 'Hồ'",
		"edit bagit.txt 1.0 0.97",
		"rename '" FIRST "noi-dung.txt' '" FIRST "khac.txt'",
		"edit proofs/001.json '\"version\":1' '\"version\":2'",
		"edit proofs/verifier.txt hoso/ hosa/",
		"add ../more.txt",
		"add data/../more.txt",
	};
	the_programs_are_there();
	assert_int_equal(fixture_run("python3 %s %s/p.zip %s/q.zip same && cmp -s %s/p.zip %s/q.zip", forger, f->dir,
				     f->dir, f->dir, f->dir),
			 0);
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		assert_int_equal(fixture_run("python3 %s %s/p.zip %s/q.zip %s", forger, f->dir, f->dir, changes[i]), 0);
		if (verify(f, "q.zip", "key.txt") != 1)
			fail_msg("accepted: %s", changes[i]);
	}
}

static void a_package_with_a_destroyed_record_is_accepted_and_says_so(void **state)
{
	Fixture *f = *state;
	const Str ids[1] = {STR("early")};
	DestructionInput input = {.decision = STR("17/QĐ"),
				  .decided = STR("2026-11-22"),
				  .reason = STR("hết hạn"),
				  .approved_by = {STR("A"), STR("B")},
				  .record_ids = ids,
				  .record_count = 1};
	DestructionReport report;
	the_programs_are_there();
	assert_ok(f, store_destroy(f->store, &input, &report, &f->err));
	export(f, "p.zip");
	assert_int_equal(verify(f, "p.zip", "key.txt"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_whole_package_is_accepted_with_the_archives_key_only, setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(no_changed_byte_is_accepted, setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(no_package_that_was_made_to_fit_is_accepted, setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(a_package_with_a_destroyed_record_is_accepted_and_says_so, setup,
						fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
