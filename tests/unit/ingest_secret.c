/* tests/unit/ingest_secret.c - state secrets are refused, by field and by stamp, and nothing they say is repeated. */
#include "ingest_fixture.h"

static void secret_records_are_refused_without_their_words(void **state)
{
	Fixture *f = *state;
	put_file(f, "a.jsonl",
		 STR("{\"id\":\"a\",\"secrecy\":\"Tối mật\",\"text\":\"hush\"}\n"
		     "{\"id\":\"b\",\"secrecy\":\"MẬT\",\"text\":\"hush\"}\n"
		     "{\"id\":\"c\",\"text\":\"UBND TỈNH\\tCỘNG HÒA\\n  [TUYỆT MẬT]\\nhush\"}\n"
		     "{\"id\":\"d\",\"text\":\"BỘ    M\u1EA0\u0302T\\nhush\"}\n"
		     "{\"id\":\"e\",\"text\":\"Độ mật: Mật\\nhush\"}\n"
		     "{\"id\":\"f\",\"access\":\"03\",\"text\":\"hush\"}\n"
		     "{\"id\":\"g\",\"secrecy\":\"thường\",\"text\":\"ỦY BAN\\nMẶT TRẬN\\nMẤT\\nMặt\\nmật ong\"}\n"
		     "{\"id\":\"h\",\"secrecy\":\"Không "
		     "mật\",\"text\":\"1\\n2\\n3\\n4\\n5\\n6\\n7\\n8\\n9\\n10\\n11\\n12\\n13\\n14\\n15\\nMẬT\"}\n"));
	assert_int_equal(take(f, "a.jsonl"), ST_OK);
	assert_int_equal(f->report.added, 2);
	assert_int_equal(f->report.rejected, 6);
	for (int line = 1; line <= 6; line++) {
		char words[64];
		snprintf(words, sizeof words, "a.jsonl:%d|forbidden|a secret record", line);
		assert_rejected(f, words);
	}
	assert_false(mentions(&f->rejects, "hush"));
}

int main(int argc, char **argv)
{
	RUN_AS_EXTRACTOR(argc, argv);
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(secret_records_are_refused_without_their_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
