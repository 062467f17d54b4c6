/** A form of a page, with the values that it would send unchanged. */
export interface Form {
  readonly action: string;
  readonly fields: URLSearchParams;
}

const attribute = /([a-z-]+)(?:="([^"]*)")?/g;

/**
 * Finds the form of a page that is sent by POST. It reads pages of our own and of the emulator, whose markup is plain;
 * it is no HTML parser. Throws if there is none.
 */
export function readForm(html: string): Form {
  const [, tag = '', content = ''] = /<form\b([^>]*\bmethod="post"[^>]*)>(.*?)<\/form>/s.exec(html) ?? [];
  const { action } = attributesOf(tag);
  if (action === undefined) throw new Error(`there is no form on the page: ${html}`);
  const fields = new URLSearchParams();
  for (const [, input = ''] of content.matchAll(/<input\b([^>]*)>/g)) {
    const { type, name, value, checked } = attributesOf(input);
    if (name !== undefined && (type !== 'checkbox' || checked !== undefined)) fields.append(name, value ?? '');
  }
  return { action, fields };
}

function attributesOf(tag: string): Partial<Record<string, string>> {
  const pairs = [...tag.matchAll(attribute)].map(
    ([, name = '', value = '']) => [name, withoutEntities(value)] as const,
  );
  return Object.fromEntries(pairs);
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function withoutEntities(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_match, name: string) => entities[name] ?? '');
}
