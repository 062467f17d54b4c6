import { PortcullisError } from '../domain/errors.ts';
import type { Answer, Operation } from '../domain/operation.ts';
import { MiB } from '../domain/units.ts';

/** A JSON object of an answer. It is ours alone, so the filters change it in place. */
export type Json = Record<string, unknown>;

/** Answers are parsed whole or not released: size never skips the filters (rule 12). */
export const answerBytesMax = 32 * MiB;

/** Reads an answer's body whole. Throws `upstream_refused` when it is larger than can be checked. */
export async function readWhole({ body }: Answer, operation: Operation): Promise<Buffer> {
  if (body === null) return Buffer.alloc(0);
  if (Buffer.isBuffer(body)) {
    if (body.length > answerBytesMax) throw refuseAnswer(operation, 'an answer is too large to be checked');
    return body;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += (chunk as Buffer).length;
    if (bytes > answerBytesMax) throw refuseAnswer(operation, 'an answer is too large to be checked');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks, bytes);
}

/** The JSON object that the bytes spell; null if they do not. */
export function parseObject(bytes: Buffer): Json | null {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An answer that cannot be checked is not released. If it answers a write, the write may well have happened. */
export function refuseAnswer({ effect }: Operation, log: string): PortcullisError {
  return new PortcullisError('upstream_refused', undefined, { log, fate: effect === 'write' ? 'unknown' : 'failed' });
}
