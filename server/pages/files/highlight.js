// Draws marks and links into a text. The server tells where they are (GET /v1/records/{id}/matches): it reads the
// text with the analyser that the search uses. Offsets are those of JavaScript strings.

// The text as nodes: <mark>s for the matches, links for the numbers of other records; calls made(mark) for each mark.
export function marked(text, { matches, numbers }, made) {
	const nodes = [];
	let at = 0;
	const parts = [...matches.map(([start, end]) => ({ start, end, mark: true })), ...numbers.map(([start, end]) => ({ start, end }))];
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
