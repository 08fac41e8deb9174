/* The window: header, conversation, composer; and what ties them to the line. */

import { Composer } from './composer.js';
import { el } from './dom.js';
import { Header } from './header.js';
import { Log } from './log.js';
import { Sound } from './sound.js';
import { Transport } from './transport.js';
import { W } from './words.js';

const PHONE = '(max-width: 520px)';
const STYLES = ['widget.css', 'cards.css'];

async function sheet(name) {
  const answer = await fetch(new URL(name, import.meta.url));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  const made = new CSSStyleSheet();
  made.replaceSync(await answer.text());
  return made;
}

export class Panel {
  /** The window of a launcher, hidden at first; style sheets are there before anything is shown. */
  static async make(options) {
    const sheets = await Promise.all(STYLES.map(sheet));
    const root = options.host.shadowRoot;
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...sheets];
    return new Panel(options);
  }

  constructor({ host, server, title, memory }) {
    Object.assign(this, { host, memory });
    this.isOpen = false;
    this.unread = 0;
    this.pageTitle = null;
    this.sound = new Sound(memory);
    this.transport = new Transport({
      server,
      memory,
      hear: (frame) => this.#hear(frame),
      tell: (state) => this.header.state(state),
    });
    this.log = new Log({
      press: (payload, label) => this.say(payload, label),
      say: (text) => this.say(text),
      check: (field, value) => this.transport.check(field, value),
      upload: (material, file) => this.#upload(material, file),
      rate: (stars) => this.transport.post({ t: 'rate', id: `rating-${Date.now()}`, stars }),
      retry: (id) => this.transport.resend(id),
      memory,
    });
    this.header = new Header({
      title,
      memory,
      close: () => this.close(),
      person: () => this.person && this.say(this.person, W.person),
      large: (on) => this.#large(on),
      rate: () => this.log.rating(),
      download: () => this.log.download(title),
      licence: () => this.log.licence(),
    });
    this.composer = new Composer({ say: (text) => this.say(text), seen: () => this.#seen() });
    this.section = el(
      'section',
      { class: 'panel', role: 'dialog', 'aria-label': title, hidden: true, onkeydown: (event) => this.#key(event) },
      this.header.node,
      this.log.node,
      this.composer.node,
    );
    host.shadowRoot.append(this.section);
    this.#large(Boolean(memory.get('large')));
    this.#fitKeyboard();
    document.addEventListener('visibilitychange', () => this.#seen());
    addEventListener('focus', () => this.#seen());
    this.transport.start();
    this.header.state(this.transport.state);
    for (const message of this.transport.pending.values()) this.log.own(message);
  }

  open({ focus = true } = {}) {
    this.isOpen = true;
    this.section.hidden = false;
    this.memory.set('open', true);
    this.#show();
    this.log.toEnd();
    if (focus) this.composer.focus();
    if (this.met) this.transport.post({ t: 'open' });
    this.#seen();
  }

  close() {
    this.isOpen = false;
    this.section.hidden = true;
    this.memory.set('open', false);
    this.#show();
    this.host.button.focus();
  }

  /** Something the visitor typed, or pressed (`label` is what the button said). */
  say(text, label) {
    const message = this.transport.keep(text, label);
    this.log.own(message);
    this.transport.resend(message.id);
    this.log.toEnd();
    this.sound.wake();
  }

  async #upload(material, file) {
    const answer = await this.transport.upload(material, file);
    if (answer?.line) this.log.line(answer.line);
    return answer;
  }

  #hear(frame) {
    if (frame.t === 'ready') {
      this.met = true;
      this.person = frame.person;
      this.composer.limit = frame.limit;
      this.header.desk(frame.desk);
      this.header.queue(frame.queue);
      this.log.expect(frame.last);
      if (this.isOpen) this.transport.post({ t: 'open' });
    } else if (frame.t === 'line') this.#line(frame);
    else if (frame.t === 'state') this.log.state(frame.id, frame.state);
    else if (frame.t === 'ack') this.log.delivered(frame);
    else if (frame.t === 'done') this.log.answered(frame.id, frame.ok);
    else if (frame.t === 'refused') this.log.refused(frame);
    else if (frame.t === 'status') this.header.queue(frame.queue);
    else if (frame.t === 'reset') this.log.clear();
    else if (frame.t === 'rated') this.memory.set('rated', true);
  }

  #line(frame) {
    const fresh = this.log.line(frame);
    if (!fresh || frame.from === 'user' || !frame.seq) return;
    if (frame.seq > (this.memory.get('read') || 0)) {
      this.unread += 1;
      if (this.log.live && (!this.isOpen || document.hidden)) this.sound.ping();
      this.#seen();
    }
  }

  /** Lines count as read when the window is open on a page that is looked at. */
  #seen() {
    if (this.isOpen && !document.hidden && this.unread) {
      this.unread = 0;
      this.memory.set('read', Math.max(this.memory.get('read') || 0, this.transport.seq));
    }
    this.#show();
  }

  #show() {
    this.host.show({ open: this.isOpen, unread: this.isOpen ? 0 : this.unread });
    if (this.unread && document.hidden) {
      this.pageTitle ??= document.title;
      document.title = `(${this.unread}) ${this.pageTitle}`;
    } else if (this.pageTitle !== null) {
      document.title = this.pageTitle;
      this.pageTitle = null;
    }
  }

  #large(on) {
    this.section.classList.toggle('large', on);
  }

  #key(event) {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.stopPropagation();
    if (!this.header.closeMore()) this.close();
  }

  /** On a phone the window is what the keyboard leaves of the screen. */
  #fitKeyboard() {
    const view = window.visualViewport;
    if (!view) return;
    const fit = () => {
      const phone = matchMedia(PHONE).matches;
      this.section.style.height = phone ? `${view.height}px` : '';
      this.section.style.top = phone ? `${view.offsetTop}px` : '';
      if (this.isOpen && phone) this.log.keepEnd();
    };
    view.addEventListener('resize', fit);
    view.addEventListener('scroll', fit);
    fit();
  }
}
