/* What each plan costs over the minutes, drawn from the server's points: no markup travels. */

import { el, svg } from './dom.js';
import { W } from './words.js';

const WIDTH = 320;
const HEIGHT = 200;
const LEFT = 40;
const RIGHT = 312;
const TOP = 22;
const BOTTOM = 172;
const TICKS = 4;
const STYLES = 6; // classes l0 … l5 in cards.css

/** `data`: far, high (the ends of both axes), planned {low, high}, lines [{name, cost, chosen, points}]. */
export function curve(data) {
  const { far, high, planned } = data;
  const lines = data.lines.filter((line) => line.points.length > 1);
  if (!(far > 0) || !(high > 0) || !lines.length) throw new Error('curve');
  const across = (minutes) => LEFT + ((RIGHT - LEFT) * Number(minutes)) / far;
  const up = (cost) => BOTTOM - ((BOTTOM - TOP) * Number(cost)) / high;
  const path = (points) => points.map(([minutes, cost]) => `${across(minutes).toFixed(1)},${up(cost).toFixed(1)}`).join(' ');
  const ticks = Array.from({ length: TICKS + 1 }, (_, n) => n / TICKS);
  const told = lines.map((line) => `${line.name} ${line.cost} ${W.yuan}`).join('；');
  const drawing = svg(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'curve', role: 'img', 'aria-label': `${W.curve}：${told}` },
    ticks.map((part) => svg('line', { class: 'grid', x1: LEFT, x2: RIGHT, y1: up(high * part), y2: up(high * part) })),
    ticks.map((part) => svg('text', { x: LEFT - 5, y: up(high * part) + 4, 'text-anchor': 'end' }, short(high * part))),
    ticks.map((part) => svg('text', { x: across(far * part), y: BOTTOM + 15, 'text-anchor': part === 1 ? 'end' : 'middle' }, short(far * part))),
    planned.low < planned.high
      ? svg('rect', { class: 'band', x: across(planned.low), y: TOP, width: across(planned.high) - across(planned.low), height: BOTTOM - TOP })
      : null,
    svg('line', { class: 'yours', x1: across(planned.high), x2: across(planned.high), y1: TOP, y2: BOTTOM }),
    svg('text', { x: across(planned.high), y: TOP - 7, 'text-anchor': across(planned.high) < WIDTH / 2 ? 'start' : 'end' }, `${W.yourVolume} ${planned.high} ${W.minutes}`),
    svg('text', { x: RIGHT, y: HEIGHT - 2, 'text-anchor': 'end' }, W.minutes),
    lines.map((line, place) => svg('polyline', { class: `l${place % STYLES}${line.chosen ? ' chosen' : ''}`, points: path(line.points) })),
  );
  const legend = el(
    'ul',
    { class: 'legend', 'aria-label': W.curveTable },
    lines.map((line, place) =>
      el('li', { class: line.chosen ? 'chosen' : '' }, svg('svg', { viewBox: '0 0 16 8', 'aria-hidden': 'true' }, svg('line', { class: `l${place % STYLES}`, x1: 0, x2: 16, y1: 4, y2: 4 })), `${line.name} ${line.cost} ${W.yuan}`),
    ),
  );
  return el('figure', {}, drawing, legend);
}

function short(value) {
  return value >= 10000 ? `${Number((value / 10000).toFixed(1))}万` : String(Math.round(value));
}
