/**
 * HTML that can't be broken out of: text becomes markup only by way of this tag.
 *
 * Invariant: whatever is put into a template is escaped, for an element's text and for a quoted
 * attribute alike, unless it is markup already.
 */

/** Text that is HTML. */
export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }
}

/** What a template takes; nothing is written for `undefined`, and lists are joined. */
export type Insertion = Markup | string | number | undefined | readonly Insertion[];

/** A template whose insertions are escaped. */
export function markup(strings: TemplateStringsArray, ...insertions: readonly Insertion[]): Markup {
  const parts = strings.map((text, at) => text + write(insertions[at]));
  return new Markup(parts.join(''));
}

/** A value as JSON within a `<script>`, which no text in it can end. */
export function jsonMarkup(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replaceAll('<', '\\u003c'));
}

function write(insertion: Insertion): string {
  if (insertion === undefined) return '';
  if (insertion instanceof Markup) return insertion.html;
  if (typeof insertion === 'object') return insertion.map((each) => write(each)).join('');
  return escape(String(insertion));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] as string);
}
