import createClient, { type Client } from 'openapi-fetch';
import { request } from 'undici';
import type { paths } from '../../domain/admin-api.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** An answer as the demo's browser sees it. */
export interface Page {
  readonly url: URL;
  readonly status: number;
  /** The target of a redirect; null if the answer is none. */
  readonly location: URL | null;
  readonly text: string;
}

/**
 * Just enough of a browser to go through the OAuth flow as a person does: it keeps the cookies of each origin, and says
 * where its requests come from. It follows no redirect by itself.
 */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** Opens an address. */
  get(url: URL): Promise<Page> {
    return this.#send(url, 'GET', { accept: 'text/html' });
  }

  /** Sends a form of a page, as a browser does when a person presses its button. */
  submit(from: URL, url: URL, fields: URLSearchParams): Promise<Page> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: from.origin, accept: 'text/html' };
    return this.#send(url, 'POST', headers, fields.toString());
  }

  /** The gateway's own API at this address, as the dashboard calls it. Throws for every refusal. */
  api(gatewayUrl: string): Client<paths> {
    const { origin } = new URL(gatewayUrl);
    const fetch = async (asked: Request): Promise<Response> => {
      const headers = { 'content-type': 'application/json', origin, 'x-portcullis': '1' };
      const url = new URL(asked.url);
      const page = await this.#send(url, asked.method as Method, headers, (await asked.text()) || undefined);
      if (page.status < 300) return new Response(page.text || null, { status: page.status });
      throw new Error(`${asked.method} ${url.pathname} was answered with ${page.status}: ${page.text}`);
    };
    return createClient<paths>({ baseUrl: origin, fetch });
  }

  async #send(url: URL, method: Method, headers: Record<string, string>, body?: string): Promise<Page> {
    const jar = this.#jarOf(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await request(url, {
      method,
      headers: cookie === '' ? headers : { ...headers, cookie },
      body: body ?? null,
    });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) keep(jar, line);
    const location = answer.headers.location;
    return {
      url,
      status: answer.statusCode,
      location: typeof location === 'string' ? new URL(location, url) : null,
      text: await answer.body.text(),
    };
  }

  #jarOf({ origin }: URL): Map<string, string> {
    const jar = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, jar);
    return jar;
  }
}

function keep(jar: Map<string, string>, setCookie: string): void {
  const [pair = '', ...attributes] = setCookie.split(';');
  const [name = '', ...value] = pair.trim().split('=');
  if (attributes.some(attribute => attribute.trim().toLowerCase() === 'max-age=0')) jar.delete(name);
  else jar.set(name, value.join('='));
}
