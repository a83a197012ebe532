// The official SDKs of OpenAI and Cohere against a server that has the bundled corpus.
//
//   npm ci && node sdk.mjs http://127.0.0.1:8420 [http://127.0.0.1:8421]
//
// The second is a server with a chat model that calls the tool it is given, and answers in JSON where it
// is asked to (tests/e2e/sdk_test.cc).
//
// Prints a line per check; exit status 1 where one fails.

import assert from "node:assert/strict";
import { CohereClient } from "cohere-ai";
import OpenAI, { toFile } from "openai";

const server = process.argv[2];
const client = new OpenAI({ baseURL: `${server}/v1`, apiKey: "none", maxRetries: 0 });
const question = "How fast may the level of Upper Tarn be lowered?";
const messages = [{ role: "user", content: question }];

let failures = 0;
async function check(name, run) {
  try {
    await run();
    console.log(`ok      ${name}`);
  } catch (error) {
    failures += 1;
    console.log(`FAILED  ${name}: ${error.stack}`);
  }
}

await check("models.list and retrieve", async () => {
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  assert.deepEqual(ids, ["quarry"]);
  assert.equal((await client.models.retrieve("quarry")).owned_by, "quarry");
});

await check("chat, plain", async () => {
  const completion = await client.chat.completions.create({ model: "quarry", messages });
  const { message, finish_reason } = completion.choices[0];
  assert.equal(finish_reason, "stop");
  assert.match(message.content, /0\.30 m per day/);
  const { start_index, end_index } = message.annotations[0].url_citation;
  assert.equal(message.content.slice(start_index, end_index), "[1]");
  assert.match(completion.system_fingerprint, /^fp_/);
  assert.equal(completion.quarry.verdict.label, "supported");
});

await check("chat, streamed, is the same text, and its helper agrees", async () => {
  const plain = await client.chat.completions.create({ model: "quarry", messages });
  const options = { model: "quarry", messages, stream: true, stream_options: { include_usage: true } };
  let text = "";
  let usage = null;
  for await (const chunk of await client.chat.completions.create(options)) {
    text += chunk.choices[0]?.delta?.content ?? "";
    usage = chunk.usage ?? usage;
  }
  assert.equal(text, plain.choices[0].message.content);
  assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
  const helper = client.chat.completions.stream({ model: "quarry", messages });
  assert.equal((await helper.finalChatCompletion()).choices[0].message.content, text);
});

await check("chat, a stream that is aborted ends, and the server goes on", async () => {
  const stream = await client.chat.completions.create({ model: "quarry", messages, stream: true });
  for await (const chunk of stream) {
    assert.equal(chunk.object, "chat.completion.chunk");
    stream.controller.abort();
    break;
  }
  assert.equal((await client.chat.completions.create({ model: "quarry", messages })).object,
    "chat.completion");
});

await check("errors are those of the SDK", async () => {
  await assert.rejects(client.chat.completions.create({ model: "gpt-4o", messages }), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.equal(error.code, "model_not_found");
    assert.equal(error.param, "model");
    return true;
  });
  await assert.rejects(
    client.chat.completions.create({ model: "quarry", messages: [] }), OpenAI.BadRequestError);
});

await check("embeddings, as base64 (the SDK's own choice) and as floats", async () => {
  const input = ["the reservoir", "die Talsperre"];
  const packed = await client.embeddings.create({ model: "quarry", input });
  const floats = await client.embeddings.create({ model: "quarry", input, encoding_format: "float" });
  assert.equal(packed.data.length, 2);
  assert.deepEqual([...packed.data[0].embedding], floats.data[0].embedding.map(Math.fround));
  assert.ok(floats.data[0].embedding.length > 10);
});

const text = "The zorblax pump at Mill Lane delivers 12 litres per second.\n";

await check("files: upload, list by pages, retrieve, content, delete", async () => {
  const ids = [];
  for (let i = 0; i < 3; ++i) {
    const file = await toFile(Buffer.from(text + i), `note "${i}".txt`);
    ids.push((await client.files.create({ file, purpose: "assistants" })).id);
  }
  const listed = [];
  for await (const file of client.files.list({ limit: 2, order: "asc" })) listed.push(file.id);
  assert.deepEqual(listed, ids);
  assert.equal((await client.files.retrieve(ids[1])).filename, 'note "1".txt'.replaceAll('"', "%22"));
  assert.equal(await (await client.files.content(ids[1])).text(), text + 1);
  for (const id of ids) assert.equal((await client.files.delete(id)).deleted, true);
  await assert.rejects(client.files.retrieve(ids[0]), OpenAI.NotFoundError);
});

await check("vector stores: files, batches, attributes, filters, search, responses", async () => {
  const store = await client.vectorStores.create({ name: "Pumps", metadata: { team: "ops" } });
  const attached = await client.vectorStores.files.uploadAndPoll(
    store.id, await toFile(Buffer.from(text), "pump.txt"));
  assert.equal(attached.status, "completed");
  const batch = await client.vectorStores.fileBatches.uploadAndPoll(store.id, {
    files: [
      await toFile(Buffer.from("The valve of the zorblax pump is made of bronze.\n"), "valve.txt"),
      await toFile(Buffer.from("Bicycles are parked behind the mill.\n"), "parking.txt"),
    ],
  });
  assert.equal(batch.status, "completed");
  assert.equal(batch.file_counts.completed, 2);
  await client.vectorStores.files.update(attached.id, {
    vector_store_id: store.id, attributes: { year: 2024, kind: "pump" } });

  const listed = [];
  for await (const file of client.vectorStores.files.list(store.id, { limit: 2 })) listed.push(file.id);
  assert.equal(new Set(listed).size, 3);
  const found = [];
  for await (const hit of client.vectorStores.search(store.id, { query: "zorblax pump", max_num_results: 5 })) {
    found.push(hit.filename);
  }
  assert.deepEqual(new Set(found.slice(0, 2)), new Set(["pump.txt", "valve.txt"]));
  const filtered = await client.vectorStores.search(store.id, {
    query: "zorblax pump", filters: { type: "gte", key: "year", value: 2020 } });
  assert.deepEqual(filtered.data.map((hit) => hit.filename), ["pump.txt"]);
  assert.equal(filtered.data[0].attributes.kind, "pump");

  const request = {
    model: "quarry",
    input: "How much does the zorblax pump deliver?",
    tools: [{ type: "file_search", vector_store_ids: [store.id] }],
    include: ["file_search_call.results"],
  };
  const response = await client.responses.create(request);
  assert.match(response.output_text, /12 litres per second/);
  assert.equal(response.output[0].type, "file_search_call");
  assert.equal(response.output[0].results[0].filename, "pump.txt");
  const annotation = response.output[1].content[0].annotations[0];
  assert.equal(annotation.type, "file_citation");
  assert.equal(annotation.file_id, attached.id);

  let streamed = "";
  let completed = null;
  for await (const event of await client.responses.create({ ...request, stream: true })) {
    if (event.type === "response.output_text.delta") streamed += event.delta;
    if (event.type === "response.completed") completed = event.response;
  }
  assert.equal(streamed, response.output_text);
  const helper = client.responses.stream(request);
  assert.equal((await helper.finalResponse()).output_text, streamed);

  assert.equal((await client.responses.retrieve(completed.id)).output_text, streamed);
  const items = [];
  for await (const item of client.responses.inputItems.list(completed.id)) items.push(item);
  assert.equal(items[0].content[0].text, request.input);
  await client.responses.delete(completed.id);
  await assert.rejects(client.responses.retrieve(completed.id), OpenAI.NotFoundError);

  const stores = [];
  for await (const one of client.vectorStores.list({ limit: 1 })) stores.push(one.id);
  assert.deepEqual(stores, [store.id, "default"]);
  await client.vectorStores.update(store.id, { name: "Machines" });
  assert.equal((await client.vectorStores.retrieve(store.id)).name, "Machines");
  assert.equal((await client.files.delete(attached.id)).deleted, true);
  assert.equal((await client.vectorStores.retrieve(store.id)).file_counts.total, 2);
  assert.equal((await client.vectorStores.delete(store.id)).deleted, true);
  await assert.rejects(client.vectorStores.retrieve(store.id), OpenAI.NotFoundError);
});

await check("rerank by Cohere's client, and v2 by its shape", async () => {
  const documents = ["Bicycles are parked in the yard.", "The level may sink by 0.30 m per day."];
  const cohere = new CohereClient({ environment: `${server}/v1`, token: "none" });
  const ranked = await cohere.rerank({
    model: "quarry", query: "How fast may the level sink?", documents, topN: 1, returnDocuments: true });
  assert.equal(ranked.results.length, 1);
  assert.equal(ranked.results[0].index, 1);
  assert.equal(ranked.results[0].document.text, documents[1]);
  assert.ok(ranked.results[0].relevanceScore > 0 && ranked.results[0].relevanceScore <= 1);
  const reply = await fetch(`${server}/v2/rerank`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ model: "quarry", query: "How fast may the level sink?", documents }),
  });
  assert.deepEqual((await reply.json()).results.map((result) => result.index), [1, 0]);
});

const withModel = process.argv[3];
if (withModel) {
  const assistant = new OpenAI({ baseURL: `${withModel}/v1`, apiKey: "none", maxRetries: 0 });

  await check("tools: the call goes to the client, and its result back", async () => {
    const asked = [];
    const runner = assistant.chat.completions.runTools({
      model: "quarry",
      messages: [{ role: "user", content: "What is the weather at Upper Tarn?" }],
      tools: [{
        type: "function",
        function: {
          name: "get_weather",
          description: "The weather at a place",
          parameters: { type: "object", properties: { place: { type: "string" } } },
          parse: JSON.parse,
          function: ({ place }) => { asked.push(place); return "sunny"; },
        },
      }],
    });
    assert.equal(await runner.finalContent(), "It is sunny.");
    assert.deepEqual(asked, ["Upper Tarn"]);
  });

  await check("tools, streamed", async () => {
    const stream = assistant.chat.completions.stream({
      model: "quarry",
      messages: [{ role: "user", content: "What is the weather at Upper Tarn?" }],
      tools: [{ type: "function", function: { name: "get_weather", parameters: { type: "object" } } }],
    });
    const { message, finish_reason } = (await stream.finalChatCompletion()).choices[0];
    assert.equal(finish_reason, "tool_calls");
    assert.equal(JSON.parse(message.tool_calls[0].function.arguments).place, "Upper Tarn");
  });

  await check("response_format json_object", async () => {
    const completion = await assistant.chat.completions.create({
      model: "quarry", messages, response_format: { type: "json_object" } });
    assert.deepEqual(JSON.parse(completion.choices[0].message.content), { rate: 0.3 });
  });
}

process.exit(failures === 0 ? 0 : 1);
