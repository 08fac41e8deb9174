/* Small forms inside the conversation. What they send is what the visitor could have typed. */

import { el, newId } from './dom.js';
import { W } from './words.js';

const CHECK_AFTER_MS = 350;
const TYPES = new Set(['text', 'tel', 'email']);
const LICENCE = 'business_license';

/** One field, checked by the server's own rules while it is typed. */
export function fieldForm(card, tools) {
  const id = `f${newId()}`;
  const said = el('p', { class: 'said', id: `${id}-said`, role: 'status' });
  const input = el('input', {
    id,
    type: TYPES.has(card.input) ? card.input : 'text',
    placeholder: card.example || '',
    autocomplete: card.autocomplete || 'off',
    maxlength: 120,
    'aria-describedby': said.id,
    oninput: changed,
  });
  const go = el('button', { type: 'submit', class: 'go', disabled: true }, W.submit);
  let timer;
  let asked = 0;

  function changed() {
    clearTimeout(timer);
    go.disabled = !input.value.trim();
    said.textContent = '';
    input.removeAttribute('aria-invalid');
    if (input.value.trim()) timer = setTimeout(check, CHECK_AFTER_MS);
  }

  async function check() {
    const mine = ++asked;
    const answer = await tools.check(String(card.field), input.value.trim());
    if (mine !== asked || !answer) return true; // typed on meanwhile, or nobody to ask: the conversation will tell
    said.textContent = answer.ok ? W.fieldOk : String(answer.text || '');
    said.dataset.ok = String(answer.ok);
    input.setAttribute('aria-invalid', String(!answer.ok));
    return answer.ok;
  }

  async function submit(event) {
    event.preventDefault();
    clearTimeout(timer);
    if (input.value.trim() && (await check())) tools.say(input.value.trim());
    else input.focus();
  }

  return el(
    'form',
    { class: 'field', onsubmit: submit, novalidate: true },
    el('label', { for: id }, String(card.label || card.field)),
    el('div', { class: 'row' }, input, go),
    said,
  );
}

/** A day and a part of it. */
export function timeForm(card, tools) {
  const day = el('select', { id: `d${newId()}` }, options(card.days));
  const part = el('select', { id: `p${newId()}` }, options(Array.isArray(card.parts) ? card.parts : []));
  const submit = (event) => {
    event.preventDefault();
    tools.say(`${day.value}${part.value}`);
  };
  return el(
    'form',
    { class: 'time', onsubmit: submit },
    el('p', {}, el('label', { for: day.id }, W.day), day),
    el('p', {}, el('label', { for: part.id }, W.part), part),
    el('button', { type: 'submit', class: 'go' }, W.chooseTime),
  );
}

function options(list) {
  return list.map(({ value, title }) => el('option', { value }, String(title)));
}

/** A photo or PDF of the licence. */
export function licenceForm(tools) {
  const id = `u${newId()}`;
  const said = el('p', { class: 'said', role: 'status' }, W.uploadHint);
  const input = el('input', {
    id,
    type: 'file',
    class: 'hidden',
    accept: 'image/jpeg,image/png,image/webp,application/pdf',
    onchange: async () => {
      const file = input.files[0];
      if (!file) return;
      said.textContent = W.uploading;
      input.disabled = true;
      const answer = await tools.upload(LICENCE, file);
      input.disabled = false;
      input.value = '';
      said.textContent = answer ? (answer.ok ? W.done : String(answer.line?.text || W.uploadFailed)) : W.uploadFailed;
      said.dataset.ok = String(Boolean(answer?.ok));
    },
  });
  return el('div', { class: 'upload' }, el('label', { for: id, class: 'go' }, W.chooseFile), input, said);
}

/** One to five stars. */
export function ratingForm(tools) {
  const name = `r${newId()}`;
  const thanks = el('p', { class: 'said', role: 'status' });
  const go = el('button', { type: 'submit', class: 'go', disabled: true }, W.submitRate);
  const form = el(
    'form',
    {
      class: 'rating',
      onchange: () => (go.disabled = false),
      onsubmit: (event) => {
        event.preventDefault();
        const chosen = form.querySelector('input:checked');
        if (!chosen) return;
        tools.rate(Number(chosen.value));
        form.replaceChildren(el('p', { class: 'said', role: 'status' }, W.rated));
      },
    },
    el(
      'fieldset',
      {},
      el('legend', {}, W.ratePrompt),
      [1, 2, 3, 4, 5].map((stars) =>
        el('label', {}, el('input', { type: 'radio', name, value: stars }), el('span', {}, W.stars(stars))),
      ),
    ),
    go,
    thanks,
  );
  return form;
}

