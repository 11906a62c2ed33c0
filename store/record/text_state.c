/* store/record/text_state.c - the table, and what need not be said because the objects tell it: so records of before it
 * have a state too, and a record that is given again is the same as ever. */
#include "store/record/text_state.h"

const TextStateRow text_states[TEXT_STATE_COUNT] = {
	[TEXT_COMPLETE] = {"complete", "Đủ văn bản", "All text"},
	[TEXT_PARTIAL] = {"partial", "Thiếu một phần", "Part of the text"},
	[TEXT_STAMP_ONLY] = {"stamp-only", "Chỉ có dấu chữ ký số", "Signature stamp only"},
	[TEXT_WAITING] = {"waiting", "Chờ nhận dạng", "Waiting for recognition"},
	[TEXT_UNREADABLE] = {"unreadable", "Không đọc được", "Unreadable"},
	[TEXT_ENCRYPTED] = {"encrypted", "Có mật khẩu", "Encrypted"},
	[TEXT_NONE] = {"none", "Không có văn bản", "No text"},
};

TextState text_state_by_name(Str name)
{
	int state = 0;
	while (state < TEXT_STATE_COUNT && !str_eq(name, str_from(text_states[state].name)))
		state++;
	return (TextState)state;
}

static TextState told_by_objects(bool has_text)
{
	return has_text ? TEXT_COMPLETE : TEXT_NONE;
}

TextState text_state_of(const Record *record, bool has_text)
{
	TextState said = text_state_by_name(record_text(record, RF_TEXT_STATE));
	return said < TEXT_STATE_COUNT ? said : told_by_objects(has_text);
}

Str text_state_to_store(TextState state, bool has_text)
{
	return state == told_by_objects(has_text) ? (Str){NULL, 0} : str_from(text_states[state].name);
}
