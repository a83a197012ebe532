// Making elements. Text goes in as text: nothing here, or anywhere on the page, parses HTML.

// h('p', { class: 'note', onclick: f }, 'text', element, [more])
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value' || name === 'checked') element[name] = value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined &&
    child !== false));
  return element;
}

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children.flat(Infinity).filter(Boolean));
  return element;
}

// A line icon of icons below, decoration only.
export function icon(name) {
  return svg('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    PATHS[name].map((d) => svg('path', { d })));
}

const PATHS = {
  ask: ['M21 12a8 8 0 0 1-11.5 7.2L4 20.5l1.3-4.6A8 8 0 1 1 21 12Z'],
  search: ['M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14Z', 'm20 20-4-4'],
  documents: ['M14 3H7a1 1 0 0 0-1 1v16a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V7Z', 'M14 3v4h4', 'M9 12h6M9 16h6'],
  compare: ['M4 5h6v14H4zM14 5h6v14h-6z'],
  profiles: ['M4 7h8M16 7h4M14 5v4', 'M4 12h2M10 12h10M8 10v4', 'M4 17h10M18 17h2M16 15v4'],
  runs: ['M4 20V10M10 20V4M16 20v-7M21 20H3'],
  insights: ['M4 6c0-1.7 3.6-3 8-3s8 1.3 8 3-3.6 3-8 3-8-1.3-8-3Z', 'M4 6v12c0 1.7 3.6 3 8 3s8-1.3 8-3V6', 'M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3'],
  keys: ['M8 15a4 4 0 1 1 3.5-2H21v3h-3v3h-3v-3h-3.5A4 4 0 0 1 8 15Z'],
  up: ['M7 11v9H4v-9zM7 11l4-8a2.5 2.5 0 0 1 2.5 2.5V9H19a1.8 1.8 0 0 1 1.8 2.1l-1.2 7A2 2 0 0 1 17.6 20H7'],
  down: ['M17 13V4h3v9zM17 13l-4 8a2.5 2.5 0 0 1-2.5-2.5V15H5a1.8 1.8 0 0 1-1.8-2.1l1.2-7A2 2 0 0 1 6.4 4H17'],
  copy: ['M9 9h11v11H9z', 'M5 15H4V4h11v1'],
  close: ['m6 6 12 12M18 6 6 18'],
  attach: ['m20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.4a1.6 1.6 0 0 1-2.3-2.3L14.5 7'],
  send: ['M5 12h14M13 6l6 6-6 6'],
  stop: ['M7 7h10v10H7z'],
  upload: ['M12 16V4M7 9l5-5 5 5', 'M4 20h16'],
  trash: ['M4 7h16M10 11v6M14 11v6M6 7l1 13h10l1-13M9 7V4h6v3'],
  edit: ['M4 20h4L19 9l-4-4L4 16Z'],
  plus: ['M12 5v14M5 12h14'],
  globe: ['M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z', 'M3 12h18M12 3c2.5 2.6 3.7 5.6 3.7 9s-1.2 6.4-3.7 9c-2.5-2.6-3.7-5.6-3.7-9S9.5 5.6 12 3Z'],
  moon: ['M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.500Z'],
};

// The element's children become these.
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null &&
    child !== undefined && child !== false));
  return element;
}

// A message at the foot of the page that goes by itself; read out by screen readers.
export function toast(text) {
  const place = document.getElementById('toasts');
  const message = h('p', { class: 'toast' }, text);
  place.append(message);
  setTimeout(() => message.remove(), 4000);
}

// A question in a dialog; resolves to what `read` returns, or null where it was left.
// `make(accept)` returns the content.
export function ask(title, content, { accept, cancel, danger = false, read = () => true }) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const heading = h('h2', { id: 'dialog-title' }, title);
    const dialog = h('dialog', { 'aria-labelledby': 'dialog-title' },
      h('form', { method: 'dialog' }, heading, content,
        h('div', { class: 'dialog-actions' },
          cancel && h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, cancel),
          h('button', { type: 'submit', class: danger ? 'danger' : 'primary', value: 'accept' }, accept))));
    dialog.addEventListener('close', () => {
      resolve(dialog.returnValue === 'accept' ? read(dialog) : null);
      dialog.remove();
      if (before instanceof HTMLElement) before.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
    const first = dialog.querySelector('input, textarea, select');
    if (first) first.focus();
  });
}
