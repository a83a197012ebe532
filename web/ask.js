// Ask: a conversation of questions and cited answers. The answer comes piece by piece; its markers open
// the document at the passage.

import { get, patch, post, postForEvents, query, remove, upload } from './api.js';
import { collectionChoice, currentCollection } from './collections.js';
import { drawConversations, noteConversation } from './conversations.js';
import { ask, fill, h, icon, toast } from './dom.js';
import { emptyStore } from './empty_store.js';
import { t } from './i18n.js';
import { number } from './format.js';
import { Turn } from './turn.js';

const TITLE = 80;  // characters of a question that its conversation is called by

export function mount(root, { rest, parameters }) {
  let conversation = rest[0] ?? null;
  let running = null;  // what stops the answer that is coming
  let left = false;
  let own = false;  // whether the conversation has files of its own
  let opened = Promise.resolve();  // when that, and what was said before, is known; never rejected

  const thread = h('div', { class: 'thread' });
  const title = h('h1', { class: 'sr-only' }, t('nav.ask'));
  const hero = h('div', { class: 'hero' });
  const field = h('textarea', {
    rows: 1, 'data-focus': true, 'aria-label': t('ask.label'), placeholder: t('ask.placeholder'), maxlength: 8000,
    autocomplete: 'off', enterkeyhint: 'send',
  });
  const send = h('button', { type: 'submit', class: 'primary icon-only', 'aria-label': t('ask.send'), title: t('ask.send') }, icon('send'));
  // Files of the conversation's own.
  const files = h('p', { class: 'own-files', role: 'status', hidden: true });
  const picker = h('input', { type: 'file', multiple: true, hidden: true, 'aria-label': t('ask.attach'), onchange: addFiles });
  const attach = h('button', {
    type: 'button', class: 'quiet icon-only', 'aria-label': t('ask.attach'), title: t('ask.attach'), onclick: () => picker.click(),
  }, icon('attach'));
  const choice = collectionChoice(() => drawHero());
  const form = h('form', { class: 'composer', 'aria-label': t('ask.label') },
    files, h('div', { class: 'composer-box' }, attach, field, send),
    h('div', { class: 'composer-foot' }, choice, h('span', { class: 'hint' }, t('ask.hint'))));

  const grow = () => {
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
  };
  field.addEventListener('input', grow);
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (running) running.abort();
    else if (field.value.trim() !== '') askNow(field.value.trim());
  });

  function setRunning(controller) {
    running = controller;
    send.setAttribute('aria-label', t(controller ? 'ask.stop' : 'ask.send'));
    send.title = t(controller ? 'ask.stop' : 'ask.send');
    fill(send, icon(controller ? 'stop' : 'send'));
  }

  // The conversation that questions go to, made with the first of them.
  async function conversationFor(question) {
    if (conversation === null) {
      const title = [...question].slice(0, TITLE).join('');  // by characters: half of one is no text
      const made = await post('/api/v1/conversations', { title });
      conversation = made.id;
      history.replaceState(null, '', `#/ask/${conversation}`);
    }
    return conversation;
  }

  // Questions go to these files, whether or not their names can be told.
  function noteFiles() {
    own = true;
    choice.hidden = true;
    files.hidden = false;
  }

  async function showFiles() {
    noteFiles();
    try {
      const { documents } = await get(`/api/v1/documents${query({ collection: conversation, limit: 20 })}`);
      files.textContent = t('ask.from', { names: documents.map(({ id }) => id).join(', ') });
    } catch (error) {
      files.textContent = error.message;
    }
  }

  async function addFiles() {
    const chosen = [...picker.files];
    picker.value = '';
    try {
      for (const file of chosen) {
        const id = await conversationFor(file.name);
        files.hidden = false;
        await upload(`/api/v1/conversations/${id}/files/${encodeURIComponent(file.name)}${query({ raw: 'true' })}`, file,
          'application/octet-stream', (share) => {
            files.textContent = `${file.name}: ${share < 1 ? `${Math.floor(share * 100)} %` : t('upload.reads')}`;
          });
        noteFiles();
      }
      if (chosen.length === 0) return;
      await showFiles();
      noteConversation();
      if (!left) drawConversations(conversation);
    } catch (error) {
      files.textContent = error.message;
    }
  }

  async function askNow(question) {
    hero.remove();
    root.classList.add('talking');
    field.value = '';
    grow();
    const controller = new AbortController();
    setRunning(controller);
    await opened;
    if (left || controller.signal.aborted) {  // another view, or stopped: nothing is asked
      field.value = question;
      setRunning(null);
      return;
    }
    const collection = own ? undefined : currentCollection();
    const turn = new Turn(question, collection);
    thread.append(turn.element);
    turn.element.scrollIntoView({ block: 'start', behavior: 'smooth' });
    try {
      const id = await conversationFor(question);
      await postForEvents(`/api/v1/conversations/${id}/turns`, { query: question, collection, stream: true },
        { on: (name, data) => turn.take(name, data), signal: controller.signal });
      noteConversation();
      if (!left) drawConversations(conversation);
    } catch (error) {
      turn.fail(error.name === 'AbortError' ? t('ask.stopped') : error.message, () => {
        turn.element.remove();
        askNow(question);
      });
    }
    setRunning(null);
    if (!left) field.focus({ preventScroll: true });
  }

  async function drawHero() {
    const collections = await choice.loaded;
    const chosen = collections.find(({ name }) => name === currentCollection());
    if (collections.every(({ documents }) => documents === 0)) {
      fill(hero, emptyStore());
      form.hidden = true;
      return;
    }
    form.hidden = false;
    fill(hero, h('h2', {}, t('ask.title')), h('p', {}, chosen ? t('ask.over', {
      n: number(chosen.documents), count: chosen.documents, name: chosen.name,
    }) : ''));
  }

  async function load() {
    if (conversation === null) {
      root.prepend(hero);
      await drawHero();
      const question = parameters.get('q');
      if (question) askNow(question);
      else if (!form.hidden && matchMedia('(min-width: 800px)').matches) field.focus({ preventScroll: true });
      return;
    }
    root.classList.add('talking');
    opened = open();
  }

  // Shows the conversation that is there.
  async function open() {
    try {
      const found = await get(`/api/v1/conversations/${conversation}`);
      if (left) return;
      if (found.has_files) showFiles();
      title.textContent = found.title;
      title.className = 'conversation-title';
      title.after(h('div', { class: 'conversation-tools' },
        tool('edit', 'conversation.rename', rename), tool('trash', 'conversation.delete', drop)));
      for (const stored of found.turns) {
        const turn = new Turn(stored.question, stored.collection);
        turn.finish(stored);
        thread.append(turn.element);
      }
      thread.lastElementChild?.scrollIntoView({ block: 'start' });
    } catch (error) {
      conversation = null;
      thread.append(h('p', { class: 'notice bad', role: 'alert' }, error.message));
    }
  }

  const tool = (name, label, action) => h('button', {
    class: 'quiet icon-only', type: 'button', 'aria-label': t(label), title: t(label), onclick: action,
  }, icon(name));

  async function rename() {
    const name = await ask(t('conversation.rename'),
      h('label', {}, t('conversation.name'), h('input', { type: 'text', maxlength: 200, value: title.textContent })),
      { accept: t('save'), cancel: t('cancel'), read: (dialog) => dialog.querySelector('input').value.trim() });
    if (!name) return;
    title.textContent = (await patch(`/api/v1/conversations/${conversation}`, { title: name })).title;
    drawConversations(conversation);
  }

  async function drop() {
    const sure = await ask(t('conversation.delete'), h('p', {}, t('conversation.sure')),
      { accept: t('delete'), cancel: t('cancel'), danger: true });
    if (!sure) return;
    await remove(`/api/v1/conversations/${conversation}`);
    toast(t('conversation.deleted'));
    location.hash = '#/ask';
  }

  root.classList.remove('talking');
  root.append(h('div', { class: 'conversation-head' }, title), thread, form, picker);
  drawConversations(conversation);
  load();
  return () => {
    left = true;
    if (running) running.abort();
    drawConversations(undefined);
  };
}
