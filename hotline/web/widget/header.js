/* The window's head: title, a person in one tap, more, minimise; below it how the line and the desk are. */

import { button, el, icon } from './dom.js';
import { W } from './words.js';

export class Header {
  constructor({ title, memory, close, person, large, rate, download, licence }) {
    this.memory = memory;
    this.onLarge = large;
    this.more = button(icon('M5 12h.01M12 12h.01M19 12h.01'), () => this.#toggle(), {
      class: 'tool',
      'aria-label': W.more,
      'aria-expanded': 'false',
      'aria-controls': 'more',
    });
    const choice = (label, act) =>
      button(label, () => {
        this.closeMore();
        act();
      }, { class: 'choice' });
    this.menu = el(
      'div',
      { class: 'more', id: 'more', role: 'group', 'aria-label': W.more, hidden: true },
      this.#switch(W.large, 'large', false, large),
      this.#switch(W.sound, 'sound', true, () => {}),
      choice(W.licence, licence),
      choice(W.download, download),
      choice(W.rate, rate),
    );
    this.deskLine = el('p', { class: 'desk' });
    this.stateLine = el('p', { class: 'state', role: 'status', hidden: true });
    this.queueLine = el('p', { class: 'queue', role: 'status', hidden: true });
    this.node = el(
      'div',
      { class: 'head' },
      el(
        'div',
        { class: 'bar' },
        el('h2', { class: 'title' }, title),
        button(W.person, person, { class: 'person' }),
        this.more,
        button(icon('M6 12h12'), close, { class: 'tool', 'aria-label': W.minimise }),
      ),
      this.menu,
      this.deskLine,
      this.queueLine,
      this.stateLine,
    );
  }

  /** A setting of this browser that is on or off. */
  #switch(label, name, standard, changed) {
    const value = () => this.memory.get(name) ?? standard;
    const mark = el('span', { class: 'mark' }, value() ? W.on : W.off);
    const made = el(
      'button',
      {
        type: 'button',
        class: 'choice',
        role: 'switch',
        'aria-checked': String(value()),
        onclick: () => {
          this.memory.set(name, !value());
          made.setAttribute('aria-checked', String(value()));
          mark.textContent = value() ? W.on : W.off;
          changed(value());
        },
      },
      el('span', {}, label),
      mark,
    );
    return made;
  }

  #toggle() {
    const open = this.menu.hidden;
    this.menu.hidden = !open;
    this.more.setAttribute('aria-expanded', String(open));
    if (open) this.menu.firstElementChild.focus();
  }

  /** Whether there was something to close; the focus goes back to where it came from. */
  closeMore() {
    if (this.menu.hidden) return false;
    this.#toggle();
    this.more.focus();
    return true;
  }

  desk(desk) {
    this.deskLine.textContent = desk.staffed ? W.staffed(desk) : W.unstaffed(desk);
  }

  queue(queue) {
    this.queueLine.hidden = !queue;
    this.queueLine.textContent = !queue ? '' : queue.status === 'waiting' ? W.queue(queue.ahead) : W.withPerson;
  }

  state(state) {
    const words = { connecting: W.connecting, offline: W.offline, polling: W.polling }[state];
    this.stateLine.hidden = !words;
    this.stateLine.textContent = words || '';
    this.stateLine.dataset.state = state || '';
  }
}
