// Thumbs, reasons and a comment on one answer.

import { post } from './api.js';
import { h, icon, toast } from './dom.js';
import { t } from './i18n.js';

const REASONS = ['wrong', 'incomplete', 'unsupported', 'source', 'outdated', 'style'];

// {buttons, form}: the thumbs, and what opens below them.
export function feedbackForm(answer) {
  if (!answer.id) return { buttons: [], form: null };
  const boxes = REASONS.map((reason) => h('label', { class: 'check' }, h('input', { type: 'checkbox', value: reason }), t(`feedback.${reason}`)));
  const comment = h('textarea', { rows: 2, maxlength: 4000, 'aria-label': t('feedback.comment'), placeholder: t('feedback.comment') });
  const reasons = h('fieldset', { class: 'reasons' }, h('legend', {}, t('feedback.why')), boxes);
  const form = h('form', { class: 'feedback', hidden: true }, reasons, comment,
    h('div', { class: 'row' }, h('button', { type: 'submit', class: 'primary' }, t('feedback.send')),
      h('button', { type: 'button', class: 'quiet', onclick: () => (form.hidden = true) }, t('cancel'))));
  let rating = null;

  const say = (extra = {}) => post('/api/v1/feedback', { answer: answer.id, rating, ...extra });
  const mark = () => {
    up.setAttribute('aria-pressed', String(rating === 'up'));
    down.setAttribute('aria-pressed', String(rating === 'down'));
  };
  const choose = (value) => async () => {
    const before = rating;
    rating = value;
    mark();
    reasons.hidden = value === 'up';
    form.hidden = false;
    try {
      await say();
    } catch (error) {
      rating = before;
      mark();
      form.hidden = true;
      toast(error.message);
    }
  };
  const thumb = (name) => h('button', {
    type: 'button', class: 'quiet icon-only', 'aria-pressed': 'false', 'aria-label': t(`feedback.${name}`), title: t(`feedback.${name}`),
    onclick: choose(name),
  }, icon(name));
  const up = thumb('up');
  const down = thumb('down');

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const chosen = rating === 'down' ? [...form.querySelectorAll('input:checked')].map(({ value }) => value) : [];
    try {
      await say({ reasons: chosen, comment: comment.value.trim() });
      form.hidden = true;
      toast(t('feedback.thanks'));
    } catch (error) {
      toast(error.message);
    }
  });
  return { buttons: [up, down], form };
}
