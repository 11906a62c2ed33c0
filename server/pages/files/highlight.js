// Finds the words of a query in a text as the search does: a word with marks matches that syllable in either tone
// placement, one without matches every accentuation.

const TONES = /[\u0300\u0301\u0303\u0309\u0323]/g;

const fold = word => word.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/đ/g, 'd').replace(/Đ/g, 'D').toLowerCase();

// Toneless letters and the tone behind them: "hòa" and "hoà" give the same.
function key(word) {
	const parts = word.toLowerCase().normalize('NFD');
	return parts.replace(TONES, '') + (parts.match(TONES) ?? []).join('');
}

const isMarked = word => /[^\x00-\x7f]/.test(word);
const WORD = /[\p{L}\p{M}\p{N}]+/gu;

// The words of a query that are looked for, as lists (a phrase has several).
export function wordsOf(query) {
	const kept = query
		.replace(/(^|\s)-("[^"]*"|\S+)/g, ' ')
		.replace(/(^|\s)[\p{L}_]+:(?=["\p{L}\p{N}])/gu, ' ')
		.replace(/\b(OR|AND|NOT|NEAR(\/\d+)?)\b/g, ' ');
	const phrases = [];
	const rest = kept.replace(/"([^"]*)"/g, (_, phrase) => {
		phrases.push(phrase.match(WORD) ?? []);
		return ' ';
	});
	// what is written together as a number belongs together
	for (const piece of rest.split(/\s+/)) {
		const words = piece.match(WORD) ?? [];
		if (/\d/.test(piece) && words.length > 1)
			phrases.push(words);
		else
			phrases.push(...words.map(word => [word]));
	}
	return phrases.filter(words => words.length);
}

function matcher(word) {
	const wild = word.length > 2 && word.endsWith('*');
	const marked = isMarked(word), wanted = marked ? key(word) : fold(word);
	return token => {
		const have = marked ? token.key ??= key(token.text) : token.folded ??= fold(token.text);
		return wild ? have.startsWith(wanted) : have === wanted;
	};
}

// [start, end) of each place in `text`, ascending, not overlapping, at most `limit`.
export function findPlaces(text, query, limit = 5000) {
	const phrases = wordsOf(query).map(words => words.map(matcher));
	if (!phrases.length)
		return [];
	const tokens = [];
	for (const match of text.matchAll(WORD))
		tokens.push({ text: match[0], start: match.index, end: match.index + match[0].length });
	const places = [];
	for (let i = 0; i < tokens.length && places.length < limit; i++) {
		let longest = 0;
		for (const phrase of phrases)
			if (phrase.length > longest && phrase.every((matches, k) => i + k < tokens.length && matches(tokens[i + k])))
				longest = phrase.length;
		if (!longest)
			continue;
		const last = places[places.length - 1], end = tokens[i + longest - 1].end;
		if (last && /^[ \u00a0]*$/.test(text.slice(last[1], tokens[i].start)) && tokens[i].start - last[1] < 3)
			last[1] = end; // neighbours are one place to look at
		else
			places.push([tokens[i].start, end]);
		i += longest - 1;
	}
	return places;
}

// Numbers of other records that the text cites, [start, end), where no match stands in them.
export function numbersIn(text, places, own, limit = 2000) {
	const found = [];
	let next = 0;
	for (const match of text.matchAll(/(?<![\p{L}\p{N}\/.-])\d{1,5}[a-z]?\/(?:\d{4}\/)?\p{Lu}{2,}(?:[-&\/]?[\p{Lu}\d]+)*/gu)) {
		const start = match.index, end = start + match[0].length;
		while (next < places.length && places[next][1] <= start)
			next++;
		if (match[0] !== own && !(next < places.length && places[next][0] < end))
			found.push([start, end]);
		if (found.length === limit)
			break;
	}
	return found;
}

// The text as nodes: <mark>s for the places, links for the numbers; calls made(mark) for each mark.
export function marked(text, places, numbers, made) {
	const nodes = [];
	let at = 0;
	const parts = [...places.map(([start, end]) => ({ start, end, mark: true })), ...numbers.map(([start, end]) => ({ start, end }))];
	for (const { start, end, mark } of parts.sort((a, b) => a.start - b.start)) {
		const node = document.createElement(mark ? 'mark' : 'a');
		node.textContent = text.slice(start, end);
		if (mark)
			made(node);
		else
			node.href = `/?q=${encodeURIComponent(node.textContent)}`;
		nodes.push(text.slice(at, start), node);
		at = end;
	}
	nodes.push(text.slice(at));
	return nodes;
}
