// Token ids by @huggingface/transformers, the reference of tests/model/tokenizer_reference_test.cc.
//
//   npm install --ignore-scripts @huggingface/transformers@3.7.6      (anywhere; NODE_PATH names it)
//   NODE_PATH=.../node_modules node tests/tools/tokenizer_fixture.js ../shared/data tests/fixtures
//
// Writes one hash per line of text: 8 hexadecimal digits of the 32-bit FNV-1a over the ids, each as
// four bytes, little-endian, without special tokens. The lines are read from the data; the list below is
// the test's too.

const fs = require('fs');
const path = require('path');
const { PreTrainedTokenizer } = require('@huggingface/transformers');

const LINES = [
  ['retrieval/scifact/corpus.jsonl', 2000],
  ['retrieval/cmrc2018_dev/queries.jsonl', 2000],
  ['retrieval/squad_v2_dev_cs224n/queries.jsonl', 2000],
  ['text/commonmark_spec/spec.txt', 1500],
  ['retrieval/dureader_robust_dev/corpus.jsonl', 1000],
  ['text/sighan_pku/pku_test.utf8', 1000],
  ['text/unicode_breaks/WordBreakTest.txt', 500],
];

const [data, out] = process.argv.slice(2);

function readLines() {
  const lines = [];
  for (const [file, count] of LINES) {
    const all = fs.readFileSync(path.join(data, file), 'utf8').split('\n').slice(0, count);
    if (all.length !== count) throw new Error(`${file}: only ${all.length} lines`);
    lines.push(...all);
  }
  return lines;
}

function hash(ids) {
  let h = 0x811c9dc5;
  for (const id of ids) {
    for (let shift = 0; shift < 32; shift += 8) {
      h = Math.imul(h ^ ((id >>> shift) & 0xff), 0x01000193) >>> 0;
    }
  }
  return h.toString(16).padStart(8, '0');
}

function write(name, tokenizerJson, config) {
  const tokenizer = new PreTrainedTokenizer(tokenizerJson, config);
  const hashes = readLines().map((line) => hash(tokenizer.encode(line, { add_special_tokens: false })));
  let text = '';
  for (let i = 0; i < hashes.length; i += 10) text += hashes.slice(i, i + 10).join(' ') + '\n';
  fs.writeFileSync(path.join(out, name), text);
}

// A tokenizer.json like the one that BERT's vocab.txt stands for.
function bertJson(vocabularyFile) {
  const tokens = fs.readFileSync(vocabularyFile, 'utf8').split('\n').filter((line, i, all) => i + 1 < all.length || line);
  const vocab = {};
  tokens.forEach((token, id) => { if (!(token in vocab)) vocab[token.replace(/\r$/, '')] = id; });
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
  return {
    version: '1.0', truncation: null, padding: null,
    added_tokens: special.map((content) => ({ id: vocab[content], content, single_word: false,
      lstrip: false, rstrip: false, normalized: false, special: true })),
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true,
      strip_accents: null, lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##',
      max_input_chars_per_word: 100, vocab },
  };
}

const minilm = path.join(data, 'text/minilm_l6_tokenizer');
write('wordpiece_minilm.txt', JSON.parse(fs.readFileSync(path.join(minilm, 'tokenizer.json'), 'utf8')),
  JSON.parse(fs.readFileSync(path.join(minilm, 'tokenizer_config.json'), 'utf8')));
write('wordpiece_chinese.txt', bertJson(path.join(data, 'text/bert_base_chinese_vocab/vocab.txt')),
  { tokenizer_class: 'BertTokenizer' });
// GPT-2's BPE, as its two files say it.
const gpt2 = path.join(data, 'text/gpt2_bpe');
write('bpe_gpt2.txt', {
  version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: null, decoder: { type: 'ByteLevel' },
  model: { type: 'BPE', unk_token: null, continuing_subword_prefix: '', end_of_word_suffix: '',
    vocab: JSON.parse(fs.readFileSync(path.join(gpt2, 'encoder.json'), 'utf8')),
    merges: fs.readFileSync(path.join(gpt2, 'vocab.bpe'), 'utf8').split('\n').slice(1).filter(Boolean) },
}, { tokenizer_class: 'GPT2Tokenizer' });
