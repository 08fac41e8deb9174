/* The launcher: one button on somebody's page. Everything else is loaded when the window is opened first.
 *
 *   <script src="https://assistant.example/widget.js" data-server="https://assistant.example" async></script>
 *
 * data-server  where the assistant answers (default: where this file came from)
 * data-title   the window's title
 *
 * It runs under `script-src 'self'; style-src 'self'` (with this file's origin as 'self'), writes no markup and no
 * inline style, and lives in a shadow root, where the page's own style sheets do not reach.
 */
(() => {
  'use strict';
  const NAME = 'hotline-chat';
  const script = document.currentScript;
  if (!script || customElements.get(NAME)) return;
  const files = new URL('widget/', script.src);
  const server = new URL(script.dataset.server || '/', script.src).origin;
  const title = script.dataset.title || '400 电话在线客服';

  /* !important on :host outranks whatever the page says about our element, its own !important included */
  const CSS = `
    :host {
      all: initial !important; display: block !important; position: fixed !important;
      inset: auto 0 0 auto !important; width: 0 !important; height: 0 !important;
      z-index: 2147483000 !important; visibility: visible !important; opacity: 1 !important;
      transform: none !important; filter: none !important; pointer-events: auto !important;
      overflow: visible !important;
    }
    * { box-sizing: border-box; }
    .launcher {
      position: fixed; right: max(20px, env(safe-area-inset-right)); bottom: max(20px, env(safe-area-inset-bottom));
      display: flex; align-items: center; gap: 8px; min-height: 52px; padding: 0 20px 0 16px;
      border: 2px solid transparent; border-radius: 26px; background: #00609a; color: #fff;
      font: 600 16px/1.2 system-ui, "PingFang SC", "Microsoft YaHei", "WenQuanYi Zen Hei", sans-serif;
      cursor: pointer; box-shadow: 0 4px 18px rgb(0 40 80 / .35);
    }
    .launcher:hover { background: #004f80; }
    .launcher:focus-visible { outline: 3px solid #ffb300; outline-offset: 3px; }
    .launcher svg { width: 24px; height: 24px; fill: none; stroke: currentColor; stroke-width: 1.8; }
    .badge {
      position: absolute; top: -8px; right: -4px; min-width: 24px; padding: 3px 6px; border-radius: 12px;
      background: #b3261e; color: #fff; font-size: 13px; line-height: 18px; text-align: center;
    }
    [hidden] { display: none !important; }
    @media (prefers-contrast: more) { .launcher { border-color: #fff; } }
    @media print { :host { display: none !important; } }
  `;

  /** What this browser remembers about this server: the visitor's token and how he likes the window. */
  const memory = {
    key: `${NAME}@${server}`,
    spare: {},
    all() {
      try {
        return JSON.parse(localStorage.getItem(this.key)) || {};
      } catch {
        return this.spare; // storage is blocked: for this page only
      }
    },
    get(name) {
      return this.all()[name];
    },
    set(name, value) {
      const all = { ...this.all(), [name]: value };
      this.spare = all;
      try {
        localStorage.setItem(this.key, JSON.stringify(all));
      } catch {
        /* kept in `spare` */
      }
    },
  };

  function icon() {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    for (const d of ['M4 5h16v11H9l-5 4z', 'M8 9h8', 'M8 12.5h5']) {
      const path = document.createElementNS(svg.namespaceURI, 'path');
      path.setAttribute('d', d);
      svg.append(path);
    }
    return svg;
  }

  class HotlineChat extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: 'open' });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      root.adoptedStyleSheets = [sheet];
      this.button = document.createElement('button');
      this.button.type = 'button';
      this.button.className = 'launcher';
      this.button.setAttribute('aria-haspopup', 'dialog');
      this.button.setAttribute('aria-expanded', 'false');
      this.badge = document.createElement('span');
      this.badge.className = 'badge';
      this.badge.hidden = true;
      const words = document.createElement('span');
      words.textContent = '在线客服';
      this.button.append(icon(), words, this.badge);
      this.button.addEventListener('click', () => this.toggle());
      root.append(this.button);
      // somebody in the middle of a conversation: his answers must reach him
      if (memory.get('open')) this.open({ focus: false });
      else if (memory.get('token')) (window.requestIdleCallback || setTimeout)(() => this.load());
    }

    /** Fetches the window once; a failed attempt may be repeated. */
    load() {
      this.loading ??= import(new URL('panel.js', files))
        .then(({ Panel }) => Panel.make({ host: this, server, title, memory }))
        .catch((error) => {
          this.loading = undefined;
          throw error;
        });
      return this.loading;
    }

    async open(options = {}) {
      this.button.setAttribute('aria-busy', 'true');
      try {
        (await this.load()).open(options);
      } catch (error) {
        console.error('hotline-chat', error);
        this.button.lastElementChild.previousElementSibling.textContent = '打开失败，点此重试';
      } finally {
        this.button.removeAttribute('aria-busy');
      }
    }

    async toggle() {
      const panel = this.loading && (await this.loading);
      if (panel && panel.isOpen) panel.close();
      else await this.open();
    }

    /** The window tells how it is: shown or not, and how many lines were not seen. */
    show({ open, unread }) {
      this.button.hidden = open;
      this.button.setAttribute('aria-expanded', String(open));
      this.badge.hidden = !unread;
      this.badge.textContent = unread ? `${unread > 99 ? '99+' : unread} 条未读` : '';
    }
  }

  customElements.define(NAME, HotlineChat);
  const put = () => document.body.append(document.createElement(NAME));
  if (document.body) put();
  else addEventListener('DOMContentLoaded', put);
})();
