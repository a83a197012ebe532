// A question and its answer: text with markers, sources, verdict, how it was found, and what the reader
// thinks of it.

import { post } from './api.js';
import { renderAnswer } from './answer.js';
import { openDocument } from './document_panel.js';
import { fill, h, icon, toast } from './dom.js';
import { feedbackForm } from './feedback.js';
import { number, pathOf, seconds, titleOf } from './format.js';
import { t } from './i18n.js';
import { hidePeek, showPeek } from './peek.js';
import { scoreTable } from './scores.js';

export class Turn {
  constructor(question, collection) {
    this.question = question;
    this.collection = collection;
    this.text = '';
    this.answer = null;
    this.drawing = false;
    this.body = h('div', { class: 'answer', 'aria-busy': 'true' }, h('p', { class: 'muted thinking' }, t('ask.thinking')));
    this.foot = h('div', { class: 'turn-foot' });
    this.element = h('article', { class: 'turn' }, h('h2', { class: 'question' }, question), this.body, this.foot);
  }

  // An event of the stream.
  take(name, data) {
    if (name === 'delta') {
      this.text += data.text;
      if (!this.drawing) {
        this.drawing = true;
        requestAnimationFrame(() => {
          this.drawing = false;
          if (this.answer === null) fill(this.body, renderAnswer(this.text, {}, (_, n) => this.marker(null, n)));
        });
      }
    }
    if (name === 'answer') this.finish(data);
  }

  // `answer`: what POST /api/v1/answer gives, or one that was stored.
  finish(answer) {
    this.answer = answer;
    this.collection = answer.collection;
    this.body.removeAttribute('aria-busy');
    if (answer.redacted) {
      fill(this.body, h('p', { class: 'notice' }, t('answer.redacted')));
      fill(this.foot);
      return;
    }
    this.body.classList.toggle('abstained', answer.abstained);
    fill(this.body, renderAnswer(answer.answer, answer, (citation, n) => this.marker(citation, n)));
    fill(this.foot, this.verdict(), this.sources(), this.tools());
  }

  fail(message, again) {
    this.body.removeAttribute('aria-busy');
    if (this.text === '') fill(this.body);
    fill(this.foot, h('p', { class: 'notice bad', role: 'alert' }, message, ' ',
      h('button', { type: 'button', class: 'link', onclick: again }, t('error.again'))));
  }

  open(citation) {
    hidePeek();
    openDocument({ collection: this.collection, ...citation });
  }

  marker(citation, n) {
    if (citation === null) return h('span', { class: 'cite' }, String(n));
    const button = h('button', {
      type: 'button', class: 'cite', 'aria-label': t('answer.source', { n, title: titleOf(citation) }),
      onclick: () => this.open(citation), onmouseenter: () => showPeek(button, citation), onmouseleave: hidePeek,
      onfocus: () => showPeek(button, citation), onblur: hidePeek,
    }, String(n));
    return button;
  }

  verdict() {
    const { verdict, abstained, note } = this.answer;
    const doubtful = !abstained && verdict.label === 'unsupported';
    return [
      doubtful && h('p', { class: 'notice' }, t('answer.doubt'), ' ', verdict.reason),
      note && h('p', { class: 'notice' }, note),
    ];
  }

  // One row per document that is cited, with the numbers of its passages.
  sources() {
    const passages = new Map();
    for (const citation of this.answer.citations) {
      if (!passages.has(citation.passage)) passages.set(citation.passage, citation);
    }
    if (passages.size === 0) return null;
    const rows = [...passages.values()].map((citation) => h('li', {},
      h('button', { type: 'button', class: 'source', 'data-item': true, onclick: () => this.open(citation) },
        h('span', { class: 'source-number' }, String(citation.passage)),
        h('span', { class: 'source-body' }, h('span', { class: 'source-title' }, titleOf(citation)),
          h('span', { class: 'source-path' }, pathOf(citation))))));
    return h('section', { class: 'sources' }, h('h3', {}, t('answer.sources')), h('ol', {}, rows));
  }

  facts() {
    const { abstained, model, cache, usage, timings_us: timings } = this.answer;
    const facts = [];
    if (model !== 'extractive') facts.push(model);
    else if (!abstained) facts.push(t('answer.extractive'));
    if (cache?.hit) facts.push(t('answer.cached', { age: seconds(cache.age_seconds) }));
    else facts.push(seconds(Object.values(timings).reduce((sum, stage) => sum + stage, 0) / 1e6));
    if (usage?.cost > 0) facts.push(t('answer.cost', { cost: number(usage.cost, 6) }));
    return h('span', { class: 'facts-line muted' }, facts.join(' · '));
  }

  tools() {
    const details = h('div', { class: 'scores', hidden: true });
    const explain = h('button', {
      type: 'button', class: 'quiet', 'aria-expanded': 'false', onclick: async () => {
        details.hidden = !details.hidden;
        explain.setAttribute('aria-expanded', String(!details.hidden));
        if (details.hidden || details.childElementCount > 0) return;
        fill(details, h('p', { class: 'muted' }, t('loading')));
        try {
          const found = await post('/api/v1/explain', {
            query: this.answer.standalone || this.question, collection: this.collection, operators: false,
          });
          fill(details, scoreTable(found, (hit) => this.open(hit)));
        } catch (error) {
          fill(details, h('p', { class: 'notice bad' }, error.message));
        }
      },
    }, t('answer.explain'));
    // Browsers have a clipboard for pages of this machine and of TLS only.
    const copy = navigator.clipboard && h('button', {
      type: 'button', class: 'quiet icon-only', 'aria-label': t('answer.copy'), title: t('answer.copy'), onclick: async () => {
        await navigator.clipboard.writeText(this.answer.answer);
        toast(t('answer.copied'));
      },
    }, icon('copy'));
    const { buttons, form } = feedbackForm(this.answer);
    return [h('div', { class: 'turn-tools' }, buttons, copy, explain, this.facts()), form, details];
  }
}
