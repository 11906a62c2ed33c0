/* bench/sample/fields.c - two tables: the fields of administration, and laws with the days from which to which each is
 * in force. */
#include "bench/sample/fields.h"

#include "bench/sample/calendar.h"

const FieldInfo fields[FIELD_COUNT] = {
	[FIELD_LAND] = {"dat", "Đất đai", "DD", "đất đai;giấy chứng nhận;thu hồi đất"},
	[FIELD_CIVIL] = {"ht", "Hộ tịch, tư pháp", "HT", "hộ tịch;chứng thực"},
	[FIELD_INVESTMENT] = {"dt", "Đầu tư công, xây dựng", "DT", "đầu tư công;giải ngân;xây dựng"},
	[FIELD_EDUCATION] = {"gd", "Giáo dục và đào tạo", "GD", "giáo dục;năm học"},
	[FIELD_HEALTH] = {"yt", "Y tế", "YT", "y tế;phòng, chống dịch"},
	[FIELD_TRAFFIC] = {"gt", "Giao thông vận tải", "GT", "giao thông;an toàn giao thông"},
	[FIELD_FARMING] = {"nn", "Nông nghiệp và môi trường", "NN", "nông nghiệp;môi trường;thiên tai"},
	[FIELD_REFORM] = {"cc", "Cải cách hành chính, chuyển đổi số", "CC",
			  "cải cách hành chính;chuyển đổi số;lưu trữ"},
	[FIELD_STAFF] = {"tc", "Tổ chức, cán bộ", "TC", "cán bộ;công chức;khiếu nại"},
	[FIELD_WELFARE] = {"as", "Lao động, an sinh xã hội", "AS", "an sinh xã hội;người có công;hộ nghèo"},
	[FIELD_CULTURE] = {"vh", "Văn hóa, thể thao và du lịch", "VH", "văn hóa;di tích;lễ hội"},
	[FIELD_FINANCE] = {"tn", "Tài chính, ngân sách", "TN", "ngân sách;tài sản công"},
};

#define F(field) (1u << FIELD_##field)
enum { SINCE_EVER = 0, UNTIL_NOW = 99991231 };

static const Law organisation[] = {
	{0, SINCE_EVER, 20151231, "Luật Tổ chức Hội đồng nhân dân và Ủy ban nhân dân ngày 26 tháng 11 năm 2003"},
	{0, 20160101, 20191231, "Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015"},
	{0, 20200101, 20250228,
	 "Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015; Luật sửa đổi, bổ sung một số điều của Luật Tổ "
	 "chức Chính phủ và Luật Tổ chức chính quyền địa phương ngày 22 tháng 11 năm 2019"},
	{0, 20250301, 20250615, "Luật Tổ chức chính quyền địa phương số 65/2025/QH15"},
	{0, 20250616, UNTIL_NOW, "Luật Tổ chức chính quyền địa phương số 72/2025/QH15"},
};

static const Law laws[] = {
	{F(LAND), SINCE_EVER, 20140630, "Luật Đất đai ngày 26 tháng 11 năm 2003"},
	{F(LAND), 20140701, 20240731, "Luật Đất đai ngày 29 tháng 11 năm 2013"},
	{F(LAND), 20140701, 20240731,
	 "Nghị định số 43/2014/NĐ-CP ngày 15 tháng 5 năm 2014 của Chính phủ quy định chi tiết thi hành một số điều của "
	 "Luật Đất đai"},
	{F(LAND), 20240801, UNTIL_NOW, "Luật Đất đai số 31/2024/QH15"},
	{F(LAND), 20240801, UNTIL_NOW,
	 "Nghị định số 102/2024/NĐ-CP ngày 30 tháng 7 năm 2024 của Chính phủ quy định chi tiết thi hành một số điều "
	 "của Luật Đất đai"},
	{F(CIVIL), 20160101, UNTIL_NOW, "Luật Hộ tịch ngày 20 tháng 11 năm 2014"},
	{F(CIVIL), 20160101, UNTIL_NOW,
	 "Nghị định số 123/2015/NĐ-CP ngày 15 tháng 11 năm 2015 của Chính phủ quy định chi tiết một số điều và biện "
	 "pháp thi hành Luật Hộ tịch"},
	{F(CIVIL), SINCE_EVER, 20151231,
	 "Nghị định số 158/2005/NĐ-CP ngày 27 tháng 12 năm 2005 của Chính phủ về đăng ký và quản lý hộ tịch"},
	{F(CIVIL), 20150410, UNTIL_NOW,
	 "Nghị định số 23/2015/NĐ-CP ngày 16 tháng 02 năm 2015 của Chính phủ về cấp bản sao từ sổ gốc, chứng thực bản "
	 "sao từ bản chính, chứng thực chữ ký và chứng thực hợp đồng, giao dịch"},
	{F(INVESTMENT), 20150101, 20191231, "Luật Đầu tư công ngày 18 tháng 6 năm 2014"},
	{F(INVESTMENT), 20200101, 20241231, "Luật Đầu tư công ngày 13 tháng 6 năm 2019"},
	{F(INVESTMENT), 20250101, UNTIL_NOW, "Luật Đầu tư công số 58/2024/QH15"},
	{F(INVESTMENT), SINCE_EVER, 20141231, "Luật Xây dựng ngày 26 tháng 11 năm 2003"},
	{F(INVESTMENT), 20150101, UNTIL_NOW, "Luật Xây dựng ngày 18 tháng 6 năm 2014"},
	{F(EDUCATION), SINCE_EVER, 20200630,
	 "Luật Giáo dục ngày 14 tháng 6 năm 2005; Luật sửa đổi, bổ sung một số điều của Luật Giáo dục ngày 25 tháng 11 "
	 "năm 2009"},
	{F(EDUCATION), 20200701, UNTIL_NOW, "Luật Giáo dục ngày 14 tháng 6 năm 2019"},
	{F(HEALTH), SINCE_EVER, 20231231, "Luật Khám bệnh, chữa bệnh ngày 23 tháng 11 năm 2009"},
	{F(HEALTH), 20240101, UNTIL_NOW, "Luật Khám bệnh, chữa bệnh số 15/2023/QH15"},
	{F(HEALTH), SINCE_EVER, 20260630, "Luật Phòng, chống bệnh truyền nhiễm ngày 21 tháng 11 năm 2007"},
	{F(HEALTH), 20110701, UNTIL_NOW, "Luật An toàn thực phẩm ngày 17 tháng 6 năm 2010"},
	{F(TRAFFIC), SINCE_EVER, 20241231, "Luật Giao thông đường bộ ngày 13 tháng 11 năm 2008"},
	{F(TRAFFIC), 20250101, UNTIL_NOW, "Luật Đường bộ số 35/2024/QH15"},
	{F(TRAFFIC), 20250101, UNTIL_NOW, "Luật Trật tự, an toàn giao thông đường bộ số 36/2024/QH15"},
	{F(FARMING), SINCE_EVER, 20141231, "Luật Bảo vệ môi trường ngày 29 tháng 11 năm 2005"},
	{F(FARMING), 20150101, 20211231, "Luật Bảo vệ môi trường ngày 23 tháng 6 năm 2014"},
	{F(FARMING), 20220101, UNTIL_NOW, "Luật Bảo vệ môi trường ngày 17 tháng 11 năm 2020"},
	{F(FARMING), 20140501, UNTIL_NOW, "Luật Phòng, chống thiên tai ngày 19 tháng 6 năm 2013"},
	{F(FARMING), 20190101, UNTIL_NOW, "Luật Lâm nghiệp ngày 15 tháng 11 năm 2017"},
	{F(FARMING), 20160701, UNTIL_NOW, "Luật Thú y ngày 19 tháng 6 năm 2015"},
	{F(REFORM), 20120701, 20250630, "Luật Lưu trữ ngày 11 tháng 11 năm 2011"},
	{F(REFORM), 20250701, UNTIL_NOW, "Luật Lưu trữ số 33/2024/QH15"},
	{F(REFORM), SINCE_EVER, 20200304,
	 "Nghị định số 110/2004/NĐ-CP ngày 08 tháng 4 năm 2004 của Chính phủ về công tác văn thư"},
	{F(REFORM), 20200305, UNTIL_NOW,
	 "Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác văn thư"},
	{F(REFORM), 20180621, 20250630,
	 "Nghị định số 61/2018/NĐ-CP ngày 23 tháng 4 năm 2018 của Chính phủ về thực hiện cơ chế một cửa, một cửa liên "
	 "thông trong giải quyết thủ tục hành chính"},
	{F(REFORM), 20250701, UNTIL_NOW,
	 "Nghị định số 118/2025/NĐ-CP ngày 09 tháng 6 năm 2025 của Chính phủ về thực hiện thủ tục hành chính theo cơ "
	 "chế một cửa, một cửa liên thông"},
	{F(REFORM), 20200522, UNTIL_NOW,
	 "Nghị định số 45/2020/NĐ-CP ngày 08 tháng 4 năm 2020 của Chính phủ về thực hiện thủ tục hành chính trên môi "
	 "trường điện tử"},
	{F(STAFF), SINCE_EVER, 20250630, "Luật Cán bộ, công chức ngày 13 tháng 11 năm 2008"},
	{F(STAFF), 20250701, UNTIL_NOW, "Luật Cán bộ, công chức số 80/2025/QH15"},
	{F(STAFF), 20120701, UNTIL_NOW, "Luật Khiếu nại ngày 11 tháng 11 năm 2011"},
	{F(STAFF), SINCE_EVER, 20231231, "Luật Thi đua, khen thưởng ngày 26 tháng 11 năm 2003"},
	{F(STAFF), 20240101, UNTIL_NOW, "Luật Thi đua, khen thưởng ngày 15 tháng 6 năm 2022"},
	{F(STAFF), 20140701, UNTIL_NOW, "Luật Tiếp công dân ngày 25 tháng 11 năm 2013"},
	{F(WELFARE), 20140101, 20210630,
	 "Nghị định số 136/2013/NĐ-CP ngày 21 tháng 10 năm 2013 của Chính phủ quy định chính sách trợ giúp xã hội đối "
	 "với đối tượng bảo trợ xã hội"},
	{F(WELFARE), 20210701, UNTIL_NOW,
	 "Nghị định số 20/2021/NĐ-CP ngày 15 tháng 3 năm 2021 của Chính phủ quy định chính sách trợ giúp xã hội đối "
	 "với đối tượng bảo trợ xã hội"},
	{F(WELFARE), 20210701, UNTIL_NOW, "Pháp lệnh Ưu đãi người có công với cách mạng ngày 09 tháng 12 năm 2020"},
	{F(WELFARE), 20150101, 20251231, "Luật Việc làm ngày 16 tháng 11 năm 2013"},
	{F(WELFARE), SINCE_EVER, 20131231,
	 "Nghị định số 67/2007/NĐ-CP ngày 13 tháng 4 năm 2007 của Chính phủ về chính sách trợ giúp các đối tượng bảo "
	 "trợ xã hội"},
	{F(CULTURE), SINCE_EVER, 20250630, "Luật Di sản văn hóa ngày 29 tháng 6 năm 2001"},
	{F(CULTURE), 20250701, UNTIL_NOW, "Luật Di sản văn hóa số 45/2024/QH15"},
	{F(CULTURE), 20180101, UNTIL_NOW, "Luật Du lịch ngày 19 tháng 6 năm 2017"},
	{F(FINANCE), SINCE_EVER, 20161231, "Luật Ngân sách nhà nước ngày 16 tháng 12 năm 2002"},
	{F(FINANCE), 20170101, 20251231, "Luật Ngân sách nhà nước ngày 25 tháng 6 năm 2015"},
	{F(FINANCE), 20260101, UNTIL_NOW, "Luật Ngân sách nhà nước số 89/2025/QH15"},
	{F(FINANCE), 20180101, UNTIL_NOW, "Luật Quản lý, sử dụng tài sản công ngày 21 tháng 6 năm 2017"},
};

static size_t add_in_force(const Law *table, size_t count, unsigned field_set, int date, const char **out, size_t max)
{
	size_t found = 0;
	for (size_t i = 0; i < count && found < max; i++)
		if (date >= table[i].from && date <= table[i].to && (table[i].fields & field_set) == field_set)
			out[found++] = table[i].text;
	return found;
}

size_t fields_laws(FieldId field, Level level, int day, const char **out, size_t max)
{
	CivilDate civil = calendar_civil(day);
	int date = civil.year * 10000 + civil.month * 100 + civil.day;
	size_t found = 0;
	if (level != LEVEL_DEPARTMENT)
		found = add_in_force(organisation, sizeof organisation / sizeof *organisation, 0, date, out, 1);
	return found + add_in_force(laws, sizeof laws / sizeof *laws, 1u << field, date, out + found, max - found);
}
