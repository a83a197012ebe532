// A document beside the page, opened at a passage, which is marked.

import { documentPath, get, query } from './api.js';
import { boundary, decode, encode } from './bytes.js';
import { fill, h, icon } from './dom.js';
import { bytes as sizeOf, safeLink, titleOf } from './format.js';
import { t } from './i18n.js';

// What is shown around the passage at first, and what "more" adds; in bytes.
const AROUND = 60_000;

let opener = null;
let generation = 0;

export const panelIsOpen = () => !document.getElementById('panel').hidden;

export function closePanel() {
  const panel = document.getElementById('panel');
  ++generation;
  if (panel.hidden) return;
  panel.hidden = true;
  document.body.classList.remove('with-panel');
  fill(panel);
  if (opener?.isConnected) opener.focus();
  opener = null;
}

function head(title) {
  return h('div', { class: 'panel-head' }, h('h2', { id: 'panel-title', tabindex: '-1' }, title),
    h('button', { class: 'quiet icon-only', type: 'button', 'aria-label': t('close'), title: `${t('close')} (Esc)`, onclick: closePanel }, icon('close')));
}

// The text with [begin, end) marked, of a long document what stands around it.
function textView(text, begin, end) {
  const all = encode(text);
  let from = boundary(all, begin - AROUND);
  let to = boundary(all, end + AROUND);
  const before = h('span');
  const after = h('span');
  const mark = end > begin ? h('mark', { tabindex: '-1' }, decode(all.subarray(begin, end))) : null;
  const more = (place) => h('button', { class: 'quiet more', type: 'button' }, t(place));
  const up = more('panel.earlier');
  const down = more('panel.later');
  const draw = () => {
    before.textContent = decode(all.subarray(from, begin));
    after.textContent = decode(all.subarray(end, to));
    up.hidden = from === 0;
    down.hidden = to === all.length;
  };
  up.addEventListener('click', () => {
    from = boundary(all, from - AROUND);
    draw();
  });
  down.addEventListener('click', () => {
    to = boundary(all, to + AROUND);
    draw();
  });
  draw();
  const view = h('div', { class: 'document-text', tabindex: '0', role: 'region', 'aria-label': t('panel.text') },
    up, h('div', { class: 'prewrap' }, before, mark, after), down);
  view.passage = mark;
  return view;
}

function facts(found) {
  const rows = [];
  const add = (name, value) => rows.push(h('dt', {}, name), h('dd', {}, value));
  add(t('panel.id'), found.id);
  const link = safeLink(found.uri);
  if (link) add(t('panel.uri'), h('a', { href: link, rel: 'noopener noreferrer', target: '_blank' }, found.uri));
  add(t('panel.size'), `${sizeOf(found.text_bytes)}, ${t('n.chunks', { n: found.chunks })}`);
  for (const [name, value] of Object.entries(found.metadata)) add(name, Array.isArray(value) ? value.join(', ') : String(value));
  return h('details', {}, h('summary', {}, t('panel.about')), h('dl', { class: 'facts' }, rows));
}

// `place`: {collection, document, title, begin, end, heading_path, quote}. Nothing is marked where begin
// equals end, or where the document does not say `quote` there any more.
export async function openDocument({ collection, document: id, title = '', begin = 0, end = 0, heading_path: path = [], quote }) {
  const panel = document.getElementById('panel');
  if (panel.hidden) opener = document.activeElement;
  const mine = ++generation;
  panel.hidden = false;
  panel.setAttribute('aria-labelledby', 'panel-title');
  document.body.classList.add('with-panel');
  fill(panel, head(titleOf({ title, document: id })), h('p', { class: 'muted' }, t('loading')));
  panel.querySelector('h2').focus();
  try {
    const found = await get(documentPath(id) + query({ collection, text: 'true' }));
    if (mine !== generation) return;
    const changed = quote !== undefined && decode(encode(found.text).subarray(begin, end)) !== quote;
    const view = changed ? textView(found.text, 0, 0) : textView(found.text, begin, end);
    fill(panel, head(titleOf(found)), path.length > 0 && h('p', { class: 'path' }, path.join(' › ')),
      changed && h('p', { class: 'notice' }, t('panel.changed')), facts(found), view);
    panel.querySelector('h2').focus({ preventScroll: true });
    if (view.passage) view.passage.scrollIntoView({ block: 'center' });
  } catch (error) {
    if (mine !== generation) return;
    fill(panel, head(titleOf({ title, document: id })), h('p', { class: 'notice bad', role: 'alert' },
      error.status === 404 ? t('panel.gone') : error.message));
  }
}
