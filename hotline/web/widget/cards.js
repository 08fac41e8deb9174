/* Typed payloads as nodes: `cards[type](card, tools, text)`. Malformed ones throw or give null, then the text stands.
 * docs/widget.md describes each. */

import { curve } from './curve.js';
import { button, el, words } from './dom.js';
import { fieldForm, licenceForm, timeForm } from './forms.js';
import { W } from './words.js';

const list = (value) => (Array.isArray(value) ? value : []);

function box(kind, ...children) {
  return el('div', { class: `card ${kind}` }, children);
}

function title(text) {
  return text ? el('h3', {}, String(text)) : null;
}

function table(head, rows, caption) {
  return el(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': caption || list(head).join('、') || W.more },
    el(
      'table',
      {},
      list(head).length ? el('thead', {}, el('tr', {}, list(head).map((cell) => el('th', { scope: 'col' }, words(cell))))) : null,
      el('tbody', {}, list(rows).map((row) => el('tr', {}, list(row).map((cell, place) => (place ? el('td', {}, words(cell)) : el('th', { scope: 'row' }, words(cell))))))),
    ),
  );
}

/** Label and value, one under the other. */
function pairs(rows) {
  return el('dl', { class: 'pairs' }, list(rows).map((row) => el('div', {}, el('dt', {}, String(row[0])), el('dd', {}, words(row[1])))));
}

const blocks = {
  text: (block) => el('p', {}, words(block.text)),
  note: (block) => el('p', { class: 'note' }, words(block.text)),
  list: (block) => el('ul', {}, list(block.items).map((item) => el('li', {}, words(item)))),
  steps: (block) => el('ol', {}, list(block.items).map((item) => el('li', {}, words(item)))),
  table: (block) => table(block.head, block.rows, block.title),
};

export const cards = {
  /** An answer of the knowledge base: blocks of text, note, list, steps, table. */
  answer(card) {
    const drawn = list(card.blocks).flatMap((block) => (Object.hasOwn(blocks, block?.type) ? [title(block.title), blocks[block.type](block)] : []));
    if (!drawn.length) return null;
    return box('answer', drawn, card.ask ? el('p', { class: 'ask' }, words(card.ask)) : null);
  },

  comparison(card) {
    return list(card.rows).length ? box('comparison', table(card.head, card.rows)) : null;
  },

  plan_card(card) {
    if (!card.title || !list(card.rows).length) return null;
    return box(
      'plan',
      el('p', { class: 'hint' }, String(card.hint ?? '')),
      el('h3', {}, String(card.title)),
      card.cost ? el('p', { class: 'cost' }, String(card.cost)) : null,
      pairs(card.rows),
      list(card.notes).map((note) => el('p', { class: 'note' }, words(note))),
      card.curve ? el('details', {}, el('summary', {}, W.curve), curve(card.curve)) : null,
      card.ask ? el('p', { class: 'ask' }, words(card.ask)) : null,
    );
  },

  number_cards(card, tools) {
    const numbers = list(card.numbers).filter((each) => each?.shown && each.payload);
    if (!numbers.length) return null;
    return box(
      'numbers',
      el(
        'ul',
        {},
        numbers.map((each) =>
          el(
            'li',
            {},
            el('span', { class: 'number' }, String(each.shown)),
            el('span', { class: 'good' }, [each.good, each.price].filter(Boolean).join(' · ')),
            button(W.hold, () => tools.press(String(each.payload), String(each.title || `${W.hold} ${each.shown}`)), {
              class: 'hold',
              'aria-label': String(each.title || `${W.hold} ${each.shown}`),
            }),
          ),
        ),
      ),
    );
  },

  checklist(card, tools) {
    const items = list(card.items).filter((item) => item?.name);
    if (!items.length) return null;
    return box(
      'checklist',
      el(
        'ul',
        {},
        items.map((item) =>
          el(
            'li',
            { class: item.done ? 'has' : 'lacks' },
            el('span', { class: 'tick', 'aria-hidden': 'true' }, item.done ? '✓' : '○'),
            el('span', { class: 'name' }, String(item.name)),
            el('span', { class: 'tag' }, item.done ? W.has : W.lacks),
            item.need ? el('span', { class: 'need' }, words(item.need)) : null,
          ),
        ),
      ),
      items.some((item) => item.upload && !item.done) ? el('details', { class: 'once' }, el('summary', {}, W.uploadLicence), licenceForm(tools)) : null,
    );
  },

  summary(card) {
    return list(card.rows).length ? box('summary', pairs(card.rows)) : null;
  },

  submitted(card) {
    if (!card.reference) return null;
    return box('submitted', el('p', { class: 'hint' }, W.reference), el('p', { class: 'reference' }, String(card.reference)));
  },

  /** What the customer is asked to agree to, a line each: "用途：…". */
  consent(card, tools, text) {
    const rows = String(text).split('\n').map((row) => row.match(/^(.{2,6})：(.+?)[；。]?$/)).filter(Boolean);
    if (rows.length < 2) return null;
    card.covers = rows.map((row) => row[0]).join('\n');
    return box('consent', pairs(rows.map((row) => [row[1], row[2]])));
  },

  field: (card, tools) => (card.field ? box('once', fieldForm(card, tools)) : null),
  when: (card, tools) => (list(card.days).length ? box('once', timeForm(card, tools)) : null),
};
