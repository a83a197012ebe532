// The splitters of LangChain.js and LlamaIndex.TS with the protocol of bench/ingest.cc. They are
// given text that is decoded already, and do not parse: of HTML they split the source.
//
//   node ingest_peers.mjs langchain|llamaindex LIST

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

// Sizes as Quarry's defaults: 400 tokens, 1,600 characters of English.
async function makeSplitter(name) {
  if (name === "langchain") {
    const { RecursiveCharacterTextSplitter } = await import("@langchain/textsplitters");
    const options = { chunkSize: 1600, chunkOverlap: 100 };
    const splitters = {
      text: new RecursiveCharacterTextSplitter(options),
      markdown: RecursiveCharacterTextSplitter.fromLanguage("markdown", options),
      html: RecursiveCharacterTextSplitter.fromLanguage("html", options),
    };
    return (format, text) => splitters[format].splitText(text);
  }
  const { SentenceSplitter } = await import("@llamaindex/core/node-parser");
  const splitter = new SentenceSplitter({ chunkSize: 400, chunkOverlap: 25 });
  return (format, text) => splitter.splitText(text);
}

// It splits some 0.1 MB a second and gets the first files of each format only.
const limits = { llamaindex: 200_000 };

const [name, list] = process.argv.slice(2);
const split = await makeSplitter(name);
const files = {};
for (const line of readFileSync(list, "utf8").split("\n")) {
  const [format, path] = [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)];
  if (!format) continue;
  const bytes = readFileSync(path);
  (files[format] ??= []).push({ size: bytes.length, text: bytes.toString("utf8") });
}
for await (const format of createInterface({ input: process.stdin })) {
  let bytes = 0;
  let chunks = 0;
  const start = process.cpuUsage();
  for (const file of files[format]) {
    if (bytes >= (limits[name] ?? Infinity)) break;
    bytes += file.size;
    chunks += (await split(format, file.text)).length;
  }
  const used = process.cpuUsage(start);
  const seconds = (used.user + used.system) / 1e6;
  console.log(JSON.stringify({ bytes, seconds, chunks, refused: 0 }));
}
