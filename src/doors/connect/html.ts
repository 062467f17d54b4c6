/** Markup that may be sent unchanged. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

type Insert = string | number | Html | readonly Html[];

/** Markup with values in it. Every value that is not markup itself is escaped, in text and in quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...values: readonly Insert[]): Html {
  return new Html(strings.reduce((text, next, at) => text + insert(values[at - 1]) + next));
}

function insert(value: Insert | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'object') return 'length' in value ? value.join('') : value.toString();
  return escaped(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, character => entities[character] ?? '');
}
