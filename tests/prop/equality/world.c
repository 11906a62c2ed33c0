/* tests/prop/equality/world.c - random records with every field that the schema knows.
 *
 * Words are Vietnamese syllables, so that neighbours make the same pairs again and again; between them stand what is
 * odd: numbers, dates, foreign words, words longer than a term may be, other placements of the tone, bytes beyond
 * Vietnamese.
 */
#include "tests/prop/equality/equality.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const words[] = {
	"quyết", "định",   "của",  "ủy",     "ban",   "nhân",  "dân",    "tỉnh",   "về",    "việc", "giao",
	"đất",   "cho",    "thuê", "sử",     "dụng",  "chính", "quyền",  "chỉnh",  "chinh", "phủ",  "phú",
	"phu",   "luật",   "nghị", "thông",  "tư",    "số",    "năm",    "ngày",   "tháng", "và",   "các",
	"có",    "được",   "theo", "tại",    "điều",  "khoản", "điểm",   "thủ",    "tục",   "hành", "hanh",
	"hạnh",  "đăng",   "ký",   "ký",     "kí",    "kinh",  "doanh",  "thuế",   "thu",   "nhập", "cá",
	"doanh", "nghiệp", "hộ",   "tịch",   "khai",  "sinh",  "kết",    "hôn",    "hòa",   "hoà",  "hóa",
	"hoá",   "thủy",   "thuỷ", "giải",   "quyết", "khiếu", "nại",    "tố",     "cáo",   "xây",  "dựng",
	"đầu",   "tư",     "công", "chức",   "viên",  "lương", "thưởng", "bảo",    "hiểm",  "y",    "tế",
	"giáo",  "dục",    "môi",  "trường", "rừng",  "biển",  "kế",     "hoạch",  "báo",   "cáo",  "tờ",
	"trình", "hội",    "đồng", "sở",     "phòng", "huyện", "xã",     "phường", "thị",   "trấn",
};
enum { WORDS = sizeof words / sizeof *words };

static const char *const odd[] = {
	"15/2019/QĐ-UBND",
	"ngày 12/03/2019",
	"UBND",
	"12.500.000",
	"2019",
	"Đ",
	"quye\xCC\x82\xCC\x81t",
	"e-mail@example.org",
	"Ünïcödé",
	"русский",
	"漢字",
	"naïve",
	"x",
	"0",
	"H40.15-210521-0012",
	"\xF0\x9F\x93\x84",
	"3,5%",
	"I/2020",
	"(a)",
	"b).",
	"ab\xC2\xA0"
	"cd",
	"—",
	"…",
	"QUYẾT ĐỊNH:",
	"Điều 1.",
	"w\\tx",
	"\\u0001z",
	"đường\\nphố",
};
enum { ODD = sizeof odd / sizeof *odd };

const char *const world_types[] = {"Quyết định", "Công văn", "Thông báo", "Tờ trình", "Báo cáo"};
const char *const world_agencies[] = {"UBND tỉnh Nam Định",  "Sở Nội vụ",     "Sở Tài nguyên và Môi trường",
				      "UBND huyện Hòa Vang", "Cục Thuế tỉnh", "Phòng Tư pháp"};

/* A few words nearly everywhere, most of them seldom. */
const char *world_word(Random *random)
{
	double u = (double)(random_next(random) >> 11) / 9007199254740992.0;
	return words[(unsigned)(WORDS * u * u)];
}

static void write_words(FILE *out, unsigned count, Random *random)
{
	for (unsigned i = 0; i < count; i++) {
		if (random_below(random, 25) == 0)
			fprintf(out, "%s ", odd[random_below(random, ODD)]);
		else if (random_below(random, 400) == 0)
			fprintf(out, "%0*u ", (int)(200 + random_below(random, 100)), random_below(random, 9));
		else
			fprintf(out, "%s%s", world_word(random), random_below(random, 12) ? " " : ", ");
	}
}

static void write_field(FILE *out, const char *name, unsigned words_in_it, Random *random)
{
	fprintf(out, ",\"%s\":\"– ", name); /* never empty, even of no words */
	write_words(out, words_in_it, random);
	fputc('"', out);
}

static void write_number(FILE *out, Random *random)
{
	static const char *const tails[] = {"QĐ-UBND", "CV-SNV", "TB-STNMT", "TTr-UBND", "BC-CT"};
	unsigned number = 1 + random_below(random, 60), year = 2015 + random_below(random, 8),
		 form = random_below(random, 4);
	if (form == 0)
		fprintf(out, ",\"number\":\"%u/%s\"", number, tails[random_below(random, 5)]);
	else if (form < 3)
		fprintf(out, ",\"number\":\"%u/%u/%s\"", number, year, tails[random_below(random, 5)]);
	else
		fprintf(out, ",\"number\":\"số %u bis\"", number);
}

static void write_record(FILE *out, unsigned id, unsigned version, Random *random)
{
	static const unsigned lengths[] = {0, 1, 3, 30, 30, 60, 60, 120, 400};
	fprintf(out, "{\"id\":\"r-%u\"", id);
	if (random_below(random, 10))
		fprintf(out, ",\"type\":\"%s\"", world_types[random_below(random, WORLD_TYPES)]);
	if (random_below(random, 40) == 0)
		write_field(out, "agency", 80, random); /* longer than a term and a value may be */
	else if (random_below(random, 10))
		fprintf(out, ",\"agency\":\"%s\"", world_agencies[random_below(random, WORLD_AGENCIES)]);
	if (random_below(random, 10))
		fprintf(out, ",\"issued\":\"%u-%02u-%02u\"", 2010 + random_below(random, 12),
			1 + random_below(random, 12), 1 + random_below(random, 28));
	if (random_below(random, 8))
		write_number(out, random);
	if (random_below(random, 10))
		write_field(out, "subject", 3 + random_below(random, 10), random);
	if (random_below(random, 4) == 0)
		fprintf(out, ",\"cases\":[\"H40.15-2105%02u-0012\",\"case %u\"]", random_below(random, 28),
			random_below(random, 50));
	if (random_below(random, 3))
		fprintf(out,
			",\"fonds\":\"phông %u\",\"signer\":{\"name\":\"Nguyễn Văn %s\",\"position\":\"Giám đốc\"}",
			random_below(random, 4), world_word(random));
	if (random_below(random, 3) == 0)
		fprintf(out, ",\"keywords\":[\"%s %s\",\"%s\"],\"recipients\":[\"%s\"],\"extra\":{\"%s\":\"%s\"}",
			world_word(random), world_word(random), world_word(random),
			world_agencies[random_below(random, WORLD_AGENCIES)], "note", world_word(random));
	write_field(out, "text", lengths[random_below(random, sizeof lengths / sizeof *lengths)], random);
	fprintf(out, ",\"pages\":%u}\n", version + 1);
}

void world_write(const char *path, unsigned count, Random *random)
{
	FILE *out = fopen(path, "w");
	if (!out) {
		fprintf(stderr, "FAILED: %s can't be written\n", path);
		exit(1);
	}
	for (unsigned i = 0; i < count; i++) {
		bool again = i > 10 && random_below(random, 12) == 0;
		write_record(out, again ? random_below(random, i) : i, i, random);
	}
	fclose(out);
}
