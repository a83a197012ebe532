// The web page in a browser: what a reader does with it, from the first document on.
//
//   node page.mjs QUARRY CORPUS OUT     screenshots go to the folder OUT
//
// Exit status: 0 all is as it should be, 1 not, 77 skipped: chromium or node_modules is not there.

import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import assert from 'node:assert/strict';

function skip(reason) {
  console.log(`skipped: ${reason}`);
  process.exit(77);
}

const [quarry, corpus, out] = process.argv.slice(2);
const browserPath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome']
  .find((path) => path && existsSync(path));
if (!browserPath) skip('there is no chromium (apt-get install chromium, or set CHROMIUM)');
const require = createRequire(import.meta.url);
let playwright = null;
let axe = null;
try {
  playwright = require('playwright-core');
  axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
} catch {
  skip('node_modules is not there (npm ci in tests/npm/page)');
}

const folder = mkdtempSync(join(tmpdir(), 'quarry-page-'));
mkdirSync(out, { recursive: true });

// What is in a name or a text must stay text.
const MARKUP = '<img src=x onerror="window.broken=1"><script>window.broken=2</script>';
writeFileSync(join(folder, 'markup.txt'),
  `The zorblatt engine weighs 417 kg ${MARKUP} when it is dry.\n`);

let server = null;
async function startServer(...settings) {
  server = spawn(quarry, ['serve', '--port', '0', '--store', join(folder, 'store'), ...settings]);
  let told = '';
  return new Promise((resolve, reject) => {
    const take = (bytes) => {
      told += bytes;
      const url = /http:\/\/[\d.]+:\d+/.exec(told);
      if (url) resolve(url[0]);
    };
    server.stdout.on('data', take);
    server.stderr.on('data', take);
    server.on('exit', (code) => reject(new Error(`quarry serve ended with ${code}: ${told}`)));
  });
}

async function stopServer() {
  if (server === null || server.exitCode !== null) return;
  server.removeAllListeners('exit');
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
}

// A chat model that says what it was asked: {model, temperature, instructions, passages}.
const asked = [];
const upstream = createServer((request, response) => {
  let body = '';
  request.on('data', (bytes) => { body += bytes; });
  request.on('end', () => {
    const { model, temperature, messages, stream } = JSON.parse(body);
    const text = messages.map(({ content }) => content).join('\n');
    asked.push({ model, temperature, text, passages: text.match(/<\/passage-/g)?.length ?? 0 });
    const content = `The level may be lowered by 0.30 m a day [1]. ${model} writes.`;
    const message = (role) => ({ id: 'c', object: 'chat.completion', created: 1, model, choices: [{ index: 0, finish_reason: 'stop', [role]: { role: 'assistant', content } }] });
    response.writeHead(200, { 'Content-Type': stream ? 'text/event-stream' : 'application/json' });
    response.end(stream ? `data: ${JSON.stringify(message('delta'))}\n\ndata: [DONE]\n\n` : JSON.stringify(message('message')));
  });
});

let page = null;
let base = '';
const problems = [];

async function step(name, run) {
  const began = Date.now();
  try {
    await run();
  } catch (error) {
    await page?.screenshot({ path: join(out, 'failed.png') }).catch(() => {});
    throw new Error(`${name}: ${error.message}`, { cause: error });
  }
  assert.deepEqual(problems, [], `${name}: the browser complains`);
  console.log(`ok  ${name} (${Date.now() - began} ms)`);
}

async function picture(name, options = {}) {
  await page.evaluate(() => document.getElementById('toasts').replaceChildren());
  await page.screenshot({ path: join(out, `${name}.png`), ...options });
}

// No serious finding of axe on what is shown.
async function checkAccessible(what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`), [], what);
}

async function checkFits(what) {
  const [wide, there] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide <= there, `${what} is ${wide} px wide on a screen of ${there}`);
}

async function open(view) {
  await page.goto(`${base}/#/${view}`);
  await page.locator(`main.view-${view.split(/[?/]/)[0]}`).waitFor();
}

const api = async (path) => (await fetch(base + path)).json();

async function run() {
  base = await startServer();
  const browser = await playwright.chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('dialog', (dialog) => problems.push(`dialog: ${dialog.message()}`));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });

  await step('an empty store says how to add documents', async () => {
    await page.goto(base);
    await page.getByText('There are no documents yet').waitFor();
    await picture('empty');
    await checkAccessible('the empty page');
    await page.getByRole('link', { name: 'Add documents' }).click();
    await page.getByText('This collection is empty').waitFor();
  });

  await step('files are uploaded, whatever they hold', async () => {
    const files = ['operations/upper-tarn-dam.md', 'products/vx-220-datasheet.md', 'handbook/staff-handbook-2022.md']
      .map((name) => join(corpus, name)).filter(existsSync);
    assert.ok(files.length > 1, 'the corpus is not as it was');
    const markup = { name: `${MARKUP}.txt`.replaceAll('/', '_'), mimeType: '', buffer: readFileSync(join(folder, 'markup.txt')) };
    await page.locator('#files').setInputFiles(files);
    await page.locator('.uploads .done').nth(files.length - 1).waitFor();
    await page.locator('#files').setInputFiles([markup]);
    await page.locator('.uploads .done').nth(files.length).waitFor();
    await page.getByText(`${files.length + 1} documents`).waitFor();
    assert.match(await page.locator('table').innerText(), /<img src=x/);
    await checkAccessible('documents');
  });

  await step('a large file comes in parts', async () => {
    const large = `<h1>Quern</h1><!-- ${'x'.repeat(9 << 20)} --><p>The quern grinds 31 kg an hour.</p>`;
    writeFileSync(join(folder, 'quern.html'), large);
    await page.locator('#files').setInputFiles([join(folder, 'quern.html')]);
    await page.locator('.uploads li', { hasText: 'quern.html' }).locator('.upload-state', { hasText: '1 passage' }).waitFor();
    assert.match((await api('/api/v1/documents/quern.html?text=true')).text, /31 kg an hour/);
  });

  await step('the rest of the corpus comes from the command line', async () => {
    await stopServer();
    const indexed = spawnSync(quarry, ['index', corpus, '--store', join(folder, 'store')]);
    assert.equal(indexed.status, 0, String(indexed.stderr));
    base = await startServer();
    await open('documents');
    await page.locator('tbody tr').nth(20).waitFor();
    await picture('documents');
  });

  await step('a question is answered piece by piece, with sources', async () => {
    await open('ask');
    await page.getByRole('heading', { name: 'What would you like to know?' }).waitFor();
    await picture('start');
    await page.locator('[data-focus]').fill('How fast may the level of Upper Tarn be lowered?');
    const streamed = page.waitForResponse((response) => response.url().endsWith('/turns'));
    await page.keyboard.press('Enter');
    assert.match((await streamed).headers()['content-type'], /text\/event-stream/);
    await page.locator('.sources').waitFor();
    assert.match(await page.locator('.answer').innerText(), /\d/);
    await page.locator('.answer .cite').first().hover();
    await page.locator('.peek').waitFor();
    await picture('ask');
    await checkAccessible('an answer');
  });

  await step('a citation opens its document at the passage', async () => {
    await page.locator('.answer .cite').first().click();
    await page.locator('#panel mark').waitFor();
    const { turns } = await api(`/api/v1/conversations/${page.url().split('/').at(-1)}`);
    assert.equal(await page.locator('#panel mark').textContent(), turns[0].citations[0].quote);
    assert.ok(await page.locator('#panel mark').isVisible());
    await picture('passage');
    await checkAccessible('a document');
    await page.keyboard.press('Escape');
    await page.locator('#panel').waitFor({ state: 'hidden' });
    assert.match(await page.evaluate(() => document.activeElement.className), /cite/);
  });

  await step('scores are told on demand', async () => {
    const explained = page.waitForRequest((request) => request.url().endsWith('/api/v1/explain'));
    await page.getByRole('button', { name: 'How was this found?' }).click();
    await page.locator('.scores tbody tr').first().waitFor();
    assert.equal((await explained).postDataJSON().operators, false);  // as the question was read
    await page.getByRole('button', { name: 'How was this found?' }).click();
  });

  await step('thumbs, reasons and a comment are kept', async () => {
    await page.getByRole('button', { name: 'A bad answer' }).click();
    await page.getByLabel('incomplete').check();
    await page.locator('.feedback textarea').fill(MARKUP);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('Thank you.').waitFor();
    const { feedback } = await api('/api/v1/feedback');
    assert.equal(feedback.length, 1);
    assert.equal(feedback[0].rating, 'down');
    assert.deepEqual(feedback[0].reasons, ['incomplete']);
    assert.equal(feedback[0].comment, MARKUP);
  });

  await step('markup in an answer stays text', async () => {
    await page.locator('[data-focus]').fill('How much does the zorblatt engine weigh?');
    await page.keyboard.press('Enter');
    await page.locator('.turn').nth(1).locator('.sources').waitFor();
    assert.match(await page.locator('.turn').nth(1).locator('.answer').innerText(), /<img src=x/);
    assert.equal(await page.evaluate(() => window.broken), undefined);
    assert.equal(await page.locator('main img').count(), 0);
  });

  await step('a conversation is there again, renamed and removed', async () => {
    await page.reload();
    await page.locator('.turn').nth(1).locator('.sources').waitFor();
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('The reservoir');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.conversations').getByText('The reservoir').waitFor();
    await page.getByRole('button', { name: 'Delete this conversation' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('The conversation is deleted.').waitFor();
    assert.equal((await api('/api/v1/conversations')).conversations.length, 0);
  });

  await step('a conversation is called by whole characters of its question', async () => {
    await open('ask');
    const begin = 'How fast may the level of Upper Tarn be lowered?'.padEnd(79, '!');
    await page.locator('[data-focus]').fill(`${begin}😀 Thanks.`);
    await page.keyboard.press('Enter');
    await page.locator('.turn-tools').waitFor();
    const [{ id, title }] = (await api('/api/v1/conversations')).conversations;
    assert.equal(title, `${begin}😀`);
    await fetch(`${base}/api/v1/conversations/${id}`, { method: 'DELETE' });
  });

  await step('a file belongs to one conversation', async () => {
    await open('ask');
    await page.locator('main input[type=file]').setInputFiles([{ name: 'kiln.txt', mimeType: 'text/plain', buffer: Buffer.from('The kiln fires at 1240 degrees for nine hours.') }]);
    await page.getByText('Answers come from: kiln.txt').waitFor();
    await page.locator('[data-focus]').fill('At how many degrees does the kiln fire?');
    await page.keyboard.press('Enter');
    await page.locator('.turn .sources').waitFor();
    assert.match(await page.locator('.turn .answer').innerText(), /1240/);
    await page.locator('.turn .cite').first().click();
    await page.locator('#panel mark').waitFor();
    await page.keyboard.press('Escape');
    assert.equal((await api('/api/v1/collections')).collections.length, 1);
  });

  await step('a question asked at once goes to the files of its conversation', async () => {
    for (const held of [/\/api\/v1\/documents\?/, /\/api\/v1\/conversations\/conv_[^/]*$/]) {
      let release = null;
      const released = new Promise((resolve) => { release = resolve; });
      await page.route(held, async (route) => {
        await released;
        await route.continue();
      });
      const before = page.waitForRequest(held);
      await page.reload();
      await before;
      const sent = page.waitForRequest((request) => request.url().endsWith('/turns'));
      await page.locator('[data-focus]').fill('For how many hours does the kiln fire?');
      await page.keyboard.press('Enter');
      if (held.source.includes('conversations')) release();
      assert.equal((await sent).postDataJSON().collection, undefined);
      release();
      await page.getByText('Answers come from: kiln.txt').waitFor();
      await page.locator('.turn').last().locator('.sources').waitFor();
      await page.unroute(held);
    }
  });

  await step('search marks words, corrects others and goes by keyboard', async () => {
    await open('search');
    await page.locator('h1').click();
    await page.keyboard.press('/');
    await page.keyboard.type('resevoir level');
    await page.keyboard.press('Enter');
    await page.locator('.hit').first().waitFor();
    assert.match(await page.locator('.notice').innerText(), /resevoir → reservoir/);
    assert.match(await page.locator('.hit mark').first().innerText(), /reservoir|level/i);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.evaluate(() => [...document.querySelectorAll('[data-item]')].indexOf(document.activeElement)), 1);
    await picture('search');
    await checkAccessible('search');
    await page.keyboard.press('Enter');
    await page.locator('#panel mark').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'How was this found?' }).click();
    await page.locator('.scores tbody tr').first().waitFor();
    assert.deepEqual(await page.locator('.scores tbody button').allInnerTexts(), await page.locator('.hit h2').allInnerTexts());
  });

  await step('a search is narrowed down by what documents are', async () => {
    await open('search?q=water');
    const types = page.locator('.facets section', { hasText: 'Type' });
    const chip = types.getByRole('button', { name: /Markdown/ });
    const count = Number(await chip.locator('.count').innerText());
    assert.ok(count > 1);
    await chip.click();
    const narrowed = page.getByRole('button', { name: 'Without Type: Markdown' });
    await narrowed.waitFor();
    const documents = await page.locator('.hit .path').allInnerTexts();
    assert.ok(documents.length > 0 && documents.every((path) => /\.md( ›|$)/.test(path)), documents.join('\n'));
    await checkAccessible('narrowed search');
    await narrowed.click();
    await chip.waitFor();
  });

  await step('the way past the navigation leaves the view as it is', async () => {
    await open('search?q=water');
    await page.locator('.hit').first().waitFor();
    await page.locator('#skip').focus();
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
    assert.match(page.url(), /#\/search\?q=water$/);
    assert.ok(await page.locator('main.view-search .hit').first().isVisible());
  });

  await step('an address that is no encoding leaves the links working', async () => {
    await page.goto(`${base}/#/search/50%`);
    await page.reload();
    await page.locator('main.view-search').waitFor();
    await page.locator('#side a[data-view=documents]').click();
    await page.locator('main.view-documents').waitFor();
  });

  await step('two answers are compared blindly', async () => {
    await open('compare');
    await page.locator('[data-focus]').fill('How fast may the level of Upper Tarn be lowered?');
    await page.getByLabel('Names to follow').first().fill('4');
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.locator('.pair .card').nth(1).waitFor();
    assert.doesNotMatch(await page.locator('.pair').innerText(), /k = \d/);
    await checkAccessible('compare');
    await page.getByRole('button', { name: 'Left is better' }).click();
    await page.getByText(/k = \d/).first().waitFor();
    await picture('compare');
    const { feedback } = await api('/api/v1/feedback');
    assert.equal(feedback[0].vote, 'left');
  });

  await step('profiles are written, tried side by side, stored and removed', async () => {
    await new Promise((resolve) => { upstream.listen(0, '127.0.0.1', resolve); });
    await stopServer();
    base = await startServer('--set', `chat.model=http://127.0.0.1:${upstream.address().port}/v1#house`);
    await open('profiles');
    const side = (name) => page.getByRole('group', { name: `Setting ${name}` });
    await side('A').getByLabel('Name').fill('fitter');
    await side('A').getByLabel('Instructions to the model').fill('Give the value first.\nThen: where it stands.');
    await side('A').getByLabel('Model', { exact: true }).fill('large');
    await side('A').getByLabel('Passages').fill('6');
    await side('A').getByLabel('Temperature').fill('0.3');
    await side('B').locator('summary').click();
    await side('B').getByLabel('One “key: value” a line').fill('# 简短\ninstructions: 先给出数值。\nk: 1 # one\nlength: short\n');
    assert.equal(await side('B').getByLabel('Passages').inputValue(), '1');

    await page.locator('[data-focus]').fill('How fast may the level of Upper Tarn be lowered?');
    await page.getByRole('button', { name: 'Try both' }).click();
    await page.locator('.pair .turn-tools').nth(1).waitFor();
    await page.getByRole('button', { name: 'Try both' }).waitFor();
    assert.equal((await api('/api/v1/profiles')).profiles.length, 0);
    const of = (text) => asked.find((one) => one.text.includes(text));
    const large = of('Give the value first.\nThen: where it stands.');
    assert.deepEqual([large.model, large.temperature], ['large', 0.3]);
    assert.ok(large.passages > 1);  // neighbours are joined
    assert.equal(of('先给出数值。').model, 'house');
    assert.equal(of('先给出数值。').passages, 1);
    assert.match(await page.locator('.pair').innerText(), /large writes[\s\S]*house writes|house writes[\s\S]*large writes/);
    await page.evaluate(() => scrollTo(0, 0));
    await picture('profiles', { fullPage: true });
    await checkAccessible('profiles');

    await side('A').getByRole('button', { name: 'Save' }).click();
    await page.getByText('“fitter” is saved.').waitFor();
    assert.equal((await api('/api/v1/profiles/fitter')).yaml,
      'instructions: |\n  Give the value first.\n  Then: where it stands.\nmodel: large\nk: 6\ntemperature: 0.3\n');
    await side('B').getByRole('combobox').selectOption('fitter');
    await page.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(await side('B').getByLabel('Passages').inputValue(), '1');
    await side('B').getByLabel('Name').fill('brief');
    await side('B').getByRole('button', { name: 'Save' }).click();
    await page.getByText('“brief” is saved.').waitFor();
    assert.match((await api('/api/v1/profiles/brief')).yaml, /^# 简短\n.*\nk: 1 # one\n/);
    await side('B').getByLabel('Passages').fill('3');
    await side('B').getByRole('button', { name: 'Save' }).click();
    await page.getByText('not saved').waitFor({ state: 'hidden' });
    assert.equal((await api('/api/v1/profiles/brief')).yaml, '# 简短\ninstructions: 先给出数值。\nk: 3\nlength: short\n');

    await side('B').getByRole('button', { name: 'Delete' }).click();
    await page.locator('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('“brief” is deleted.').waitFor();
    assert.deepEqual((await api('/api/v1/profiles')).profiles.map(({ name }) => name), ['fitter']);
  });

  await step('what is wrong in a profile is told with its line', async () => {
    await open('profiles/fitter');
    const first = page.getByRole('group', { name: 'Setting A' });
    await first.getByRole('button', { name: 'Delete' }).waitFor();  // it is there
    await first.locator('summary').click();
    await first.getByLabel('One “key: value” a line').fill('k: 2\nkk: 3');
    await first.getByRole('button', { name: 'Save' }).click();
    problems.length = 0;  // the browser notes the refusal
    await first.getByRole('alert').getByText('yaml:2: kk: unknown key').waitFor();
    await first.getByLabel('One “key: value” a line').fill('{k: 2}');
    assert.ok(await first.getByLabel('Passages').isDisabled());
    problems.length = 0;
    await stopServer();
    base = await startServer();
  });

  await step('store, cache and feedback are shown', async () => {
    await open('insights');
    await page.locator('.figures').first().waitFor();
    await page.getByRole('cell', { name: 'left is better' }).waitFor();
    await picture('insights');
    await checkAccessible('insights');
  });

  await step('runs of a suite are plotted and compared case by case', async () => {
    const cases = `${JSON.stringify({
      id: 'tarn', query: 'How fast may the level of Upper Tarn be lowered?', accept: ['0.30 m'],
    })}\n`;
    await open('runs');
    await page.getByText('No suite has been run yet.').waitFor();
    for (const name of ['first', 'second']) {
      await page.locator('main input[type=file]').setInputFiles([{ name: 'page.jsonl', mimeType: '', buffer: Buffer.from(cases) }]);
      await page.getByLabel('Name of the run').fill(name);
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByRole('row', { name: new RegExp(`^${name} page 1 `) }).waitFor();
      // What says it is gone before the second run.
      for (const one of (await api('/api/v1/documents?limit=1000')).documents.filter(({ id }) => id.includes('upper-tarn-dam'))) {
        const gone = await fetch(`${base}/api/v1/documents/${encodeURIComponent(one.id)}`, { method: 'DELETE' });
        assert.equal(gone.status, 200, await gone.text());
      }
    }
    const { runs } = await api('/api/v1/runs');
    assert.deepEqual(runs.map(({ suite, name, answers, running }) => [suite, name, answers, running]),
      [['page', 'second', 1, false], ['page', 'first', 1, false]]);
    await open('runs');
    await page.locator('.plot .trend').first().waitFor();
    assert.equal(await page.locator('.plot').first().locator('circle').count(), 2);
    await page.getByRole('button', { name: 'second' }).click();
    await page.getByLabel('Compared with').selectOption(runs[1].id);
    await page.locator('.flips .bad', { hasText: 'fails now' }).waitFor();
    await picture('runs');
    await checkAccessible('runs');
  });

  await step('the report of a run needs nothing but its file', async () => {
    const suite = [
      { id: 'tarn', query: 'How fast may the level of Upper Tarn be lowered?', accept: ['0.30 m'], reference: '0.30 m per day' },
      { id: 'engine', query: 'What does the zorblatt engine weigh?', accept: ['417 kg'] },
    ].map((one) => `${JSON.stringify(one)}\n`).join('');
    const started = await fetch(`${base}/api/v1/runs?suite=report&name=report`, { method: 'POST', body: suite });
    assert.equal(started.status, 202, await started.clone().text());
    const { id } = await started.json();
    while ((await api('/api/v1/runs')).runs[0].running) await new Promise((resolve) => { setTimeout(resolve, 50); });
    const made = await fetch(`${base}/api/v1/runs/${id}?format=html`);
    const file = join(folder, 'report.html');
    writeFileSync(file, await made.text());
    const served = page;
    page = await context.newPage();
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(`file://${file}`);
    const cases = page.locator('details.case:visible');
    const all = await cases.count();
    assert.ok(all > 1, `${all} cases`);
    await page.locator('#kind').selectOption('fails');
    const failing = await cases.count();
    assert.ok(failing > 0 && failing < all, `${failing} of ${all} cases do not pass`);
    await page.locator('#find').fill('no case holds these words');
    await page.getByText('0 shown').waitFor();
    await page.locator('#find').fill('');
    await cases.first().locator('summary').first().click();
    await cases.first().getByText('expected').first().waitFor();
    assert.equal(await page.evaluate(() => window.broken), undefined);
    assert.deepEqual(asked, [`file://${file}`]);
    await checkAccessible('a report');
    await page.screenshot({ path: join(out, 'report.png'), fullPage: true });
    await page.setViewportSize({ width: 390, height: 844 });
    await checkFits('a report');
    await page.close();
    page = served;
  });

  await step('Chinese, dark, on a phone', async () => {
    await open('insights');
    await page.getByLabel('Language').selectOption('zh');
    await page.getByRole('heading', { name: '概览' }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN');
    await page.emulateMedia({ colorScheme: 'dark' });
    for (const view of ['search?q=水库', 'documents', 'compare', 'profiles', 'runs', 'insights', 'ask']) {
      await open(view);
      await page.waitForLoadState('networkidle');
      await checkAccessible(`${view}, dark`);
      await page.setViewportSize({ width: 390, height: 844 });
      await checkFits(view);
      await picture(`phone-${view.split('?')[0]}`);
      await page.setViewportSize({ width: 1280, height: 800 });
    }
    await page.locator('[data-focus]').fill('进入加氯间之前要做什么？');
    await page.keyboard.press('Enter');
    await page.locator('.turn-tools').waitFor();
    await picture('ask-zh-dark');
    await page.setViewportSize({ width: 390, height: 844 });
    await checkFits('an answer');
    await picture('phone-answer');
  });

  await step('a key is asked for once, and the tab keeps it', async () => {
    const made = spawnSync(quarry, ['keys', 'create', 'page', '--scope', 'query', '--store', join(folder, 'store'), '--json']);
    const { key } = JSON.parse(made.stdout);
    // A wide screen, where the view asks for the collections and for the conversations at once.
    await page.setViewportSize({ width: 1280, height: 800 });
    await open('ask');
    await page.reload();
    await page.locator('dialog[open]').waitFor();
    await page.waitForLoadState('networkidle');
    assert.equal(await page.locator('dialog[open]').count(), 1);
    await page.locator('dialog[open] input').fill(key);
    await page.locator('dialog[open] button[type=submit]').click();
    await page.locator('.hero h2').waitFor();
    await page.waitForLoadState('networkidle');
    assert.equal(await page.locator('dialog[open]').count(), 0);
    await page.reload();
    await page.locator('.hero h2').waitFor();
    problems.length = 0;  // the browser notes each 401
  });

  await browser.close();
}

let status = 0;
try {
  await run();
} catch (error) {
  console.error(error);
  status = 1;
}
await stopServer();
upstream.close();
rmSync(folder, { recursive: true, force: true });
process.exit(status);
