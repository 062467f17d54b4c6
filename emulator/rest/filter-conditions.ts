import { isPlain, Mismatch, readInput } from '../http/shape.ts';
import { canonicalId } from '../identifiers.ts';

/** The conditions of query filters (Notion, "Filter database entries"): one function for each family of types. */
export type Condition<T> = (value: T) => boolean;

type Operators<T> = Record<string, (operand: unknown, path: string) => Condition<T>>;

/** Reads `{operator: operand}`; several operators in one object must all hold. */
function compile<T>(condition: unknown, path: string, operators: Operators<T>): Condition<T> {
  return readInput(
    {
      read(value) {
        if (!isPlain(value)) throw new Mismatch(path, value === undefined ? 'defined' : 'an object', value);
        const names = Object.keys(value);
        const tests = names.map(name => {
          const make = Object.hasOwn(operators, name) ? operators[name] : undefined;
          if (make === undefined) throw new Mismatch(`${path}.${name}`, 'not present', value[name]);
          return make(value[name], `${path}.${name}`);
        });
        if (tests.length === 0) {
          const missing = Object.keys(operators).map(name => new Mismatch(`${path}.${name}`, 'defined', undefined));
          throw new Mismatch(path, 'a condition', value, missing);
        }
        return (actual: T) => tests.every(test => test(actual));
      },
    },
    condition,
    'body',
  );
}

/** `is_empty` and `is_not_empty`, which take `true` only. */
function existence<T>(isEmpty: (value: T) => boolean): Operators<T> {
  const only = (operand: unknown, path: string) => {
    if (operand !== true) throw new Mismatch(path, '`true`', operand);
  };
  return {
    is_empty(operand, path) {
      only(operand, path);
      return isEmpty;
    },
    is_not_empty(operand, path) {
      only(operand, path);
      return value => !isEmpty(value);
    },
  };
}

function text(operand: unknown, path: string): string {
  if (typeof operand !== 'string') throw new Mismatch(path, 'a string', operand);
  return operand.toLowerCase();
}

export function textCondition(condition: unknown, path: string): Condition<string> {
  const compare = (test: (value: string, want: string) => boolean) => (operand: unknown, at: string) => {
    const want = text(operand, at);
    return (value: string) => test(value.toLowerCase(), want);
  };
  return compile(condition, path, {
    equals: compare((value, want) => value === want),
    does_not_equal: compare((value, want) => value !== want),
    contains: compare((value, want) => value.includes(want)),
    does_not_contain: compare((value, want) => !value.includes(want)),
    starts_with: compare((value, want) => value.startsWith(want)),
    ends_with: compare((value, want) => value.endsWith(want)),
    ...existence<string>(value => value === ''),
  });
}

export function numberCondition(condition: unknown, path: string): Condition<number | null> {
  const compare = (test: (value: number, want: number) => boolean) => (operand: unknown, at: string) => {
    if (typeof operand !== 'number') throw new Mismatch(at, 'a number', operand);
    return (value: number | null) => value !== null && test(value, operand);
  };
  return compile<number | null>(condition, path, {
    equals: compare((value, want) => value === want),
    does_not_equal: (operand, at) => {
      if (typeof operand !== 'number') throw new Mismatch(at, 'a number', operand);
      return value => value !== operand;
    },
    greater_than: compare((value, want) => value > want),
    less_than: compare((value, want) => value < want),
    greater_than_or_equal_to: compare((value, want) => value >= want),
    less_than_or_equal_to: compare((value, want) => value <= want),
    ...existence<number | null>(value => value === null),
  });
}

export function checkboxCondition(condition: unknown, path: string): Condition<boolean> {
  const flag = (operand: unknown, at: string): boolean => {
    if (typeof operand !== 'boolean') throw new Mismatch(at, 'a boolean', operand);
    return operand;
  };
  return compile<boolean>(condition, path, {
    equals(operand, at) {
      const want = flag(operand, at);
      return value => value === want;
    },
    does_not_equal(operand, at) {
      const want = flag(operand, at);
      return value => value !== want;
    },
  });
}

interface Named {
  readonly name: string;
}

/** One name, or several of which any will do. */
function names(operand: unknown, path: string): string[] {
  const list = Array.isArray(operand) ? operand : [operand];
  return list.map(one => text(one, path));
}

export function optionCondition(condition: unknown, path: string): Condition<Named | null> {
  const isOneOf = (value: Named | null, want: string[]) => value !== null && want.includes(value.name.toLowerCase());
  return compile<Named | null>(condition, path, {
    equals(operand, at) {
      const want = names(operand, at);
      return value => isOneOf(value, want);
    },
    does_not_equal(operand, at) {
      const want = names(operand, at);
      return value => !isOneOf(value, want);
    },
    ...existence<Named | null>(value => value === null),
  });
}

export function optionListCondition(condition: unknown, path: string): Condition<readonly Named[]> {
  const holds = (value: readonly Named[], want: string[]) => value.some(one => want.includes(one.name.toLowerCase()));
  return compile<readonly Named[]>(condition, path, {
    contains(operand, at) {
      const want = names(operand, at);
      return value => holds(value, want);
    },
    does_not_contain(operand, at) {
      const want = names(operand, at);
      return value => !holds(value, want);
    },
    ...existence<readonly Named[]>(value => value.length === 0),
  });
}

/** People and relations: lists of ids. */
export function listCondition(condition: unknown, path: string): Condition<readonly string[]> {
  const id = (operand: unknown, at: string): string => {
    const read = typeof operand === 'string' ? canonicalId(operand) : null;
    if (read === null) throw new Mismatch(at, 'a valid uuid', operand);
    return read;
  };
  return compile<readonly string[]>(condition, path, {
    contains(operand, at) {
      const want = id(operand, at);
      return value => value.includes(want);
    },
    does_not_contain(operand, at) {
      const want = id(operand, at);
      return value => !value.includes(want);
    },
    ...existence<readonly string[]>(value => value.length === 0),
  });
}

/** For values that can only be there or not; the argument says whether the value is empty. */
export function existenceCondition(condition: unknown, path: string): Condition<boolean> {
  return compile(
    condition,
    path,
    existence<boolean>(empty => empty),
  );
}

const DAY_MS = 86_400_000;
const RELATIVE_DAYS: Record<string, number> = {
  today: 0,
  tomorrow: 1,
  yesterday: -1,
  one_week_ago: -7,
  one_week_from_now: 7,
  one_month_ago: -30,
  one_month_from_now: 30,
};

/** Dates and times as ISO text. A date without a time stands for the whole day, in UTC. `now` in milliseconds. */
export function dateCondition(condition: unknown, path: string, now: number): Condition<string | null> {
  const compare = (test: (value: number, from: number, to: number) => boolean) => (operand: unknown, at: string) => {
    const { from, to } = span(operand, at, now);
    return (value: string | null) => value !== null && test(Date.parse(value), from, to);
  };
  const within = (fromDays: number, toDays: number) => () => (value: string | null) => {
    const time = value === null ? Number.NaN : Date.parse(value);
    return time >= now + fromDays * DAY_MS && time <= now + toDays * DAY_MS;
  };
  return compile<string | null>(condition, path, {
    equals: compare((value, from, to) => value >= from && value < to),
    before: compare((value, from) => value < from),
    after: compare((value, _from, to) => value >= to),
    on_or_before: compare((value, _from, to) => value < to),
    on_or_after: compare((value, from) => value >= from),
    this_week: within(-7, 7),
    past_week: within(-7, 0),
    past_month: within(-30, 0),
    past_year: within(-365, 0),
    next_week: within(0, 7),
    next_month: within(0, 30),
    next_year: within(0, 365),
    ...existence<string | null>(value => value === null),
  });
}

function span(operand: unknown, path: string, now: number): { from: number; to: number } {
  const days =
    typeof operand === 'string' && Object.hasOwn(RELATIVE_DAYS, operand) ? RELATIVE_DAYS[operand] : undefined;
  if (days !== undefined) {
    const from = now - (now % DAY_MS) + days * DAY_MS;
    return { from, to: from + DAY_MS };
  }
  const time = typeof operand === 'string' ? Date.parse(operand) : Number.NaN;
  if (typeof operand !== 'string' || Number.isNaN(time))
    throw new Mismatch(path, 'a valid ISO 8601 date string', operand);
  return { from: time, to: time + (operand.length <= 10 ? DAY_MS : 1) };
}
