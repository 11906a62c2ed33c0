// Questions to /v1, in the page's language. Of each kind one is under way at a time: a newer one ends the older, whose
// answer nobody waits for any more.
import { language, t } from './i18n.js';

const running = new Map();

export class Problem extends Error {
	constructor(status, title, detail, cause) {
		super(title);
		Object.assign(this, { status, detail, cause });
	}
}

async function ask(kind, url) {
	running.get(kind)?.abort();
	const control = new AbortController();
	running.set(kind, control);
	let answer;
	try {
		answer = await fetch(url, { signal: control.signal, headers: { 'Accept-Language': language } });
	} catch (error) {
		if (error.name === 'AbortError')
			throw error;
		throw new Problem(0, t('offline'));
	}
	if (answer.ok)
		return answer;
	const problem = await answer.json().catch(() => ({}));
	throw new Problem(answer.status, problem.title ?? t('failed'), problem.detail, problem.cause);
}

export const json = async (kind, url) => (await ask(kind, url)).json();
export const text = async (kind, url) => (await ask(kind, url)).text();

export const recordPath = (id, rest = '') => `/v1/records/${encodeURIComponent(id)}${rest}`;
export const casePath = (code, rest = '') => `/v1/cases/${encodeURIComponent(code)}${rest}`;
