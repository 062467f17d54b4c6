import { KiB, MiB, secondMs } from '../../domain/units.ts';

/** Limits of the REST door (rule 29). The server around it holds header size, idle time and request time. */
export const restLimits = {
  /** Notion's own limit on a JSON payload (https://developers.notion.com/reference/request-limits). */
  jsonBytesMax: 500 * KiB,
  /** Notion takes at most 20 MB in one part of a file; around it is a form. */
  uploadBytesMax: 21 * MiB,
  headersMax: 100,
  /** How long a body that was refused is thrown away before the connection is cut: long enough to deliver the refusal. */
  discardMs: 5 * secondMs,
  bearerCharsMax: 4 * KiB,
  /** Unfinished bodies of known callers: JSON is held in memory, and a form holds a connection to Notion. */
  bodies: { max: 512, maxEach: 32 },
} as const;
