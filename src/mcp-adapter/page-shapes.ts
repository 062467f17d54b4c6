import { isObject } from './gate.ts';
import { type Failure, failure, type PageSuccess } from './outcome.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * A page in the form of any of its sources: the hosted server (`{pages}`, `{page_id}`, `{id, url}`) or the REST API.
 */
export interface PageNamed {
  readonly id: string;
  readonly url: string;
  readonly title: string;
}

/** Null if no page is named: that is no success. */
export function pageIn(data: Json): PageNamed | null {
  const first = Array.isArray(data.pages) ? data.pages.find(isObject) : undefined;
  const page: Json = first ?? data;
  const id = [page.id, page.page_id].find(value => typeof value === 'string' && value !== '');
  if (typeof id !== 'string') return null;
  const url = [page.url, page.page_url].find(value => typeof value === 'string');
  return { id, url: typeof url === 'string' ? url : '', title: titleOf(page) };
}

/** A title is text with the hosted server, and rich text with the REST API. */
function titleOf({ properties, title }: Json): string {
  if (typeof title === 'string') return title;
  if (!isObject(properties)) return '';
  if (typeof properties.title === 'string') return properties.title;
  const property = Object.values(properties).find(value => isObject(value) && value.type === 'title');
  const parts = isObject(property) && Array.isArray(property.title) ? property.title.filter(isObject) : [];
  return parts.map(part => String(part.plain_text ?? '')).join('');
}

export function success(page: PageNamed, title: string, message: (title: string) => string): PageSuccess {
  const shown = title || page.title || page.id;
  return { status: 'success', page_id: page.id, url: page.url, title: shown, message: message(shown) };
}

export function unnamed(): Failure {
  return failure('unexpected_response', 'The answer names no page.');
}
