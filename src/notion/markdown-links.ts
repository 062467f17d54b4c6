/** What Notion may follow in Markdown: a destination, or the value of an attribute of a tag. */
export interface MarkdownLink {
  readonly link: string;
  /** The tag around it, in lower case: `page`, `mention-user`; null outside of tags. */
  readonly tag: string | null;
}

/** Tags that take a page or database into the page that the text is for. */
export const placingTags: ReadonlySet<string> = new Set(['page', 'database']);

/** Attributes that hold text for people. */
const textAttributes: ReadonlySet<string> = new Set(['title', 'name', 'alt', 'color', 'icon']);

/** The digits of an id. */
const idLength = 32;

/** The beginnings of tags, destinations and URLs. */
const marks = /<(?=\/?[a-z])|\](?=[(:])|:\/\//gi;
const tagStart = /^<\/?([a-z][a-z0-9_-]*)/i;
const schemeBefore = /[a-z][a-z0-9+.-]*$/i;
const wordEnd = /[\s"'<>()[\]{}|`]/;

/**
 * Finds everything that Notion may follow in a text of Notion-flavoured Markdown
 * (https://developers.notion.com/guides/data-apis/enhanced-markdown): attributes of tags, destinations of links,
 * definitions of references, and URLs in the text.
 *
 * Notion's parser may see a tag or a link in places where this function sees the inside of another one. So nothing is
 * skipped: a tag or link that begins inside another one is examined too, as a whole and not in parts. Each character is
 * read a bounded number of times.
 */
export function linksInMarkdown(markdown: string): MarkdownLink[] {
  return new Reader(markdown).read();
}

class Reader {
  readonly #markdown: string;
  readonly #links: MarkdownLink[] = [];
  /** How far the last tag, destination and URL that were read by their parts reach. */
  #tagEnd = 0;
  #destinationEnd = 0;
  #urlEnd = 0;
  /** Whether the rest of the tag was looked at as a whole already, and whether as one that places. */
  #restOfTag: 'unread' | 'read' | 'placing' = 'unread';

  constructor(markdown: string) {
    this.#markdown = markdown;
  }

  read(): MarkdownLink[] {
    for (const { 0: mark, index } of this.#markdown.matchAll(marks)) {
      if (mark === '<') this.#readTag(index);
      else if (mark === ']') this.#readDestination(index + 2);
      else this.#readUrl(index);
    }
    return this.#links;
  }

  #add(start: number, end: number, tag: string | null = null): void {
    // A shorter text cannot name an object.
    if (end - start < idLength) return;
    this.#links.push({ link: this.#markdown.slice(start, end), tag });
  }

  #endOf(closing: string, from: number): number {
    const end = this.#markdown.indexOf(closing, from);
    return end === -1 ? this.#markdown.length : end;
  }

  #readTag(start: number): void {
    const name = tagStart.exec(this.#markdown.slice(start, start + 80))?.[1]?.toLowerCase() ?? '';
    if (start < this.#tagEnd) {
      this.#readTagInside(start, name);
      return;
    }
    this.#restOfTag = 'unread';
    const inside = start + 1 + name.length + (this.#markdown[start + 1] === '/' ? 1 : 0);
    // `<https://…>`: a link in brackets, no tag.
    if (this.#markdown[inside] === ':') {
      this.#tagEnd = this.#endOf('>', inside);
      this.#add(start + 1, this.#tagEnd);
    } else this.#tagEnd = this.#readAttributes(inside, name);
  }

  /** A tag inside of another's attributes, or after one that never ends. */
  #readTagInside(start: number, name: string): void {
    const places = placingTags.has(name);
    if (this.#restOfTag === 'placing' || (this.#restOfTag === 'read' && !places)) return;
    this.#add(start, this.#tagEnd, name);
    this.#restOfTag = places ? 'placing' : 'read';
  }

  /** Adds the values of a tag's attributes. Returns the end of the tag. */
  #readAttributes(from: number, tag: string): number {
    let at = from;
    let attribute = '';
    while (at < this.#markdown.length && this.#markdown[at] !== '>') {
      if (/[\s=/]/.test(this.#markdown[at] ?? '')) {
        at++;
        continue;
      }
      const value = this.#readValue(at);
      if (!value.quoted && this.#markdown[value.next] === '=')
        attribute = this.#markdown.slice(at, value.end).toLowerCase();
      else {
        if (!textAttributes.has(attribute)) this.#add(value.start, value.end, tag);
        attribute = '';
      }
      at = value.next;
    }
    return at;
  }

  /** A value in quotes or double braces, or a word. If it is not closed, it goes to the end of the text. */
  #readValue(at: number): { start: number; end: number; next: number; quoted: boolean } {
    const opening = this.#markdown.startsWith('{{', at) ? '{{' : (this.#markdown[at] ?? '');
    const closing = { '"': '"', "'": "'", '{{': '}}' }[opening];
    if (closing !== undefined) {
      const start = at + opening.length;
      const end = this.#endOf(closing, start);
      return { start, end, next: Math.min(end + closing.length, this.#markdown.length), quoted: true };
    }
    let end = at + 1;
    while (end < this.#markdown.length && !/[\s"'<>=]/.test(this.#markdown[end] ?? '')) end++;
    let next = end;
    while (/\s/.test(this.#markdown[next] ?? '')) next++;
    return { start: at, end, next, quoted: false };
  }

  /**
   * The destination in the brackets after a link's text, or after the colon of a reference: up to the closing bracket,
   * or to the end of the line. White space and inner brackets are part of it.
   */
  #readDestination(start: number): void {
    if (start < this.#destinationEnd) {
      this.#add(start, this.#wordEnd(start));
      return;
    }
    const reference = this.#markdown[start - 1] === ':';
    this.#destinationEnd = reference ? this.#endOf('\n', start) : this.#closingBracket(start);
    const destination = this.#markdown.slice(start, this.#destinationEnd).trim();
    if (destination.length >= idLength) this.#links.push({ link: destination.replace(/^<([^>]*)>/, '$1'), tag: null });
  }

  #closingBracket(start: number): number {
    let depth = 1;
    for (let at = start; at < this.#markdown.length; at++) {
      const character = this.#markdown[at];
      if (character === '\\') at++;
      else if (character === '(') depth++;
      else if (character === ')' && --depth === 0) return at;
      else if (character === '\n' && this.#markdown[at + 1] === '\n') return at;
    }
    return this.#markdown.length;
  }

  /** A URL in the text, from its scheme to the end of the word. Its query may hold further URLs. */
  #readUrl(colon: number): void {
    if (colon < this.#urlEnd) return;
    const scheme = schemeBefore.exec(this.#markdown.slice(Math.max(0, colon - 32), colon))?.[0] ?? '';
    this.#urlEnd = this.#wordEnd(colon + 3);
    this.#add(colon - scheme.length, this.#urlEnd);
  }

  #wordEnd(from: number): number {
    let end = from;
    while (end < this.#markdown.length && !wordEnd.test(this.#markdown[end] ?? '')) end++;
    return end;
  }
}
