import type { Emulator } from '../../emulator/server.ts';

/** What a person's browser shows: where it was sent, or a page. */
export interface Shown {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Absolute; empty when the answer is a page. */
  readonly location: string;
}

/** Who says yes at Notion, in which workspace, and which pages they tick. */
export interface Consent {
  readonly personId?: string;
  readonly workspaceId?: string;
  readonly decision?: 'allow' | 'cancel';
}

/** A browser with one cookie that follows no redirect by itself. */
export class Browser {
  readonly #publicUrl: string;
  readonly #emulator: Pick<Emulator, 'workspaceId'>;
  readonly #cookie: string | null;

  constructor(publicUrl: string, emulator: Pick<Emulator, 'workspaceId'>, cookie: string | null) {
    this.#publicUrl = publicUrl;
    this.#emulator = emulator;
    this.#cookie = cookie;
  }

  get cookie(): string {
    return this.#cookie ?? '';
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Shown> {
    return this.#send(path, { headers });
  }

  post(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Shown> {
    return this.#send(path, { method: 'POST', body: new URLSearchParams(form), headers });
  }

  /** Calls the admin API as our own pages do. */
  async api(method: string, path: string, body?: object): Promise<{ status: number; json: Record<string, unknown> }> {
    const headers = { 'x-portcullis': '1', 'content-type': 'application/json' };
    const { status, text } = await this.#send(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    return { status, json: JSON.parse(text) };
  }

  /** Presses Connect; answers with the URL of the consent page. */
  async start(workspaceId: string | null = null, kind: 'rest' | 'mcp' = 'rest'): Promise<URL> {
    const path = kind === 'rest' ? '/auth/notion' : '/auth/notion-mcp';
    const shown = await this.get(workspaceId === null ? path : `${path}?workspace=${workspaceId}`);
    if (shown.status !== 302) throw new Error(`not sent to Notion: ${shown.status} ${shown.text}`);
    return new URL(shown.location);
  }

  /** Answers Notion's consent page; answers with the path of the callback. */
  async consent(at: URL, given: Consent = {}): Promise<string> {
    const form = new URLSearchParams(at.search);
    form.set('decision', given.decision ?? 'allow');
    form.set('workspace_id', given.workspaceId ?? this.#emulator.workspaceId);
    if (given.personId !== undefined) form.set('person_id', given.personId);
    const response = await fetch(new URL(at.pathname, at), { method: 'POST', body: form, redirect: 'manual' });
    const location = response.headers.get('location');
    if (location === null) throw new Error(`Notion did not send the browser back: ${await response.text()}`);
    const back = new URL(location);
    return back.pathname + back.search;
  }

  /** From the button to the page that asks for confirmation; answers with what the callback showed. */
  async reach(workspaceId: string | null = null, given: Consent = {}): Promise<Shown> {
    return this.get(await this.consent(await this.start(workspaceId), given));
  }

  /** Answers the page that the callback led to. */
  async answer(at: Shown, answer: 'confirm' | 'cancel' = 'confirm'): Promise<Shown> {
    const { text } = await this.get(pathOf(at.location));
    return this.post('/auth/notion/confirm', { ...formOf(text), answer });
  }

  async #send(path: string, init: RequestInit): Promise<Shown> {
    const headers = { ...(this.#cookie && { cookie: this.#cookie }), ...(init.headers as Record<string, string>) };
    const response = await fetch(this.#publicUrl + path, { ...init, headers, redirect: 'manual' });
    const location = response.headers.get('location');
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      location: location === null ? '' : new URL(location, this.#publicUrl).href,
    };
  }
}

export function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** The hidden fields of a page's form. */
export function formOf(page: string): Record<string, string> {
  const fields = page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g);
  return Object.fromEntries([...fields].map(([, name, value]) => [name, value]));
}

/** The heading of a page. */
export function titleOf({ text }: Shown): string {
  return /<h1>(.*?)<\/h1>/s.exec(text)?.[1] ?? '';
}
