/* Where the visitor writes. Enter sends, Shift+Enter makes a line, Enter that ends an IME composition does neither. */

import { button, el, icon } from './dom.js';
import { W } from './words.js';

export class Composer {
  constructor({ say, seen }) {
    this.say = say;
    this.limit = 2000;
    this.composing = false;
    this.input = el('textarea', {
      class: 'input',
      rows: 1,
      'aria-label': W.input,
      placeholder: W.placeholder,
      enterkeyhint: 'send',
      autocomplete: 'off',
      onkeydown: (event) => this.#key(event),
      oninput: () => this.#changed(),
      onfocus: seen,
      oncompositionstart: () => (this.composing = true),
      oncompositionend: () => (this.composing = false),
    });
    this.over = el('p', { class: 'over', role: 'status', hidden: true });
    this.sendButton = button(icon('M4 12l16-8-5 16-3-7z'), () => this.send(), {
      class: 'send',
      'aria-label': W.send,
      disabled: true,
    });
    this.node = el('div', { class: 'composer' }, this.over, this.input, this.sendButton);
  }

  focus() {
    this.input.focus();
  }

  send() {
    const text = this.input.value.trim();
    if (!text || text.length > this.limit) return;
    this.input.value = '';
    this.#changed();
    this.say(text);
    this.focus();
  }

  #key(event) {
    if (event.key !== 'Enter' || event.shiftKey) return;
    // 229: Safari and some IMEs report the composing Enter only so
    if (event.isComposing || this.composing || event.keyCode === 229) return;
    event.preventDefault();
    this.send();
  }

  #changed() {
    const { input } = this;
    input.style.height = 'auto';
    input.style.height = `${Math.min(input.scrollHeight + 2, 132)}px`;
    const over = input.value.trim().length - this.limit;
    this.over.hidden = over <= 0;
    this.over.textContent = over > 0 ? W.tooLong(over) : '';
    this.sendButton.disabled = !input.value.trim() || over > 0;
  }
}
