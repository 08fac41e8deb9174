/* One line of the conversation as nodes: who, what, when; the card that belongs to it; the choices it offers. */

import { cards } from './cards.js';
import { button, el, safe, words, link } from './dom.js';
import { W } from './words.js';

/** A time of day, or with `day` the date. */
export function timeOf(at, day = false) {
  const date = new Date(at);
  if (!day) return date.toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false });
  return date.toLocaleDateString('zh-CN', { year: 'numeric', month: 'long', day: 'numeric' });
}

/** A line as plain text, for copying and for the transcript. */
export function plainText(frame) {
  return String(frame.text ?? '');
}

export function lineNode(frame, tools) {
  const article = el('article', { class: `line ${frame.from}` });
  article.append(el('span', { class: 'hidden' }, `${W[frame.from === 'user' ? 'you' : frame.from] ?? W.system}${W.says}`));
  if (frame.from === 'desk') article.append(el('p', { class: 'who' }, W.desk));
  if (frame.from === 'user') {
    article.append(bubble(frame.text));
    article.append(el('p', { class: 'meta' }, el('span', { class: 'fate' }), ` ${timeOf(frame.at)}`));
    return article;
  }
  const [before, card, after] = shown(frame, tools);
  if (before) article.append(bubble(before));
  if (card) article.append(card);
  if (after) article.append(bubble(after));
  if (typeof frame.image === 'string' && safe(frame.image)) article.append(el('p', { class: 'bubble' }, link(frame.image, frame.image)));
  article.append(choices(frame, tools));
  article.append(el('p', { class: 'meta' }, timeOf(frame.at), copyButton(frame)));
  return article;
}

function bubble(text) {
  return el('div', { class: 'bubble' }, words(text));
}

/** Text before the card, the card, text after it. A card says which part of the text it shows better (`covers`:
 * that part, or true for all of it); a card we do not know is left to the text. */
function shown(frame, tools) {
  const text = plainText(frame);
  const { custom } = frame;
  const draw = custom && typeof custom === 'object' && Object.hasOwn(cards, custom.type) ? cards[custom.type] : null;
  let card = null;
  try {
    card = draw && draw(custom, tools, text);
  } catch (error) {
    console.warn('hotline-chat: card', custom?.type, error); // malformed: the text says it
  }
  if (!card) return [text, null, ''];
  if (custom.covers === true) return ['', card, ''];
  const covers = typeof custom.covers === 'string' ? custom.covers.trim() : '';
  const at = covers ? text.indexOf(covers) : -1;
  if (at < 0) return [text, card, ''];
  return [text.slice(0, at).trim(), card, text.slice(at + covers.length).trim()];
}

/** The buttons, without those that the card has. They go when the question is answered. */
function choices(frame, tools) {
  const inCard = new Set((frame.custom?.numbers ?? []).map?.((each) => each.payload) ?? []);
  const offered = (Array.isArray(frame.buttons) ? frame.buttons : []).filter((each) => each?.title && !inCard.has(each.payload));
  if (!offered.length) return el('span', { hidden: true });
  return el(
    'div',
    { class: 'choices once', role: 'group', 'aria-label': W.choices },
    offered.map(({ title, payload }) => button(String(title), () => tools.press(String(payload || title), String(title)), { class: 'reply' })),
  );
}

function copyButton(frame) {
  const made = button(
    W.copy,
    async () => {
      await copy(plainText(frame), made);
      made.textContent = W.copied;
      setTimeout(() => (made.textContent = W.copy), 1500);
    },
    { class: 'copy' },
  );
  return made;
}

async function copy(text, near) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el('textarea', { class: 'hidden', readonly: true });
    area.value = text;
    near.after(area);
    area.select();
    document.execCommand('copy'); // pages without https have no other way
    area.remove();
  }
}
