/* The conversation: lines in order, each once; scrolling that does not jump; what is still on its way. */

import { button, el, icon } from './dom.js';
import { licenceForm, ratingForm } from './forms.js';
import { lineNode, plainText, timeOf } from './lines.js';
import { W } from './words.js';

const NEAR_END = 80; // pixels

export class Log {
  constructor(tools) {
    this.tools = tools;
    this.lines = el('div', {
      class: 'lines',
      role: 'log',
      'aria-live': 'polite',
      'aria-label': W.log,
      tabindex: 0,
      onscroll: () => this.#scrolled(),
    });
    this.typing = el('p', { class: 'typing', hidden: true }, el('span', { class: 'dots', 'aria-hidden': 'true' }, '•••'), ` ${W.bot} ${W.typing}`);
    this.pill = button([W.newBelow, icon('M6 10l6 6 6-6')], () => this.toEnd(), { class: 'pill', hidden: true });
    this.node = el('div', { class: 'body' }, this.lines, this.typing, this.pill);
    this.clear();
  }

  clear() {
    this.lines.replaceChildren();
    this.byId = new Map(); // own and other tabs' lines of the visitor: id → article
    this.told = []; // what a transcript has
    this.working = new Set();
    this.live = false;
    this.seq = 0;
    this.expected = 0;
    this.day = '';
    this.#busy();
  }

  /** The server has lines up to number `last`: until they are here, nothing is announced. */
  expect(last) {
    this.expected = last;
    this.live = this.seq >= last;
    this.lines.setAttribute('aria-busy', String(!this.live));
  }

  /** Put in a line of the server; false when it is here already. */
  line(frame) {
    if (frame.from === 'user') return this.#users(frame);
    if (frame.seq) this.seq = Math.max(this.seq, frame.seq);
    this.#put(lineNode(frame, this.tools), frame);
    if (frame.custom?.type === 'submitted' && this.live && !this.tools.memory.get('rated')) this.#ask(ratingForm(this.tools));
    if (this.seq >= this.expected && !this.live) this.expect(this.expected);
    return true;
  }

  /** A line of the visitor that is on its way. */
  own(message) {
    const frame = { from: 'user', id: message.id, text: message.title || message.text, at: message.at };
    this.#users(frame);
    this.state(message.id, 'sending');
  }

  #users(frame) {
    const known = this.byId.get(frame.id);
    if (known) {
      this.state(frame.id, 'delivered');
      return false;
    }
    this.#settleChoices();
    const article = lineNode(frame, this.tools);
    this.byId.set(frame.id, article);
    this.#put(article, frame);
    this.anchor = article;
    return true;
  }

  /** How a line of the visitor fares: sending, waiting, delivered, failed. */
  state(id, state) {
    const article = this.byId.get(id);
    if (!article) return;
    article.dataset.state = state;
    const mark = article.querySelector('.fate');
    mark.replaceChildren(W[state] || '');
    if (state === 'failed') {
      mark.append(button(W.retry, () => this.tools.retry(id), { class: 'retry' }));
      this.working.delete(id);
      this.#busy();
    }
  }

  /** The server has it (without what the filter took out): an answer is being made. */
  delivered({ id, text }) {
    const article = this.byId.get(id);
    if (article && text) article.querySelector('.bubble').textContent = text;
    const told = this.told.find((each) => each.id === id);
    if (told && text) told.text = text;
    this.state(id, 'delivered');
    this.working.add(id);
    this.#busy();
  }

  answered(id, ok) {
    this.working.delete(id);
    this.#busy();
    if (!ok) this.state(id, 'delivered');
  }

  /** Not let in: the reason is a line, and where it makes sense it may be sent again. */
  refused({ id, again, line }) {
    this.line(line);
    const article = this.byId.get(id);
    this.state(id, 'failed');
    if (!again) article?.querySelector('.retry')?.remove();
  }

  #busy() {
    if (this.typing) this.typing.hidden = !this.working.size;
    this.keepEnd();
  }

  /** Choices and forms belong to the last question only. */
  #settleChoices() {
    for (const node of this.lines.querySelectorAll('.once')) node.remove();
  }

  #put(article, frame) {
    const follow = this.#atEnd();
    const day = new Date(frame.at).toLocaleDateString('zh-CN');
    const before = frame.from === 'user' ? null : this.#firstUnderway(); // what is still on its way stays last
    if (day !== this.day) {
      this.day = day;
      this.lines.insertBefore(el('p', { class: 'day' }, timeOf(frame.at, true)), before);
    }
    this.lines.insertBefore(article, before);
    this.told.push({ id: frame.id, at: frame.at, from: frame.from, text: plainText(frame) });
    if (follow || !this.live) this.#follow();
    else if (frame.from !== 'user') this.pill.hidden = false;
  }

  #firstUnderway() {
    return [...this.byId.values()].find((each) => each.isConnected && each.dataset.state && each.dataset.state !== 'delivered') ?? null;
  }

  // --- scrolling

  #atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.lines;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  /** Show the newest, but never push the visitor's own last words off the top. */
  #follow() {
    const end = this.lines.scrollHeight - this.lines.clientHeight;
    const top = this.live && this.anchor?.isConnected ? this.anchor.offsetTop - 8 : end;
    this.lines.scrollTop = Math.min(end, Math.max(top, 0));
    if (top < end - NEAR_END) this.pill.hidden = false;
  }

  toEnd() {
    this.lines.scrollTop = this.lines.scrollHeight;
    this.pill.hidden = true;
  }

  /** After the window changed its size. */
  keepEnd() {
    if (this.pill?.hidden) this.lines.scrollTop = this.lines.scrollHeight;
  }

  #scrolled() {
    if (this.#atEnd()) this.pill.hidden = true;
  }

  // --- things that the visitor asks for

  #ask(form) {
    this.lines.querySelector('.asked')?.remove();
    this.lines.append(el('article', { class: 'line system asked' }, form));
  }

  #goTo(form) {
    this.#ask(form);
    this.toEnd();
    form.querySelector('input, button')?.focus();
  }

  rating() {
    this.#goTo(ratingForm(this.tools));
  }

  licence() {
    this.#goTo(licenceForm(this.tools));
  }

  download(title) {
    const lines = this.told.map(({ at, from, text }) => `[${timeOf(at, true)} ${timeOf(at)}] ${W[from === 'user' ? 'you' : from]}${W.says}${text}`);
    const file = new Blob([`${title} ${W.transcript}\r\n\r\n${lines.join('\r\n\r\n')}\r\n`], { type: 'text/plain;charset=utf-8' });
    const href = URL.createObjectURL(file);
    el('a', { href, download: W.transcriptName }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10000);
  }
}
