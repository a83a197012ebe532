// The frame of the page: navigation, language, light and dark, keyboard. What a view shows is its own
// module's business: mount(root, place) fills `root` and may return what ends it.

import * as answers from './ask.js';
import * as compare from './compare.js';
import * as documents from './documents.js';
import * as insights from './insights.js';
import * as keys from './keys.js';
import * as profiles from './profiles.js';
import * as runs from './runs.js';
import * as search from './search.js';
import { get, hasRoute, onKeyWanted } from './api.js';
import { closePanel, panelIsOpen } from './document_panel.js';
import { ask, fill, h, icon, toast } from './dom.js';
import { language, languages, setLanguage, t } from './i18n.js';

const VIEWS = [
  { name: 'ask', view: answers },
  { name: 'search', view: search },
  { name: 'documents', view: documents },
  { name: 'compare', view: compare, needs: ['POST', '/api/v1/compare'] },
  { name: 'profiles', view: profiles, needs: ['GET', '/api/v1/profiles'] },
  { name: 'runs', view: runs, needs: ['GET', '/api/v1/runs'] },
  { name: 'insights', view: insights },
  { name: 'keys', view: keys, needs: ['GET', '/api/v1/keys'] },
];

let shown = [];
let end = null;

// Of what is no encoding, as "50%", the text itself.
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// "#/search?q=pump" -> {name: 'search', rest: [], parameters}
function readPlace() {
  const [path, parameters] = location.hash.replace(/^#\/?/, '').split('?');
  const [name, ...rest] = path.split('/').map(decode);
  return { name: name || 'ask', rest, parameters: new URLSearchParams(parameters) };
}

function show() {
  const place = readPlace();
  const entry = shown.find((one) => one.name === place.name) ?? shown[0];
  if (end) end();
  closePanel();
  const main = document.getElementById('main');
  main.className = `view-${entry.name}`;
  fill(main);
  end = entry.view.mount(main, place) ?? null;
  document.title = `${t(`nav.${entry.name}`)} · Quarry`;
  for (const link of document.querySelectorAll('#side nav a')) {
    if (link.dataset.view === entry.name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

function setTheme(theme) {
  if (theme === 'system') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.dataset.theme = theme;
  localStorage.setItem('quarry.theme', theme);
}

function nextTheme() {
  const dark = document.documentElement.dataset.theme === 'dark' ||
    (!document.documentElement.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches);
  setTheme(dark ? 'light' : 'dark');
}

function drawSide() {
  document.documentElement.lang = language() === 'zh' ? 'zh-CN' : language();
  document.getElementById('skip').textContent = t('nav.skip');
  const links = shown.map(({ name }) => h('li', {}, h('a', { href: `#/${name}`, 'data-view': name },
    icon(name), h('span', {}, t(`nav.${name}`)))));
  const choice = h('select', {
    'aria-label': t('nav.language'), onchange: (event) => {
      setLanguage(event.target.value);
      drawSide();
      show();
    },
  }, languages.map(([code, name]) => h('option', { value: code, lang: code, selected: code === language() }, name)));
  fill(document.getElementById('side'),
    h('a', { class: 'brand', href: '#/ask' }, h('img', { src: '/web/icon.svg', alt: '', width: 26, height: 26 }),
      h('span', {}, 'Quarry')),
    h('nav', { 'aria-label': t('nav.label') }, h('ul', {}, links)),
    h('div', { id: 'side-extra' }),
    h('div', { class: 'side-foot' },
      h('span', { class: 'with-icon' }, icon('globe'), choice),
      h('button', { class: 'quiet icon-only', type: 'button', title: t('nav.theme'), 'aria-label': t('nav.theme'), onclick: nextTheme }, icon('moon'))));
}

// "/" goes to the field of the view, Escape closes what is open, arrows walk through results.
function onKey(event) {
  const typing = event.target.closest('input, textarea, select, [contenteditable]');
  if (event.key === 'Escape' && panelIsOpen() && !document.querySelector('dialog[open]')) {
    closePanel();
    event.preventDefault();
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '/' && !typing) {
    const field = document.querySelector('main [data-focus]');
    if (field) {
      field.focus();
      field.select();
      event.preventDefault();
    }
  }
  if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') &&
      (!typing || typing.matches('[data-focus][type=search]'))) {
    const items = [...document.querySelectorAll('main [data-item]')];
    if (items.length === 0) return;
    const at = items.indexOf(document.activeElement.closest('[data-item]'));
    const next = event.key === 'ArrowDown' ? at + 1 : at - 1;
    if (next < 0) document.querySelector('main [data-focus]')?.focus();
    else if (next < items.length) items[next].focus();
    event.preventDefault();
  }
}

// Not by the address, which names the view.
function skipToContent(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}

async function start() {
  setTheme(localStorage.getItem('quarry.theme') ?? 'system');
  document.getElementById('skip').addEventListener('click', skipToContent);
  onKeyWanted((reason) => ask(t('key.title'),
    [h('p', {}, reason), h('label', {}, t('key.label'), h('input', { type: 'password', autocomplete: 'off', spellcheck: 'false' }))],
    { accept: t('key.use'), cancel: t('cancel'), read: (dialog) => dialog.querySelector('input').value.trim() }));
  const main = document.getElementById('main');
  try {
    const there = await Promise.all(VIEWS.map(({ needs }) => (needs ? hasRoute(...needs) : true)));
    shown = VIEWS.filter((_, i) => there[i]);
  } catch (error) {
    fill(main, h('div', { class: 'notice bad', role: 'alert' }, h('h1', {}, t('error.title')), h('p', {}, error.message),
      h('button', { type: 'button', onclick: () => location.reload() }, t('error.again'))));
    return;
  }
  // Before the first view: the links work, too, where it fails.
  addEventListener('hashchange', show);
  addEventListener('keydown', onKey);
  addEventListener('unhandledrejection', (event) => toast(event.reason?.message ?? String(event.reason)));
  drawSide();
  show();
  get('/readyz').catch((error) => toast(error.message));
}

start();
