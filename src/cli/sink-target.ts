import { readFile } from 'node:fs/promises';
import { type Invocation, type Option, UsageError } from './command.ts';

/** What a new sink takes beside its target. */
export const sinkOptions: Readonly<Record<string, Option>> = {
  format: { takes: 'FORMAT', doc: 'of a webhook: json (the log as it is) or ocsf' },
  'only-alerts': { takes: null, doc: 'nothing but alerts' },
  reads: { takes: null, doc: 'of a Notion database: rows also for what was only read' },
  ca: { takes: 'FILE', doc: 'of syslog: certificates to believe instead of the usual ones (PEM)' },
};

/** For the help of `sinks add`. */
export const targetsDoc =
  'KIND webhook: TARGET is a URL. KIND syslog: TARGET is tls://HOST:PORT, or tcp://HOST:PORT, which is not encrypted. ' +
  'KIND notion: TARGET is the id of a database, or under:PAGE for a new one below that page.';

/** The kind of a new sink, and its settings. Throws UsageError. */
export async function newSinkOf({ parameters, options }: Invocation) {
  const { KIND: kind = '', TARGET: target = '' } = parameters;
  const { format, reads, ca } = options;
  const only = options['only-alerts'] === true ? 'alerts' : 'everything';
  switch (kind) {
    case 'webhook':
      return { kind, settings: { url: target, only, ...(format !== undefined && { format }) } };
    case 'notion': {
      const [, pageId] = /^under:(.+)$/.exec(target) ?? [];
      const place = pageId === undefined ? { databaseId: target } : { parentPageId: pageId };
      return { kind, settings: { ...place, only, reads: reads === true } };
    }
    case 'syslog': {
      const [, transport, host, port] = /^(tls|tcp):\/\/(.+?)(?::(\d+))?$/.exec(target) ?? [];
      if (host === undefined) throw new UsageError(`"${target}" is no place for syslog`, targetsDoc);
      const certificates = typeof ca === 'string' ? { ca: await readFile(ca, 'utf8') } : {};
      return {
        kind,
        settings: { transport, host, only, ...(port !== undefined && { port: Number(port) }), ...certificates },
      };
    }
    default:
      throw new UsageError(`"${kind}" is no kind of sink`, targetsDoc);
  }
}
