import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { Download } from './download.ts';

/** One event of a stream of server-sent events. */
export interface ServerEvent {
  /** Where to go on: a browser sends it back as `Last-Event-ID`. */
  readonly id: string;
  readonly name: string;
  /** Goes out as JSON. */
  readonly data: unknown;
}

/**
 * An answer of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). When the client
 * stops listening, the signal tells the source at once, even while it waits.
 */
export function eventStream(source: (signal: AbortSignal) => AsyncIterable<ServerEvent>): Download {
  const listening = new AbortController();
  const body = new PassThrough();
  body.once('close', () => listening.abort());
  send(source(listening.signal), body, listening.signal).then(
    () => body.end(),
    error => body.destroy(listening.signal.aborted ? undefined : error),
  );
  return new Download('portcullis-log.events', 'text/event-stream; charset=utf-8', body as Readable);
}

async function send(events: AsyncIterable<ServerEvent>, body: PassThrough, signal: AbortSignal): Promise<void> {
  for await (const { id, name, data } of events) {
    if (!body.write(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`))
      await once(body, 'drain', { signal });
  }
}
