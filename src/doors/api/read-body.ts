import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { PortcullisError } from '../../domain/errors.ts';
import { isJson } from '../../domain/media-type.ts';
import type { Problem } from '../../domain/operation.ts';
import { hasNul } from '../../domain/printable.ts';
import { KiB } from '../../domain/units.ts';
import { type JsonObject, parseStrictJson } from '../../notion/strict-json.ts';
import { readYaml } from '../../policy/yaml.ts';
import { readWhole } from '../whole-body.ts';

/** The admin API's own requests are small. Pages that are created through it may have Notion's 500 KB. */
const bodyBytesMax = 512 * KiB;

export type BodyResult = { readonly value: JsonObject | null } | { readonly problem: Problem };

/** Reads a request's body: one JSON object with one meaning, or no body at all. Problems are returned as a value. */
export async function readBody(
  request: IncomingMessage,
  takes: { readonly yaml?: true } = {},
  readBytes: () => Promise<Buffer> = () => readWhole(request, { bytesMax: bodyBytesMax }),
): Promise<BodyResult> {
  const { headers } = request;
  const announced = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (!announced) return { value: null };
  const takesNone = request.method === 'GET' || request.method === 'HEAD';
  if (headers['content-encoding'] !== undefined)
    return refuse('invalid_request', 'Send the body without content encoding.');
  if (takes.yaml === true && isYaml(headers['content-type'])) return readYamlBody(await readBytes().catch(problemOf));
  if (!isJson(headers['content-type'] ?? (takesNone ? 'application/json' : undefined))) {
    return refuse('invalid_json', 'Send the body as application/json in UTF-8.');
  }
  const bytes = await readBytes().catch(problemOf);
  if (!Buffer.isBuffer(bytes)) return { problem: bytes };
  const value = parseStrictJson(bytes);
  if (hasNul(value)) return refuse('validation_error', 'No text in the body may have the character U+0000.');
  return value === null
    ? refuse('invalid_json', 'The body must be one JSON object in UTF-8, without repeated keys.')
    : takesNone && Object.keys(value).length > 0
      ? refuse('invalid_request', 'This request takes no body.')
      : { value };
}

function isYaml(contentType: string | undefined): boolean {
  return /^(application|text)\/(x-)?yaml\s*(;|$)/i.test(contentType ?? '');
}

/** The same rules as for JSON: UTF-8, one mapping, no key twice. */
function readYamlBody(bytes: Buffer | Problem): BodyResult {
  if (!Buffer.isBuffer(bytes)) return { problem: bytes };
  if (!isUtf8(bytes)) return refuse('invalid_request', 'Send the body in UTF-8.');
  const read = readYaml(bytes.toString('utf8'));
  if ('problems' in read) return refuse('policy_invalid', read.problems.join('\n'));
  const { value } = read;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('policy_invalid', 'The body must be one mapping of keys to values.');
  if (hasNul(value)) return refuse('validation_error', 'No text in the body may have the character U+0000.');
  return { value: value as JsonObject };
}

/** The problem with the bytes themselves. Any other error is a client that went away. */
function problemOf(error: unknown): Problem {
  if (!(error instanceof PortcullisError)) throw error;
  const { code, message } = error;
  return { code, message: code === 'too_large' ? 'The body is larger than this request takes.' : message };
}

function refuse(code: Problem['code'], message: string): BodyResult {
  return { problem: { code, message } };
}
