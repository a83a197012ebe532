// Numbers, times and names as a reader wants them.

import { language, t } from './i18n.js';

const locale = () => (language() === 'zh' ? 'zh-CN' : 'en-GB');

export const number = (value, digits = 0) =>
  new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);

export const score = (value) => value.toFixed(3);

export function bytes(value) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit + 1 < units.length) {
    size /= 1000;
    ++unit;
  }
  return `${number(size, unit === 0 || size >= 100 ? 0 : 1)} ${units[unit]}`;
}

export function seconds(value) {
  if (value === 0) return '0 s';
  if (value < 0.001) return `${number(value * 1e6)} µs`;
  if (value < 1) return `${number(value * 1e3, value < 0.01 ? 1 : 0)} ms`;
  return `${number(value, 1)} s`;
}

export function time(text) {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(text));
}

// "handbook/travel.md" -> "travel.md"
export const fileName = (id) => id.slice(id.lastIndexOf('/') + 1);

export const titleOf = ({ title, document, id }) => title || fileName(document ?? id ?? '');

// An address that may be a link: what documents say of themselves is not to be trusted.
export function safeLink(uri) {
  return /^https?:\/\//i.test(uri) ? uri : null;
}

// Where in its document a passage stands: its headings without the title, or the document.
export function pathOf({ heading_path: headings = [], document, ...named }) {
  const below = headings[0] === titleOf({ document, ...named }) ? headings.slice(1) : headings;
  return below.length > 0 ? below.join(' › ') : document;
}

// The fields that every document has, beside its metadata.
const FIELDS = { $type: 'field.type', $language: 'field.language', $year: 'field.year' };
export const fieldName = (key) => (Object.hasOwn(FIELDS, key) ? t(FIELDS[key]) : key);

const TYPES = {
  'text/plain': 'TXT', 'text/tab-separated-values': 'TSV', 'text/markdown': 'Markdown', 'message/rfc822': 'Mail',
  'application/msword': 'Word', 'application/vnd.ms-excel': 'Excel', 'application/vnd.ms-powerpoint': 'PowerPoint',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'Word',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'Excel',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'PowerPoint',
  'application/vnd.oasis.opendocument.text': 'ODT', 'application/vnd.oasis.opendocument.spreadsheet': 'ODS',
  'application/vnd.oasis.opendocument.presentation': 'ODP', 'application/vnd.ms-outlook': 'Outlook',
  'application/x-ipynb+json': 'Notebook', 'application/epub+zip': 'EPUB',
};

// A value of one of them or of the metadata, in words.
export function fieldValue(key, value) {
  if (key === '$type') return Object.hasOwn(TYPES, value) ? TYPES[value] : value.slice(value.indexOf('/') + 1).replace(/^x-/, '').toUpperCase();
  if (key === '$language') return languageName(value);
  return String(value);
}

function languageName(code) {
  try {
    return new Intl.DisplayNames([locale()], { type: 'language' }).of(code);
  } catch {
    return code;  // what a document calls its language need not be one
  }
}
