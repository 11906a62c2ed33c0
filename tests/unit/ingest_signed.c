/* tests/unit/ingest_signed.c - a signed container: its document is read, the container is kept. */
#include "ingest_fixture.h"

/* SignedData without certificates and signers, around the seven bytes of "van ban". */
static const char signed_text[] = "\x30\x2E\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02\xA0\x21\x30\x1F\x02\x01\x01\x31"
				  "\x00\x30\x16\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01\xA0\x09\x04\x07"
				  "van ban"
				  "\x31\x00";

static void the_document_in_a_container_is_read_and_the_container_kept(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	put_file(f, "15-qd.txt.p7m", STR(signed_text));
	assert_int_equal(take(f, "15-qd.txt.p7m"), ST_OK);
	assert_int_equal(f->report.added, 1);
	assert_int_equal(f->report.warnings, 0);
	find_newest(f, &arena, &entry);
	assert_object(f, object_of(&entry, "envelope"), STR(signed_text));
	assert_object(f, object_of(&entry, "original"), STR("van ban"));
	assert_str_equal(object_of(&entry, "original")->name, STR("15-qd.txt"));
	assert_object(f, object_of(&entry, "text"), STR("van ban"));
	assert_int_equal(take(f, "15-qd.txt.p7m"), ST_OK);
	assert_int_equal(f->report.duplicates, 1);
	put_file(f, "no.p7m", STR("not a container"));
	assert_int_equal(take(f, "no.p7m"), ST_OK);
	assert_true(mentions(&f->warnings, "no.p7m|no signed container"));
	arena_done(&arena);
}

int main(int argc, char **argv)
{
	RUN_AS_EXTRACTOR(argc, argv);
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(the_document_in_a_container_is_read_and_the_container_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
