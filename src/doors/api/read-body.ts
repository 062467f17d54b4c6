import type { IncomingMessage } from 'node:http';
import { isJson } from '../../domain/media-type.ts';
import type { Problem } from '../../domain/operation.ts';
import { KiB } from '../../domain/units.ts';
import { type JsonObject, parseStrictJson } from '../../notion/strict-json.ts';

/** The admin API's own requests are small. Pages that are created through it may have Notion's 500 KB. */
const bodyBytesMax = 512 * KiB;

export type BodyResult = { readonly value: JsonObject | null } | { readonly problem: Problem };

/** Reads a request's body: one JSON object with one meaning, or none at all. What is wrong with it comes back as a value. */
export async function readBody(request: IncomingMessage): Promise<BodyResult> {
  const { headers } = request;
  const announced = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (!announced) return { value: null };
  const takesNone = request.method === 'GET' || request.method === 'HEAD';
  if (headers['content-encoding'] !== undefined)
    return refuse('invalid_request', 'Send the body without content encoding.');
  if (!isJson(headers['content-type'] ?? (takesNone ? 'application/json' : undefined))) {
    return refuse('invalid_json', 'Send the body as application/json in UTF-8.');
  }
  const bytes = await collect(request);
  if (bytes === null) return refuse('too_large', `The body may have at most ${bodyBytesMax / KiB} KiB.`);
  const value = parseStrictJson(bytes);
  return value === null
    ? refuse('invalid_json', 'The body must be one JSON object in UTF-8, without repeated keys.')
    : takesNone && Object.keys(value).length > 0
      ? refuse('invalid_request', 'This request takes no body.')
      : { value };
}

/** All bytes; null when there are too many, and then the rest is not read. */
async function collect(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bodyBytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function refuse(code: Problem['code'], message: string): BodyResult {
  return { problem: { code, message } };
}
