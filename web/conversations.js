// The list of conversations in the navigation.

import { get } from './api.js';
import { fill, h, icon } from './dom.js';
import { t } from './i18n.js';

const SHOWN = 20;
let known = null;  // the newest conversations; null: to be asked for

// One was made or written to.
export function noteConversation() {
  known = null;
}

// Shows them, `current` (an id, or null for a new one) marked; undefined takes the list away.
export async function drawConversations(current) {
  const place = document.getElementById('side-extra');
  if (current === undefined) return fill(place);
  try {
    if (known === null || current) known = (await get(`/api/v1/conversations?limit=${SHOWN}`)).conversations;
  } catch {
    known = [];  // What is wrong is told where the reader asks.
  }
  if (location.hash !== '' && !location.hash.startsWith('#/ask')) return fill(place);
  return fill(place, h('nav', { class: 'conversations', 'aria-label': t('conversation.list') },
    h('a', { href: '#/ask', class: 'new', 'aria-current': current === null && 'page' }, icon('plus'), h('span', {}, t('conversation.new'))),
    known.length > 0 && h('ul', {}, known.map(({ id, title }) => h('li', {},
      h('a', { href: `#/ask/${id}`, 'aria-current': id === current && 'page', title }, title))))));
}
