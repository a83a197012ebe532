// Profiles: made, changed and removed, and tried side by side on one question before they are stored.

import { get, postForEvents } from './api.js';
import { collectionChoice, currentCollection } from './collections.js';
import { fill, h } from './dom.js';
import { t } from './i18n.js';
import { ProfileEditor } from './profile_editor.js';
import { readKey } from './profile_text.js';
import { Turn } from './turn.js';

export function mount(root, { rest }) {
  let running = null;  // what stops the answers that are coming
  let left = false;

  const editors = ['A', 'B'].map((side) => new ProfileEditor(side, () => drawList()));
  const field = h('textarea', { rows: 2, 'data-focus': true, required: true, placeholder: t('ask.placeholder'), 'aria-label': t('ask.label'), maxlength: 8000 });
  const button = h('button', { type: 'submit', class: 'primary' }, t('profiles.try'));
  const form = h('form', { class: 'compare-form' }, field, h('div', { class: 'row' }, button, collectionChoice(() => {})));
  const result = h('section', { class: 'pair', 'aria-label': t('profiles.answers') });
  root.append(h('h1', {}, t('nav.profiles')), h('p', { class: 'muted' }, t('profiles.intro')),
    h('div', { class: 'settings' }, editors.map(({ element }) => element)), form, result);

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (running) {
      running.abort();
      return;
    }
    running = new AbortController();
    button.textContent = t('ask.stop');
    fill(result);
    await Promise.all(editors.map((editor) => answer(editor, field.value.trim(), running.signal)));
    running = null;
    button.textContent = t('profiles.try');
  });

  async function answer(editor, query, signal) {
    // The profile's own collection stands over the one that is chosen.
    const collection = readKey(editor.text, 'collection') === '' ? currentCollection() : undefined;
    const turn = new Turn(query, collection);
    result.append(h('article', { class: 'card' }, h('h2', {}, editor.title), turn.element));
    try {
      await postForEvents(editor.route, { yaml: editor.text, query, collection, stream: true },
        { on: (name, data) => turn.take(name, data), signal, headers: { 'Cache-Control': 'no-store' } });
    } catch (error) {
      turn.fail(error.name === 'AbortError' ? t('ask.stopped') : error.message, () => form.requestSubmit());
    }
  }

  async function drawList() {
    const { profiles } = await get('/api/v1/profiles');
    if (!left) for (const editor of editors) editor.list(profiles);
    return profiles;
  }

  drawList().then((profiles) => {
    const first = rest[0] ?? profiles[0]?.name;
    if (left || first === undefined) return;
    editors[0].choose(first);
    editors[1].choose(profiles.find(({ name }) => name !== first)?.name ?? first);
  });
  return () => {
    left = true;
    running?.abort();
  };
}
