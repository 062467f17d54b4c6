import { z } from 'zod';
import type { ClientConfig } from '../config/config.ts';
import { errorOfDiagnosis } from '../domain/diagnosed-errors.ts';
import type { DiagnosisCode } from '../domain/diagnosis.ts';
import { type ErrorCode, errorTable } from '../domain/errors.ts';

/** An answer of the gateway that is not what was asked for. */
export class RemoteError extends Error {
  readonly hint: string | null;
  readonly exitCode: number;

  constructor(message: string, hint: string | null, exitCode: number) {
    super(message);
    this.name = 'RemoteError';
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** The admin API of a running gateway. */
export interface Remote {
  /** GET of a path below the gateway's URL. Query values that are undefined are left out. */
  get(path: ApiPath, query?: Query): Promise<unknown>;
  /** GET of a file of text, line by line, while it comes. A file that breaks off throws. */
  lines(path: ApiPath, query?: Query): AsyncGenerator<string>;
  /** GET of a file of text, whole. */
  text(path: ApiPath, query?: Query): Promise<string>;
  /** The value of the header ETag that GET of a path answers with; null for none. */
  tag(path: ApiPath): Promise<string | null>;
  /** Answers with null where there is nothing to say. */
  send(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: ApiPath, given?: Sent): Promise<unknown>;
}

/** What goes with a request: a value that is sent as JSON, or text of a type. */
export interface Sent {
  readonly json?: unknown;
  readonly text?: { readonly type: string; readonly body: string };
  /** The revision that a change is made on. */
  readonly ifMatch?: string;
}

export type ApiPath = `/api/${string}`;

export type Query = Readonly<Record<string, string | undefined>>;

/** Talks to the gateway at `url` as the holder of `key`. Throws RemoteError. */
export function createRemote({ url, key }: ClientConfig): Remote {
  if (key === null) {
    throw new RemoteError('no API key', 'Give one in PORTCULLIS_KEY.', errorTable.unauthorized.exitCode);
  }
  const bearer = key.reveal();

  async function reach(method: string, address: URL, { json, text, ifMatch }: Sent = {}): Promise<Response> {
    const type = text?.type ?? (json === undefined ? undefined : 'application/json');
    const headers = {
      authorization: `Bearer ${bearer}`,
      ...(type !== undefined && { 'content-type': type }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
    };
    const body = text?.body ?? (json === undefined ? null : JSON.stringify(json));
    const answer = await fetch(address, { method, headers, body }).catch(error => {
      throw unreachable(url, error);
    });
    if (!answer.ok) throw refused(answer.status, await answer.json().catch(() => null));
    return answer;
  }

  async function ask(method: string, address: URL, given?: Sent): Promise<unknown> {
    return (await reach(method, address, given)).json().catch(() => null);
  }

  function addressOf(path: ApiPath, query: Query = {}): URL {
    const address = new URL(`${url}${path}`);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) address.searchParams.set(name, value);
    return address;
  }

  return {
    get: (path, query) => ask('GET', addressOf(path, query)),
    async *lines(path, query) {
      const { body } = await reach('GET', addressOf(path, query));
      if (body === null) return;
      yield* linesOf(body);
    },
    text: async (path, query) => (await reach('GET', addressOf(path, query))).text(),
    tag: async path => (await reach('GET', addressOf(path))).headers.get('etag'),
    send: (method, path, given) => ask(method, addressOf(path), given),
  };
}

/** Both ways of ending a line; the last one may do without. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${text}`.split(/\r?\n/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

function unreachable(url: string, cause: unknown): RemoteError {
  // `fetch` says only that it failed; why is in the error's cause.
  const reason = cause instanceof Error ? cause.cause : null;
  const code = reason instanceof Error && 'code' in reason ? ` (${reason.code})` : '';
  const hint = 'Is the gateway running, and is --url or PORTCULLIS_URL its address?';
  return new RemoteError(`no answer from ${url}${code}`, hint, errorTable.unavailable.exitCode);
}

/** What the gateway says of keys is for programs that send a header. */
const keyHint = 'Is PORTCULLIS_KEY a key of this gateway, that has neither expired nor been revoked?';

const refusal = z.object({ code: z.string(), detail: z.string(), hint: z.string().optional() });

/** Reads the admin API's way of saying no: problem details (RFC 9457). */
function refused(status: number, body: unknown): RemoteError {
  const { data } = refusal.safeParse(body);
  if (data === undefined) {
    const hint = 'Is this the address of a Portcullis gateway?';
    return new RemoteError(`unexpected answer with status ${status}`, hint, errorTable.internal.exitCode);
  }
  const { code, detail: message } = data;
  const hint = code === 'unauthorized' ? keyHint : data.hint;
  return new RemoteError(message, hint === message ? null : (hint ?? null), errorTable[errorNamed(code)].exitCode);
}

/** The error that a code of the admin API stands for: an error's own, or that of a diagnosis. */
function errorNamed(code: string): ErrorCode {
  if (Object.hasOwn(errorTable, code)) return code as ErrorCode;
  return Object.hasOwn(errorOfDiagnosis, code) ? errorOfDiagnosis[code as DiagnosisCode] : 'internal';
}
