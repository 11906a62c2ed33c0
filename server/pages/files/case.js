// A case file: what it is, its records in order of time, all of it as one download.
import { casePath, json } from './api.js';
import { announce, h, show } from './dom.js';
import { date, fieldLabel, number, t } from './i18n.js';
import { metadataNode } from './record.js';

const SHOWN = ['case', 'title', 'agency', 'fonds', 'field', 'retention', 'access', 'issued', 'due', 'keywords', 'location', 'extra'];

function row(record, ordinal) {
	return h('tr', {}, h('td.num', {}, number(ordinal)), h('td.num', {}, record.issued ? date(record.issued) : t('undated')),
		h('td.num', {}, record.number ?? ''), h('td', {}, record.type ?? ''),
		h('td', {}, h('a.title', { href: `/records/${encodeURIComponent(record.id)}` }, record.subject || record.number || record.id)),
		h('td', {}, record.agency ?? ''));
}

export async function caseView(code) {
	const file = await json('case', casePath(code));
	const body = h('tbody', {}, file.records.map((record, i) => row(record, i + 1)));
	const more = h('button.next', { type: 'button', hidden: !file.next }, t('more'));
	let next = file.next;
	more.addEventListener('click', async () => {
		const page = await json('case', casePath(code, `?from=${next}`)).catch(() => null);
		if (!page)
			return;
		body.append(...page.records.map((record, i) => row(record, next + i + 1)));
		next = page.next;
		more.hidden = !next;
	});
	show(h('article.page', {},
		h('nav.crumbs', {}, h('a', { href: '/', id: 'back' }, history.state?.inside ? t('back') : t('name'))),
		h('div.head', {}, h('div.what', {}, h('div', {}, h('span.number', {}, file.code)),
			h('h1', {}, file.title ?? `${t('caseFile')} ${file.code}`), h('div.sub', {}, `${number(file.total)} ${t('caseCount')}`)),
		h('div.actions', {}, h('a.button', { href: `/?q=&case=${encodeURIComponent(code)}` }, t('searchCase')),
			h('a.button.primary', { href: casePath(code, '/package'), download: '', id: 'package' }, t('package')),
			h('a.button', { href: '/verify', id: 'verify' }, t('verify')))),
		file.sequence !== undefined && metadataNode(t('caseMeta'), file, SHOWN, [], true),
		h('table.wide', {}, h('thead', {}, h('tr', {}, [t('ordinal'), ...['issued', 'number', 'type', 'subject', 'agency'].map(fieldLabel)].map(label => h('th', { scope: 'col' }, label)))), body),
		more));
	document.title = `${file.code} – ${t('name')}`;
	announce(file.title ?? file.code);
}
