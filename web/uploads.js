// Files on their way to the server: dropped or chosen, two at a time, each with its progress.

import { documentPath, get, post, query, remove, upload } from './api.js';
import { currentCollection } from './collections.js';
import { fill, h, icon } from './dom.js';
import { bytes } from './format.js';
import { t } from './i18n.js';

const AT_A_TIME = 2;
// Larger files go in parts, which may take as long as they need.
const WHOLE = 8 << 20;
const POLL_MILLIS = 700;

const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

// Sends a file in one request: the server's answer.
function sendWhole({ file, id, collection }, progress) {
  return upload(documentPath(id) + query({ collection, raw: 'true' }), file, 'application/octet-stream', progress);
}

// Sends it in parts, each once more where the connection breaks, and waits until it is indexed.
async function sendParts({ file, id, collection }, progress) {
  const begun = await post('/api/v1/uploads', { document: id, collection, bytes: file.size });
  const path = `/api/v1/uploads/${begun.id}`;
  try {
    for (let number = 1; number <= begun.part_count; ++number) {
      const from = (number - 1) * begun.part_bytes;
      const part = file.slice(from, from + begun.part_bytes);
      const send = () => upload(`${path}/parts/${number}`, part, 'application/octet-stream',
        (share) => progress((from + share * part.size) / file.size));
      await send().catch((error) => (error.status === 0 ? send() : Promise.reject(error)));
    }
    await post(`${path}/complete`, {});
    for (;;) {
      const { state, result, error, last_error: trouble } = await get(path);
      if (state === 'done') return result;
      if (state === 'failed') throw new Error(error);
      progress(1, trouble);
      await sleep(POLL_MILLIS);
    }
  } finally {
    remove(path).catch(() => {});  // else it goes within a day
  }
}

// The files below a dropped folder, with their paths in it.
async function filesOf(entry, path = '') {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ file, id: path + file.name }];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return found;
    for (const one of entries) {
      if (!one.name.startsWith('.')) found.push(...await filesOf(one, `${path}${entry.name}/`));
    }
  }
}

export class UploadList {
  // changed(): documents were added.
  constructor(changed) {
    this.changed = changed;
    this.waiting = [];
    this.running = new Set();
    this.list = h('ul', { class: 'uploads', 'aria-live': 'polite' });
    const input = h('input', {
      type: 'file', multiple: true, class: 'sr-only', id: 'files', onchange: () => {
        this.add([...input.files].map((file) => ({ file, id: file.webkitRelativePath || file.name })));
        input.value = '';
      },
    });
    this.zone = h('div', { class: 'drop' }, icon('upload'),
      h('p', {}, t('upload.drop'), ' ', h('label', { class: 'link', for: 'files' }, t('upload.choose')), input),
      h('p', { class: 'muted' }, t('upload.formats')));
    this.zone.addEventListener('dragover', (event) => {
      event.preventDefault();
      this.zone.classList.add('over');
    });
    this.zone.addEventListener('dragleave', () => this.zone.classList.remove('over'));
    this.zone.addEventListener('drop', async (event) => {
      event.preventDefault();
      this.zone.classList.remove('over');
      const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
      if (entries.length === 0) {
        this.add([...event.dataTransfer.files].map((file) => ({ file, id: file.name })));
        return;
      }
      for (const entry of entries) this.add(await filesOf(entry));
    });
    this.element = h('section', { 'aria-label': t('upload.label') }, this.zone, this.list);
  }

  add(files) {
    for (const { file, id } of files) {
      const bar = h('progress', { max: 1, value: 0, 'aria-label': id });
      const state = h('span', { class: 'upload-state' }, t('upload.waits'));
      const item = h('li', {}, h('span', { class: 'upload-name' }, id), h('span', { class: 'muted' }, bytes(file.size)), bar, state);
      this.list.append(item);
      this.waiting.push({ file, id, bar, state, item, collection: currentCollection() });
    }
    this.next();
  }

  next() {
    while (this.running.size < AT_A_TIME && this.waiting.length > 0) this.send(this.waiting.shift());
  }

  async send(one) {
    const progress = (share, trouble) => {  // trouble: why it is tried again, if it is
      one.bar.value = share;
      const reads = trouble ? t('upload.again', { why: trouble }) : t('upload.reads');
      one.state.textContent = share < 1 ? `${Math.floor(share * 100)} %` : reads;
      if (share === 1) one.bar.removeAttribute('value');  // how long that takes nobody knows
    };
    this.running.add(one);
    try {
      const answer = await (one.file.size > WHOLE ? sendParts : sendWhole)(one, progress);
      one.item.classList.add('done');
      const chunks = answer.results.reduce((sum, result) => sum + result.chunks, 0);
      const status = answer.documents.unchanged === answer.results.length ? 'upload.unchanged' : 'upload.done';
      fill(one.state, t(status, { n: chunks }));
      for (const { place, reason } of answer.failures) one.item.append(h('p', { class: 'upload-problem' }, `${place}: ${reason}`));
    } catch (error) {
      one.item.classList.add('failed');
      fill(one.state, error.message);
    }
    one.bar.remove();
    this.running.delete(one);
    if (this.ended) return;
    this.next();
    this.changed();
  }

  end() {
    this.ended = true;
    this.waiting = [];
  }
}
