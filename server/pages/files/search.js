// The start page and the list of results. All state is in the address, so every view can be sent as a link.
import { json } from './api.js';
import { announce, h, show, snippet } from './dom.js';
import { date, filterLabel, number, queryFields, t, valueLabel } from './i18n.js';

const FILTERS = ['type', 'agency', 'fonds', 'text_state', 'case', 'number', 'from', 'to'];
const OPTIONS = ['mode', 'sort'];
const FACETS_SHOWN = 8;
const PAGE = 20;

let goTo = () => {};
export const setNavigator = navigate => { goTo = navigate; };

function change(parameters, changes) {
	const next = new URLSearchParams(parameters);
	for (const [name, value] of Object.entries(changes))
		value ? next.set(name, value) : next.delete(name);
	if (!next.has('q'))
		next.set('q', '');
	goTo(`/?${next}`);
}

/* ---- start ---- */

export async function startView() {
	const count = h('p.lead', {}, t('lead'));
	show(h('section.start', {},
		h('h1', {}, t('name')), count,
		h('ul.tips', {}, t('tips').map(([query, title, hint]) =>
			h('li', {}, h('a', { href: `/?q=${encodeURIComponent(query)}` }, h('b', {}, title), query && h('div', {}, query), h('span', {}, hint))))),
		h('details.meta', {}, h('summary', {}, t('queryFields')), h('dl', {}, queryFields().map(field => h('div', {},
			h('dt', {}, h('a', { href: `/?q=${encodeURIComponent(field.example)}` }, field.example)), h('dd', {}, field.help))))),
		h('p.keys', {}, t('keys'))));
	document.title = t('name');
	try {
		const stats = await json('stats', '/v1/stats');
		count.append(h('br'), h('b', {}, number(stats.records)), ` ${t('inArchive')}`);
	} catch { /* the page serves without it */ }
}

/* ---- one hit ---- */

export function hitNode(hit, query) {
	const address = `/records/${encodeURIComponent(hit.id)}${query ? `?q=${encodeURIComponent(query)}` : ''}`;
	return h('li.hit', { 'data-id': hit.id },
		h('div.line', {},
			hit.number && h('span.number', {}, hit.number), hit.type && h('span', {}, hit.type),
			h('span', {}, hit.issued ? date(hit.issued) : t('undated')), hit.agency && h('span', {}, hit.agency)),
		h('a.title', { href: address }, hit.subject || hit.number || hit.file_name || t('untitled')),
		hit.snippet && h('p.snippet', {}, snippet(hit.snippet)),
		h('div.foot', {},
			(hit.because || hit.matched?.label) && h('span.why', {}, hit.because ?? hit.matched.label),
			hit.text_state !== 'complete' && h('span', {}, valueLabel('text_state', hit.text_state)),
			hit.fonds && h('span', {}, `${filterLabel('fonds')}: ${hit.fonds}`),
			(hit.cases ?? []).slice(0, 3).map(code => h('a', { href: `/cases/${encodeURIComponent(code)}` }, `${t('caseFile')} ${code}`))));
}

/* ---- filters ---- */

function facetButton(parameters, name, item) {
	const isYear = name === 'year';
	const pressed = isYear ? parameters.get('from') === item.value && parameters.get('to') === item.value
		: parameters.get(name) === item.value;
	const changes = isYear ? { from: pressed ? '' : item.value, to: pressed ? '' : item.value } : { [name]: pressed ? '' : item.value };
	return h('button.facet', { type: 'button', 'aria-pressed': String(pressed), onclick: () => change(parameters, changes) },
		h('span.name', {}, valueLabel(name, item.value)), h('span.n', {}, number(item.count)));
}

function facetGroup(parameters, name, items) {
	const kept = (items ?? []).filter(item => item.value);
	if (!kept.length)
		return null;
	const nodes = kept.map(item => facetButton(parameters, name, item));
	nodes.slice(FACETS_SHOWN).forEach(node => { node.hidden = true; });
	const more = nodes.length > FACETS_SHOWN && h('button.more-facets', { type: 'button', onclick: event => {
		const open = nodes[FACETS_SHOWN].hidden;
		nodes.slice(FACETS_SHOWN).forEach(node => { node.hidden = !open; });
		event.target.textContent = open ? t('lessFacets') : `${nodes.length - FACETS_SHOWN} ${t('moreFacets')}`;
	} }, `${nodes.length - FACETS_SHOWN} ${t('moreFacets')}`);
	return h('fieldset', {}, h('legend', {}, filterLabel(name)), nodes, more);
}

function filterPanel(parameters, answer) {
	const dateInput = name => h('input', { name, value: parameters.get(name) ?? '', placeholder: t(name), 'aria-label': t(name),
		inputmode: 'numeric', onchange: event => change(parameters, { [name]: event.target.value.trim() }) });
	const wide = matchMedia('(min-width: 60.01rem)').matches;
	return h('aside.filters', { 'aria-label': t('filters') }, h('details', { open: wide }, h('summary', {}, t('filters')),
		h('fieldset', {}, h('legend', {}, t('dates')), h('div.row', {}, dateInput('from'), dateInput('to'))),
		['type', 'agency', 'year', 'fonds', 'text_state'].map(name => facetGroup(parameters, name, answer.facets?.[name]))));
}

function activeFilters(parameters) {
	const active = FILTERS.filter(name => parameters.get(name));
	if (!active.length)
		return null;
	const remove = name => h('button.chip', { type: 'button', onclick: () => change(parameters, { [name]: '' }) },
		`${filterLabel(name)}: `, h('b', {}, valueLabel(name, parameters.get(name))), ' ✕');
	const none = Object.fromEntries(FILTERS.map(name => [name, '']));
	return h('div.active', {}, active.map(remove), active.length > 1 &&
		h('button.chip', { type: 'button', onclick: () => change(parameters, none) }, t('clear'), ' ✕'));
}

function choice(parameters, name, options) {
	const select = h('select', { onchange: event => change(parameters, { [name]: event.target.value }) },
		Object.entries(t(options)).map(([value, label]) => h('option', { value }, label)));
	select.value = parameters.get(name) || select.options[0].value;
	return h('label', {}, t(name), select);
}

/* ---- the list ---- */

function notices(parameters, answer) {
	const link = query => h('a', { href: `/?${new URLSearchParams({ ...Object.fromEntries(parameters), q: query })}` }, query);
	return [
		answer.degraded && h('p.notice', {}, t('degraded')),
		answer.partial && h('p.notice', {}, t('partial')),
		answer.relaxed && answer.hits.length > 0 && h('p.notice', {}, t('relaxed')),
		answer.expansions?.length && h('p.notice', {}, t('expanded'), ' ', answer.expansions.join(' · ')),
		answer.suggestion && h('p.notice', {}, t('didYouMean'), ' ', link(answer.suggestion)),
	];
}

// A number or a code is also looked up as such; what is only similar is shown apart and says why.
async function lookUps(query) {
	const found = [];
	if (/\d/.test(query) && /[\/-]/.test(query) && query.length < 60) {
		const answer = await json('number', `/v1/records?number=${encodeURIComponent(query)}`).catch(() => null);
		if (answer?.variants?.length)
			found.push(h('section', {}, h('h2.notice', {}, t('variants')), h('ul.hits', {}, answer.variants.map(hit => hitNode(hit)))));
	}
	if (/^[A-Za-z0-9.]*\d[\w.-]{3,}$/.test(query)) {
		const answer = await json('cases', `/v1/cases?limit=10&prefix=${encodeURIComponent(query)}`).catch(() => null);
		if (answer?.cases?.length)
			found.unshift(h('section.notice', {}, h('b', {}, t('caseFiles')), h('div', {}, answer.cases.map(item =>
				h('div', {}, h('a', { href: `/cases/${encodeURIComponent(item.code)}` }, item.code), ` ${item.title ?? ''} (${item.records})`)))));
	}
	return found;
}

function question(parameters, extra) {
	const asked = new URLSearchParams({ q: parameters.get('q') ?? '', limit: PAGE, ...extra });
	for (const name of [...FILTERS, ...OPTIONS])
		if (parameters.get(name))
			asked.set(name, parameters.get(name));
	return `/v1/search?${asked}`;
}

function moreButton(parameters, list, next, query) {
	if (!next)
		return null;
	const button = h('button.next', { type: 'button' }, t('more'));
	button.addEventListener('click', async () => {
		button.disabled = true;
		const answer = await json('more', question(parameters, { cursor: next })).catch(() => null);
		if (!answer) {
			button.disabled = false;
			return;
		}
		const nodes = answer.hits.map(hit => hitNode(hit, query));
		list.append(...nodes);
		nodes[0]?.querySelector('a.title').focus();
		const following = moreButton(parameters, list, answer.next, query);
		following ? button.replaceWith(following) : button.remove();
	});
	return button;
}

export async function resultsView(parameters) {
	const query = (parameters.get('q') ?? '').trim();
	const answer = await json('search', question(parameters, { facets: 'type,agency,year,fonds,text_state' }));
	const total = `${answer.total_is === 'estimate' ? `${t('about')} ` : ''}${number(answer.total)} ${t('records')}`;
	const list = h('ul.hits', {}, answer.hits.map(hit => hitNode(hit, query)));
	const extra = h('div');
	show(h('div.results', {}, filterPanel(parameters, answer), h('section', { 'aria-label': t('records') },
		h('div.bar', {}, h('span.count', {}, total), h('span', {}, `${number(Math.max(1, Math.round(answer.took_ms)))} ${t('took')}`),
			h('span.right', {}, choice(parameters, 'mode', 'modes'), choice(parameters, 'sort', 'sorts'))),
		activeFilters(parameters), notices(parameters, answer), extra,
		answer.hits.length ? list : h('div.nothing', {}, h('h2', {}, t('none')), t('noneHint')),
		moreButton(parameters, list, answer.next, query))));
	announce(total);
	document.title = query ? `${query} – ${t('name')}` : t('name');
	if (query)
		extra.replaceChildren(...await lookUps(query));
}
