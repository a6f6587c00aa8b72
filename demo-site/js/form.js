// SPDX-License-Identifier: Apache-2.0
// Form checks that speak the page's language, at each field and in a summary.

import { say } from './locale.js';
import { byId, make } from './show.js';

const required = () => say('ご入力をお願いします。', 'Please fill this in.');

/** What is wrong with one field, or ''. `rules` adds a check a field: text in, message out. */
function complaint(field, rules) {
  const value = field.value.trim();
  if (field.required && !value) return required();
  if (!value) return '';
  return rules[field.name]?.(value) ?? '';
}

export function report(field, message) {
  const place = byId(`${field.id}-error`);
  if (place) place.textContent = message;
  field.setAttribute('aria-invalid', String(Boolean(message)));
}

/** Checks a form; shows each complaint, fills the summary if there is one, and answers whether all is well. */
export function check(form, rules, summary) {
  const wrong = [];
  for (const field of form.elements) {
    if (!field.name || field.type === 'radio' || !byId(`${field.id}-error`)) continue;
    const message = complaint(field, rules);
    report(field, message);
    if (message) wrong.push([field, message]);
  }
  if (summary) {
    summary.hidden = wrong.length === 0;
    const rows = wrong.map(([field, message]) => {
      const label = field.labels[0].firstChild.textContent;
      const jump = make('a', { href: `#${field.id}` }, say(`${label}：${message}`, `${label}: ${message}`));
      jump.addEventListener('click', (event) => {
        event.preventDefault();
        field.focus();
      });
      return make('li', {}, jump);
    });
    summary.querySelector('ul').replaceChildren(...rows);
  }
  if (wrong.length) wrong[0][0].focus();
  return wrong.length === 0;
}

/** Once a field was left, a complaint about it goes as soon as it is right; with the last one goes the summary. */
export function watch(form, rules, summary) {
  form.addEventListener('focusout', ({ target }) => {
    if (target.name && target.value?.trim() && byId(`${target.id}-error`)) report(target, complaint(target, rules));
  });
  form.addEventListener('input', ({ target }) => {
    if (target.getAttribute('aria-invalid') === 'true') report(target, complaint(target, rules));
    if (summary && !form.querySelector('[aria-invalid="true"]')) summary.hidden = true;
  });
}
