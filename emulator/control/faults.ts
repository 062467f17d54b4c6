import { createToolFaults, type ToolFaults } from './tool-faults.ts';

/** Trouble on demand. A fault applies to the next `times` requests that match, then it is gone. */
export interface Fault {
  /** Any method if left out. */
  readonly method?: string;
  /** A path such as `/v1/pages/*`; `*` stands for anything. Any path if left out. */
  readonly path?: string;
  /** 1 if left out. */
  readonly times?: number;
  /**
   * `respond`: an error envelope of `status`. `stall`: no answer until released. `truncate`: half the body, then the
   * connection ends. `reset`: the connection is reset. `delay`: the answer comes `delayMs` later.
   */
  readonly kind: 'respond' | 'stall' | 'truncate' | 'reset' | 'delay';
  readonly status?: 429 | 500 | 502 | 503 | 504 | 529;
  readonly retryAfterSeconds?: number;
  readonly rateLimitReason?: string;
  readonly delayMs?: number;
  /** `after`: the request takes effect and its answer is lost or replaced. `before` (if left out): it has no effect. */
  readonly when?: 'before' | 'after';
}

interface Armed {
  readonly fault: Fault;
  readonly pattern: RegExp;
  left: number;
}

export interface Faults {
  /** Trouble inside the tools of the hosted MCP server, past its HTTP surface. */
  readonly tools: ToolFaults;
  add(fault: Fault): void;
  clear(): void;
  /** The fault for this request, used up by one. */
  take(method: string, path: string): Fault | null;
  /** Waits until `release` is called. */
  stalled(): Promise<void>;
  /** Lets every stalled request go on; answers how many there were. */
  release(): number;
}

export function createFaults(): Faults {
  let armed: Armed[] = [];
  let waiting: (() => void)[] = [];
  const tools = createToolFaults();
  return {
    tools,
    add: fault => armed.push({ fault, pattern: patternOf(fault.path ?? '*'), left: fault.times ?? 1 }),
    clear() {
      armed = [];
      tools.clear();
    },
    take(method, path) {
      if (armed.length === 0) return null;
      const found = armed.find(
        one => (one.fault.method === undefined || one.fault.method === method) && one.pattern.test(path),
      );
      if (found === undefined) return null;
      found.left -= 1;
      if (found.left <= 0) armed = armed.filter(one => one !== found);
      return found.fault;
    },
    stalled: () => new Promise(resolve => waiting.push(resolve)),
    release() {
      const released = waiting;
      waiting = [];
      for (const go of released) go();
      return released.length;
    },
  };
}

function patternOf(path: string): RegExp {
  const escaped = path.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`);
}

const MESSAGES: Record<number, readonly [string, string]> = {
  429: ['rate_limited', 'You have been rate limited. Please try again in a few minutes.'],
  500: ['internal_server_error', 'Unexpected error occurred.'],
  502: ['bad_gateway', 'Bad Gateway'],
  503: ['service_unavailable', 'Notion is unavailable, please try again later.'],
  504: ['gateway_timeout', 'Gateway Timeout'],
  529: ['service_overload', 'Notion is temporarily overloaded. Please try again later.'],
};

/** The code and message that Notion sends with a status. */
export function troubleOf(status: number): readonly [code: string, message: string] {
  return MESSAGES[status] ?? ['internal_server_error', 'Unexpected error occurred.'];
}
