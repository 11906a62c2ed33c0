/* indexer/ingest/headings.c - the table, and the comparison. The table's titles are folded once; a heading is looked up
 * as it is, then by what stands before its first comma, then by the distance of its letters. */
#include "indexer/ingest/headings.h"

#include "tokenizer/fold.h"

#include <pthread.h>
#include <stdlib.h>

const RegisterFieldRow register_fields[REG_COUNT] = {
	[REG_NONE] = {"", COLUMN_IGNORED, NULL, REG_NONE, false, ""},
	[REG_IGNORED] = {"-", COLUMN_IGNORED, NULL, REG_NONE, false, "STT;TT;Số TT;Số thứ tự;No;#;ordinal"},
	[REG_ID] = {"id", COLUMN_MEMBER, "id", REG_NONE, false,
		    "id;docId;Mã định danh;Mã văn bản;Mã tài liệu;Mã định danh văn bản;Mã định danh tài liệu"},
	[REG_FILE] = {"file", COLUMN_LIST, "files", REG_NONE, false,
		      "file;files;path;file_name;filePath;fileName;Tệp;Tập tin;Tên tệp;Tên tập tin;Tên file;"
		      "Đường dẫn;Đường dẫn file;Đường dẫn tệp;Đường dẫn tập tin;Đường dẫn tệp tin;Đường dẫn văn bản;"
		      "Tệp đính kèm;File đính kèm;Tệp tin;Link file;File PDF;Tên tệp tin;Tên tệp đính kèm;"
		      "TenTepDinhKem;DuongDanTaiTepTin;AttachmentName"},
	[REG_TEXT] = {"text", COLUMN_MEMBER, "text", REG_NONE, false,
		      "text;content;Toàn văn;Nội dung;Nội dung toàn văn"},
	[REG_NUMBER] =
		{"number", COLUMN_PART, "number", REG_CASE_NOTATION, false,
		 "number;code;notationCode;Số ký hiệu;Số và ký hiệu;Số hiệu;Số ký hiệu văn bản;Số và ký hiệu văn bản;"
		 "Số hiệu văn bản;Số văn bản ký hiệu;Số KH;SKH;Số ký hiệu VB;Số ký hiệu tài liệu;Số ký hiệu của văn "
		 "bản;"
		 "Số và ký hiệu tài liệu;notation"},
	[REG_NUMERAL] = {"number.numeral", COLUMN_PART, NULL, REG_NONE, false,
			 "codeNumber;Số;Số văn bản;Số của văn bản;Số của tài liệu;Số VB"},
	[REG_NOTATION] = {"number.notation", COLUMN_PART, NULL, REG_NONE, false,
			  "codeNotation;Ký hiệu;Ký hiệu văn bản;Ký hiệu của văn bản;Ký hiệu của tài liệu;Ký hiệu VB"},
	[REG_TYPE] =
		{"type", COLUMN_MEMBER, "type", REG_NONE, false,
		 "type;typeName;documentType;Loại;Loại văn bản;Tên loại;Tên loại văn bản;Tên loại tài liệu;Thể loại;"
		 "Thể loại văn bản;Hình thức văn bản;Loại VB"},
	[REG_ISSUED] = {"issued", COLUMN_DATE, "issued", REG_NONE, false,
			"issued;issuedDate;promulgationDate;Ngày ban hành;Ngày tháng;Ngày tháng năm;Ngày văn bản;"
			"Ngày tháng văn bản;Ngày tháng năm văn bản;Ngày tháng năm ban hành;Ngày tháng năm tài liệu;"
			"Ngày ký;Ngày VB;Ngày tháng VB;Ngày tháng ban hành;Thời gian văn bản;Thời gian ban hành;"
			"Ngày tháng năm của văn bản;Thời gian"},
	[REG_ISSUED_DAY] = {"issued.day", COLUMN_PART, NULL, REG_NONE, false, "Ngày;Ngày của văn bản;day"},
	[REG_ISSUED_MONTH] = {"issued.month", COLUMN_PART, NULL, REG_NONE, false,
			      "Tháng;Tháng văn bản;Tháng ban hành;month"},
	[REG_ISSUED_YEAR] = {"issued.year", COLUMN_PART, NULL, REG_NONE, false, "Năm;Năm văn bản;Năm ban hành;year"},
	[REG_AGENCY] = {"agency", COLUMN_MEMBER, "agency", REG_NONE, false,
			"agency;organName;Cơ quan ban hành;Cơ quan;Tác giả;Tác giả văn bản;Nơi ban hành;Đơn vị ban "
			"hành;Nơi gửi;"
			"Cơ quan gửi;Tên cơ quan;Tên cơ quan ban hành;Tên cơ quan tổ chức ban hành văn bản;"
			"Tên cơ quan tổ chức cá nhân ban hành;Cơ quan tổ chức ban hành;Cơ quan ban hành văn bản;"
			"Tên cơ quan tổ chức ban hành"},
	[REG_SUBJECT] =
		{"subject", COLUMN_MEMBER, "subject", REG_CASE_TITLE, false,
		 "subject;Trích yếu;Trích yếu nội dung;Trích yếu văn bản;Trích yếu nội dung văn bản;Nội dung trích yếu;"
		 "Tên loại và trích yếu nội dung;Tên loại và trích yếu;Tên loại và trích yếu nội dung văn bản;"
		 "Nội dung văn bản;Tiêu đề văn bản;Tên văn bản;Tên tài liệu;compendium;"
		 "Trích yếu nội dung tài liệu;Nội dung tài liệu"},
	[REG_SIGNER] = {"signer", COLUMN_PART, NULL, REG_NONE, false,
			"signer;fullName;Người ký;Người ký văn bản;Họ tên người ký;Họ và tên người ký;"
			"Họ và tên người ký văn bản;approverName"},
	[REG_POSITION] = {"signer.position", COLUMN_PART, NULL, REG_NONE, false,
			  "position;Chức vụ;Chức vụ người ký;Chức vụ của người ký văn bản;approverPosition"},
	[REG_RECIPIENTS] =
		{"recipients", COLUMN_LIST, "recipients", REG_NONE, false,
		 "recipients;toPlaces;Nơi nhận;Nơi nhận văn bản;Đơn vị hoặc người nhận;Đơn vị người nhận;Nơi nhận VB;"
		 "Tên cơ quan tổ chức nhận văn bản"},
	[REG_DIRECTION] = {"direction", COLUMN_MEMBER, "direction", REG_NONE, false,
			   "direction;Đến/đi;Văn bản đến đi;Chiều văn bản;Loại đến đi"},
	[REG_FONDS] =
		{"fonds", COLUMN_MEMBER, "fonds", REG_NONE, false,
		 "fonds;fondName;Phông;Tên phông;Phông lưu trữ;Tên phông lưu trữ;Tên phông công trình sưu tập lưu trữ"},
	[REG_SECRECY] = {"secrecy", COLUMN_MEMBER, "secrecy", REG_NONE, false,
			 "secrecy;Độ mật;Mức độ mật;Mức mật;Dấu mật;Cấp độ mật"},
	[REG_URGENCY] = {"urgency", COLUMN_MEMBER, "urgency", REG_NONE, false,
			 "urgency;priority;Độ khẩn;Mức độ khẩn;Mức khẩn"},
	[REG_LANGUAGE] = {"language", COLUMN_MEMBER, "language", REG_CASE_LANGUAGE, false, "language;Ngôn ngữ"},
	[REG_PAGES] = {"pages", COLUMN_WHOLE, "pages", REG_CASE_PAGES, false,
		       "pages;numberOfPage;pageAmount;Số trang;Số lượng trang;Số trang của văn bản;Số lượng trang của "
		       "văn bản;"
		       "Số trang văn bản;Số lượng trang văn bản"},
	[REG_KEYWORDS] = {"keywords", COLUMN_LIST, "keywords", REG_CASE_KEYWORDS, false,
			  "keywords;keyword;Từ khóa;Từ khoá"},
	[REG_FIELD] = {"field", COLUMN_MEMBER, "field", REG_NONE, false, "field;Lĩnh vực;TenLinhVuc;Tên lĩnh vực"},
	[REG_RETENTION] = {"retention", COLUMN_MEMBER, "retention", REG_CASE_RETENTION, false,
			   "retention;maintenance;Thời hạn bảo quản;Thời hạn lưu trữ;THBQ;Thời hạn BQ"},
	[REG_ACCESS] = {"access", COLUMN_MEMBER, "access", REG_CASE_ACCESS, false,
			"access;mode;rights;Chế độ sử dụng;Mức độ tiếp cận;Chế độ tiếp cận"},
	[REG_DUE] =
		{"due", COLUMN_DATE, "due", REG_NONE, false,
		 "due;dueDate;Hạn xử lý;Hạn trả lời;Hạn trả lời văn bản;Thời hạn giải quyết;Hạn giải quyết;NgayHenTra;"
		 "Ngày hẹn trả"},
	[REG_REPOSITORY] = {"location.repository", COLUMN_LOCATION, "repository", REG_NONE, false,
			    "Kho;Kho số;Tên kho;repository;Kho lưu trữ;location;Nơi để bản giấy;Nơi lưu"},
	[REG_SHELF] = {"location.shelf", COLUMN_LOCATION, "shelf", REG_NONE, false, "Giá;Giá số;Kệ;Kệ số;shelf"},
	[REG_BOX] = {"location.box", COLUMN_LOCATION, "box", REG_NONE, false,
		     "Hộp số;Hộp;Số hộp;Cặp số;Hộp/cặp số;box"},
	[REG_SHEETS] = {"location.sheets", COLUMN_LOCATION, "sheets", REG_NONE, false, "Tờ số;Từ tờ đến tờ;sheets;Tờ"},
	[REG_ORDINAL] = {"ordinal", COLUMN_EXTRA, "docOrdinal", REG_NONE, false,
			 "docOrdinal;Số thứ tự văn bản trong hồ sơ;Số thứ tự tài liệu trong hồ sơ;STT văn bản;"
			 "STT trong hồ sơ;Số thứ tự văn bản;STT văn bản trong hồ sơ"},
	[REG_DOC_CODE] = {"doc_code", COLUMN_EXTRA, "docCode", REG_NONE, false,
			  "docCode;arcDocCode;Mã lưu trữ;Mã lưu trữ của tài liệu;Mã lưu trữ tài liệu"},
	[REG_NOTE] = {"note", COLUMN_EXTRA, "description", REG_CASE_REMARK, false,
		      "description;note;Ghi chú;Chú thích;GhiChu"},
	[REG_INFOR_SIGN] = {"infor_sign", COLUMN_EXTRA, "inforSign", REG_CASE_INFOR_SIGN, false,
			    "inforSign;Ký hiệu thông tin"},
	[REG_CONFIDENCE] = {"confidence", COLUMN_EXTRA, "confidenceLevel", REG_CASE_CONFIDENCE, false,
			    "confidenceLevel;Mức độ tin cậy"},
	[REG_AUTOGRAPH] = {"autograph", COLUMN_EXTRA, "autograph", REG_NONE, false, "autograph;Bút tích"},
	[REG_CONDITION] = {"condition", COLUMN_EXTRA, "format", REG_CASE_CONDITION, false, "format;Tình trạng vật lý"},
	[REG_PROCESS] = {"process", COLUMN_EXTRA, "process", REG_NONE, false, "process;Quy trình xử lý"},
	[REG_MATERIAL] = {"material", COLUMN_EXTRA, "material", REG_NONE, false,
			  "Loại tài liệu;Loại hình tài liệu;material"},
	[REG_ARRIVED] =
		{"arrived", COLUMN_EXTRA_DATE, "arrivalDate", REG_NONE, false,
		 "arrivalDate;arrived;Ngày đến;Ngày tháng năm đến;Ngày nhận;Ngày tiếp nhận;NgayTiepNhan;dateReceived"},
	[REG_ARRIVAL_NUMBER] = {"arrival_number", COLUMN_EXTRA, "arrivalNumber", REG_NONE, false,
				"arrivalNumber;Số đến;Số văn bản đến"},
	[REG_COPIES] = {"copies", COLUMN_EXTRA, "issuedAmount", REG_NONE, false,
			"issuedAmount;Số lượng bản;Số bản;Số lượng bản phát hành"},
	[REG_FORWARDED] = {"forwarded", COLUMN_EXTRA_DATE, "forwarded", REG_NONE, false, "Ngày chuyển;forwarded"},
	[REG_RECEIPT_SIGNED] = {"receipt", COLUMN_EXTRA, "receipt", REG_NONE, false, "Ký nhận;receipt"},
	[REG_KEEPER] = {"keeper", COLUMN_EXTRA, "keeper", REG_NONE, false,
			"Đơn vị người nhận bản lưu;Đơn vị nhận bản lưu;Nơi lưu bản gốc;keeper"},
	[REG_OPINION] = {"opinion", COLUMN_EXTRA, "traceHeaderList", REG_NONE, false,
			 "traceHeaderList;Ý kiến phân phối;Ý kiến phân phối chỉ đạo trạng thái xử lý văn bản;Ý kiến "
			 "chỉ đạo;opinion"},
	[REG_RISK] = {"risk", COLUMN_EXTRA, "riskRecovery", REG_NONE, false, "riskRecovery;Chế độ dự phòng"},
	[REG_RISK_STATE] = {"risk_state", COLUMN_EXTRA, "riskRecoveryStatus", REG_NONE, false,
			    "riskRecoveryStatus;Tình trạng dự phòng"},
	/* a case file's */
	[REG_CASE_CODE] =
		{"case", COLUMN_PART, NULL, REG_NONE, true,
		 "case;cases;fileCode;arcFileCode;Mã hồ sơ;Hồ sơ;Mã hồ sơ lưu trữ;MaHoSo;case files;Case file"},
	[REG_CASE_AGENCY_CODE] = {"case.agency_code", COLUMN_PART, NULL, REG_NONE, true,
				  "identifier;Mã cơ quan lưu trữ;Mã cơ quan"},
	[REG_CASE_FONDS_CODE] = {"case.fonds_code", COLUMN_PART, NULL, REG_NONE, true,
				 "organId;Mã phông;Phông số;Mã phông công trình sưu tập lưu trữ;Mã định danh của cơ "
				 "quan tổ chức lập danh mục hồ sơ"},
	[REG_CASE_CATALOGUE] =
		{"case.catalogue", COLUMN_PART, NULL, REG_NONE, true,
		 "fileCatalog;Mục lục;Mục lục số;Mục lục số hoặc năm hình thành hồ sơ;Năm hình thành hồ sơ;"
		 "Mục lục hồ sơ"},
	[REG_CASE_NOTATION] = {"case.notation", COLUMN_PART, NULL, REG_NONE, true,
			       "fileNotation;Số và ký hiệu hồ sơ;Số ký hiệu hồ sơ;Hồ sơ số;Số hồ sơ;Số HS"},
	[REG_CASE_TITLE] = {"case.title", COLUMN_MEMBER, "title", REG_NONE, true,
			    "title;Tiêu đề hồ sơ;Tên hồ sơ;Tiêu đề;TrichYeuHoSo;Trích yếu hồ sơ"},
	[REG_CASE_RETENTION] = {"case.retention", COLUMN_MEMBER, "retention", REG_NONE, true,
				"Thời hạn bảo quản hồ sơ"},
	[REG_CASE_ACCESS] = {"case.access", COLUMN_MEMBER, "access", REG_NONE, true, "Chế độ sử dụng hồ sơ"},
	[REG_CASE_LANGUAGE] = {"case.language", COLUMN_MEMBER, "language", REG_NONE, true, "Ngôn ngữ hồ sơ"},
	[REG_CASE_PAGES] = {"case.pages", COLUMN_WHOLE, "pages", REG_NONE, true,
			    "pageTotal;Tổng số trang;Tổng số trang của hồ sơ;Tổng số trang hồ sơ"},
	[REG_CASE_KEYWORDS] = {"case.keywords", COLUMN_LIST, "keywords", REG_NONE, true, "Từ khóa hồ sơ"},
	[REG_CASE_START] = {"case.start", COLUMN_EXTRA_DATE, "startDate", REG_NONE, true,
			    "startDate;Thời gian bắt đầu;Ngày bắt đầu hồ sơ;Ngày tháng bắt đầu;Ngày tháng năm bắt đầu"},
	[REG_CASE_START_DAY] = {"case.start.day", COLUMN_PART, NULL, REG_NONE, true, "Ngày bắt đầu"},
	[REG_CASE_START_MONTH] = {"case.start.month", COLUMN_PART, NULL, REG_NONE, true, "Tháng bắt đầu"},
	[REG_CASE_START_YEAR] = {"case.start.year", COLUMN_PART, NULL, REG_NONE, true, "Năm bắt đầu"},
	[REG_CASE_END] = {"case.end", COLUMN_EXTRA_DATE, "endDate", REG_NONE, true,
			  "endDate;Thời gian kết thúc;Ngày kết thúc hồ sơ;Ngày tháng kết thúc;Ngày tháng năm kết thúc"},
	[REG_CASE_END_DAY] = {"case.end.day", COLUMN_PART, NULL, REG_NONE, true, "Ngày kết thúc"},
	[REG_CASE_END_MONTH] = {"case.end.month", COLUMN_PART, NULL, REG_NONE, true, "Tháng kết thúc"},
	[REG_CASE_END_YEAR] = {"case.end.year", COLUMN_PART, NULL, REG_NONE, true, "Năm kết thúc"},
	[REG_CASE_TOTAL] =
		{"case.total", COLUMN_EXTRA, "totalDoc", REG_NONE, true,
		 "totalDoc;docTotal;Tổng số văn bản;Tổng số văn bản trong hồ sơ;Tổng số tài liệu trong hồ sơ;"
		 "Số lượng văn bản;Tổng số tài liệu"},
	[REG_CASE_SHEETS] = {"case.sheets", COLUMN_EXTRA, "numberOfPaper", REG_NONE, true,
			     "numberOfPaper;numberSheet;Số lượng tờ;Số tờ;Tổng số tờ"},
	[REG_CASE_NOTE] = {"case.note", COLUMN_EXTRA, "description", REG_NONE, true, "Chú giải"},
	[REG_CASE_REMARK] = {"case.remark", COLUMN_EXTRA, "remark", REG_NONE, true, "Ghi chú hồ sơ"},
	[REG_CASE_INFOR_SIGN] = {"case.infor_sign", COLUMN_EXTRA, "inforSign", REG_NONE, true, ""},
	[REG_CASE_CONFIDENCE] = {"case.confidence", COLUMN_EXTRA, "confidenceLevel", REG_NONE, true, ""},
	[REG_CASE_CONDITION] = {"case.condition", COLUMN_EXTRA, "format", REG_NONE, true, ""},
	[REG_CASE_PAPER] = {"case.paper_code", COLUMN_EXTRA, "paperFileCode", REG_NONE, true,
			    "paperFileCode;Mã hồ sơ giấy gốc;Mã hồ sơ gốc giấy"},
	[REG_CASE_MAKER] = {"case.maker", COLUMN_EXTRA, "creator", REG_NONE, true, "creator;Người lập hồ sơ"},
};

/* ---- the titles, folded ---------------------------------------------------------------------------------------- */

enum { TITLES_MAX = 512, SLIP_LETTERS_MAX = 64, ONE_SLIP_FROM = 8, TWO_SLIPS_FROM = 16 };

static struct {
	struct {
		Str text;
		RegisterField field;
	} titles[TITLES_MAX];
	size_t count;
	Buf letters;
} known;

void heading_fold(Str heading, Buf *out)
{
	Buf folded = {0};
	size_t depth = 0, start = out->len;
	bool gap = false;
	fold_text(heading, &folded);
	for (size_t i = 0; i < folded.len; i++) {
		char c = folded.data[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
		depth += c == '(';
		if (letter && !depth) {
			if (gap && out->len > start)
				buf_add_char(out, ' ');
			buf_add_char(out, c);
		}
		gap = depth || !letter;
		depth -= c == ')' && depth;
	}
	if (out->len == start && str_eq(buf_str(&folded), STR("#")))
		buf_add_char(out, '#');
	out->failed |= folded.failed;
	buf_done(&folded);
}

/* The table's titles are read once; a program that has no memory even for these knows no headings. */
static void fold_titles(void)
{
	static size_t ends[TITLES_MAX];
	for (int field = REG_NONE + 1; field < REG_COUNT; field++) {
		Str rest = str_from(register_fields[field].titles), title;
		while (rest.len && str_split(&rest, ';', &title) && known.count < TITLES_MAX) {
			heading_fold(title, &known.letters);
			known.titles[known.count].field = (RegisterField)field;
			ends[known.count++] = known.letters.len;
		}
	}
	for (size_t i = 0; i < known.count; i++)
		known.titles[i].text = str_slice(buf_str(&known.letters), i ? ends[i - 1] : 0, ends[i]);
}

static void make_ready(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, fold_titles);
}

/* ---- finding --------------------------------------------------------------------------------------------------- */

static RegisterField find_exact(Str folded)
{
	for (size_t i = 0; i < known.count && folded.len; i++)
		if (str_eq(known.titles[i].text, folded))
			return known.titles[i].field;
	return REG_NONE;
}

/* Letters to change, to add or to take away, or neighbours to exchange; more than `most`: most + 1. */
static size_t distance(Str a, Str b, size_t most)
{
	size_t rows[3][SLIP_LETTERS_MAX + 1], *before = rows[0], *above = rows[1], *row = rows[2];
	if (a.len > SLIP_LETTERS_MAX || b.len > SLIP_LETTERS_MAX || a.len > b.len + most || b.len > a.len + most)
		return most + 1;
	for (size_t k = 0; k <= b.len; k++)
		above[k] = k;
	memset(rows[0], 0, sizeof rows[0]);
	for (size_t i = 1; i <= a.len; i++) {
		row[0] = i;
		for (size_t k = 1; k <= b.len; k++) {
			size_t best = above[k - 1] + (a.ptr[i - 1] != b.ptr[k - 1]);
			best = above[k] + 1 < best ? above[k] + 1 : best;
			best = row[k - 1] + 1 < best ? row[k - 1] + 1 : best;
			if (i > 1 && k > 1 && a.ptr[i - 1] == b.ptr[k - 2] && a.ptr[i - 2] == b.ptr[k - 1] &&
			    before[k - 2] + 1 < best)
				best = before[k - 2] + 1;
			row[k] = best;
		}
		size_t *spare = before;
		before = above;
		above = row;
		row = spare;
	}
	return above[b.len];
}

static RegisterField find_with_slips(Str folded)
{
	size_t most = folded.len >= TWO_SLIPS_FROM ? 2 : folded.len >= ONE_SLIP_FROM ? 1 : 0, best = most + 1;
	RegisterField found = REG_NONE;
	for (size_t i = 0; i < known.count && most; i++) {
		size_t far = distance(folded, known.titles[i].text, most);
		if (far > most || known.titles[i].text.len < ONE_SLIP_FROM - 1)
			continue;
		if (far < best) {
			best = far;
			found = known.titles[i].field;
		} else if (far == best && found != known.titles[i].field) {
			found = REG_NONE; /* it may mean either */
		}
	}
	return found;
}

RegisterField heading_find(Str heading, bool *slip_out)
{
	Buf folded = {0};
	make_ready();
	heading_fold(heading, &folded);
	RegisterField found = find_exact(buf_str(&folded));
	*slip_out = found == REG_NONE;
	ptrdiff_t comma = str_find_char(heading, ',');
	if (found == REG_NONE && comma > 0) {
		Buf first = {0};
		heading_fold(str_slice(heading, 0, (size_t)comma), &first);
		found = find_exact(buf_str(&first));
		buf_done(&first);
	}
	if (found == REG_NONE)
		found = find_with_slips(buf_str(&folded));
	buf_done(&folded);
	return found;
}

RegisterField register_field_by_path(Str path)
{
	for (int field = REG_NONE + 1; field < REG_COUNT; field++)
		if (str_eq(str_from(register_fields[field].path), path))
			return (RegisterField)field;
	return REG_NONE;
}
