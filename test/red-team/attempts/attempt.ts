/**
 * What somebody of one subtree tries in order to learn of, or change, what lies outside it. Data: a security officer can read
 * it, and a new endpoint gets a line.
 *
 * In paths and bodies `{out.page}` stands for an id outside the subtree, `{in.page}` for one inside; `{out.page.digits}`
 * is the same id without dashes, `{out.page.capitals}` in capitals, `{out.page.link}` in an address of Notion's.
 */
export interface Attempt {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

type Headers = Attempt['headers'];

export const get = (path: string, headers?: Headers): Attempt => ({ method: 'GET', path, ...(headers && { headers }) });
export const post = (path: string, body: unknown = {}, headers?: Headers): Attempt => ({
  ...{ method: 'POST', path, body },
  ...(headers && { headers }),
});
export const patch = (path: string, body: unknown, headers?: Headers): Attempt => ({
  ...{ method: 'PATCH', path, body },
  ...(headers && { headers }),
});
export const remove = (path: string): Attempt => ({ method: 'DELETE', path });

export const text = (content: string) => [{ type: 'text', text: { content } }];
export const paragraph = (rich_text: unknown) => ({ object: 'block', type: 'paragraph', paragraph: { rich_text } });
export const mention = (of: Record<string, unknown>) => [{ type: 'mention', mention: of }];
