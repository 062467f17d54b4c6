import { request } from 'undici';
import type { Overrides } from '../src/compose/foundation.ts';
import { createAnswerCheck } from './described-answers.ts';
import { type InProcess, openInProcess } from './in-process.ts';
import { aStandingClock, type PeopleIn, peopleIn, publicUrl, tokenOf } from './people.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** A value in the JSON body: `at('code')`, `at('members.0.role')`. */
  at(path: string): unknown;
}

export interface LogEntry {
  readonly kind: string;
  readonly operation: string;
  readonly entry: string;
}

/** A gateway on a loopback socket, asked by its admin API; nothing is where its Notion should be. */
export interface AdminApi extends InProcess {
  readonly people: PeopleIn;
  /**
   * Sends as a browser page of ours would; `headers` add to that or, with null, take away. The answer must be what the
   * description of the API says.
   */
  send(method: string, path: string, given?: SendOptions): Promise<Reply>;
  /** Signs a person in by a link and returns the Cookie header of that browser. */
  cookieOf(id: Parameters<PeopleIn['accounts']['links']['issue']>[0]): Promise<string>;
  log(): Promise<LogEntry[]>;
}

export interface SendOptions {
  readonly cookie?: string;
  readonly key?: string;
  readonly body?: unknown;
  readonly raw?: string | Buffer;
  readonly headers?: Readonly<Record<string, string | null>>;
}

export async function openAdminApi(
  overrides: Overrides = {},
  env: Readonly<Record<string, string>> = {},
): Promise<AdminApi> {
  const clock = aStandingClock();
  const inProcess = await openInProcess({
    env: { PORTCULLIS_PUBLIC_URL: publicUrl, PORTCULLIS_TRUSTED_PROXIES: '127.0.0.1', ...env },
    overrides: { now: clock.now, ...overrides },
  });
  const { url, database, accounts } = inProcess;
  let described: ReturnType<typeof createAnswerCheck> | undefined;
  return {
    ...inProcess,
    people: peopleIn({ ...inProcess, clock }),
    async send(method, path, given = {}) {
      const target = new URL(path, url);
      const reply = await send(method, target, given);
      described ??= createAnswerCheck(JSON.parse((await send('GET', new URL('/api/openapi.json', url), {})).text));
      const { status, text } = reply;
      const contentType = reply.headers.get('content-type') ?? '';
      described({ method, path: target.pathname, status, contentType, text });
      return reply;
    },
    async cookieOf(id) {
      const body = { token: tokenOf(await accounts.links.issue(id, 'recovery')) };
      const reply = await send('POST', new URL('/api/sign-in/link', url), { body });
      return (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    },
    log: () => database.system.selectFrom('audit_entry').select(['kind', 'operation', 'entry']).orderBy('id').execute(),
  };
}

async function send(method: string, url: URL, { cookie, key, body, raw, headers = {} }: SendOptions): Promise<Reply> {
  const all: Record<string, string | null> = {
    origin: publicUrl,
    'sec-fetch-site': 'same-origin',
    'x-portcullis': '1',
    ...(cookie !== undefined && { cookie }),
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...((body !== undefined || raw !== undefined) && { 'content-type': 'application/json' }),
    ...headers,
  };
  const present = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== null);
  const payload = raw ?? (body === undefined ? null : JSON.stringify(body));
  const response = await request(url, { method: method as 'GET', headers: Object.fromEntries(present), body: payload });
  const text = await response.body.text();
  return {
    status: response.statusCode,
    headers: new Headers(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
    text,
    at: path =>
      path.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown> | null)?.[part], parsed(text)),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
