import { z } from 'zod';
import type { SinkOwner } from '../../domain/sink.ts';
import type { SinkRecord } from '../record.ts';
import { ocsfOf } from './ocsf.ts';

/** How entries are spelled where the kind of sink leaves the choice. */
export const sinkFormat = z
  .enum(['json', 'ocsf'])
  .default('json')
  .describe('`json`: entries as they are in the log. `ocsf`: events of the Open Cybersecurity Schema Framework.');

export type SinkFormat = z.infer<typeof sinkFormat>;

/** An entry as one line of JSON, without its end. `json` is the envelope of the source system: `level` is `audit`. */
export function lineOf(record: SinkRecord, owner: SinkOwner, format: SinkFormat): string {
  if (format === 'ocsf') return oneLine(JSON.stringify(ocsfOf(record, owner)));
  const head = `"level":"audit","log":${JSON.stringify(owner ?? 'deployment')},"index":${record.index}`;
  return oneLine(`{${head},${record.text.slice(1)}`);
}

/**
 * Spells JSON so that no reader takes one line for two, and no terminal obeys it: what JSON lets stand inside strings beside
 * the control characters that it escapes itself (DEL, C1 controls, U+2028, U+2029) becomes an escape sequence. It means the same.
 */
export function oneLine(json: string): string {
  return json.replace(/[\u007f-\u009f\u2028\u2029]/g, text => `\\u${text.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
