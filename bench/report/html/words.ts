/**
 * Renders sentences for the page.
 *
 * Invariant: no line breaks between a number and its unit, or within an option.
 */
import { keepTogether } from '../format.js';
import { type Markup, markup } from './markup.js';

const OPTION = /(--[a-z][\w-]*)/;

/** Renders the text of a paragraph or an item. */
export function renderWords(words: string): Markup {
  const parts = words.split(OPTION);
  return markup`${parts.map((part, at) =>
    at % 2 === 1 ? markup`<span class="option">${part}</span>` : keepTogether(part),
  )}`;
}
