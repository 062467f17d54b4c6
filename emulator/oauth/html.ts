/** Text that has been made safe to stand in HTML; only `html` makes one. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A template whose values are escaped, unless they are HTML already. Lists are joined. */
export function html(strings: TemplateStringsArray, ...values: (string | Html | readonly Html[])[]): Html {
  let text = strings[0] ?? '';
  values.forEach((value, index) => {
    text += inserted(value) + (strings[index + 1] ?? '');
  });
  return new Html(text);
}

function inserted(value: string | Html | readonly Html[]): string {
  if (value instanceof Html) return value.text;
  if (typeof value !== 'string') return value.map(one => one.text).join('');
  return value.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}
