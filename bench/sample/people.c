/* bench/sample/people.c - given names are put together from tables; family names come in about the shares that the
 * country has. Who signs follows from office, term and rank alone, so that the same person signs for five years. */
#include "bench/sample/people.h"

typedef struct {
	const char *name;
	unsigned share;
} Family;
static const Family families[] = {
	{"Nguyễn", 38}, {"Trần", 12}, {"Lê", 9},   {"Phạm", 7}, {"Hoàng", 4}, {"Phan", 4}, {"Vũ", 3},
	{"Võ", 2},      {"Đặng", 3},  {"Bùi", 3},  {"Đỗ", 3},   {"Hồ", 2},    {"Ngô", 2},  {"Dương", 2},
	{"Lý", 1},      {"Đinh", 1},  {"Nông", 1}, {"Lò", 1},   {"Giàng", 1}, {"Đoàn", 1},
};

static const char *const men_middle[] = {"Văn", "Đức", "Hữu", "Minh", "Quang", "Xuân", "Công", "Đình", "Ngọc", "Trọng"};
static const char *const men[] = {
	"Hùng", "Dũng",  "Thắng", "Tuấn", "Sơn", "Hải",  "Long", "Hòa", "Khánh", "Bình",  "Phúc", "Quyết", "Thủy",
	"Toàn", "Nghĩa", "Cường", "Hiếu", "Lâm", "Tiến", "Vinh", "Đạt", "Thái",  "Chiến", "Mạnh", "Quý",   "Duy",
};
static const char *const women_middle[] = {"Thị",     "Thị Thu", "Thị Thanh", "Thị Ngọc",
					   "Thị Kim", "Thúy",    "Thị Hồng",  "Thị Bích"};
static const char *const women[] = {
	"Hà",   "Hương", "Lan",  "Hoa",    "Thủy", "Nga",   "Hằng", "Yến", "Nhung", "Mai",   "Hạnh",
	"Thảo", "Huệ",   "Loan", "Phượng", "Dung", "Trang", "Oanh", "Vân", "Hiền",  "Quỳnh", "Tuyết",
};

#define PICK(table) table[random_below(r, sizeof(table) / sizeof *(table))]

static const char *pick_family(Random *r)
{
	unsigned total = 0, mark;
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		total += families[i].share;
	mark = random_below(r, total);
	for (size_t i = 0;; i++) {
		if (mark < families[i].share)
			return families[i].name;
		mark -= families[i].share;
	}
}

static void write_name(Random *r, bool woman, Buf *out)
{
	const char *family = pick_family(r);
	const char *middle = woman ? PICK(women_middle) : PICK(men_middle);
	const char *given = woman ? PICK(women) : PICK(men);
	buf_printf(out, "%s %s %s", family, middle, given);
}

void people_write(Random *r, bool title, Buf *out)
{
	bool woman = random_chance(r, 42);
	if (title)
		buf_add_zero_terminated(out, woman ? "bà " : "ông ");
	write_name(r, woman, out);
}

void people_write_signer(const Office *office, int year, unsigned deputy, Buf *out)
{
	uint64_t term = (uint64_t)(year - 2011) / 5; /* 2011-2016, 2016-2021, … */
	Random r = {(uint64_t)units_index(office) * 1000003u + term * 10007u + deputy * 101u + 77u};
	random_next(&r);
	write_name(&r, random_chance(&r, 24), out);
}
