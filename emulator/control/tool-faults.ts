/** Trouble inside a tool, on demand. It applies to the next `times` calls of `tool`, then it is gone. */
export interface ToolFault {
  /** Any tool if left out; aliases count as the tool that they stand for. */
  readonly tool?: string;
  /** 1 if left out. */
  readonly times?: number;
  /**
   * `rate_limited`: the structured error of a 429. `expected_array`, `expected_object`, `undefined_argument`: the three
   * errors of arguments that were serialised once too often. `error`: the text in `text`.
   */
  readonly kind: 'rate_limited' | 'expected_array' | 'expected_object' | 'undefined_argument' | 'error';
  readonly retryAfterSeconds?: number;
  readonly rateLimitReason?: string;
  readonly text?: string;
  /** `after`: the tool did its work and only the answer is an error. `before` if left out. */
  readonly when?: 'before' | 'after';
}

export interface ToolFaults {
  add(fault: ToolFault): void;
  clear(): void;
  /** The fault for this call, used up by one. */
  take(tool: string): ToolFault | null;
}

export function createToolFaults(): ToolFaults {
  let armed: { fault: ToolFault; left: number }[] = [];
  return {
    add: fault => armed.push({ fault, left: fault.times ?? 1 }),
    clear() {
      armed = [];
    },
    take(tool) {
      const found = armed.find(({ fault }) => fault.tool === undefined || fault.tool === tool);
      if (found === undefined) return null;
      found.left -= 1;
      if (found.left <= 0) armed = armed.filter(one => one !== found);
      return found.fault;
    },
  };
}
