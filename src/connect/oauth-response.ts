import type { ZodSafeParseResult } from 'zod';
import { plainText } from '../domain/printable.ts';

/** What an OAuth endpoint answered, unjudged. `text` is null when the body was larger, or of another kind, than any honest one. */
export interface OAuthResponse {
  readonly status: number;
  readonly text: string | null;
  /** Why there is no text, in our own words. */
  readonly unread?: string;
  /** What `Retry-After` asks for. */
  readonly retryAfterSeconds?: number | null;
}

/** The body, or undefined when it is not JSON. */
export function parseJson(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is wrong with an answer, for logs. It uses our own words and our own names of the fields. */
export function faultIn({ status, text, unread }: OAuthResponse, parsed: ZodSafeParseResult<unknown>): string {
  if (unread !== undefined) return unread;
  if (text === null) return `${status}, which is too large`;
  if (parseJson(text) === undefined) return `${status}, which is not JSON`;
  const [issue] = parsed.error?.issues ?? [];
  return issue === undefined ? String(status) : `${status} without a usable ${issue.path.join('.') || 'object'}`;
}

/** The answer is none that RFC 6749 defines, so it is unknown what the server did. `why` is for logs. */
export function unusableAnswer(why: string) {
  return { said: 'unclear', problem: 'answer_unusable', why } as const;
}

/**
 * Trouble at the server or on the way. After 429 the request was not carried out; after any other answer it may have
 * been.
 */
export function troubleAnswer({ status, retryAfterSeconds = null }: OAuthResponse, why = String(status)) {
  return {
    said: status === 429 ? ('turned_away' as const) : ('unclear' as const),
    problem: `status_${status}`,
    why,
    retryAfterSeconds,
  };
}

const nameCharsMax = 200;

/** A name from an answer, made fit to be shown; null if nothing visible is left. */
export function nameIn(text: string | null | undefined): string | null {
  return plainText(text ?? '', nameCharsMax) || null;
}
