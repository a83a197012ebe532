// What the store holds and what the answer cache saved.

import { get, query, remove } from './api.js';
import { collectionChoice, currentCollection } from './collections.js';
import { ask, fill, h, icon, toast } from './dom.js';
import { bytes, number, seconds, time } from './format.js';
import { t } from './i18n.js';

const fact = (name, value) => h('div', { class: 'figure-card' }, h('dt', {}, name), h('dd', {}, value));

// Bytes by what they are for, as one bar.
function shareBar(parts) {
  const total = parts.reduce((sum, [, value]) => sum + value, 0);
  const rows = parts.filter(([, value]) => value > 0).map(([name, value]) => {
    const bar = h('span', { class: 'bar' });
    bar.style.width = `${Math.max(0.5, (100 * value) / Math.max(total, 1))}%`;
    return h('tr', {}, h('th', { scope: 'row' }, name), h('td', { class: 'bar-cell' }, bar), h('td', { class: 'figure' }, bytes(value)));
  });
  return h('table', { class: 'shares' }, h('tbody', {}, rows));
}

function collectionCard(stats) {
  if (stats.error) {
    return h('section', { class: 'card' }, h('h3', {}, stats.name), h('p', { class: 'notice bad' }, stats.error));
  }
  const pending = stats.maintenance?.pending || (stats.embedding && stats.pending_vectors > 0 ? 'vectors' : '');
  // Before there are passages enough to learn from, none wait to be embedded.
  const none = stats.pending_vectors > 0 && !stats.embedder && !stats.embedding;
  return h('section', { class: 'card' }, h('h3', {}, stats.name),
    h('dl', { class: 'figures' }, fact(t('stats.documents'), number(stats.documents)), fact(t('stats.chunks'), number(stats.chunks)),
      fact(t('stats.vectors'), none ? t('stats.none_learnt') : stats.pending_vectors > 0 ? t('stats.pending', { n: number(stats.pending_vectors) }) : t('stats.complete')),
      fact(t('stats.work'), pending === '' ? t('stats.idle') : pending)),
    stats.maintenance?.error && h('p', { class: 'notice bad' }, stats.maintenance.error),
    h('details', {}, h('summary', {}, t('stats.disk')), shareBar(Object.entries(stats.disk))));
}

export function mount(root) {
  const store = h('section', { 'aria-label': t('stats.store') });
  const cache = h('section', { 'aria-label': t('cache.title') });
  const feedback = h('section', { 'aria-label': t('feedback.list') });
  const choice = collectionChoice(() => drawCache());
  root.append(h('h1', {}, t('nav.insights')), store, h('div', { class: 'row spread' }, h('h2', {}, t('cache.title')), choice), cache,
    h('h2', {}, t('feedback.list')), feedback);

  async function drawStore() {
    try {
      const stats = await get('/api/v1/stats');
      fill(store, h('dl', { class: 'figures' }, fact(t('stats.bytes'), bytes(stats.bytes + stats.derived_bytes)),
        fact(t('stats.memory'), bytes(stats.memory.block_cache + stats.memory.memtables + stats.memory.table_readers)),
        fact(t('stats.version'), stats.version)), h('div', { class: 'cards' }, stats.collections.map(collectionCard)));
    } catch (error) {
      fill(store, h('p', { class: 'notice bad', role: 'alert' }, error.message));
    }
  }

  async function clear(entry) {
    const sure = await ask(t('cache.clear'), h('p', {}, t(entry ? 'cache.sure_one' : 'cache.sure')),
      { accept: t('delete'), cancel: t('cancel'), danger: true });
    if (!sure) return;
    await remove(`/api/v1/cache${query({ collection: currentCollection(), entry })}`);
    toast(t('cache.cleared'));
    drawCache();
  }

  async function drawCache() {
    await choice.loaded;
    try {
      const found = await get(`/api/v1/cache${query({ collection: currentCollection(), limit: 20 })}`);
      fill(cache, h('dl', { class: 'figures' }, fact(t('cache.entries'), number(found.entries_total)), fact(t('cache.hits'), number(found.hits)),
        fact(t('cache.saved'), seconds(found.saved_seconds)), fact(t('cache.semantic'), t(found.semantic.open ? 'on' : 'off'))),
      found.entries.length === 0 ? h('p', { class: 'muted' }, t('cache.none')) : h('div', { class: 'table-scroll' },
        h('table', {}, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('cache.question')), h('th', { scope: 'col', class: 'figure' }, t('cache.hits')),
          h('th', { scope: 'col', class: 'wide' }, t('cache.made')), h('td', {}))),
        h('tbody', {}, found.entries.map((entry) => h('tr', {}, h('td', {}, entry.question), h('td', { class: 'figure' }, number(entry.hits)),
          h('td', { class: 'wide time' }, time(entry.created_at)), h('td', { class: 'figure' }, h('button', {
            type: 'button', class: 'quiet icon-only', 'aria-label': `${t('cache.clear')}: ${entry.question}`, title: t('cache.clear'),
            onclick: () => clear(entry.entry),
          }, icon('trash')))))))),
      found.entries.length > 0 && h('p', {}, h('button', { type: 'button', class: 'quiet', onclick: () => clear() }, icon('trash'), t('cache.clear_all'))));
    } catch (error) {
      fill(cache, h('p', { class: 'notice' }, error.message));
    }
  }

  async function drawFeedback(after) {
    try {
      const page = await get(`/api/v1/feedback${query({ limit: 20, after })}`);
      const rows = page.feedback.map((one) => h('tr', {}, h('td', { class: 'time' }, t(`rating.${one.rating ?? one.vote ?? 'none'}`)),
        h('td', {}, one.question, one.comment && h('div', { class: 'path' }, one.comment)),
        h('td', { class: 'wide' }, one.reasons?.map((reason) => t(`feedback.${reason}`)).join(', ')),
        h('td', { class: 'wide time' }, time(one.created_at)),
        h('td', { class: 'figure' }, h('button', {
          type: 'button', class: 'quiet icon-only', 'aria-label': `${t('delete')}: ${one.question}`, title: t('delete'), onclick: async () => {
            await remove(`/api/v1/feedback/${one.id}`);
            drawFeedback();
          },
        }, icon('trash')))));
      if (rows.length === 0 && !after) {
        fill(feedback, h('p', { class: 'muted' }, t('feedback.none')));
        return;
      }
      fill(feedback, h('div', { class: 'table-scroll' }, h('table', {}, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('feedback.rating')),
        h('th', { scope: 'col' }, t('cache.question')), h('th', { scope: 'col', class: 'wide' }, t('feedback.why')),
        h('th', { scope: 'col', class: 'wide' }, t('documents.time')), h('td', {}))), h('tbody', {}, rows))),
      h('div', { class: 'row' }, after && h('button', { type: 'button', class: 'quiet', onclick: () => drawFeedback() }, t('page.first')),
        page.has_more && h('button', { type: 'button', class: 'quiet', onclick: () => drawFeedback(page.feedback.at(-1).id) }, t('page.next'))));
    } catch (error) {
      fill(feedback, h('p', { class: 'notice' }, error.message));
    }
  }

  drawStore();
  drawCache();
  drawFeedback();
}
