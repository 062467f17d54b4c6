import { setTimeout } from 'node:timers/promises';
import { buildConnector, type Dispatcher, Pool } from 'undici';
import type { Answer, NotionRequest } from '../domain/operation.ts';
import type { OutgoingProxy } from '../domain/outgoing-proxy.ts';
import { KiB, MiB, minuteMs, secondMs } from '../domain/units.ts';
import { openAgent } from '../net/open-agent.ts';
import { Exchange, type ExchangeOptions } from './exchange.ts';

export interface UpstreamOptions {
  /** Notion's origin, as `URL.origin` spells it. */
  readonly origin: string;
  /** The proxy for connections; null or left out: none. */
  readonly proxy?: OutgoingProxy | null;
  /** Most connections to Notion at once, and so most running calls. */
  readonly connections?: number;
  /** Most connections besides for bodies that are streamed: they are held for as long as the client sends. */
  readonly uploads?: number;
  /** Most time for connecting. */
  readonly connectMs?: number;
  /** Most time between sending a request and the head of its answer. Notion itself gives up after a minute. */
  readonly headersMs?: number;
  /** Most silence in the midst of an answer. */
  readonly silenceMs?: number;
  /** Most time for a whole answer that is not streamed. */
  readonly answerMs?: number;
  /** Most bytes of an answer that is not streamed: `withhold` must hold it whole. */
  readonly answerBytesMax?: number;
  /** The most time that running calls have when it is closed. */
  readonly closeMs?: number;
}

export type SendOptions = Pick<ExchangeOptions, 'stream' | 'signal' | 'permit' | 'digest'>;

/** Notion's side of the gate: kept-alive connections to one origin, in a pool for calls and one for uploads. */
export interface Upstream {
  readonly origin: string;
  readonly connections: number;
  readonly uploads: number;
  /** Sends one request, once. Rejects with `ExchangeFailure`. */
  send(request: NotionRequest, headers: string[], options: SendOptions): Promise<Answer>;
  /** Lets exchanges that are under way finish, for a bounded time, then ends them and closes the connections. */
  close(): Promise<void>;
}

const defaults = {
  connections: 128,
  uploads: 32,
  connectMs: 10 * secondMs,
  // Beyond Notion's own limit of 60 s, so that its answer to slowness is what the client sees.
  headersMs: 75 * secondMs,
  silenceMs: 75 * secondMs,
  answerMs: 3 * minuteMs,
  answerBytesMax: 20 * MiB,
  closeMs: 5 * secondMs,
} as const;

const headerBytesMax = 32 * KiB;

/**
 * How undici behaves, for the record. With `pipelining: 1` a connection carries one request at a time; if the
 * connection is lost, that request fails and is not sent again. HTTP/2 is off, because a lost session would lose many
 * requests and say less about each. Only an interceptor follows redirects, and none is installed. An idle connection is
 * closed after 4 s, or 2 s before the end that the server announces. So it seldom happens that a request meets a
 * connection that the server has just closed.
 */
export function openUpstream(options: UpstreamOptions): Upstream {
  const {
    origin,
    proxy = null,
    connections,
    uploads,
    connectMs,
    headersMs,
    silenceMs,
    answerMs,
    answerBytesMax,
    closeMs,
  } = {
    ...defaults,
    ...options,
  };
  const underWay = new Set<Exchange>();
  const confirm = () => Promise.all(Array.from(underWay, exchange => exchange.renewPermit()));
  const open = (size: number) =>
    openAgent(proxy, {
      connections: size,
      pipelining: 1,
      allowH2: false,
      connect: { timeout: connectMs },
      headersTimeout: headersMs,
      bodyTimeout: silenceMs,
      maxHeaderSize: headerBytesMax,
      factory: (to, made: Pool.Options) => new Pool(to, { ...made, connect: confirmed(connectorIn(made), confirm) }),
    });
  let onIdle = () => {};
  const allAnswered = () =>
    new Promise<void>(resolve => {
      onIdle = resolve;
      if (underWay.size === 0) resolve();
    });
  const calls = open(connections);
  const streams = open(uploads);

  return {
    origin: new URL(origin).origin,
    connections,
    uploads,
    send(request, headers, sending) {
      return new Promise((resolve, reject) => {
        const { path, method, body } = request;
        const exchange: Exchange = new Exchange(
          body,
          { ...sending, answerBytesMax, answerMs },
          settle(resolve),
          settle(reject),
        );
        underWay.add(exchange);
        const { streamedBody } = exchange;
        const dispatch: Dispatcher.DispatchOptions = { origin, path, method, headers, body: streamedBody ?? body };
        (streamedBody === null ? calls : streams).dispatch(dispatch, exchange);

        function settle<T>(then: (value: T) => void): (value: T) => void {
          return value => {
            underWay.delete(exchange);
            then(value);
            if (underWay.size === 0) onIdle();
          };
        }
      });
    },
    async close() {
      const over = new AbortController();
      await Promise.race([allAnswered(), setTimeout(closeMs, null, over).catch(() => {})]);
      over.abort();
      // Calls that Notion has not answered fail now, and say so in the log: a stop does not wait a minute for them.
      await Promise.all([calls.destroy(), streams.destroy()]);
    },
  };
}

/**
 * While a connection is being made, a permission may be withdrawn. So before a new connection carries anything, the
 * decision of every call that may be waiting for it is checked again.
 */
function confirmed(connect: buildConnector.connector, confirm: () => Promise<unknown>): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...result) => {
      if (result[0] === null) confirm().then(() => callback(...result));
      else callback(...result);
    });
}

/** The way in which a pool would connect: by a tunnel if an agent for a proxy makes it, otherwise by itself. */
function connectorIn({ connect }: Pool.Options): buildConnector.connector {
  return typeof connect === 'function' ? connect : buildConnector({ ...connect, allowH2: false });
}
