// Which collection the views work on, and what there is.

import { get } from './api.js';
import { fill, h } from './dom.js';
import { t } from './i18n.js';

const CHOICE = 'quarry.collection';

export const currentCollection = () => localStorage.getItem(CHOICE) ?? 'default';
export const setCollection = (name) => localStorage.setItem(CHOICE, name);

export async function listCollections() {
  const { collections } = await get('/api/v1/collections');
  return collections;
}

// A choice of the collection; changed() when the reader takes another. Fills itself.
export function collectionChoice(changed) {
  const select = h('select', {
    onchange: () => {
      setCollection(select.value);
      changed();
    },
  }, h('option', { value: currentCollection() }, currentCollection()));
  const label = h('label', { class: 'choice' }, h('span', {}, t('collection')), select);
  label.loaded = listCollections().then((collections) => {
    const names = collections.map(({ name }) => name);
    if (names.length > 0 && !names.includes(currentCollection())) setCollection(names[0]);
    fill(select, names.map((name) => h('option', { value: name, selected: name === currentCollection() }, name)));
    label.hidden = names.length < 2;
    return collections;
  });
  return label;
}
