// The passage behind a marker, shown beside it while the pointer or the focus is there.

import { h } from './dom.js';
import { pathOf, titleOf } from './format.js';

let shown = null;

export function hidePeek() {
  if (shown) shown.remove();
  shown = null;
}

export function showPeek(anchor, citation) {
  hidePeek();
  shown = h('div', { class: 'peek', 'aria-hidden': 'true' }, h('p', { class: 'peek-title' }, titleOf(citation)),
    h('p', { class: 'path' }, pathOf(citation)),
    h('blockquote', {}, citation.quote));
  document.body.append(shown);
  const at = anchor.getBoundingClientRect();
  const size = shown.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.left + at.width / 2 - size.width / 2), innerWidth - size.width - 8);
  const above = at.top - size.height - 8;
  shown.style.left = `${left + scrollX}px`;
  shown.style.top = `${(above > 8 ? above : at.bottom + 8) + scrollY}px`;
}
