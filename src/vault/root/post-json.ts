import { type Dispatcher, request } from 'undici';
import { RootKeyError } from '../../domain/root-key-error.ts';
import { KiB, secondMs } from '../../domain/units.ts';

const answerBytesMax = 64 * KiB;

/**
 * Sends a request to a key service over HTTP, through `dispatcher`. Returns the status and the JSON body, which is null
 * if there was none. Follows no redirect. Throws `RootKeyError` `unavailable` if there is no answer within seconds.
 */
export async function postJson(
  url: string,
  headers: Record<string, string>,
  body: object,
  dispatcher: Dispatcher,
): Promise<{ status: number; json: unknown }> {
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      dispatcher,
      headersTimeout: 5 * secondMs,
      bodyTimeout: 5 * secondMs,
      signal: AbortSignal.timeout(10 * secondMs),
    });
    const text = Buffer.concat(await answer.body.toArray());
    return { status: answer.statusCode, json: text.length > answerBytesMax ? null : parsed(text) };
  } catch (cause) {
    throw new RootKeyError('unavailable', `The key service at ${new URL(url).origin} does not answer.`, { cause });
  }
}

function parsed(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    return null;
  }
}
