// An answer as elements: paragraphs, lists, **bold**, `code`, and its markers [1] as buttons. What
// looks like HTML in it stays text.

import { stringOffsets } from './bytes.js';
import { h } from './dom.js';
import { t } from './i18n.js';

// The sentences that their sources do not carry, as places in the string.
function doubtsOf(text, sentences) {
  return sentences.filter(({ label }) => label === 'unsupported').map(({ begin, end, reason }) => {
    const [from, to] = stringOffsets(text, [begin, end]);
    return { from, to, reason };
  });
}

// Which citation a marker at `at` means: of its passage the last that ends before it.
function citationAt(at, number, citations) {
  let found = null;
  for (const citation of citations) {
    if (citation.passage !== number) continue;
    if (found === null || citation.at <= at) found = citation;
  }
  return found;
}

// `cite(citation, number)` makes the button of a marker, `citation` being null while the answer comes.
export function renderAnswer(text, { citations = [], sentences = [] }, cite) {
  const ends = stringOffsets(text, citations.map(({ answer_end: end }) => end));
  const cited = citations.map((citation, i) => ({ ...citation, at: ends[i] }));
  const doubts = doubtsOf(text, sentences);

  // The text from `from` to `to` that has no markup, cut where a doubtful sentence begins or ends.
  const plain = (from, to) => {
    const nodes = [];
    let at = from;
    while (at < to) {
      const doubt = doubts.find((one) => at < one.to && to > one.from);
      const begin = doubt ? Math.max(at, doubt.from) : to;
      if (begin > at) nodes.push(document.createTextNode(text.slice(at, begin)));
      if (!doubt) break;
      const stop = Math.min(to, doubt.to);
      nodes.push(h('span', { class: 'doubtful', title: `${t('answer.unsupported')} ${doubt.reason}` }, text.slice(begin, stop)));
      at = stop;
    }
    return nodes;
  };

  const inline = (from, to) => {
    const nodes = [];
    const pattern = /\[(\d{1,3})\]|\*\*(.+?)\*\*|`([^`\n]+)`/g;
    let at = from;
    pattern.lastIndex = from;
    for (let match = pattern.exec(text); match && match.index < to; match = pattern.exec(text)) {
      // A marker stands close to its word.
      nodes.push(plain(at, match[1] ? text.slice(0, match.index).trimEnd().length : match.index));
      at = match.index + match[0].length;
      if (match[1]) nodes.push(cite(citationAt(match.index, Number(match[1]), cited), Number(match[1])));
      else if (match[2]) nodes.push(h('strong', {}, match[2]));
      else nodes.push(h('code', {}, match[3]));
    }
    nodes.push(plain(at, to));
    return nodes;
  };

  const blocks = [];
  let list = null;
  let at = 0;
  for (const line of text.split('\n')) {
    const bullet = /^\s*(?:[-*•]|\d+[.)])\s+/.exec(line);
    if (bullet) {
      if (list === null) blocks.push(list = h(/\d/.test(bullet[0]) ? 'ol' : 'ul'));
      list.append(h('li', {}, inline(at + bullet[0].length, at + line.length)));
    } else {
      list = null;
      if (line.trim() !== '') blocks.push(h('p', {}, inline(at, at + line.length)));
    }
    at += line.length + 1;
  }
  return blocks;
}
