// How a search came to its passages: the places and parts of both legs, and the words.

import { h } from './dom.js';
import { score, titleOf } from './format.js';
import { t } from './i18n.js';

const leg = (part) => (part ? `${score(part.part)} (#${part.rank})` : '–');

function words(terms) {
  return terms.filter(({ count }) => count > 0).map(({ term, count, score: value }) =>
    h('span', { class: 'word', title: `idf × tf = ${score(value)}` }, count > 1 ? `${term} ×${count}` : term));
}

export function scoreTable(found, open) {
  const rows = found.hits.map((hit) => h('tr', {}, h('td', {}, String(hit.rank)),
    h('td', {}, h('button', { type: 'button', class: 'link', onclick: () => open(hit) }, titleOf(hit)),
      h('div', { class: 'words' }, words(hit.explain.terms))),
    h('td', { class: 'figure' }, score(hit.score)), h('td', { class: 'figure' }, leg(hit.explain.lexical)),
    h('td', { class: 'figure' }, leg(hit.explain.dense))));
  const dropped = found.context?.dropped ?? [];
  return [
    h('div', { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': t('answer.explain') }, h('table', {}, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, '#'),
      h('th', { scope: 'col' }, t('score.passage')), h('th', { scope: 'col', class: 'figure' }, t('score.score')),
      h('th', { scope: 'col', class: 'figure' }, t('score.words')), h('th', { scope: 'col', class: 'figure' }, t('score.meaning')))),
    h('tbody', {}, rows))),
    dropped.length > 0 && h('p', { class: 'muted' }, t('score.dropped', { n: dropped.length, why: [...new Set(dropped.map(({ why }) => why))].join('; ') })),
  ];
}
