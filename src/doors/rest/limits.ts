import { KiB, MiB } from '../../domain/units.ts';

/** Limits of the REST door (rule 29). The server around it holds header size, idle time and request time. */
export const restLimits = {
  /** Notion's own limit on a JSON payload (https://developers.notion.com/reference/request-limits). */
  jsonBytesMax: 500 * KiB,
  /** Notion takes at most 20 MB in one part of a file; around it is a form. */
  uploadBytesMax: 21 * MiB,
  headersMax: 100,
  bearerCharsMax: 4 * KiB,
} as const;
