/**
 * Generates HTML that no text can break out of: text becomes markup only by this tag.
 *
 * Invariant: everything inserted into a template is escaped, both for an element's text and for a quoted attribute,
 * unless it is markup already.
 */

/** A text that is HTML. */
export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }
}

/** The values that a template takes; `undefined` writes nothing, and lists are joined. */
export type Insertion = Markup | string | number | undefined | readonly Insertion[];

/** A template tag that escapes the insertions. */
export function markup(strings: TemplateStringsArray, ...insertions: readonly Insertion[]): Markup {
  const parts = strings.map((text, at) => text + write(insertions[at]));
  return new Markup(parts.join(''));
}

/** A value as JSON within a `<script>` element; no text in it can end the element. */
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
