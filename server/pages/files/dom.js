// Small helpers on the document. Text goes in as text: nothing a record holds is ever read as HTML.

// h('a.title', {href: '/'}, 'text', node, …)
export function h(what, attributes, ...children) {
	const [tag, ...classes] = what.split('.');
	const node = document.createElement(tag || 'div');
	if (classes.length)
		node.className = classes.join(' ');
	for (const [name, value] of Object.entries(attributes ?? {})) {
		if (value === undefined || value === null || value === false)
			continue;
		if (name.startsWith('on'))
			node.addEventListener(name.slice(2), value);
		else if (name in node && typeof value === 'boolean')
			node[name] = value;
		else
			node.setAttribute(name, value);
	}
	node.append(...children.flat(3).filter(child => child !== undefined && child !== null && child !== false));
	return node;
}

// A snippet of the server: escaped text with <mark>. Only text and marks are taken over.
export function snippet(html) {
	const joined = html.replaceAll('</mark> <mark>', ' '); // neighbours are one place to look at
	const parsed = new DOMParser().parseFromString(joined, 'text/html').body;
	return [...parsed.childNodes].map(node => node.nodeName === 'MARK' ? h('mark', {}, node.textContent) : node.textContent);
}

const main = document.getElementById('main');

export function show(...nodes) {
	main.replaceChildren(...nodes.flat(3).filter(Boolean));
}

// For screen readers: the view changed without a new page.
export function announce(text) {
	document.getElementById('live').textContent = text;
}
