// API keys: those of the store, a new one (shown once), revoking.

import { get, post, remove } from './api.js';
import { ask, fill, h, icon, toast } from './dom.js';
import { time } from './format.js';
import { t } from './i18n.js';

const SCOPES = ['query', 'ingest', 'metrics', 'admin'];

export function mount(root) {
  const list = h('section', { 'aria-label': t('nav.keys') });
  root.append(h('h1', {}, t('nav.keys')), h('p', { class: 'muted' }, t('keys.intro')),
    h('div', { class: 'row' }, h('button', { type: 'button', class: 'primary', onclick: create }, icon('plus'), t('keys.new'))), list);

  async function create() {
    const read = (dialog) => ({
      name: dialog.querySelector('[name=name]').value.trim(),
      scopes: [...dialog.querySelectorAll('[name=scope]:checked')].map(({ value }) => value),
    });
    const grant = await ask(t('keys.new'), [
      h('label', {}, t('keys.name'), h('input', { type: 'text', name: 'name', required: true, maxlength: 100 })),
      h('fieldset', { class: 'reasons' }, h('legend', {}, t('keys.scopes')), SCOPES.map((scope) => h('label', { class: 'check' },
        h('input', { type: 'checkbox', name: 'scope', value: scope, checked: scope === 'query' }), t(`scope.${scope}`)))),
    ], { accept: t('create'), cancel: t('cancel'), read });
    if (!grant) return;
    const made = await post('/api/v1/keys', grant);
    await ask(t('keys.made'), [h('p', {}, t('keys.once')), h('pre', {}, h('code', {}, made.key))], { accept: t('close') });
    draw();
  }

  async function revoke(key) {
    const sure = await ask(t('keys.revoke'), h('p', {}, t('keys.sure', { name: key.name })),
      { accept: t('keys.revoke'), cancel: t('cancel'), danger: true });
    if (!sure) return;
    await remove(`/api/v1/keys/${encodeURIComponent(key.id)}`);
    toast(t('keys.revoked'));
    draw();
  }

  const row = (key) => h('tr', {}, h('td', {}, key.name, h('div', { class: 'path' }, key.id)),
    h('td', {}, key.scopes.map((scope) => t(`scope.${scope}`)).join(', ')),
    h('td', { class: 'wide' }, (key.collections ?? [t('keys.all')]).join(', ')),
    h('td', { class: 'wide time' }, time(key.created_at)),
    h('td', { class: 'figure' }, key.revoked_at ? t('keys.gone') : h('button', {
      type: 'button', class: 'quiet icon-only', 'aria-label': `${t('keys.revoke')}: ${key.name}`, title: t('keys.revoke'),
      onclick: () => revoke(key),
    }, icon('trash'))));

  async function draw() {
    try {
      const { keys } = await get('/api/v1/keys');
      if (keys.length === 0) {
        fill(list, h('p', { class: 'muted' }, t('keys.none')));
        return;
      }
      fill(list, h('div', { class: 'table-scroll' }, h('table', {}, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('keys.name')),
        h('th', { scope: 'col' }, t('keys.scopes')), h('th', { scope: 'col', class: 'wide' }, t('collection')),
        h('th', { scope: 'col', class: 'wide' }, t('documents.time')), h('td', {}))), h('tbody', {}, keys.map(row)))));
    } catch (error) {
      fill(list, h('p', { class: 'notice bad', role: 'alert' }, error.message));
    }
  }

  draw();
}
