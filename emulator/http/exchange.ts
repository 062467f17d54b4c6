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
  /** What a message asks for where the path does not say it: `tools/call notion-fetch`. */
  operation: string | null;
  credential: 'token' | 'client' | 'unknown' | 'none';
  bodyBytes: number;
}
