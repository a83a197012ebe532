// The official TypeScript SDK's client against the program, over standard input and output and over
// streamable HTTP. Run by ctest (McpSdk), or: QUARRY=../../../build/release/quarry node --test
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

// What ctest takes for "skipped".
const SKIPPED = 77;
if (!existsSync(new URL('node_modules/@modelcontextprotocol/sdk', import.meta.url))) {
  console.log('skipped: tests/npm/mcp/node_modules is missing (npm ci there installs it)');
  process.exit(SKIPPED);
}
const { Client } = await import('@modelcontextprotocol/sdk/client/index.js');
const { StdioClientTransport } = await import('@modelcontextprotocol/sdk/client/stdio.js');
const { StreamableHTTPClientTransport } = await import(
  '@modelcontextprotocol/sdk/client/streamableHttp.js'
);

const quarry = process.env.QUARRY ?? 'quarry';
const home = mkdtempSync(join(tmpdir(), 'quarry-mcp-'));
const store = join(home, 'store');
const run = (...args) => execFileSync(quarry, [...args, '--store', store], { cwd: home, encoding: 'utf8' });

before(() => {
  writeFileSync(join(home, 'pump.md'), '# Pump\n\nThe coolant pump runs at 9 bar.\n');
  writeFileSync(join(home, 'leave.md'), '# Leave\n\nAn employee has 28 days of paid leave.\n');
  run('index', 'pump.md', 'leave.md');
});
after(() => rmSync(home, { recursive: true, force: true }));

async function connected(transport, work) {
  const client = new Client({ name: 'quarry-test', version: '1' });
  await client.connect(transport);
  try {
    await work(client);
  } finally {
    await client.close();
  }
}

// What holds whatever the transport. The SDK checks results against the output schemas itself.
async function checkAll(client) {
  assert.equal(client.getServerVersion().name, 'quarry');
  await client.ping();
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map((tool) => tool.name).sort(), ['ask', 'calculate', 'fetch', 'query_table', 'search']);

  const found = await client.callTool({ name: 'search', arguments: { query: 'paid leave' } });
  assert.equal(found.isError, false);
  assert.equal(found.structuredContent.results[0].id, 'leave.md');

  const answer = await client.callTool({
    name: 'ask',
    arguments: { question: 'At how many bar does the coolant pump run?' },
  });
  assert.match(answer.structuredContent.answer, /9 bar/);
  assert.equal(answer.structuredContent.citations[0].document, 'pump.md');

  const document = await client.callTool({ name: 'fetch', arguments: { id: 'pump.md' } });
  assert.match(document.structuredContent.text, /coolant pump/);
  const missing = await client.callTool({ name: 'fetch', arguments: { id: 'nope' } });
  assert.equal(missing.isError, true);
  await assert.rejects(client.callTool({ name: 'rm', arguments: {} }), /there is no tool "rm"/);

  const { resources } = await client.listResources();
  assert.equal(resources.length, 2);
  const { contents } = await client.readResource({ uri: resources[0].uri });
  assert.equal(contents[0].uri, resources[0].uri);
  assert.ok(contents[0].text.length > 0);
  const { resourceTemplates } = await client.listResourceTemplates();
  assert.equal(resourceTemplates.length, 1);
  await assert.rejects(client.readResource({ uri: 'quarry://default/nope' }), /no document/);
}

test('over standard input and output', async () => {
  const transport = new StdioClientTransport({ command: quarry, args: ['mcp', '--store', store] });
  await connected(transport, checkAll);
});

// Runs `work` beside a server; `url` is where it listens.
async function withServer(work, ...more) {
  const server = spawn(quarry, ['serve', '--port', '0', '--json', '--store', store, ...more], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const line = await new Promise((resolve, reject) => {
      server.stdout.once('data', (data) => resolve(data.toString()));
      server.once('exit', (code) => reject(new Error(`quarry serve ended with ${code}`)));
    });
    await work(JSON.parse(line).url);
  } finally {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  }
}

test('over HTTP, and over standard input beside the server', async () => {
  await withServer(async (url) => {
    const transport = new StreamableHTTPClientTransport(new URL('/mcp', url));
    await connected(transport, async (client) => {
      assert.ok(transport.sessionId);
      await checkAll(client);
      await transport.terminateSession();
    });
    // The server has the store: the program hands requests on to it.
    await connected(
      new StdioClientTransport({ command: quarry, args: ['mcp', '--store', store] }),
      checkAll,
    );
  });
});

test('with a key', async () => {
  const { key, id } = JSON.parse(run('keys', 'create', 'assistant', '--json'));
  await withServer(async (url) => {
    const at = new URL('/mcp', url);
    await assert.rejects(connected(new StreamableHTTPClientTransport(at), () => {}));
    const requestInit = { headers: { Authorization: `Bearer ${key}` } };
    await connected(new StreamableHTTPClientTransport(at, { requestInit }), checkAll);
    // From the next request on.
    run('keys', 'revoke', id);
    await assert.rejects(
      connected(new StreamableHTTPClientTransport(at, { requestInit }), () => {}),
    );
  });
});
