// Talking to the server. Every error is an ApiError whose message is what the server said.

import { t } from './i18n.js';

export class ApiError extends Error {
  constructor(status, message, code = '') {
    super(message);
    this.status = status;
    this.code = code;
  }
}

// The key that the server wants, where it wants one; kept until the tab is closed.
const KEY = 'quarry.key';
const storedKey = () => sessionStorage.getItem(KEY);
let askForKey = async () => null;
let asking = null;  // a promise of the key, while the reader is asked

// Tells how to get a key from the reader.
export function onKeyWanted(ask) {
  askForKey = ask;
}

// The key that the reader gives, stored; null where none is given. Asked once for all requests that
// want it meanwhile.
function wantedKey(message) {
  asking ??= askForKey(message).then((key) => {
    if (key) sessionStorage.setItem(KEY, key);
    return key;
  }).finally(() => { asking = null; });
  return asking;
}

const authorization = (key) => (key ? { Authorization: `Bearer ${key}` } : {});

async function errorOf(response) {
  let message = t('error.status', { status: response.status });
  let code = '';
  try {
    const body = await response.json();
    if (body.error) {
      message = body.error.message ?? message;
      code = body.error.code ?? '';
    }
  } catch {
    // It is no JSON: the status says all that is known.
  }
  return new ApiError(response.status, message, code);
}

// fetch, with the key; asks for one where the server wants it.
async function send(path, options, asked = false) {
  const key = storedKey();
  let response;
  try {
    response = await fetch(path, {
      ...options, headers: { ...options.headers, ...authorization(key) },
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(0, t('error.unreachable'));
  }
  if (response.status === 401 && !asked) {
    const { message } = await errorOf(response);
    // Another request may have been given one since this was sent.
    if (storedKey() !== key) return send(path, options);
    if (await wantedKey(message)) return send(path, options, true);
    throw new ApiError(401, t('error.key'));
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

function jsonOptions(method, body, options = {}) {
  return {
    method, ...options, body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', ...options.headers },
  };
}

export const get = async (path) => (await send(path, {})).json();
export const post = async (path, body, options) =>
  (await send(path, jsonOptions('POST', body, options))).json();
export const postBytes = async (path, bytes, mediaType) =>
  (await send(path, { method: 'POST', body: bytes, headers: { 'Content-Type': mediaType } })).json();
export const put = async (path, body) => (await send(path, jsonOptions('PUT', body))).json();
export const patch = async (path, body) => (await send(path, jsonOptions('PATCH', body))).json();
export const remove = async (path) => (await send(path, { method: 'DELETE' })).json();

// Posts and reads server-sent events: on(name, data) for each, in order. An "error" event is thrown.
export async function postForEvents(path, body, { on, signal, headers }) {
  const response = await send(path, jsonOptions('POST', body, { signal, headers }));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = parseEvent(text.slice(0, end));
      text = text.slice(end + 2);
      if (event === null) continue;
      if (event.name === 'error') {
        throw new ApiError(500, event.data.error?.message ?? t('error.unknown'), event.data.error?.code);
      }
      on(event.name, event.data);
    }
  }
}

function parseEvent(text) {
  let name = 'message';
  let data = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('event: ')) name = line.slice(7);
    if (line.startsWith('data: ')) data += line.slice(6);
  }
  return data === '' ? null : { name, data: JSON.parse(data) };
}

// Sends bytes as they are; progress(share from 0 to 1) as they leave. The server's answer.
export function upload(path, bytes, mediaType, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', path);
    request.setRequestHeader('Content-Type', mediaType);
    for (const [name, value] of Object.entries(authorization(storedKey()))) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.onload = () => {
      let body = null;
      try {
        body = JSON.parse(request.responseText);
      } catch {
        // Told by the status.
      }
      if (request.status >= 200 && request.status < 300 && body !== null) resolve(body);
      else {
        reject(new ApiError(request.status, body?.error?.message ??
          t('error.status', { status: request.status })));
      }
    };
    request.onerror = () => reject(new ApiError(0, t('error.unreachable')));
    request.send(bytes);
  });
}

// "a b" in a path; slashes stay, as ids have them.
export const documentPath = (id) => `/api/v1/documents/${id.split('/').map(encodeURIComponent).join('/')}`;

export function query(parameters) {
  const text = new URLSearchParams(
    Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '')).toString();
  return text === '' ? '' : `?${text}`;
}

// The routes that the server has: "GET /api/v1/runs" -> true.
let routes = null;
export async function hasRoute(method, path) {
  if (routes === null) {
    const list = await get('/api/v1');
    routes = new Set(list.routes.map((route) => `${route.method} ${route.path}`));
  }
  return routes.has(`${method} ${path}`);
}
