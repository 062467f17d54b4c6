import type { IncomingMessage } from 'node:http';
import { ApiError, invalidJson } from './errors.ts';

/** Notion takes 500 KB of JSON, and 20 MiB in one part of a file upload. */
export const JSON_BYTES = 500 * 1024;
export const MULTIPART_BYTES = 21 * 1024 * 1024;

/** Collects a body; throws once it is longer than `limitBytes`. The rest is left unread, so the connection must close. */
export function readBytes(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limitBytes) {
        chunks.push(chunk);
        return;
      }
      request.pause();
      reject(tooLarge());
    });
    request.on('end', () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
    );
    request.on('error', reject);
    request.on('close', () => {
      if (!request.complete) reject(new ClientGone());
    });
  });
}

/** The caller hung up before its request was complete: no one waits for an answer. */
export class ClientGone extends Error {}

function tooLarge(): ApiError {
  return new ApiError(400, 'validation_error', 'Request body too large.', { headers: { connection: 'close' } });
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Official clients send no body where theirs is empty: that reads as `{}`. */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(UTF8.decode(bytes));
  } catch {
    throw invalidJson();
  }
}

/** Reads multipart/form-data with the platform's own parser; `null` if it is not that. */
export async function parseForm(bytes: Buffer, contentType: string): Promise<FormData | null> {
  if (!contentType.startsWith('multipart/form-data')) return null;
  try {
    return await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData();
  } catch {
    return null;
  }
}
