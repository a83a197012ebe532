// One profile being edited: its name, fields for what is changed most, and all of it as YAML. What is typed is tried as
// it stands; it is stored when the reader says so.

import { get, put, remove } from './api.js';
import { ask, fill, h, icon, toast } from './dom.js';
import { t } from './i18n.js';
import { hasLines, readKey, writeKey } from './profile_text.js';

const path = (name) => `/api/v1/profiles/${encodeURIComponent(name)}`;

export class ProfileEditor {
  // `side` is what it is called; changed() is called when a profile has been stored or removed.
  constructor(side, changed) {
    this.changed = changed;
    this.stored = { name: '', yaml: '' };  // as the server has it
    this.choice = h('select', { onchange: () => this.choose(this.choice.value) });
    this.name = h('input', { type: 'text', maxlength: 64, spellcheck: 'false', autocomplete: 'off', oninput: () => this.showState() });
    this.yaml = h('textarea', { class: 'code', rows: 9, spellcheck: 'false', oninput: () => this.showFields() });
    this.fields = {
      instructions: h('textarea', { rows: 4, maxlength: 32768 }),
      model: h('input', { type: 'text', spellcheck: 'false', autocomplete: 'off', placeholder: t('compare.default') }),
      k: h('input', { type: 'number', min: 1, max: 1000, placeholder: t('compare.default') }),
      temperature: h('input', { type: 'number', min: 0, max: 2, step: 0.1, placeholder: t('compare.default') }),
    };
    for (const [key, field] of Object.entries(this.fields)) field.addEventListener('input', () => this.take(key, field));
    this.problem = h('p', { class: 'notice bad', role: 'alert', hidden: true });
    this.note = h('p', { class: 'notice', role: 'status', hidden: true });
    this.save = h('button', { type: 'button', class: 'primary', onclick: () => this.store() }, t('save'));
    this.drop = h('button', { type: 'button', class: 'quiet', onclick: () => this.removeStored() }, icon('trash'), t('delete'));
    this.state = h('span', { class: 'muted', role: 'status' });
    this.element = h('fieldset', { class: 'setting' }, h('legend', {}, t('compare.setting', { name: side })),
      h('label', {}, t('profiles.choice'), this.choice), h('label', {}, t('profiles.name'), this.name),
      h('label', { class: 'all' }, t('profiles.prompt'), this.fields.instructions),
      h('label', { class: 'all' }, t('profiles.model'), this.fields.model),
      h('label', {}, t('compare.k'), this.fields.k), h('label', {}, t('profiles.temperature'), this.fields.temperature),
      h('details', { class: 'all' }, h('summary', {}, t('profiles.yaml')), h('label', {}, t('profiles.keys'), this.yaml)),
      h('div', { class: 'row all' }, this.save, this.drop, this.state), this.problem, this.note);
    this.show('', '');
  }

  // What is to be tried. A text without a key is a profile that changes nothing.
  get text() {
    return /^\s*[^\s#]/m.test(this.yaml.value) ? this.yaml.value : '{}';
  }
  get title() {
    return this.name.value.trim() || t('profiles.new');
  }
  get route() {
    return `${path(this.name.value.trim() || 'draft')}/answer`;
  }
  get isChanged() {
    return this.yaml.value !== this.stored.yaml || this.name.value.trim() !== this.stored.name;
  }

  list(profiles) {
    fill(this.choice, h('option', { value: '' }, t('profiles.new')), profiles.map(({ name, description }) =>
      h('option', { value: name, title: description }, name)));
    this.choice.value = this.stored.name;
  }

  async choose(name) {
    const isLeft = !this.isChanged || await ask(t('profiles.unsaved'), h('p', {}, t('profiles.unsaved_text')),
      { accept: t('profiles.discard'), cancel: t('cancel'), danger: true });
    if (!isLeft) {
      this.choice.value = this.stored.name;
      return;
    }
    await this.guard(async () => {
      const yaml = name === '' ? '' : (await get(path(name))).yaml;
      this.show(name, yaml);
    });
  }

  show(name, yaml) {
    this.stored = { name, yaml };
    this.choice.value = name;
    this.name.value = name;
    this.yaml.value = yaml;
    this.problem.hidden = true;
    this.note.hidden = true;
    this.showFields();
  }

  showFields() {
    const isOpen = hasLines(this.yaml.value);
    for (const [key, field] of Object.entries(this.fields)) {
      const value = isOpen ? readKey(this.yaml.value, key) : null;
      field.disabled = value === null;
      field.title = value === null ? t('profiles.elsewhere') : '';
      field.value = value ?? '';
    }
    this.showState();
  }

  take(key, field) {
    if (!field.validity.valid) return;
    const value = field.type === 'number' && field.value !== '' ? Number(field.value) : field.value;
    this.yaml.value = writeKey(this.yaml.value, key, value);
    this.showState();
  }

  showState() {
    this.save.disabled = !this.isChanged || this.name.value.trim() === '' || this.yaml.value.trim() === '';
    this.drop.hidden = this.stored.name === '';
    this.state.textContent = this.isChanged ? t('profiles.changed') : '';
  }

  // What goes wrong is told here.
  async guard(action) {
    this.problem.hidden = true;
    try {
      await action();
    } catch (error) {
      this.problem.textContent = error.message;
      this.problem.hidden = false;
    }
  }

  store() {
    return this.guard(async () => {
      const name = this.name.value.trim();
      const yaml = this.yaml.value;
      const told = await put(path(name), { yaml });
      this.stored = { name, yaml };
      this.note.textContent = t('profiles.without_effect', { keys: told.without_effect });
      this.note.hidden = told.without_effect === '';
      this.showState();
      toast(t('profiles.saved', { name }));
      await this.changed();
    });
  }

  async removeStored() {
    const { name } = this.stored;
    const sure = await ask(t('profiles.delete'), h('p', {}, t('profiles.sure', { name })),
      { accept: t('delete'), cancel: t('cancel'), danger: true });
    if (!sure) return;
    await this.guard(async () => {
      await remove(path(name));
      this.show('', '');
      toast(t('profiles.deleted', { name }));
      await this.changed();
    });
  }
}
