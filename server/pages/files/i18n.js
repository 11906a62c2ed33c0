// The language of the page. `words` has what only the pages say; what answers hold (fields, facets, reasons) is named by
// the server's own tables, which are loaded once for each language. A key that is missing shows itself, so it is seen.
const words = {
	vi: {
		name: 'Kho hồ sơ', lead: 'Tìm văn bản hành chính theo từ, theo số ký hiệu, theo mã hồ sơ. Gõ không dấu cũng được.',
		find: 'Tìm', placeholder: 'Từ cần tìm, số ký hiệu hoặc mã hồ sơ', other: 'English', skip: 'Đến nội dung',
		records: 'văn bản', inArchive: 'văn bản trong kho', about: 'khoảng', none: 'Không tìm thấy văn bản nào',
		noneHint: 'Thử bớt từ, bỏ bớt điều kiện lọc, hoặc chọn “Có một trong các từ”.',
		partial: 'Chưa xem hết kho trong thời gian cho phép: có thể còn văn bản khác.',
		degraded: 'Một phần chỉ mục bị hỏng và đang được dựng lại: có thể thiếu kết quả. Văn bản trong kho vẫn nguyên vẹn.',
		relaxed: 'Không văn bản nào có đủ các từ; dưới đây là những văn bản gần nhất.', expanded: 'Tìm thêm cả:',
		didYouMean: 'Có phải bạn tìm:', variants: 'Số gần giống', took: 'ms', more: 'Xem thêm',
		filters: 'Lọc', clear: 'Bỏ hết',
		dates: 'Ngày ban hành', from: 'Từ ngày', to: 'Đến ngày', mode: 'Kiểu tìm',
		modes: { auto: 'Tự động', all: 'Có đủ các từ', any: 'Có một trong các từ' }, sort: 'Sắp xếp',
		sorts: { relevance: 'Phù hợp nhất', '-issued': 'Mới nhất trước', issued: 'Cũ nhất trước' },
		moreFacets: 'thêm', lessFacets: 'thu gọn', caseFile: 'Hồ sơ', caseFiles: 'Hồ sơ có mã này',
		back: '← Về kết quả', metadata: 'Thông tin văn bản', text: 'Nội dung', original: 'Bản gốc', download: 'Tải bản gốc',
		downloadText: 'Tải nội dung', noText: 'Văn bản này không có nội dung dạng chữ.', noInline: 'Loại tệp này không xem được tại chỗ.',
		hits: 'chỗ khớp', noHits: 'Không có chỗ khớp', previous: 'Chỗ khớp trước (p)', nextHit: 'Chỗ khớp sau (n)', version: 'Phiên bản',
		old: 'Đây là phiên bản cũ.', newest: 'Xem phiên bản mới nhất', archived: 'Lưu lúc', sequence: 'Số thứ tự trong kho', leaf: 'Mã băm', proof: 'Bằng chứng', downloadProof: 'Tải bằng chứng có trong kho', verify: 'Kiểm chứng',
		destroyed: 'Văn bản này đã được tiêu hủy theo quy định.', versions: 'Các phiên bản', from_: 'nguồn',
		package: 'Tải cả hồ sơ (ZIP)', ordinal: 'STT', caseMeta: 'Thông tin hồ sơ',
		caseCount: 'văn bản trong hồ sơ', searchCase: 'Tìm trong hồ sơ', undated: 'không rõ ngày', untitled: '(không có trích yếu)', loading: 'Đang tải…',
		failed: 'Không tải được', offline: 'Không kết nối được với máy chủ.', retry: 'Thử lại',
		keys: 'Phím tắt: / tới ô tìm · ↑ ↓ chọn kết quả · Enter mở · n, p tới chỗ khớp · Esc trở lại', id: 'Mã định danh',
		tips: [['quyết định phê duyệt', 'Tìm theo từ', 'mọi từ đều phải có; gõ không dấu vẫn ra'],
			['"ủy ban nhân dân"', 'Đúng cụm từ', 'đặt trong ngoặc kép'],
			['năm:2019 loại:"quyết định"', 'Theo trường', 'số: · loại: · cơ_quan: · năm:2015..2019'],
			['', 'Duyệt tất cả', 'mới nhất trước, lọc theo loại, cơ quan, năm']],
		queryFields: 'Các trường có thể dùng trong ô tìm',
	},
	en: {
		name: 'Record archive', lead: 'Find administrative records by words, by number, by case file. Accents may be left out.',
		find: 'Search', placeholder: 'Words, a record number or a case code', other: 'Tiếng Việt', skip: 'To the content',
		records: 'records', inArchive: 'records in the archive', about: 'about', none: 'No record found',
		noneHint: 'Try fewer words, fewer filters, or “Any of the words”.',
		partial: 'Time ended before everything was looked at: there may be more records.',
		degraded: 'A part of the index is damaged and being built anew: results may be missing. The records themselves are whole.',
		relaxed: 'No record has all the words; these come closest.', expanded: 'Also searched for:',
		didYouMean: 'Did you mean:', variants: 'Similar numbers', took: 'ms', more: 'More',
		filters: 'Filters', clear: 'Clear all',
		dates: 'Date of issue', from: 'From', to: 'To', mode: 'Match',
		modes: { auto: 'Automatic', all: 'All of the words', any: 'Any of the words' }, sort: 'Order',
		sorts: { relevance: 'Best match', '-issued': 'Newest first', issued: 'Oldest first' },
		moreFacets: 'more', lessFacets: 'fewer', caseFile: 'Case file', caseFiles: 'Case files with this code',
		back: '← Results', metadata: 'About this record', text: 'Text', original: 'Original', download: 'Download original',
		downloadText: 'Download text', noText: 'This record has no text.', noInline: 'This kind of file can’t be shown here.',
		hits: 'matches', noHits: 'No match', previous: 'Match before (p)', nextHit: 'Next match (n)', version: 'Version',
		old: 'This is an older version.', newest: 'Show the newest', archived: 'Archived', sequence: 'Sequence', leaf: 'Leaf hash', proof: 'Proof', downloadProof: 'Download the inclusion proof', verify: 'Verify',
		destroyed: 'This record was lawfully destroyed.', versions: 'Versions', from_: 'from',
		package: 'Download the case file (ZIP)', ordinal: 'No.', caseMeta: 'About this case file',
		caseCount: 'records in the case file', searchCase: 'Search in it', undated: 'no date', untitled: '(no subject)', loading: 'Loading…',
		failed: 'Could not load', offline: 'The server can’t be reached.', retry: 'Try again',
		keys: 'Keys: / search box · ↑ ↓ choose · Enter opens · n, p through the matches · Esc back', id: 'Identifier',
		tips: [['quyết định phê duyệt', 'By words', 'all words must occur; accents may be left out'],
			['"ủy ban nhân dân"', 'Exact phrase', 'in quotation marks'],
			['year:2019 type:"quyết định"', 'By field', 'number: · type: · agency: · year:2015..2019'],
			['', 'Browse everything', 'newest first; filter by type, agency, year']],
		queryFields: 'Fields to be used in the search box',
	},
};

const served = {}; // by language

async function load(wanted) {
	served[wanted] ??= await fetch(`/pages/labels.json?lang=${wanted}`).then(answer => answer.json()).catch(() => undefined);
}

export let language = localStorage.getItem('language') === 'en' ? 'en' : 'vi';
await load(language);

export async function setLanguage(next) {
	await load(next);
	language = next;
	localStorage.setItem('language', next);
}

// What only the pages say.
export const t = key => words[language][key] ?? key;

// What the server's tables say.
export const fieldLabel = name => served[language]?.record_fields[name] ?? name;
export const filterLabel = name => served[language]?.search.facets[name] ?? words[language][name] ?? fieldLabel(name);
export const valueLabel = (name, value) => (name === 'text_state' && served[language]?.search.text_states[value]) || value;
export const queryFields = () => served[language]?.query_fields ?? [];

export const number = value => value.toLocaleString(language === 'vi' ? 'vi-VN' : 'en-GB');

// "2019-03-12" as people here write it; partial dates stay partial, nothing is shifted.
export function date(iso) {
	const parts = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(iso ?? '');
	return parts ? parts.slice(1).filter(Boolean).reverse().join('/') : iso ?? '';
}

export function size(bytes) {
	const units = ['B', 'KB', 'MB', 'GB'];
	let unit = 0;
	for (; bytes >= 1000 && unit < 3; unit++)
		bytes /= 1000;
	return `${number(Number(bytes.toFixed(unit && bytes < 10 ? 1 : 0)))} ${units[unit]}`;
}
