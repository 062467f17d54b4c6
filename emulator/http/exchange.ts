import type { IncomingMessage } from 'node:http';

/** One request on its way through the emulator. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly requestId: string;
  /** Filled in while the request is handled, for the log. */
  botId: string | null;
  credential: 'token' | 'client' | 'unknown' | 'none';
  bodyBytes: number;
}
