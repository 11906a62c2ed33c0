// From an address to a view, the keys, the search box. The views are in search.js, record.js and case.js.
import { Problem, json } from './api.js';
import { caseView } from './case.js';
import { announce, h, show } from './dom.js';
import { language, setLanguage, t } from './i18n.js';
import { leaveRecord, recordView, walkPlaces } from './record.js';
import { resultsView, setNavigator, startView } from './search.js';

const box = document.getElementById('q'), form = document.getElementById('search');

/* ---- addresses ---- */

function route() {
	const { pathname, searchParams } = new URL(location.href);
	const [, kind, key] = pathname.split('/');
	if (kind === 'records' && key)
		return recordView(decodeURIComponent(key), searchParams);
	if (kind === 'cases' && key)
		return caseView(decodeURIComponent(key));
	return searchParams.has('q') || searchParams.size ? resultsView(searchParams) : startView();
}

async function render() {
	leaveRecord();
	closeSuggestions();
	const address = location.href;
	const slow = setTimeout(() => show(h('p.busy', {}, t('loading'))), 250);
	try {
		await route();
	} catch (error) {
		if (error.name !== 'AbortError' && address === location.href)
			showProblem(error);
	} finally {
		clearTimeout(slow);
	}
}

function showProblem(error) {
	if (!(error instanceof Problem))
		console.error(error);
	const title = error instanceof Problem ? error.message : t('failed');
	show(h('div.page', {}, h('div.notice.bad', {}, h('h2', {}, title), error.detail && h('p', {}, error.detail),
		error.cause && h('p', { lang: 'en' }, error.cause),
		h('button', { type: 'button', onclick: render }, t('retry')))));
	announce(title);
}

function goTo(address) {
	history.replaceState({ ...history.state, scroll: scrollY }, '');
	history.pushState({ inside: true }, '', address);
	fillBox();
	scrollTo(0, 0);
	return render();
}

function fillBox() {
	box.value = new URL(location.href).searchParams.get('q') ?? '';
}

/* ---- language ---- */

function applyLanguage() {
	document.documentElement.lang = language;
	box.placeholder = t('placeholder');
	box.setAttribute('aria-label', t('placeholder'));
	document.getElementById('go').textContent = t('find');
	document.getElementById('skip').textContent = t('skip');
	const other = document.getElementById('language');
	other.textContent = t('other');
	other.lang = language === 'vi' ? 'en' : 'vi';
}

/* ---- suggestions ---- */

const suggestions = document.getElementById('suggestions');
let chosen = -1, timer = 0;

function closeSuggestions() {
	suggestions.hidden = true;
	chosen = -1;
	box.setAttribute('aria-expanded', 'false');
	box.removeAttribute('aria-activedescendant');
	clearTimeout(timer);
}

function choose(next) {
	const items = [...suggestions.children];
	chosen = (next + items.length + 1) % (items.length + 1);
	items.forEach((item, i) => item.setAttribute('aria-selected', String(i === chosen)));
	if (items[chosen]) {
		box.setAttribute('aria-activedescendant', items[chosen].id);
		items[chosen].scrollIntoView({ block: 'nearest' });
	} else {
		box.removeAttribute('aria-activedescendant');
	}
}

async function suggest() {
	const typed = box.value;
	if (typed.trim().length < 2)
		return closeSuggestions();
	const answer = await json('suggest', `/v1/suggest?limit=8&q=${encodeURIComponent(typed)}`).catch(() => null);
	if (!answer || document.activeElement !== box || box.value !== typed || !answer.suggestions.length)
		return answer && closeSuggestions();
	suggestions.replaceChildren(...answer.suggestions.map((text, i) => h('li', { role: 'option', id: `suggestion-${i}`, 'aria-selected': 'false',
		onmousedown: event => { event.preventDefault(); search(text); } }, text)));
	suggestions.hidden = false;
	chosen = -1;
	box.setAttribute('aria-expanded', 'true');
}

function search(text) {
	const kept = location.pathname === '/' ? new URLSearchParams(location.search) : new URLSearchParams();
	kept.set('q', text);
	box.value = text;
	closeSuggestions();
	box.blur();
	return goTo(`/?${kept}`);
}

/* ---- keys ---- */

function moveInList(by) {
	const links = [...document.querySelectorAll('#main a.title')];
	if (!links.length)
		return false;
	const at = links.indexOf(document.activeElement);
	const next = at < 0 ? (by > 0 ? 0 : -1) : at + by;
	if (next < 0) {
		box.focus();
		box.select();
		return true;
	}
	if (next >= links.length) {
		document.querySelector('#main .next:not([hidden])')?.focus();
		return true;
	}
	links[next].focus();
	links[next].closest('.hit, tr').scrollIntoView({ block: 'nearest' });
	return true;
}

function goBack() {
	if (location.pathname !== '/' && history.state?.inside)
		return history.back();
	if (location.pathname !== '/')
		return goTo(document.getElementById('back')?.getAttribute('href') ?? '/');
	box.focus();
	box.select();
}

function keyInBox(event) {
	if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
		event.preventDefault();
		if (suggestions.hidden)
			return moveInList(event.key === 'ArrowDown' ? 1 : -1);
		return choose(chosen + (event.key === 'ArrowDown' ? 1 : -1));
	}
	if (event.key === 'Enter' && chosen >= 0) {
		event.preventDefault();
		search(suggestions.children[chosen].textContent);
	} else if (event.key === 'Escape') {
		event.preventDefault();
		suggestions.hidden ? box.blur() : closeSuggestions();
	}
}

function keyOnPage(event) {
	if (event.target === box)
		return keyInBox(event);
	if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea'))
		return;
	const inText = event.target.closest('.text');
	const keys = {
		'/': () => { box.focus(); box.select(); },
		ArrowDown: () => !inText && moveInList(1), ArrowUp: () => !inText && moveInList(-1),
		j: () => moveInList(1), k: () => moveInList(-1),
		n: () => walkPlaces?.step(1), p: () => walkPlaces?.step(-1), Escape: goBack,
	};
	if (!keys[event.key])
		return;
	if (keys[event.key]() !== false)
		event.preventDefault();
}

/* ---- begin ---- */

function followLink(event) {
	const link = event.target.closest('a[href]');
	if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || link.hasAttribute('download'))
		return;
	const to = new URL(link.href);
	if (to.origin !== location.origin || to.hash || !/^\/($|records\/|cases\/)/.test(to.pathname))
		return;
	event.preventDefault();
	if (link.id === 'back' && history.state?.inside)
		history.back();
	else
		goTo(to.pathname + to.search);
}

setNavigator(goTo);
applyLanguage();
fillBox();
form.addEventListener('submit', event => { event.preventDefault(); search(box.value.trim()); });
box.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(suggest, 120); });
box.addEventListener('blur', () => setTimeout(closeSuggestions, 100));
document.addEventListener('click', followLink);
document.addEventListener('keydown', keyOnPage);
document.getElementById('language').addEventListener('click', async () => {
	await setLanguage(language === 'vi' ? 'en' : 'vi');
	applyLanguage();
	render();
});
addEventListener('popstate', async event => {
	fillBox();
	await render();
	scrollTo(0, event.state?.scroll ?? 0);
});
await render();
if (location.pathname === '/' && !box.value)
	box.focus();
