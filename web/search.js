// Search: ranked passages with the matched words marked, counts to narrow them down, and scores on demand.

import { post } from './api.js';
import { pieces } from './bytes.js';
import { collectionChoice, currentCollection } from './collections.js';
import { openDocument } from './document_panel.js';
import { fill, h } from './dom.js';
import { emptyStore } from './empty_store.js';
import { fieldName, fieldValue, score, seconds, titleOf } from './format.js';
import { t } from './i18n.js';
import { scoreTable } from './scores.js';

const MODES = ['hybrid', 'lexical', 'dense'];
const EXCERPT = 320;  // characters of a passage that are shown

// The passage around its first marked word.
function excerpt(hit) {
  const parts = pieces(hit.text, hit.highlights);
  const whole = hit.text.length <= EXCERPT;
  let before = 0;
  for (const part of parts) {
    if (part.marked) break;
    before += part.text.length;
  }
  let skip = whole || before < EXCERPT / 2 || before === hit.text.length ? 0 : before - Math.floor(EXCERPT / 3);
  let room = EXCERPT;
  const nodes = skip > 0 ? ['… '] : [];
  for (const part of parts) {
    if (skip >= part.text.length) {
      skip -= part.text.length;
      continue;
    }
    const text = part.text.slice(skip, skip + room);
    skip = 0;
    room -= text.length;
    nodes.push(part.marked ? h('mark', {}, text) : text);
    if (room <= 0) {
      nodes.push(' …');
      break;
    }
  }
  return nodes;
}

// A filter of the page's address: [key, value] in JSON, so that a number stays one.
function filterOf(text) {
  try {
    const [key, value] = JSON.parse(text);
    return typeof key === 'string' && ['string', 'number', 'boolean'].includes(typeof value) ? [key, value] : null;
  } catch {
    return null;  // an address that somebody wrote
  }
}

export function mount(root, { parameters }) {
  const state = {
    query: parameters.get('q') ?? '', mode: parameters.get('mode') ?? 'hybrid',
    filters: parameters.getAll('f').map(filterOf).filter(Boolean),
  };
  let asked = 0;

  const field = h('input', {
    type: 'search', 'data-focus': true, value: state.query, placeholder: t('search.placeholder'), 'aria-label': t('search.placeholder'),
    autocomplete: 'off', spellcheck: 'false', maxlength: 2000,
  });
  const mode = h('select', { onchange: () => run() }, MODES.map((name) =>
    h('option', { value: name, selected: name === state.mode }, t(`mode.${name}`))));
  const choice = collectionChoice(() => {
    state.filters = [];
    run();
  });
  const form = h('form', {
    class: 'search-form', role: 'search', onsubmit: (event) => {
      event.preventDefault();
      state.filters = [];
      run();
    },
  }, field, h('button', { type: 'submit', class: 'primary' }, t('nav.search')),
  h('div', { class: 'row' }, h('label', { class: 'choice' }, h('span', {}, t('mode')), mode), choice));
  const results = h('div', { class: 'results', 'aria-live': 'polite' });
  root.append(h('h1', {}, t('nav.search')), form, results);

  function remember() {
    const text = new URLSearchParams({ q: state.query });
    if (state.mode !== 'hybrid') text.set('mode', state.mode);
    for (const filter of state.filters) text.append('f', JSON.stringify(filter));
    history.replaceState(null, '', `#/search?${text}`);
  }

  function filter() {
    const all = state.filters.map(([key, value]) => ({ type: 'eq', key, value }));
    if (all.length === 0) return {};
    return { filter: all.length === 1 ? all[0] : { type: 'and', filters: all } };
  }

  async function run() {
    state.query = field.value.trim();
    state.mode = mode.value;
    if (state.query === '') return;
    remember();
    const mine = ++asked;
    const began = performance.now();
    results.setAttribute('aria-busy', 'true');
    try {
      const found = await post('/api/v1/search', {
        query: state.query, collection: currentCollection(), mode: state.mode, k: 20, highlight: true, facets: true, correct: true, ...filter(),
      });
      if (mine !== asked) return;
      draw(found, (performance.now() - began) / 1000);
    } catch (error) {
      if (mine !== asked) return;
      fill(results, h('p', { class: 'notice bad', role: 'alert' }, error.message));
    }
    results.removeAttribute('aria-busy');
  }

  function corrected(found) {
    if (!found.corrected) return null;
    return h('p', { class: 'notice' }, t('search.corrected'), ' ',
      found.corrected.map(({ term, by }) => h('span', { class: 'word' }, `${term} → ${by}`)));
  }

  function facets(found) {
    const groups = (found.facets ?? []).filter(({ values }) => values.length > 1 || state.filters.length > 0);
    if (groups.length === 0 && state.filters.length === 0) return null;
    return h('aside', { class: 'facets', 'aria-label': t('search.narrow') },
      state.filters.map(([key, value]) => h('button', {
        type: 'button', class: 'chip on', 'aria-label': t('search.without', { key: fieldName(key), value: fieldValue(key, value) }), onclick: () => {
          state.filters = state.filters.filter((one) => one[0] !== key || one[1] !== value);
          run();
        },
      }, `${fieldName(key)}: ${fieldValue(key, value)} ×`)),
      groups.filter(({ key }) => !state.filters.some((one) => one[0] === key)).map(({ key, values }) => h('section', {}, h('h2', {}, fieldName(key)),
        h('ul', {}, values.map(({ value, count }) => h('li', {}, h('button', {
          type: 'button', class: 'chip', onclick: () => {
            state.filters.push([key, value]);
            run();
          },
        }, h('span', {}, fieldValue(key, value)), ' ', h('span', { class: 'count' }, String(count)))))))));
  }

  function draw(found, took) {
    const open = (hit) => openDocument({ collection: found.collection, ...hit, quote: hit.text });
    const items = found.hits.map((hit) => h('li', {}, h('article', { class: 'hit' },
      h('h2', {}, h('button', { type: 'button', class: 'link', 'data-item': true, onclick: () => open(hit) }, titleOf(hit))),
      h('p', { class: 'path' }, [hit.document, ...(hit.heading_path ?? [])].join(' › ')),
      h('p', { class: 'excerpt' }, excerpt(hit)),
      h('p', { class: 'muted figure-line' }, t('search.score', { score: score(hit.score) })))));
    const details = h('div', { class: 'scores', hidden: true });
    const explain = h('button', {
      type: 'button', class: 'quiet', 'aria-expanded': 'false', onclick: async () => {
        details.hidden = !details.hidden;
        explain.setAttribute('aria-expanded', String(!details.hidden));
        if (details.hidden) return;
        try {
          fill(details, scoreTable(await post('/api/v1/explain', {
            query: found.query, collection: found.collection, mode: found.mode, k: found.k, correct: true, ...filter(),
          }), open));
        } catch (error) {
          fill(details, h('p', { class: 'notice bad' }, error.message));
        }
      },
    }, t('answer.explain'));
    fill(results, corrected(found),
      h('div', { class: 'row spread' }, h('p', { class: 'muted' }, t('search.found', { n: found.hits.length, time: seconds(took) })), found.hits.length > 0 && explain),
      details, h('div', { class: 'columns' }, facets(found),
        found.hits.length > 0 ? h('ol', { class: 'hits' }, items) : h('p', { class: 'notice' }, t('search.none'))));
  }

  choice.loaded.then((collections) => {
    if (collections.every(({ documents }) => documents === 0)) {
      form.hidden = true;
      fill(results, emptyStore());
    } else if (state.query !== '') run();
    else field.focus({ preventScroll: true });
  });
}
