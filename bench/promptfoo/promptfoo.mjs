// promptfoo against a server that has the bundled corpus: answers are graded for faithfulness to the context
// that they were made from, which a transform takes out of the response.
//
//   node promptfoo.mjs http://127.0.0.1:8420       (bench/promptfoo.sh installs and runs it)
//
// The grader is a scripted model, so that the same answer gets the same grade anywhere: statements are the
// sentences, and one is carried if the context has all of its longer words and its numbers. Two answers that are
// not the server's show that the grade can be bad. Prints a line per check; exit status 1 where one fails.

import assert from "node:assert/strict";
import { createServer } from "node:http";

process.env.PROMPTFOO_DISABLE_TELEMETRY = "1";
process.env.PROMPTFOO_DISABLE_UPDATE = "1";
process.env.PROMPTFOO_CACHE_ENABLED = "false";
const { default: promptfoo } = await import("promptfoo");

const server = process.argv[2];

// ---- the grader: promptfoo asks it for the statements of an answer, then for a verdict on each ----

const sentences = (text) => text.split(/(?<=[.。!?])\s*|\n/).map((one) => one.replace(/\[\d+\]/g, "").trim())
  .filter((one) => /[\p{L}\p{N}]/u.test(one));
const between = (text, begin, end) => text.slice(text.lastIndexOf(begin) + begin.length).split(end)[0];
const wordsOf = (text) => text.toLowerCase().match(/\p{Script=Han}{2}|[\p{L}]{5,}|\d+(?:\.\d+)?/gu) ?? [];

function grade(prompt) {
  if (!prompt.includes("Natural language inference")) {
    return sentences(between(prompt, "\nanswer:", "\nstatements:")).join("\n");
  }
  const context = between(prompt, "\ncontext:", "\nstatements:").toLowerCase();
  const verdicts = sentences(between(prompt, "\nstatements:", "\nAnswer:"))
    .map((one) => (wordsOf(one).every((word) => context.includes(word)) ? "Yes" : "No"));
  return `Final verdict for each statement in order: ${verdicts.join(". ")}.`;
}

const seen = [];
const grader = createServer((request, response) => {
  let body = "";
  request.on("data", (piece) => { body += piece; });
  request.on("end", () => {
    const prompt = JSON.parse(body).messages.map(({ content }) => content).join("\n");
    seen.push(prompt);
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({
      id: "g", object: "chat.completion", created: 1, model: "scripted",
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: grade(prompt) } }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    }));
  });
}).listen(0, "127.0.0.1");
await new Promise((resolve) => { grader.on("listening", resolve); });

// ---- the evaluation ----

const faithful = {
  type: "context-faithfulness", threshold: 0.9,
  contextTransform: 'output.context.passages.map(({ text }) => text).join("\\n")',
};
const provider = {
  id: `${server}/api/v1/answer`,
  config: {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: { query: "{{prompt}}", context: true }, transformResponse: "json",
  },
};
// An answer that nobody gave: its context is one passage of the corpus.
const planted = (answer) => async () => ({
  output: { answer, context: { passages: [{ text: "The level of Upper Tarn may be lowered by 0.30 m per day." }] } },
});

async function evaluate(providers, tests) {
  const result = await promptfoo.evaluate({
    prompts: ["{{query}}"], providers, tests, writeLatestResults: false,
    defaultTest: {
      options: {
        provider: {
          id: "openai:chat:scripted",
          config: { apiBaseUrl: `http://127.0.0.1:${grader.address().port}/v1`, apiKey: "none" },
        },
      },
    },
  }, { cache: false, maxConcurrency: 2, showProgressBar: false });
  return result.results;
}

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

// What is graded is the text of the answer.
const asked = (query) => ({ vars: { query }, options: { transform: "output.answer" } });
const query = "How fast may the level of Upper Tarn be lowered?";

await check("answers of the server are faithful to their context", async () => {
  const results = await evaluate([provider], [
    { ...asked(query), assert: [{ type: "contains", value: "0.30 m per day" }, { ...faithful }] },
    { ...asked("进入加氯间之前要做什么？"), assert: [{ ...faithful }] },
  ]);
  assert.equal(results.length, 2);
  for (const { success, error, gradingResult } of results) assert.ok(success, error ?? JSON.stringify(gradingResult));
  assert.equal(seen.length, 4);  // two questions to the grader for each answer
});

await check("an answer that its context does not carry is not", async () => {
  const carried = "The level of Upper Tarn may be lowered by 0.30 m per day.";
  for (const [answer, expected] of [[carried, true], ["The level of Lower Tarn may be lowered by 0.90 m per day.", false]]) {
    const [result] = await evaluate([planted(answer)], [{ ...asked(query), assert: [{ ...faithful }] }]);
    assert.equal(result.success, expected, JSON.stringify(result.gradingResult));
  }
});

grader.close();
process.exit(failures === 0 ? 0 : 1);
