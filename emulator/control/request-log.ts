/** One request that reached the Notion surface. Secrets are not in it: the caller is named by its bot id. */
export interface LogEntry {
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly status: number;
  /**
   * `token`: a valid bearer token. `client`: an OAuth client's Basic header. `unknown`: a credential that was never
   * issued.
   */
  readonly credential: 'token' | 'client' | 'unknown' | 'none';
  /** Whose token it was. */
  readonly botId: string | null;
  /** Of an MCP request what it asks for: `tools/call notion-fetch`. */
  readonly operation: string | null;
  readonly version: string | null;
  readonly userAgent: string | null;
  readonly bodyBytes: number;
  readonly requestId: string;
  /** Milliseconds since the epoch, by the emulator's clock. */
  readonly at: number;
  readonly fault: string | null;
}

const KEPT = 10_000;

export interface RequestLog {
  add(entry: Omit<LogEntry, 'number'>): void;
  /** Entries after `number`, oldest first. */
  list(after?: number): LogEntry[];
  clear(): void;
}

/** Keeps the last 10,000 requests in memory. */
export function createRequestLog(): RequestLog {
  let entries: LogEntry[] = [];
  let next = 1;
  return {
    add(entry) {
      entries.push({ number: next, ...entry });
      next += 1;
      if (entries.length >= 2 * KEPT) entries = entries.slice(-KEPT);
    },
    list: (after = 0) => entries.slice(-KEPT).filter(entry => entry.number > after),
    clear() {
      entries = [];
    },
  };
}
