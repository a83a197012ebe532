// Evaluations: the runs of a suite, how their figures went from run to run, and what one changed against
// another, case by case.

import { get, postBytes, query } from './api.js';
import { collectionChoice, currentCollection } from './collections.js';
import { fill, h, svg } from './dom.js';
import { number, seconds, time } from './format.js';
import { t } from './i18n.js';

const PLOTTED = 12;  // runs, the newest
const LOOK_AGAIN = 1000;  // ms, while one is under way
const WIDTH = 260;
const HEIGHT = 110;
const EDGE = 10;

// What is plotted: the first of its metrics that the run has, of all cases together.
const share = (value) => `${number(100 * value, 1)} %`;
const SERIES = [
  { name: 'runs.pass', read: (report) => estimate(report, 'pass'), show: share, top: 1 },
  { name: 'runs.recall', read: (report) => estimate(report, 'retrieval.recall@10', 'spans.k'), show: share, top: 1 },
  { name: 'runs.score', read: (report) => estimate(report, 'answer.score', 'answer.f1'), show: share, top: 1 },
  { name: 'runs.latency', read: (report) => ({ mean: report.p95_ms }), show: (value) => seconds(value / 1000) },
  { name: 'runs.cost', read: (report) => ({ mean: report.cost }), show: (value) => number(value, 4) },
];

function estimate(report, ...metrics) {
  const all = report.slices[0]?.metrics ?? {};
  return metrics.map((name) => all[name]).find((one) => one && one.cases > 0) ?? null;
}

const shortName = (run) => run.name || run.id.slice(-6);

// A line over the runs with the interval of each; null where nothing was measured.
function plot({ name, show, read, top }, points) {
  const known = points.map(({ run, report }, i) => ({ i, run, value: read(report) })).filter(({ value }) => value !== null);
  const most = top ?? Math.max(...known.map(({ value }) => value.mean)) * 1.1;
  if (known.length === 0 || !(most > 0)) return null;
  const x = (i) => EDGE + ((WIDTH - 2 * EDGE) * i) / Math.max(points.length - 1, 1);
  const y = (value) => HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * Math.min(Math.max(value, 0), most)) / most;
  const last = known.at(-1);
  const label = `${t(name)}: ${known.map(({ run, value }) => `${shortName(run)} ${show(value.mean)}`).join(', ')}`;
  return h('figure', { class: 'card plot' }, h('figcaption', {}, t(name), ' ', h('strong', {}, show(last.value.mean))),
    svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': label },
      svg('path', { class: 'axis', d: `M${EDGE} ${HEIGHT - EDGE}H${WIDTH - EDGE}` }),
      known.map(({ i, value }) => typeof value.low === 'number' && typeof value.high === 'number' &&
        svg('path', { class: 'interval', d: `M${x(i)} ${y(value.low)}V${y(value.high)}` })),
      svg('polyline', { class: 'trend', points: known.map(({ i, value }) => `${x(i)},${y(value.mean)}`).join(' ') }),
      known.map(({ i, run, value }) => svg('circle', { cx: x(i), cy: y(value.mean), r: 3.5 }, svg('title', {},
        document.createTextNode(`${shortName(run)}: ${show(value.mean)}`))))));
}

function deltas(comparison) {
  const percent = (value) => `${value > 0 ? '+' : ''}${number(100 * value, 1)}`;
  return h('div', { class: 'table-scroll' }, h('table', {}, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('runs.metric')),
    h('th', { scope: 'col', class: 'figure' }, t('runs.before')), h('th', { scope: 'col', class: 'figure' }, t('runs.after')),
    h('th', { scope: 'col', class: 'figure' }, t('runs.delta')))), h('tbody', {}, comparison.overall.map((one) => {
    const isShare = !/^(latency|tokens|cost|answer\.words)/.test(one.metric);
    const show = (value) => (isShare ? share(value) : number(value, 1));
    return h('tr', {}, h('td', {}, one.metric), h('td', { class: 'figure' }, show(one.before)), h('td', { class: 'figure' }, show(one.after)),
      h('td', { class: 'figure' }, isShare ? percent(one.delta.mean) : number(one.delta.mean, 1)));
  }))));
}

function flips(comparison) {
  if (comparison.flips.length === 0) return h('p', { class: 'muted' }, t('runs.no_flips'));
  return h('ul', { class: 'flips' }, comparison.flips.map((flip) => h('li', { class: flip.passes_now ? 'good' : 'bad' },
    h('strong', {}, t(flip.passes_now ? 'runs.passes' : 'runs.fails')), ' ', flip.id,
    (flip.label || flip.reasons.length > 0) && h('div', { class: 'path' }, [flip.label, ...flip.reasons, flip.answer && `“${flip.answer}”`].filter(Boolean).join(' · ')))));
}

export function mount(root, { rest }) {
  const trend = h('section', { class: 'cards', 'aria-label': t('runs.trend') });
  const list = h('section', { 'aria-label': t('nav.runs') });
  const detail = h('section', { 'aria-live': 'polite', 'aria-label': t('runs.one') });
  const cases = h('input', { type: 'file', accept: '.jsonl', required: true });
  const name = h('input', { type: 'text', maxlength: 100, autocomplete: 'off' });
  const problem = h('p', { class: 'notice bad', role: 'alert', hidden: true });
  const form = h('form', { class: 'run-form', onsubmit: start }, h('label', {}, t('runs.cases'), cases), h('label', {}, t('runs.name'), name),
    collectionChoice(() => {}), h('button', { type: 'submit', class: 'primary' }, t('runs.start')));
  root.append(h('h1', {}, t('nav.runs')), h('p', { class: 'muted' }, t('runs.intro')), form, problem, trend, list, detail);
  let over = false;
  let waiting = 0;

  // The suite is called as its file is.
  async function start(event) {
    event.preventDefault();
    const [file] = cases.files;
    problem.hidden = true;
    try {
      await postBytes(`/api/v1/runs${query({
        suite: file.name.replace(/\.jsonl$/, ''), name: name.value.trim(), collection: currentCollection(),
      })}`, file, 'application/x-ndjson');
      form.reset();
      draw();
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    }
  }

  async function open(id, runs, baseline) {
    try {
      const report = await get(`/api/v1/runs/${id}${query({ baseline })}`);
      if (over) return;
      const run = runs.find((one) => one.id === id) ?? report.run;
      const others = runs.filter((one) => one.id !== id && one.suite === run.suite);
      const failed = report.cases.filter(({ values }) => values.pass === 0);
      const choice = h('select', { onchange: (event) => open(id, runs, event.target.value) }, h('option', { value: '' }, t('runs.nothing')),
        others.map((one) => h('option', { value: one.id, selected: one.id === baseline }, `${shortName(one)} · ${time(one.created_at)}`)));
      fill(detail, h('h2', {}, shortName(run)),
        h('p', { class: 'muted' }, t('runs.facts', { verdict: report.gates.verdict, n: report.cases.length, failed: failed.length })),
        report.warnings.map((warning) => h('p', { class: 'notice' }, warning)),
        others.length > 0 && h('label', { class: 'choice' }, h('span', {}, t('runs.against')), choice),
        report.comparison && [deltas(report.comparison), h('h3', {}, t('runs.flips')), flips(report.comparison)],
        h('details', {}, h('summary', {}, t('runs.failed', { n: failed.length })),
          h('ul', { class: 'flips' }, failed.map((one) => h('li', { class: 'bad' }, one.id,
            h('div', { class: 'path' }, [one.label, ...one.reasons, one.answer && `“${one.answer}”`].filter(Boolean).join(' · ')))))));
      detail.scrollIntoView({ block: 'nearest' });
    } catch (error) {
      fill(detail, h('p', { class: 'notice bad', role: 'alert' }, error.message));
    }
  }

  async function drawTrend(runs) {
    const newest = runs.filter((run) => run.suite === runs[0].suite && !run.running && run.answers > 0).slice(0, PLOTTED).reverse();
    const points = [];
    for (const run of newest) {
      points.push({ run, report: await get(`/api/v1/runs/${run.id}`) });
      if (over) return;
    }
    if (points.length > 0) fill(trend, SERIES.map((series) => plot(series, points)));
  }

  async function draw() {
    if (over) return;
    try {
      const { runs } = await get('/api/v1/runs?limit=100');
      if (over) return;
      if (runs.length === 0) {
        fill(list, h('p', { class: 'notice' }, t('runs.none')));
        return;
      }
      fill(list, h('div', { class: 'table-scroll' }, h('table', {}, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('runs.run')),
        h('th', { scope: 'col' }, t('runs.suite')), h('th', { scope: 'col', class: 'figure' }, t('runs.answers')),
        h('th', { scope: 'col', class: 'wide' }, t('documents.time')))), h('tbody', {}, runs.map((run) => h('tr', {},
        h('td', {}, h('button', { type: 'button', class: 'link', 'data-item': true, onclick: () => open(run.id, runs) }, shortName(run))),
        h('td', {}, run.suite), h('td', { class: 'figure' }, run.running ? t('runs.running', { n: run.answers }) : number(run.answers)),
        h('td', { class: 'wide time' }, time(run.created_at))))))));
      if (runs.some(({ running }) => running)) {
        clearTimeout(waiting);
        waiting = setTimeout(draw, LOOK_AGAIN);
        return;
      }
      if (rest[0]) open(rest[0], runs);
      await drawTrend(runs);
    } catch (error) {
      fill(list, h('p', { class: 'notice bad', role: 'alert' }, error.message));
    }
  }

  draw();
  return () => {
    over = true;
  };
}
