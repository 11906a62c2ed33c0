/* store/record/fields.c - the table. Its order is the order of members in the canonical JSON: if two rows changed
 * places, a record that is given again would differ from what is stored and become a new version of itself.
 */
#include "store/record/fields.h"

const RecordField record_fields[RF_COUNT] = {
	[RF_CASE] = {"case", FIELD_TEXT, 60, "Mã hồ sơ", "Case file"},
	[RF_TITLE] = {"title", FIELD_TEXT, 1000, "Tiêu đề hồ sơ", "Title"},
	[RF_NUMBER] = {"number", FIELD_TEXT, 41, "Số ký hiệu", "Number"},
	[RF_TYPE] = {"type", FIELD_TEXT, 100, "Loại văn bản", "Type"},
	[RF_ISSUED] = {"issued", FIELD_DATE, 0, "Ngày ban hành", "Issued"},
	[RF_AGENCY] = {"agency", FIELD_TEXT, 200, "Cơ quan ban hành", "Agency"},
	[RF_SUBJECT] = {"subject", FIELD_TEXT, 500, "Trích yếu", "Subject"},
	[RF_SIGNER] = {"signer", FIELD_PERSON, 100, "Người ký", "Signer"},
	[RF_RECIPIENTS] = {"recipients", FIELD_LIST, 1000, "Nơi nhận", "Recipients"},
	[RF_DIRECTION] = {"direction", FIELD_TEXT, 20, "Đến/đi", "Direction"},
	[RF_FONDS] = {"fonds", FIELD_TEXT, 100, "Phông", "Fonds"},
	[RF_CASES] = {"cases", FIELD_LIST, 0, "Hồ sơ", "Case files"},
	[RF_SECRECY] = {"secrecy", FIELD_TEXT, 30, "Độ mật", "Secrecy"},
	[RF_URGENCY] = {"urgency", FIELD_TEXT, 30, "Độ khẩn", "Urgency"},
	[RF_LANGUAGE] = {"language", FIELD_TEXT, 100, "Ngôn ngữ", "Language"},
	[RF_PAGES] = {"pages", FIELD_WHOLE, 0, "Số trang", "Pages"},
	[RF_KEYWORDS] = {"keywords", FIELD_LIST, 100, "Từ khóa", "Keywords"},
	[RF_FIELD] = {"field", FIELD_TEXT, 200, "Lĩnh vực", "Field"},
	[RF_RETENTION] = {"retention", FIELD_TEXT, 100, "Thời hạn bảo quản", "Retention"},
	[RF_ACCESS] = {"access", FIELD_TEXT, 60, "Chế độ sử dụng", "Access"},
	[RF_LOCATION] = {"location", FIELD_JSON, 0, "Nơi để bản giấy", "Location of the paper"},
	[RF_RELATIONS] = {"relations", FIELD_JSON, 0, "Văn bản liên quan", "Relations"},
	[RF_DUE] = {"due", FIELD_DATE, 0, "Hạn xử lý", "Due"},
	[RF_EXTRA] = {"extra", FIELD_JSON, 0, "Thông tin khác", "Other"},
	[RF_READ] = {"read", FIELD_JSON, 0, "Đọc từ văn bản", "Read from the text"},
	[RF_TEXT_STATE] = {"text_state", FIELD_TEXT, 0, "Tình trạng văn bản", "State of the text"},
	[RF_SEALED_OFF] = {"sealed_off", FIELD_TEXT, 0, "Niêm phong vì", "Sealed off for"},
	[RF_RELEASED] = {"released", FIELD_JSON, 0, "Bỏ niêm phong theo", "Released by"},
	[RF_AMENDED] = {"amended", FIELD_JSON, 0, "Người, lúc và lý do sửa", "Amended by, at, why"},
	[RF_REASON] = {"reason", FIELD_TEXT, 0, "Lý do có phiên bản này", "Reason of this version"},
};
