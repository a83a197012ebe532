// Documents: what a collection holds, adding files by drag and drop, taking documents out.

import { documentPath, get, post, query, remove } from './api.js';
import { collectionChoice, currentCollection, setCollection } from './collections.js';
import { openDocument } from './document_panel.js';
import { ask, fill, h, icon, toast } from './dom.js';
import { fileName, number, time, titleOf } from './format.js';
import { t } from './i18n.js';
import { UploadList } from './uploads.js';

const PAGE = 50;

export function mount(root) {
  let offset = 0;
  let asked = 0;
  let choice = null;
  const bar = h('div', { class: 'row' });
  const table = h('section', { 'aria-label': t('documents.list') });
  const uploads = new UploadList(() => draw());
  root.append(h('h1', {}, t('nav.documents')), bar, uploads.element, table);

  const drawBar = () => {
    choice = collectionChoice(() => {
      offset = 0;
      draw();
    });
    fill(bar, choice, h('button', { type: 'button', class: 'quiet', onclick: create }, icon('plus'), t('collection.new')),
      h('button', { type: 'button', class: 'quiet', onclick: drop }, icon('trash'), t('collection.delete')));
    return choice.loaded;
  };

  async function create() {
    const name = await ask(t('collection.new'), h('label', {}, t('collection.name'),
      h('input', { type: 'text', required: true, maxlength: 64, pattern: '[\\p{L}\\p{Nd}][\\p{L}\\p{Nd}\\p{M}._\\-]*', title: t('collection.rule') })),
    { accept: t('create'), cancel: t('cancel'), read: (dialog) => dialog.querySelector('input').value });
    if (!name) return;
    await post('/api/v1/collections', { name });
    setCollection(name);
    offset = 0;
    await drawBar();
    draw();
  }

  async function drop() {
    const name = currentCollection();
    const sure = await ask(t('collection.delete'), h('p', {}, t('collection.sure', { name })),
      { accept: t('delete'), cancel: t('cancel'), danger: true });
    if (!sure) return;
    await remove(`/api/v1/collections/${encodeURIComponent(name)}`);
    setCollection('default');
    offset = 0;
    await drawBar();
    draw();
  }

  async function removeDocument(id) {
    const sure = await ask(t('documents.delete'), h('p', {}, t('documents.sure', { id })),
      { accept: t('delete'), cancel: t('cancel'), danger: true });
    if (!sure) return;
    await remove(documentPath(id) + query({ collection: currentCollection() }));
    toast(t('documents.deleted', { id: fileName(id) }));
    draw();
  }

  const row = (document) => h('tr', {},
    h('td', {}, h('button', {
      type: 'button', class: 'link', 'data-item': true,
      onclick: () => openDocument({ collection: currentCollection(), document: document.id, title: document.title }),
    }, titleOf(document)), h('div', { class: 'path' }, document.id)),
    h('td', { class: 'wide' }, document.language), h('td', { class: 'figure wide' }, number(document.chunks)),
    h('td', { class: 'wide time' }, time(document.indexed_at)),
    h('td', { class: 'figure' }, h('button', {
      type: 'button', class: 'quiet icon-only', 'aria-label': `${t('documents.delete')}: ${document.id}`, title: t('documents.delete'),
      onclick: () => removeDocument(document.id),
    }, icon('trash'))));

  function pager(total) {
    if (total <= PAGE) return null;
    const go = (to) => () => {
      offset = to;
      draw();
    };
    return h('nav', { class: 'row pager', 'aria-label': t('pages') },
      h('button', { type: 'button', class: 'quiet', disabled: offset === 0, onclick: go(Math.max(0, offset - PAGE)) }, t('page.before')),
      h('span', { class: 'muted' }, t('page.at', { from: number(offset + 1), to: number(Math.min(total, offset + PAGE)), total: number(total) })),
      h('button', { type: 'button', class: 'quiet', disabled: offset + PAGE >= total, onclick: go(offset + PAGE) }, t('page.next')));
  }

  async function draw() {
    const mine = ++asked;
    try {
      const found = await get(`/api/v1/documents${query({ collection: currentCollection(), limit: PAGE, offset })}`);
      if (mine !== asked) return;
      if (found.documents.length === 0 && offset > 0) {
        offset = 0;
        draw();
        return;
      }
      if (found.total === 0) {
        fill(table, h('div', { class: 'empty' }, h('h2', {}, t('documents.none')), h('p', {}, t('documents.how')),
          h('p', { class: 'muted' }, t('empty.or')), h('pre', {}, h('code', {}, `quarry index path/to/folder --collection ${currentCollection()}`))));
        return;
      }
      fill(table, h('div', { class: 'table-scroll' }, h('table', {}, h('caption', { class: 'muted' }, t('n.documents', { n: number(found.total), count: found.total })),
        h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('documents.title')), h('th', { scope: 'col', class: 'wide' }, t('documents.language')),
          h('th', { scope: 'col', class: 'figure wide' }, t('documents.chunks')), h('th', { scope: 'col', class: 'wide' }, t('documents.time')),
          h('td', {}))), h('tbody', {}, found.documents.map(row)))), pager(found.total));
    } catch (error) {
      if (mine === asked) fill(table, h('p', { class: 'notice bad', role: 'alert' }, error.message));
    }
  }

  drawBar().then(draw);
  return () => uploads.end();
}
