// One record: what it is, its text and its original side by side, the places that match.
import { json, recordPath, text as fetchText } from './api.js';
import { announce, h, show } from './dom.js';
import { marked } from './highlight.js';
import { date, fieldLabel, number, size, t } from './i18n.js';

const SHOWN_FIRST = ['number', 'type', 'issued', 'agency', 'signer', 'fonds', 'cases', 'field', 'direction', 'secrecy', 'urgency',
	'recipients', 'keywords', 'pages', 'language', 'retention', 'access', 'due', 'location', 'relations', 'extra'];
const INLINE = /^(application\/pdf|image\/(png|jpeg|gif|webp))$/;
const TEXT_MAX = 8 << 20;

/* ---- metadata ---- */

function valueNode(name, value) {
	if (name === 'cases')
		return value.map((code, i) => [i ? ', ' : '', h('a', { href: `/cases/${encodeURIComponent(code)}` }, code)]);
	if (name === 'issued' || name === 'due')
		return date(value);
	if (name === 'signer')
		return [value.name, value.position].filter(Boolean).join(', ');
	if (name === 'relations' && Array.isArray(value))
		return value.map(item => h('div', {}, `${item.kind ?? ''} `, item.number
			? h('a', { href: `/?q=${encodeURIComponent(item.number)}` }, item.number) : JSON.stringify(item)));
	if (Array.isArray(value))
		return value.join('; ');
	if (value && typeof value === 'object')
		return Object.entries(value).map(([key, inner]) => h('div', {}, `${key}: ${typeof inner === 'object' ? JSON.stringify(inner) : inner}`));
	return String(value);
}

export function metadataNode(title, record, names, more = [], open = false) {
	const rows = names.filter(name => record[name] !== undefined && record[name] !== null && record[name] !== '')
		.map(name => [fieldLabel(name), valueNode(name, record[name])]);
	return h('details.meta', { open }, h('summary', {}, title), h('dl', {}, [...rows, ...more].map(([label, value]) =>
		h('div', {}, h('dt', {}, label), h('dd', {}, value)))));
}

function fileRows(record) {
	return record.objects.map(object => [object.role === 'text' ? t('text') : object.role === 'original' ? t('original') : object.role, [
		h('a', { href: object.url, download: '' }, object.name || (object.role === 'text' ? 'noi-dung.txt' : object.role)),
		` ${size(object.size)}`, object.from && `, ${t('from_')}: ${object.from}`, h('div.hash', {}, `SHA-256 ${object.sha256}`)]]);
}

function versionRow(record) {
	if (record.versions.length < 2)
		return [];
	return [[t('versions'), record.versions.map((one, i) => [i ? ' · ' : '',
		h('a', { href: `/records/${encodeURIComponent(record.id)}?version=${one.version}` }, `${one.version} (${one.archived.slice(0, 10)})`)])]];
}

/* ---- panes ---- */

function originalPane(record, object) {
	const address = `${object.url}&inline=1`;
	const title = object.name || t('original');
	const body = object.media === 'application/pdf' ? h('iframe', { src: `${address}#navpanes=0&view=FitH`, title })
		: h('div.image', {}, h('img', { src: address, alt: title }));
	return h('section.pane.original', { 'aria-label': t('original') },
		h('div.bar', {}, h('h2', {}, t('original')), h('span', {}, title), h('span.right', {}, h('a', { href: object.url, download: '' }, t('download')))), body);
}

// Steps through the marks; keys n and p do the same as the buttons.
function placeWalker(marks, body) {
	const label = h('span', {}, marks.length ? '' : t('noHits'));
	let at = -1;
	function step(by) {
		if (marks.length)
			goTo((at + by + marks.length) % marks.length);
	}
	function goTo(next) {
		marks[at]?.classList.remove('now');
		at = next;
		marks[at].classList.add('now');
		const place = marks[at].getBoundingClientRect(), frame = body.getBoundingClientRect();
		body.scrollTop += place.top - frame.top - frame.height / 3; // the text moves, the page does not
		label.textContent = `${number(at + 1)}/${number(marks.length)} ${t('hits')}`;
	}
	// The first of the longest places is where most of the query stands together.
	function begin() {
		const lengths = marks.map(mark => mark.textContent.split(/\s+/).length);
		if (marks.length)
			goTo(lengths.indexOf(Math.max(...lengths)));
	}
	const button = (symbol, by, title) => h('button', { type: 'button', title, 'aria-label': title, disabled: !marks.length, onclick: () => step(by) }, symbol);
	return { step, begin, node: [label, button('↑', -1, t('previous')), button('↓', 1, t('nextHit'))] };
}

async function textPane(record, query) {
	const object = record.objects.find(one => one.role === 'text');
	const bar = h('div.bar', {}, h('h2', {}, t('text')));
	const pane = h('section.pane.text-pane', { 'aria-label': t('text') }, bar);
	if (!object) {
		pane.append(h('p.text', {}, t('noText')));
		return { pane, walker: null };
	}
	const address = recordPath(record.id, `/text?version=${record.version}`);
	const content = object.size > TEXT_MAX ? '' : await fetchText('text', address);
	const places = content && await json('matches', recordPath(record.id, `/matches?version=${record.version}&q=${encodeURIComponent(query)}`))
		.catch(() => null); // the text is shown without them
	const marks = [];
	const body = h('div.text', { tabindex: '0', lang: record.language ?? 'vi' }, object.size > TEXT_MAX
		? h('a', { href: address }, t('downloadText'), ` (${size(object.size)})`)
		: marked(content, places || { matches: [], numbers: [] }, mark => marks.push(mark)));
	const walker = query ? placeWalker(marks, body) : null;
	bar.append(h('span.right', {}, walker?.node));
	pane.append(body);
	return { pane, walker };
}

function tabs(panes) {
	const button = (which, label) => h('button', { type: 'button', 'aria-pressed': String(panes.dataset.show === which), onclick: event => {
		panes.dataset.show = which;
		for (const other of event.target.parentNode.children)
			other.setAttribute('aria-pressed', String(other === event.target));
	} }, label);
	return h('div.tabs', {}, button('text', t('text')), button('original', t('original')));
}

/* ---- the page ---- */

export let walkPlaces = null; // the walker of the record on show, for the keys

export function leaveRecord() {
	walkPlaces = null;
}

function headNode(record, original) {
	return h('div.head', {},
		h('div.what', {},
			h('div', {}, record.number && h('span.number', {}, record.number), ' ', record.type),
			h('h1', {}, record.subject || record.number || original?.name || record.id),
			h('div.sub', {}, [record.issued ? date(record.issued) : t('undated'), record.agency].filter(Boolean).join(' · '))),
		h('div.actions', {},
			(record.cases ?? []).slice(0, 2).map(code => h('a.button', { href: `/cases/${encodeURIComponent(code)}` }, `${t('caseFile')} ${code}`)),
			original && h('a.button.primary', { href: original.url, download: '' }, t('download'))));
}

export async function recordView(id, parameters) {
	const query = (parameters.get('q') ?? '').trim(), version = parameters.get('version');
	const record = await json('record', recordPath(id, version ? `?version=${encodeURIComponent(version)}` : ''));
	const original = record.objects.find(one => one.role !== 'text');
	const shown = record.objects.find(one => one.role !== 'text' && INLINE.test(one.media ?? ''));
	const { pane, walker } = await textPane(record, query);
	const panes = h(shown ? 'div.panes' : 'div.panes.one', {}, pane, shown && originalPane(record, shown));
	panes.dataset.show = 'text';
	show(h('article.page.tall', {},
		h('nav.crumbs', {}, query || history.state?.inside ? h('a', { href: query ? `/?q=${encodeURIComponent(query)}` : '/', id: 'back' }, t('back')) : h('a', { href: '/' }, t('name'))),
		!record.current && h('p.notice.bad', {}, t('old'), ' ', h('a', { href: `/records/${encodeURIComponent(id)}` }, t('newest'))),
		record.destroyed && h('p.notice.bad', {}, t('destroyed')),
		headNode(record, original),
		metadataNode(t('metadata'), record, SHOWN_FIRST, [...fileRows(record), ...versionRow(record),
			[t('id'), h('span.hash', {}, record.id)], [t('archived'), record.archived.replace('T', ' ').slice(0, 19) + ' UTC'],
			[t('sequence'), `${record.sequence}`], [t('leaf'), h('span.hash', {}, record.leaf)],
			[t('proof'), h('span', {}, h('a', { href: recordPath(record.id, `/proof?version=${record.version}`), download: `${record.id}.proof.json` }, t('downloadProof')), ' · ', h('a', { href: '/verify' }, t('verify')))]]),
		original && !shown && h('p.notice', {}, t('noInline')),
		shown && tabs(panes), panes));
	document.title = `${record.number ?? record.id} – ${t('name')}`;
	announce(record.subject ?? record.id);
	walkPlaces = walker;
	walker?.begin();
}
