// The keys of a profile that the page has fields for, read and written where they stand in its YAML: comments and
// all other keys stay as they are. Keys stand at the beginning of a line; a value is a plain or quoted one of a line, or
// a block behind "|".

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const WORD = /^(true|false|yes|no|on|off|null|~)$/i;
const PLAIN = /^[\p{L}\p{N}]([\p{L}\p{N} ._/-]*[\p{L}\p{N}._/-])?$/u;

// Lines [from, to) of the key; null where it is not there.
function findKey(lines, key) {
  const from = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (from < 0) return null;
  let to = from + 1;
  while (to < lines.length && (lines[to].trim() === '' || /^\s/.test(lines[to]))) ++to;
  while (to > from + 1 && lines[to - 1].trim() === '') --to;
  return { from, to };
}

function readBlock(lines) {
  const indent = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(indent)).join('\n');
}

function readLine(written) {
  const quoted = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*(#.*)?$/.exec(written)?.[1];
  if (quoted?.[0] === "'") return quoted.slice(1, -1).replaceAll("''", "'");
  try {
    if (quoted) return JSON.parse(quoted);
  } catch {
    return null;  // an escape that JSON has not
  }
  return /^["'[{&*!|>%@`]/.test(written) ? null : written.replace(/(^|\s)#.*$/, '').trim();
}

// Whether keys can be set in it: one that is written in braces has no lines of its own.
export function hasLines(text) {
  const first = text.split('\n').find((line) => line.trim() !== '' && !line.startsWith('#'));
  return first === undefined || /^[\w-]+:/.test(first);
}

// The value as text; '' where there is none, null where it is written in a way that is not read here.
export function readKey(text, key) {
  const lines = text.split('\n');
  const place = findKey(lines, key);
  if (place === null) return '';
  const value = lines[place.from].slice(key.length + 1).trim();
  const more = lines.slice(place.from + 1, place.to);
  if (/^\|[-+]?$/.test(value) && more.length > 0) return readBlock(more);
  return more.length > 0 ? null : readLine(value);
}

function writeValue(key, value) {
  if (typeof value === 'number') return [`${key}: ${value}`];
  if (value.includes('\n') && !/^\s/.test(value)) return [`${key}: |`, ...value.trimEnd().split('\n').map((line) => (line === '' ? '' : `  ${line}`))];
  const isPlain = PLAIN.test(value) && !NUMBER.test(value) && !WORD.test(value);
  return [`${key}: ${isPlain ? value : JSON.stringify(value)}`];
}

// The text with the key set to a string or number, or without it where the value is ''.
export function writeKey(text, key, value) {
  const lines = text.split('\n');
  const place = findKey(lines, key);
  const written = value === '' ? [] : writeValue(key, value);
  if (place !== null) {
    lines.splice(place.from, place.to - place.from, ...written);
  } else {
    while (lines.at(-1)?.trim() === '') lines.pop();
    lines.push(...written, '');
  }
  return lines.join('\n');
}
