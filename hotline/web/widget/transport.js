/* The line to the server. A WebSocket; where that is blocked, requests that wait for news. Both carry the same
 * frames. Lines of the server are numbered, so that after any break the next hello asks for what was missed; our
 * messages bear an id of ours and are sent again until they are acknowledged, which makes no second message.
 */

import { newId } from './dom.js';

const READY_MS = 8000; // a socket that is not ready by then is given up
const SILENCE_MS = 50000; // the server says something at least every 20 s
const ACK_MS = 10000;
const SOCKET_AGAIN_MS = 60000; // while polling, a socket is tried again
const BACKOFF_MS = [300, 1000, 2000, 4000, 8000, 15000];
const WAIT_S = 20;

export class Transport {
  /** `hear(frame)` gets every frame, `tell(state)` the state of the line: connecting, online, polling, offline. */
  constructor({ server, memory, hear, tell }) {
    Object.assign(this, { memory, hear, tell });
    this.base = `${server}/webhooks/web`;
    this.seq = 0; // the last numbered line that was heard
    this.asked = 0; // the time of the visitor's last line that was heard
    this.failures = 0;
    this.waiting = new Map(); // n → resolve, of checks
    this.pending = new Map(this.#kept()); // id → message, not acknowledged yet
    this.count = 0;
    addEventListener('online', () => this.#again(0));
    addEventListener('offline', () => this.#lost());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && this.state === 'offline') this.#again(0);
    });
  }

  start() {
    if (this.state) return;
    this.#to('connecting');
    this.#connect();
  }

  /** Keep a message of the visitor until the server has it; `resend` sends it. */
  keep(text, title) {
    const message = { id: newId(), text, ...(title ? { title } : {}), at: Date.now() };
    this.pending.set(message.id, message);
    this.#keep();
    return message;
  }

  /** Send a kept message (again). */
  resend(id) {
    const message = this.pending.get(id);
    if (!message) return;
    if (this.state !== 'online' && this.state !== 'polling') {
      this.hear({ t: 'state', id, state: 'waiting' });
      return;
    }
    this.hear({ t: 'state', id, state: 'sending' });
    this.post({ t: 'say', id, text: message.text, title: message.title });
    clearTimeout(message.timer);
    message.timer = setTimeout(() => {
      if (this.pending.has(id)) this.hear({ t: 'state', id, state: 'failed' });
    }, ACK_MS);
  }

  /** Send a frame over whatever line there is. */
  async post(frame) {
    if (this.socket && this.state === 'online') {
      this.socket.send(JSON.stringify(frame));
      return;
    }
    try {
      const { frames } = await this.#fetch('frames', { method: 'POST', body: JSON.stringify(frame) });
      frames.forEach((each) => this.#heard(each));
    } catch {
      if (frame.t === 'say') this.hear({ t: 'state', id: frame.id, state: 'failed' });
    }
  }

  /** Whether the server would accept a value; null when it cannot be asked. */
  check(field, value) {
    const n = ++this.count;
    return new Promise((resolve) => {
      this.waiting.set(n, resolve);
      setTimeout(() => this.#checked({ n }), 5000);
      this.post({ t: 'check', n, field, value });
    });
  }

  #checked(frame) {
    this.waiting.get(frame.n)?.(frame.ok === undefined ? null : frame);
    this.waiting.delete(frame.n);
  }

  /** Send a file; the server's frame, or null when it did not get there. */
  async upload(material, file) {
    try {
      return await this.#fetch(`upload?material=${encodeURIComponent(material)}`, { method: 'POST', body: file });
    } catch {
      return null;
    }
  }

  // --- the socket

  async #connect() {
    clearTimeout(this.timer);
    if (this.socket) return;
    try {
      await this.#token();
    } catch {
      this.#lost();
      this.#again();
      return;
    }
    if (this.socket) return;
    let socket;
    try {
      socket = new WebSocket(`${this.base.replace(/^http/, 'ws')}/socket`);
    } catch {
      this.#refused();
      return;
    }
    this.socket = socket;
    let ready = false;
    const watch = setTimeout(() => socket.close(), READY_MS);
    socket.onopen = () => socket.send(JSON.stringify({ t: 'hello', token: this.memory.get('token'), ...this.#place() }));
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      this.#alive();
      if (frame.t === 'ready') {
        ready = true;
        clearTimeout(watch);
        this.failures = 0;
        this.abort?.abort();
        this.#to('online');
      }
      this.#heard(frame);
    };
    socket.onclose = () => {
      clearTimeout(watch);
      if (this.socket !== socket) return;
      this.socket = undefined;
      if (ready) {
        this.#to('offline');
        this.#again();
      } else this.#refused();
    };
  }

  /** A socket that never got ready: after the second one, requests do instead. */
  #refused() {
    this.failures += 1;
    if (this.state === 'polling') return;
    if (this.failures >= 2 && navigator.onLine !== false) this.#poll();
    else {
      this.#to('offline');
      this.#again();
    }
  }

  #lost() {
    const { socket } = this;
    this.socket = undefined;
    socket?.close();
    this.abort?.abort();
    this.#to('offline');
  }

  #again(after = BACKOFF_MS[Math.min(this.failures, BACKOFF_MS.length - 1)]) {
    if (!this.state || this.state === 'polling') return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#connect(), after * (0.7 + Math.random() * 0.6));
  }

  #alive() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.socket?.close(), SILENCE_MS);
  }

  // --- requests instead

  async #poll() {
    const abort = new AbortController();
    this.abort = abort;
    let socketAt = Date.now() + SOCKET_AGAIN_MS;
    let met = false;
    while (!abort.signal.aborted) {
      try {
        if (!met) {
          const { frames } = await this.#fetch('frames', { method: 'POST', body: JSON.stringify({ t: 'hello' }) });
          met = true;
          this.#to('polling');
          frames.forEach((each) => this.#heard(each));
        }
        const { after, asked } = this.#place();
        const news = await this.#fetch(`news?after=${after}&asked=${asked}&wait=${WAIT_S}`, { signal: abort.signal });
        news.frames.forEach((each) => this.#heard(each));
        if (this.seq === after) await new Promise((resolve) => setTimeout(resolve, 1000)); // never a busy loop
        this.failures = 0;
      } catch (error) {
        if (abort.signal.aborted) return;
        this.failures += 1;
        met = false;
        this.#to('offline');
        this.abort = undefined;
        this.#again();
        return;
      }
      if (Date.now() > socketAt) {
        socketAt = Date.now() + SOCKET_AGAIN_MS;
        this.#connect();
      }
    }
  }

  async #fetch(path, options = {}) {
    const headers = path === 'session' ? {} : { authorization: `Bearer ${await this.#token()}` };
    const answer = await fetch(`${this.base}/${path}`, { ...options, headers, cache: 'no-store', credentials: 'omit' });
    if (answer.status === 401) this.#forget();
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }

  // --- who we are

  /** The visitor's token; a new one for a new visitor, the same for all tabs. */
  async #token() {
    const make = async () => {
      const known = this.memory.get('token');
      if (known) return known;
      const { token } = await this.#fetch('session', { method: 'POST' });
      this.memory.set('token', token);
      return token;
    };
    return navigator.locks ? navigator.locks.request(this.memory.key, make) : make();
  }

  #forget() {
    this.memory.set('token', undefined);
    this.memory.set('read', 0);
    this.seq = this.asked = 0;
    this.hear({ t: 'reset' });
  }

  #place() {
    return { after: this.seq, asked: this.asked };
  }

  // --- what is heard

  #heard(frame) {
    if (frame.t === 'ready') {
      if (frame.token) this.memory.set('token', frame.token);
      this.hear(frame);
      for (const id of this.pending.keys()) this.resend(id);
      return;
    }
    if (frame.t === 'checked') return this.#checked(frame);
    if (frame.t === 'error' && frame.code === 'token') return this.#forget();
    if (frame.t === 'line' && frame.seq) {
      if (frame.seq <= this.seq) return; // heard before
      this.seq = frame.seq;
    } else if (frame.t === 'line' && frame.id) this.asked = Math.max(this.asked, frame.at);
    if (frame.t === 'reset') this.seq = this.asked = 0;
    if (frame.t === 'ack' || frame.t === 'refused' || (frame.t === 'line' && frame.id)) this.#settled(frame.id);
    this.hear(frame);
  }

  #settled(id) {
    const message = this.pending.get(id);
    if (!message) return;
    clearTimeout(message.timer);
    this.pending.delete(id);
    this.#keep();
  }

  // --- unacknowledged messages outlive a reload of the page

  #kept() {
    try {
      return JSON.parse(sessionStorage.getItem(this.memory.key)) || [];
    } catch {
      return [];
    }
  }

  #keep() {
    const list = [...this.pending].map(([id, { text, title, at }]) => [id, { id, text, title, at }]);
    try {
      sessionStorage.setItem(this.memory.key, JSON.stringify(list));
    } catch {
      /* storage is blocked: kept while the page lives */
    }
  }

  #to(state) {
    if (this.state === state) return;
    this.state = state;
    this.tell(state);
  }
}
