import type { SinkOwner } from '../../domain/sink.ts';
import { readRecord, type SinkRecord } from '../record.ts';
import { oneLine } from './lines.ts';

/** Facility 13, `log audit` (RFC 5424 section 6.2.1). */
const facility = 13;
const severities = { error: 3, warning: 4, informational: 6 } as const;
/** A number for examples (RFC 5612): Portcullis has none of its own. */
const dataId = 'audit@32473';
/** Receivers need not take more than 2,048 bytes, and usual ones take 8,192 (RFC 5424 section 6.1). */
const bytesMax = 8_192;

/** An entry as a message of RFC 5424. `host` is who we are. What is too long for a receiver is named, and not told. */
export function syslogMessage(record: SinkRecord, owner: SinkOwner, host: string): Buffer {
  const { entry } = readRecord(record);
  const head = [
    `<${facility * 8 + severityOf(record)}>1`,
    entry.time,
    word(host, 255),
    'portcullis',
    '-',
    word(entry.operation, 32),
    structuredData({ ...dataOf(record, owner) }),
  ].join(' ');
  const message = Buffer.from(`${head} ${oneLine(record.text)}`);
  if (message.length <= bytesMax) return message;
  return Buffer.from(`${head} {"id":"${record.id}","truncated":true}`);
}

/** Octet counting (RFC 6587 section 3.4.1, RFC 5425 section 4.3): no message can end another one early. */
export function counted(message: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${message.length} `), message]);
}

function severityOf({ kind, text }: SinkRecord): number {
  if (kind === 'denial') return severities.warning;
  const { result } = JSON.parse(text);
  return ['error', 'failed', 'unknown'].includes(result) ? severities.error : severities.informational;
}

function dataOf(record: SinkRecord, owner: SinkOwner): Readonly<Record<string, string>> {
  const { principal, decision } = readRecord(record).entry;
  return {
    log: owner ?? 'deployment',
    index: String(record.index),
    id: record.id,
    kind: record.kind,
    ...(principal !== null && { principal: principal.id ?? principal.kind }),
    ...(decision !== undefined && { reason: decision.because }),
  };
}

/** RFC 5424 section 6.3.3: three characters are escaped. Control characters and line ends of any kind are replaced. */
function structuredData(values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(
    ([name, value]) => ` ${name}="${value.replace(controls, '\u{fffd}').replace(/["\\\]]/g, '\\$&')}"`,
  );
  return `[${dataId}${pairs.join('')}]`;
}

const controls = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/** A field of the header: printable ASCII without spaces, of a bounded length; `-` for nothing (section 6.2). */
function word(text: string, most: number): string {
  return text.replace(/[^!-~]/g, '').slice(0, most) || '-';
}
