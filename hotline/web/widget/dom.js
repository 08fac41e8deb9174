/* Making elements. Text is only ever put in as text nodes, links only with three schemes. */

const SVG = 'http://www.w3.org/2000/svg';
const SCHEMES = new Set(['https:', 'tel:', 'mailto:']);

/** An element with attributes, listeners (`onclick`) and children; strings become text nodes. */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same in SVG. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on') && typeof value === 'function') node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A button that does something. */
export function button(label, onclick, attributes = {}) {
  return el('button', { type: 'button', onclick, ...attributes }, label);
}

/** A small drawing from path data, hidden from screen readers. */
export function icon(...paths) {
  return svg('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' }, paths.map((d) => svg('path', { d })));
}

/** The address if a link may have it, else null. */
export function safe(address) {
  try {
    const url = new URL(String(address));
    return SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A link, or only its text when the address is not allowed. */
export function link(text, address) {
  const href = safe(address);
  if (!href) return document.createTextNode(String(text));
  return el('a', { href, ...(href.startsWith('https:') ? { target: '_blank', rel: 'noopener noreferrer' } : {}) }, String(text));
}

const LINKS = /(https:\/\/[\w.~:/?#@!$&*+,;=%-]+[\w/])|([\w.+-]{1,64}@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+)|(?<!\d)(10086)(?!\d)/g;

/** A text as nodes: its https addresses, mail addresses and 10086 are links, all else is text. */
export function words(text) {
  const said = String(text ?? '');
  const nodes = [];
  let end = 0;
  for (const found of said.matchAll(LINKS)) {
    nodes.push(said.slice(end, found.index));
    const [whole, web, mail] = found;
    nodes.push(link(whole, web ? whole : mail ? `mailto:${whole}` : `tel:${whole}`));
    end = found.index + whole.length;
  }
  nodes.push(said.slice(end));
  return nodes.filter((node) => node !== '');
}

/** An id that nobody else has. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
