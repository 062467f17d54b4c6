import type { Secret } from '../domain/secret.ts';
import type { SinkBySettings } from '../domain/sink.ts';
import type { Values } from './settings.ts';

/** The sinks that come from the settings. */
export interface SinksConfig {
  /** Every log has each of these. */
  readonly everywhere: readonly SinkBySettings[];
  readonly webhookSecret: Secret | null;
  /** A database of Notion, in one workspace or another. */
  readonly auditDatabaseId: string | null;
}

export function sinksConfig(values: Values, stdout: boolean): SinksConfig {
  const { PORTCULLIS_SINK_FORMAT: format, NOTION_AUDIT_DB_ID: auditDatabaseId } = values;
  const { PORTCULLIS_SINK_WEBHOOK_URL: url, PORTCULLIS_SINK_SYSLOG_URL: syslog, PORTCULLIS_SINK_FILE: path } = values;
  const asked: (SinkBySettings | false)[] = [
    stdout && { name: 'PORTCULLIS_AUDIT_STDOUT', kind: 'stdout', settings: { format } },
    url !== null && { name: 'PORTCULLIS_SINK_WEBHOOK_URL', kind: 'webhook', settings: { url: url.href, format } },
    syslog !== null && { name: 'PORTCULLIS_SINK_SYSLOG_URL', kind: 'syslog', settings: placeOf(syslog) },
    path !== null && { name: 'PORTCULLIS_SINK_FILE', kind: 'file', settings: { path, format } },
  ];
  return {
    everywhere: asked.filter(one => one !== false),
    webhookSecret: values.PORTCULLIS_SINK_WEBHOOK_SECRET,
    auditDatabaseId,
  };
}

function placeOf({ protocol, hostname, port }: URL) {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return { transport: protocol.slice(0, -1), host, port: Number(port) };
}
