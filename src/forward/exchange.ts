import { PassThrough, pipeline, Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { RunningDigest } from '../domain/digest.ts';
import type { Answer, NotionRequest } from '../domain/operation.ts';
import { ExchangeFailure, type FailureReason, type Progress, reasonOf } from './exchange-failure.ts';
import type { Permit } from './permit.ts';

export interface ExchangeOptions {
  /** Answers of success are handed on as a stream instead of being kept whole. */
  readonly stream: boolean;
  /** Most bytes of an answer that is kept whole. */
  readonly answerBytesMax: number;
  /** Most time from sending to the last byte of an answer that is kept whole. */
  readonly answerMs: number;
  /** Aborts a call that may be cancelled; null for one that must run to its end. */
  readonly signal: AbortSignal | null;
  /** Asked at the moment of sending: if the decision has grown too old, nothing is sent. */
  readonly permit: Permit;
  /** Digests the body on its way, when it is streamed. */
  readonly digest: RunningDigest | null;
}

/** A streamed body. If undici does not send the stream that it got, it destroys it; so it gets a stream of its own. */
interface StreamedBody {
  readonly source: Readable;
  readonly given: PassThrough;
}

/**
 * One request and its answer, as undici reports them. Written against undici's `dispatch` because it says what the
 * conveniences above it do not: whether the request was on the wire yet when it failed.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (failure: ExchangeFailure) => void;
  #progress: Progress = 'waiting';
  #controller: Dispatcher.DispatchController | null = null;
  /** Set when we end the exchange ourselves: undici's error then only says that it was aborted. */
  #ownReason: FailureReason | null = null;
  #deadline: NodeJS.Timeout | null = null;
  #sentAt = 0;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #bytes = 0;
  #stream: Readable | null = null;
  readonly #body: StreamedBody | null;

  constructor(
    body: NotionRequest['body'],
    options: ExchangeOptions,
    resolve: (answer: Answer) => void,
    reject: (failure: ExchangeFailure) => void,
  ) {
    // An error event without a listener would end the process.
    const given = new PassThrough().on('error', () => {});
    this.#body = body instanceof Readable ? { source: body, given } : null;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    options.signal?.addEventListener('abort', this.#cancel, { once: true });
  }

  /** The stream for undici, if the body is one. */
  get streamedBody(): Readable | null {
    return this.#body?.given ?? null;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    const obstacle = this.#obstacle();
    if (obstacle !== null) {
      this.#abort(obstacle);
      return;
    }
    this.#progress = 'sent';
    // If one of the two ends early, it ends the other.
    if (this.#body !== null) pipeline(this.#body.source, this.#body.given, () => {});
    this.#sentAt = performance.now();
    if (!this.#options.stream) this.#deadline = setTimeout(() => this.#abort('timeout'), this.#options.answerMs);
  }

  #obstacle(): FailureReason | null {
    if (this.#options.signal?.aborted) return 'cancelled';
    // undici would put a request back into its queue if it took the loss of the connection for an orderly one.
    if (this.#progress !== 'waiting') return 'connection';
    return this.#options.permit.isStale() ? 'late' : null;
  }

  /** While a connection is being made for it, an exchange waits: its decision may have to be confirmed (rule 10). */
  async renewPermit(): Promise<void> {
    const { permit } = this.#options;
    // A decision that no longer holds stays stale, and then nothing is sent.
    if (this.#progress === 'waiting') await permit.confirm().catch(() => undefined);
  }

  onBodySent(chunk: Buffer): void {
    this.#options.digest?.add(chunk);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, unknown>): void {
    if (status < 200) return;
    this.#progress = 'answering';
    this.#status = status;
    this.#headers = singleValues(headers);
    if (Number(headers['content-length']) > this.#options.answerBytesMax && !this.#streams()) this.#abort('unusable');
    else if (this.#streams()) this.#startStream();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#stream === null) this.#keep(chunk);
    else if (!this.#stream.push(chunk)) controller.pause();
  }

  #keep(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#options.answerBytesMax) this.#abort('unusable');
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#release();
    if (this.#stream !== null) {
      this.#stream.push(null);
      return;
    }
    const [first] = this.#chunks;
    const body = this.#chunks.length > 1 ? Buffer.concat(this.#chunks, this.#bytes) : (first ?? null);
    this.#resolve(this.#answer(body));
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: unknown): void {
    this.#release();
    const failure = new ExchangeFailure(this.#progress, this.#ownReason ?? reasonOf(error), error);
    if (this.#stream !== null) this.#stream.destroy(failure);
    else this.#reject(failure);
  }

  #streams(): boolean {
    return this.#options.stream && this.#status < 300;
  }

  #startStream(): void {
    const stream = new Readable({
      read: () => this.#controller?.resume(),
      destroy: (error, done) => {
        this.#abort('cancelled');
        done(error);
      },
    });
    this.#stream = stream;
    this.#resolve(this.#answer(stream));
  }

  #answer(body: Buffer | Readable | null): Answer {
    const upstreamMs = Math.round(performance.now() - this.#sentAt);
    const { digest } = this.#options;
    const answer = { status: this.#status, headers: this.#headers, body, upstreamMs };
    return digest === null ? answer : { ...answer, requestDigest: digest.value() };
  }

  readonly #cancel = (): void => this.#abort('cancelled');

  #abort(reason: FailureReason): void {
    if (this.#controller === null || this.#controller.aborted) return;
    this.#ownReason ??= reason;
    this.#controller.abort(new Error(reason));
  }

  #release(): void {
    if (this.#deadline !== null) clearTimeout(this.#deadline);
    this.#options.signal?.removeEventListener('abort', this.#cancel);
  }
}

/** RFC 9110 section 5.3: fields that repeat are one field whose values are joined by commas. */
function singleValues(headers: Record<string, unknown>): Record<string, string> {
  const single: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) single[name] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  return single;
}
