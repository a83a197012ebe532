// What a reader sees before there is any document.

import { h, icon } from './dom.js';
import { t } from './i18n.js';

export function emptyStore() {
  return h('div', { class: 'empty' }, icon('documents'), h('h2', {}, t('empty.title')), h('p', {}, t('empty.text')),
    h('p', {}, h('a', { class: 'button primary', href: '#/documents' }, t('empty.upload'))),
    h('p', { class: 'muted' }, t('empty.or')), h('pre', {}, h('code', {}, 'quarry index path/to/folder')));
}
