import { isObject, parsed, type ToolCallEnd } from './gate.ts';
import { type Failure, type FailureStatus, failure } from './outcome.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * The server's message if a client encoded arguments once too often (makenotion/notion-mcp-server #215, #216). Exact.
 */
const serializationErrors = [
  'Expected array, received string',
  'Expected object, received string',
  'should be defined, instead was `undefined`',
] as const;

/**
 * Turns the result of a call into the JSON of the tool, or into the reason why there is none. An error never becomes a
 * success, in any form; text about an error in the *content* of a page is no error.
 */
export function normalise(end: ToolCallEnd): { readonly data: Json } | Failure {
  if (end.kind === 'lost') return failure('unknown', `${end.message} The change may have been made.`);
  if (end.kind === 'refused') return ofMessage(end.status, end.message);
  const { answer } = end;
  const text = textOf(answer.content);
  const data = firstObject(answer.content);
  const structured = isObject(answer.structuredContent) ? errorIn(answer.structuredContent) : null;
  if (answer.isError === true) return structured ?? (data && errorIn(data)) ?? ofMessage(400, text);
  const disguised = structured ?? (data && errorIn(data));
  if (disguised !== null) return disguised;
  return data === null ? failure('unexpected_response', 'The tool answered something else than JSON.') : { data };
}

/** An error inside JSON, in any of the forms that Notion and its clients use. */
function errorIn(data: Json): Failure | null {
  const { error, object, name, status, code } = data;
  if (isObject(error) || typeof error === 'string') return ofError(error);
  const refused = object === 'error' || name === 'APIResponseError' || status === 'error' || status === 'mcp_error';
  if (!refused && !(typeof status === 'number' && status >= 400 && typeof code === 'string')) return null;
  return ofCode(typeof status === 'number' ? status : 400, String(code ?? ''), String(data.message ?? code ?? ''));
}

function ofError(error: Json | string): Failure {
  if (typeof error === 'string') return ofMessage(400, error);
  const { code, message, retry_after_seconds: wait } = error;
  const known = ofCode(400, String(code ?? ''), String(message ?? code ?? ''));
  return known.status === 'rate_limited' && typeof wait === 'number'
    ? failure('rate_limited', known.message, wait)
    : known;
}

const byCode: Readonly<Record<string, FailureStatus>> = {
  rate_limited: 'rate_limited',
  object_not_found: 'not_found',
  restricted_resource: 'forbidden',
  unauthorized: 'forbidden',
};

function ofCode(status: number, code: string, message: string): Failure {
  const known = Object.hasOwn(byCode, code) ? byCode[code] : undefined;
  return known === undefined ? ofMessage(status, message) : failure(known, message);
}

function ofMessage(status: number, message: string): Failure {
  if (serializationErrors.some(marker => message.includes(marker))) return failure('upstream_argument_error', message);
  if (status === 401 || status === 403) return failure('forbidden', message);
  if (status === 404) return failure('not_found', message);
  return failure(status === 429 ? 'rate_limited' : 'error', message.slice(0, 500));
}

function textOf(content: unknown): string {
  return parts(content).join('\n');
}

/** The first text that is a JSON object. */
function firstObject(content: unknown): Json | null {
  for (const text of parts(content)) {
    const value = parsed(text);
    if (value !== null) return value;
  }
  return null;
}

function parts(content: unknown): string[] {
  if (!Array.isArray(content)) return [];
  return content.flatMap(part => (isObject(part) && typeof part.text === 'string' ? [part.text] : []));
}
