// Compare: one question under two settings, the answers side by side in an order that only the server
// knows, until the reader has voted.

import { post } from './api.js';
import { renderAnswer } from './answer.js';
import { collectionChoice, currentCollection } from './collections.js';
import { openDocument } from './document_panel.js';
import { fill, h } from './dom.js';
import { seconds, titleOf } from './format.js';
import { t } from './i18n.js';

const VOTES = ['left', 'tie', 'both_bad', 'right'];
const MODES = ['hybrid', 'lexical', 'dense'];

// The fields of one setting, and what they say.
function settingFields(name, k, mode) {
  const count = h('input', { type: 'number', min: 1, max: 50, value: String(k), required: true });
  const legs = h('select', {}, MODES.map((one) => h('option', { value: one, selected: one === mode }, t(`mode.${one}`))));
  const weight = h('input', { type: 'number', min: 0, max: 1, step: 0.05, placeholder: t('compare.default') });
  const hops = h('input', { type: 'number', min: 1, max: 4, placeholder: t('compare.default') });
  const element = h('fieldset', { class: 'setting' }, h('legend', {}, t('compare.setting', { name })),
    h('label', {}, t('compare.k'), count), h('label', {}, t('mode'), legs),
    h('label', {}, t('compare.weight'), weight), h('label', {}, t('compare.hops'), hops));
  return {
    element,
    read: () => {
      const options = {};
      if (weight.value !== '') options.dense_weight = Number(weight.value);
      if (hops.value !== '') options.hops = Number(hops.value);
      return { k: Number(count.value), mode: legs.value, ...(Object.keys(options).length > 0 ? { options } : {}) };
    },
  };
}

function describe(setting) {
  const parts = [t(`mode.${setting.mode}`), `k = ${setting.k}`];
  for (const [name, value] of Object.entries(setting.options ?? {})) parts.push(`${name} = ${value}`);
  return parts.join(' · ');
}

export function mount(root) {
  const first = settingFields('A', 10, 'hybrid');
  const second = settingFields('B', 10, 'lexical');
  const field = h('textarea', { rows: 2, 'data-focus': true, required: true, placeholder: t('ask.placeholder'), 'aria-label': t('ask.label'), maxlength: 8000 });
  const choice = collectionChoice(() => {});
  const button = h('button', { type: 'submit', class: 'primary' }, t('compare.run'));
  const form = h('form', { class: 'compare-form' }, field, h('div', { class: 'settings' }, first.element, second.element),
    h('div', { class: 'row' }, button, choice));
  const result = h('section', { 'aria-live': 'polite', 'aria-label': t('nav.compare') });
  root.append(h('h1', {}, t('nav.compare')), h('p', { class: 'muted' }, t('compare.intro')), form, result);

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    fill(result, h('p', { class: 'muted thinking' }, t('ask.thinking')));
    try {
      const compared = await post('/api/v1/compare', {
        query: field.value.trim(), collection: currentCollection(), a: first.read(), b: second.read(),
      });
      draw(compared);
    } catch (error) {
      fill(result, h('p', { class: 'notice bad', role: 'alert' }, error.message));
    }
    button.disabled = false;
  });

  function column(compared, side) {
    const answer = compared[side];
    const cite = (citation, n) => (citation === null ? h('span', { class: 'cite' }, String(n)) : h('button', {
      type: 'button', class: 'cite', 'aria-label': t('answer.source', { n, title: titleOf(citation) }),
      onclick: () => openDocument({ collection: compared.collection, ...citation }),
    }, String(n)));
    const seen = new Map(answer.citations.map((citation) => [citation.passage, titleOf(citation)]));
    const label = h('h2', {}, t(`compare.${side}`));
    const facts = h('p', { class: 'muted' });
    return {
      element: h('article', { class: 'card' }, label, facts, h('div', { class: 'answer' }, renderAnswer(answer.answer, answer, cite)),
        h('ol', { class: 'plain-sources' }, [...seen].map(([n, title]) => h('li', { value: n }, title)))),
      reveal: (told) => {
        label.textContent = `${t(`compare.${side}`)}: ${told.setting.toUpperCase()}`;
        facts.textContent = `${describe(told.options)} · ${told.model} · ${seconds(told.seconds)}`;
      },
    };
  }

  function draw(compared) {
    const columns = { left: column(compared, 'left'), right: column(compared, 'right') };
    const votes = h('div', { class: 'votes', role: 'group', 'aria-label': t('compare.vote') }, VOTES.map((vote) => h('button', {
      type: 'button', 'aria-pressed': 'false', onclick: async (event) => {
        const told = await post(`/api/v1/compare/${compared.id}/vote`, { vote });
        for (const one of votes.children) one.setAttribute('aria-pressed', String(one === event.target));
        columns.left.reveal(told.left);
        columns.right.reveal(told.right);
      },
    }, t(`vote.${vote}`))));
    fill(result, compared.equal && h('p', { class: 'notice' }, t('compare.equal')),
      h('div', { class: 'pair' }, columns.left.element, columns.right.element), votes);
  }
}
