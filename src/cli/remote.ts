import createClient, { type Client } from 'openapi-fetch';
import { z } from 'zod';
import type { ClientConfig } from '../config/config.ts';
import type { components, paths } from '../domain/admin-api.ts';
import { errorOfDiagnosis } from '../domain/diagnosed-errors.ts';
import type { DiagnosisCode } from '../domain/diagnosis.ts';
import { type ErrorCode, errorTable } from '../domain/errors.ts';

/** An answer of the gateway that does not fit the request. */
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

/** The admin API of a running gateway, typed by its description. It throws RemoteError; `answerOf` takes the answer. */
export type Remote = Client<paths>;

/** The shapes of the API, as its description says. */
export type Shapes = components['schemas'];

/** What an operation takes in its body. Where people type it, the gateway checks it. */
export type BodyOf<O extends { requestBody?: unknown }> =
  NonNullable<O['requestBody']> extends { content: { 'application/json': infer Body } } ? Body : never;

/** Talks to the gateway at `url` as the holder of `key`. Throws RemoteError. */
export function createRemote({ url, key }: ClientConfig): Remote {
  if (key === null) {
    throw new RemoteError('no API key', 'Give one in PORTCULLIS_KEY.', errorTable.unauthorized.exitCode);
  }
  const remote = createClient<paths>({ baseUrl: url, headers: { authorization: `Bearer ${key.reveal()}` } });
  remote.use({
    async onResponse({ response }) {
      if (!response.ok) throw refused(response.status, await response.json().catch(() => null));
      if (!isOfTheApi(response)) throw foreign(`unexpected answer of the type ${response.headers.get('content-type')}`);
    },
    onError: ({ error }) => unreachable(url, error),
  });
  return remote;
}

/** What the gateway answered; undefined where there is nothing to say. Throws RemoteError. */
export async function answerOf<T>(asked: Promise<{ readonly data?: T }>): Promise<T> {
  return (await asked).data as T;
}

/** The lines of a file from the gateway, as they arrive. Throws if the file breaks off. */
export async function* linesOf(asked: Promise<{ readonly data?: ReadableStream<Uint8Array> | null }>) {
  const body = await answerOf(asked);
  if (body) yield* splitLines(body);
}

/** Both ways of ending a line; the last one may do without. */
async function* splitLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
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
  if (data === undefined) return foreign(`unexpected answer with status ${status}`);
  const { code, detail: message } = data;
  const hint = code === 'unauthorized' ? keyHint : data.hint;
  return new RemoteError(message, hint === message ? null : (hint ?? null), errorTable[errorNamed(code)].exitCode);
}

/** JSON, or a file of text. A page in a browser's language comes from another program. */
function isOfTheApi({ status, headers }: Response): boolean {
  return status === 204 || !/^text\/html\b/i.test(headers.get('content-type') ?? 'text/html');
}

function foreign(message: string): RemoteError {
  return new RemoteError(message, 'Is this the address of a Portcullis gateway?', errorTable.internal.exitCode);
}

/** The error for a code of the admin API: the code of an error, or that of a diagnosis. */
function errorNamed(code: string): ErrorCode {
  if (Object.hasOwn(errorTable, code)) return code as ErrorCode;
  return Object.hasOwn(errorOfDiagnosis, code) ? errorOfDiagnosis[code as DiagnosisCode] : 'internal';
}
