// The splitters of LangChain.js and LlamaIndex.TS as their users call them, each with an embedder that
// does nothing, under the protocol of bench/ingest.cc. They are given text that is decoded already,
// and do not parse: of HTML they split the source.
//
//   node ingest_peers.mjs langchain|llamaindex LIST

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

// Sizes as Quarry's defaults: 400 tokens, 1,600 characters of English. Returns the number of chunks.
async function makeSplitter(name) {
  if (name === "langchain") {
    const { RecursiveCharacterTextSplitter } = await import("@langchain/textsplitters");
    const { Embeddings } = await import("@langchain/core/embeddings");
    class NoEmbeddings extends Embeddings {
      async embedDocuments(texts) {
        return texts.map(() => [0]);
      }
    }
    const embedder = new NoEmbeddings({});
    const options = { chunkSize: 1600, chunkOverlap: 100 };
    const splitters = {
      text: new RecursiveCharacterTextSplitter(options),
      markdown: RecursiveCharacterTextSplitter.fromLanguage("markdown", options),
      html: RecursiveCharacterTextSplitter.fromLanguage("html", options),
    };
    return async (format, text) => {
      const documents = await splitters[format].createDocuments([text]);
      const vectors = await embedder.embedDocuments(documents.map((each) => each.pageContent));
      return vectors.length;
    };
  }
  const { SentenceSplitter } = await import("@llamaindex/core/node-parser");
  const { BaseEmbedding } = await import("@llamaindex/core/embeddings");
  const { Document } = await import("@llamaindex/core/schema");
  class NoEmbedding extends BaseEmbedding {
    async getTextEmbedding() {
      return [0];
    }
  }
  const embedder = new NoEmbedding();
  const splitter = new SentenceSplitter({ chunkSize: 400, chunkOverlap: 25 });
  return async (format, text) => {
    const nodes = splitter.getNodesFromDocuments([new Document({ text })]);
    return (await embedder(nodes)).length;
  };
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
    chunks += await split(format, file.text);
  }
  const used = process.cpuUsage(start);
  const seconds = (used.user + used.system) / 1e6;
  console.log(JSON.stringify({ bytes, seconds, chunks, refused: 0 }));
}
