/* bench/sample/units.c - the offices are tables with the days from which to which each exists; looking one up means
 * asking for a day. */
#include "bench/sample/units.h"

#include "bench/sample/calendar.h"

#include <limits.h>

enum {
	EVER_FROM = 0,
	EVER_TO = INT_MAX,
	LAST_DISTRICT_DAY = 20269,   /* 2025-06-30 */
	FIRST_NEW_DAY = 20270,       /* 2025-07-01 */
	LAST_OLD_DEPARTMENT = 20147, /* 2025-02-28 */
	FIRST_NEW_DEPARTMENT = 20148,
};

#define BIT(field) (1u << (field))
#define EVERYTHING (BIT(FIELD_COUNT) - 1)

const char units_province[] = "tỉnh Lam Giang";

static const District districts[] = {
	{"thành phố An Châu", "An Châu"}, {"thị xã Hồng Phong", "Hồng Phong"}, {"huyện Thạch Lâm", "Thạch Lâm"},
	{"huyện Phú Khê", "Phú Khê"},     {"huyện Kim Lương", "Kim Lương"},    {"huyện Bình Sa", "Bình Sa"},
	{"huyện Trà Vân", "Trà Vân"},
};

static const char *const hamlets[] = {
	"thôn Đông Hạ",     "thôn Tây Thượng",
	"thôn Nà Lọng",     "thôn Phú Thứ",
	"thôn Trung Hòa",   "thôn Ngàn Trà",
	"thôn Bến Đá",      "thôn Cầu Ngói",
	"thôn Đồng Mỏ",     "thôn Vân Khê",
	"thôn Lũng Cải",    "thôn Kim Bảng",
	"thôn Hạ Trang",    "thôn Đình Cả",
	"thôn Yên Thịnh",   "thôn Quán Gánh",
	"thôn 3",           "thôn 7",
	"xóm Mới",          "xóm Chùa",
	"xóm Trại",         "bản Khe Sanh Nhỏ",
	"bản Nậm Lúc",      "tổ dân phố số 5",
	"tổ dân phố số 11", "tổ dân phố Bắc Sơn",
	"khu phố 2",        "khu phố Nguyễn Du",
};

#define DEPARTMENT(name_, notation_, code_, fields_, yearly_, letters_, from_, to_)                                    \
	{                                                                                                              \
		.name = name_, .parent = "UBND tỉnh Lam Giang", .notation = notation_, .code = code_,                  \
		.place = "An Châu", .area = units_province, .head = "Giám đốc", .letters = letters_,                   \
		.level = LEVEL_DEPARTMENT, .district = -1, .fields = fields_, .yearly = yearly_, .from = from_,        \
		.to = to_                                                                                              \
	}
#define DISTRICT(index, name_, code_, place_)                                                                          \
	{                                                                                                              \
		.name = "Ủy ban nhân dân " name_, .notation = "UBND", .code = code_, .place = place_, .area = name_,   \
		.head = "Chủ tịch", .body = "Ủy ban nhân dân", .letters = "VP TNMT TCKH NV KT",                        \
		.level = LEVEL_DISTRICT, .district = index, .fields = EVERYTHING, .yearly = 4200, .from = EVER_FROM,   \
		.to = LAST_DISTRICT_DAY                                                                                \
	}
#define COMMUNE(index, district_, name_, code_, place_, letters_, yearly_, from_, to_)                                 \
	{                                                                                                              \
		.name = "Ủy ban nhân dân " name_, .parent = district_, .notation = "UBND", .code = code_,              \
		.place = place_, .area = name_, .head = "Chủ tịch", .body = "Ủy ban nhân dân", .letters = letters_,    \
		.level = LEVEL_COMMUNE, .district = index, .fields = EVERYTHING, .yearly = yearly_, .from = from_,     \
		.to = to_                                                                                              \
	}
#define OLD_COMMUNE(index, district_, name_, code_, place_)                                                            \
	COMMUNE(index, "UBND " district_, name_, code_, place_, "VP ĐC TP", 420, EVER_FROM, LAST_DISTRICT_DAY)
#define NEW_COMMUNE(name_, code_, place_)                                                                              \
	COMMUNE(-1, "UBND tỉnh Lam Giang", name_, code_, place_, "VP KT VHXH", 1900, FIRST_NEW_DAY, EVER_TO)

static const Office offices[] = {
	{.name = "Hội đồng nhân dân tỉnh Lam Giang",
	 .notation = "HĐND",
	 .code = "K70",
	 .place = "Lam Giang",
	 .area = units_province,
	 .head = "Chủ tịch",
	 .body = "Hội đồng nhân dân",
	 .letters = "VP",
	 .level = LEVEL_COUNCIL,
	 .district = -1,
	 .fields = EVERYTHING,
	 .yearly = 90,
	 .from = EVER_FROM,
	 .to = EVER_TO},
	{.name = "Ủy ban nhân dân tỉnh Lam Giang",
	 .notation = "UBND",
	 .code = "H70",
	 .place = "Lam Giang",
	 .area = units_province,
	 .head = "Chủ tịch",
	 .body = "Ủy ban nhân dân",
	 .letters = "VP KTN VX TH NC XD",
	 .level = LEVEL_PROVINCE,
	 .district = -1,
	 .fields = EVERYTHING,
	 .yearly = 5200,
	 .from = EVER_FROM,
	 .to = EVER_TO},

	DEPARTMENT("Sở Nội vụ", "SNV", "H70.01", BIT(FIELD_STAFF) | BIT(FIELD_REFORM), 2600, "VP TCBC CCHC VTLT",
		   EVER_FROM, LAST_OLD_DEPARTMENT),
	DEPARTMENT("Sở Nội vụ", "SNV", "H70.01", BIT(FIELD_STAFF) | BIT(FIELD_REFORM) | BIT(FIELD_WELFARE), 3400,
		   "VP TCBC CCHC LĐVL", FIRST_NEW_DEPARTMENT, EVER_TO),
	DEPARTMENT("Sở Tư pháp", "STP", "H70.02", BIT(FIELD_CIVIL), 1700, "VP HCTP PBGDPL", EVER_FROM, EVER_TO),
	DEPARTMENT("Sở Kế hoạch và Đầu tư", "SKHĐT", "H70.03", BIT(FIELD_INVESTMENT), 3100, "VP TH ĐTTĐ", EVER_FROM,
		   LAST_OLD_DEPARTMENT),
	DEPARTMENT("Sở Tài chính", "STC", "H70.04", BIT(FIELD_FINANCE), 3900, "VP NS QLG", EVER_FROM,
		   LAST_OLD_DEPARTMENT),
	DEPARTMENT("Sở Tài chính", "STC", "H70.04", BIT(FIELD_FINANCE) | BIT(FIELD_INVESTMENT), 6100, "VP NS QLG ĐTC",
		   FIRST_NEW_DEPARTMENT, EVER_TO),
	DEPARTMENT("Sở Giao thông vận tải", "SGTVT", "H70.06", BIT(FIELD_TRAFFIC), 3000, "VP QLKCHT QLVT", EVER_FROM,
		   LAST_OLD_DEPARTMENT),
	DEPARTMENT("Sở Xây dựng", "SXD", "H70.05", BIT(FIELD_INVESTMENT) | BIT(FIELD_TRAFFIC), 2800, "VP QLXD QH",
		   EVER_FROM, EVER_TO),
	DEPARTMENT("Sở Giáo dục và Đào tạo", "SGDĐT", "H70.07", BIT(FIELD_EDUCATION), 2900, "VP TCCB KTQLCL GDTrH",
		   EVER_FROM, EVER_TO),
	DEPARTMENT("Sở Y tế", "SYT", "H70.08", BIT(FIELD_HEALTH), 3300, "VP NVY KHTC", EVER_FROM, EVER_TO),
	DEPARTMENT("Sở Lao động - Thương binh và Xã hội", "SLĐTBXH", "H70.09", BIT(FIELD_WELFARE), 2300, "VP NCC BTXH",
		   EVER_FROM, LAST_OLD_DEPARTMENT),
	DEPARTMENT("Sở Văn hóa, Thể thao và Du lịch", "SVHTTDL", "H70.10", BIT(FIELD_CULTURE), 1900, "VP QLVH QLDL",
		   EVER_FROM, EVER_TO),
	DEPARTMENT("Sở Thông tin và Truyền thông", "STTTT", "H70.11", BIT(FIELD_REFORM), 1800, "VP CNTT BCVT",
		   EVER_FROM, LAST_OLD_DEPARTMENT),
	DEPARTMENT("Sở Khoa học và Công nghệ", "SKHCN", "H70.14", BIT(FIELD_REFORM), 1900, "VP CĐS",
		   FIRST_NEW_DEPARTMENT, EVER_TO),
	DEPARTMENT("Sở Tài nguyên và Môi trường", "STNMT", "H70.12", BIT(FIELD_LAND) | BIT(FIELD_FARMING), 4100,
		   "VP QLĐĐ BVMT", EVER_FROM, LAST_OLD_DEPARTMENT),
	DEPARTMENT("Sở Nông nghiệp và Phát triển nông thôn", "SNN&PTNT", "H70.13", BIT(FIELD_FARMING), 3200,
		   "VP TTBVTV TL", EVER_FROM, LAST_OLD_DEPARTMENT),
	DEPARTMENT("Sở Nông nghiệp và Môi trường", "SNNMT", "H70.12", BIT(FIELD_LAND) | BIT(FIELD_FARMING), 7200,
		   "VP QLĐĐ BVMT TL", FIRST_NEW_DEPARTMENT, EVER_TO),
	{.name = "Thanh tra tỉnh Lam Giang",
	 .parent = "UBND tỉnh Lam Giang",
	 .notation = "TTr",
	 .code = "H70.16",
	 .place = "An Châu",
	 .area = units_province,
	 .head = "Chánh Thanh tra",
	 .letters = "VP NV1",
	 .level = LEVEL_DEPARTMENT,
	 .district = -1,
	 .fields = BIT(FIELD_STAFF) | BIT(FIELD_LAND),
	 .yearly = 700,
	 .from = EVER_FROM,
	 .to = EVER_TO},

	DISTRICT(0, "thành phố An Châu", "H70.30", "An Châu"),
	DISTRICT(1, "thị xã Hồng Phong", "H70.31", "Hồng Phong"),
	DISTRICT(2, "huyện Thạch Lâm", "H70.32", "Thạch Lâm"),
	DISTRICT(3, "huyện Phú Khê", "H70.33", "Phú Khê"),
	DISTRICT(4, "huyện Kim Lương", "H70.34", "Kim Lương"),
	DISTRICT(5, "huyện Bình Sa", "H70.35", "Bình Sa"),
	DISTRICT(6, "huyện Trà Vân", "H70.36", "Trà Vân"),

	OLD_COMMUNE(0, "thành phố An Châu", "phường Trần Phú", "H70.30.21", "Trần Phú"),
	OLD_COMMUNE(0, "thành phố An Châu", "phường Lê Lợi", "H70.30.22", "Lê Lợi"),
	OLD_COMMUNE(0, "thành phố An Châu", "xã Đông Hòa", "H70.30.23", "Đông Hòa"),
	OLD_COMMUNE(1, "thị xã Hồng Phong", "phường Hồng Phong", "H70.31.21", "Hồng Phong"),
	OLD_COMMUNE(1, "thị xã Hồng Phong", "xã Minh Khai", "H70.31.22", "Minh Khai"),
	OLD_COMMUNE(1, "thị xã Hồng Phong", "xã Quảng Thịnh", "H70.31.23", "Quảng Thịnh"),
	OLD_COMMUNE(2, "huyện Thạch Lâm", "thị trấn Thạch Lâm", "H70.32.21", "Thạch Lâm"),
	OLD_COMMUNE(2, "huyện Thạch Lâm", "xã Tân Lập", "H70.32.22", "Tân Lập"),
	OLD_COMMUNE(2, "huyện Thạch Lâm", "xã Hòa Sơn", "H70.32.23", "Hòa Sơn"),
	OLD_COMMUNE(2, "huyện Thạch Lâm", "xã Thủy Nguyên Thượng", "H70.32.24", "Thủy Nguyên Thượng"),
	OLD_COMMUNE(3, "huyện Phú Khê", "thị trấn Phú Khê", "H70.33.21", "Phú Khê"),
	OLD_COMMUNE(3, "huyện Phú Khê", "xã Vĩnh Hòa", "H70.33.22", "Vĩnh Hòa"),
	OLD_COMMUNE(3, "huyện Phú Khê", "xã Cẩm Thủy", "H70.33.23", "Cẩm Thủy"),
	OLD_COMMUNE(4, "huyện Kim Lương", "thị trấn Kim Lương", "H70.34.21", "Kim Lương"),
	OLD_COMMUNE(4, "huyện Kim Lương", "xã Đại Thắng", "H70.34.22", "Đại Thắng"),
	OLD_COMMUNE(4, "huyện Kim Lương", "xã Yên Ninh", "H70.34.23", "Yên Ninh"),
	OLD_COMMUNE(5, "huyện Bình Sa", "xã Bình Sa", "H70.35.21", "Bình Sa"),
	OLD_COMMUNE(5, "huyện Bình Sa", "xã Hải Đường", "H70.35.22", "Hải Đường"),
	OLD_COMMUNE(5, "huyện Bình Sa", "xã Giao Thủy", "H70.35.23", "Giao Thủy"),
	OLD_COMMUNE(6, "huyện Trà Vân", "xã Nậm Trà", "H70.36.21", "Nậm Trà"),
	OLD_COMMUNE(6, "huyện Trà Vân", "xã Pú Đao", "H70.36.22", "Pú Đao"),
	OLD_COMMUNE(6, "huyện Trà Vân", "xã Trà Vân", "H70.36.23", "Trà Vân"),

	NEW_COMMUNE("phường An Châu", "H70.101", "An Châu"),
	NEW_COMMUNE("phường Hồng Phong", "H70.102", "Hồng Phong"),
	NEW_COMMUNE("xã Thạch Lâm", "H70.103", "Thạch Lâm"),
	NEW_COMMUNE("xã Tân Hòa", "H70.104", "Tân Hòa"),
	NEW_COMMUNE("xã Phú Khê", "H70.105", "Phú Khê"),
	NEW_COMMUNE("xã Kim Lương", "H70.106", "Kim Lương"),
	NEW_COMMUNE("xã Bình Sa", "H70.107", "Bình Sa"),
	NEW_COMMUNE("xã Trà Vân", "H70.108", "Trà Vân"),
};

enum { OFFICE_COUNT = sizeof offices / sizeof *offices };

size_t units_count(void)
{
	return OFFICE_COUNT;
}

const Office *units_office(size_t index)
{
	return &offices[index];
}

size_t units_index(const Office *office)
{
	return (size_t)(office - offices);
}

const District *units_district(int index)
{
	return index < 0 ? NULL : &districts[index];
}

static bool suits(const Office *o, int day, int field)
{
	return day >= o->from && day <= o->to && (field < 0 || (o->fields & BIT(field)));
}

/* How often an office is picked: papers of the province are what is looked for most. */
static unsigned weight(const Office *o)
{
	static const unsigned by_level[] = {
		[LEVEL_COUNCIL] = 14,  [LEVEL_PROVINCE] = 90, [LEVEL_DEPARTMENT] = 12,
		[LEVEL_DISTRICT] = 13, [LEVEL_COMMUNE] = 5,
	};
	return by_level[o->level];
}

static const Office *pick_where(Random *r, int day, int field, int level, int district, bool weighted)
{
	unsigned total = 0;
	for (int pass = 0; pass < 2; pass++) {
		unsigned mark = pass ? random_below(r, total) : 0, sum = 0;
		for (const Office *o = offices; o < offices + OFFICE_COUNT; o++) {
			if (!suits(o, day, field) || (level >= 0 && (int)o->level != level) ||
			    (district >= 0 && o->district != district))
				continue;
			sum += weighted ? weight(o) : 1;
			if (pass && sum > mark)
				return o;
		}
		total = sum;
		if (!total)
			break;
	}
	return &offices[1];
}

const Office *units_pick(Random *r, int day, int field)
{
	return pick_where(r, day, field, -1, -1, true);
}

const Office *units_pick_level(Random *r, int day, Level level, int field)
{
	return pick_where(r, day, field, (int)level, -1, false);
}

const Office *units_commune(Random *r, int day, int district)
{
	return pick_where(r, day, -1, LEVEL_COMMUNE, district, false);
}

const Office *units_superior(const Office *office, int day)
{
	if (office->level == LEVEL_COMMUNE && office->district >= 0)
		for (const Office *o = offices; o < offices + OFFICE_COUNT; o++)
			if (o->level == LEVEL_DISTRICT && o->district == office->district && suits(o, day, -1))
				return o;
	return &offices[1];
}

const char *units_hamlet(Random *r)
{
	return hamlets[random_below(r, sizeof hamlets / sizeof *hamlets)];
}
