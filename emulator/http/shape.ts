import { canonicalId } from '../identifiers.ts';
import { ApiError } from './errors.ts';

/**
 * Reads an untrusted JSON value into a typed one, or fails in Notion's wording:
 * `body failed validation: body.page_size should be a number or \`undefined\`, instead was \`"ten"\`.`
 */
export interface Shape<T> {
  read(value: unknown, path: string): T;
}

export type Read<S> = S extends Shape<infer T> ? T : never;

/** One value that is not as expected. Becomes a `validation_error` in `readInput`. */
export class Mismatch extends Error {
  readonly path: string;
  expectation: string;
  readonly actual: unknown;
  /** Set where several variants were possible: Notion lists one complaint for each. */
  readonly alternatives: readonly Mismatch[];

  constructor(path: string, expectation: string, actual: unknown, alternatives: readonly Mismatch[] = []) {
    super('mismatch');
    this.path = path;
    this.expectation = expectation;
    this.actual = actual;
    this.alternatives = alternatives;
  }

  sentence(): string {
    return `${this.path} should be ${this.expectation}, instead was \`${quote(this.actual)}\`.`;
  }
}

/** Reads `value` as `part` of a request ("body", "path", "query"); throws the 400 that Notion would send. */
export function readInput<T>(shape: Shape<T>, value: unknown, part: 'body' | 'path' | 'query'): T {
  try {
    return shape.read(value, part);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const several = error.alternatives;
    const complaint =
      several.length > 1
        ? `. Fix one:\n${several.map(one => one.sentence()).join('\n')}`
        : `: ${(several[0] ?? error).sentence()}`;
    throw new ApiError(400, 'validation_error', `${part} failed validation${complaint}`);
  }
}

/** Notion cuts the quoted value at 55 characters. */
function quote(value: unknown): string {
  const text = value === undefined ? 'undefined' : JSON.stringify(value);
  return text.length > 55 ? `${text.slice(0, 55)}...` : text;
}

function expected<T>(expectation: string, accepts: (value: unknown) => value is T): Shape<T> {
  return {
    read(value, path) {
      if (accepts(value)) return value;
      throw new Mismatch(path, value === undefined ? 'defined' : expectation, value);
    },
  };
}

export const boolean = expected('a boolean', value => typeof value === 'boolean');
export const number = expected(
  'a number',
  (value): value is number => typeof value === 'number' && Number.isFinite(value),
);
export const anything: Shape<unknown> = { read: value => value };

/** A field that this version of the API refuses to see. */
export const absent: Shape<undefined> = {
  read(value, path) {
    if (value !== undefined) throw new Mismatch(path, 'not present', value);
    return undefined;
  },
};

/** A string of at most `max` UTF-16 units, which is how Notion counts. */
export function string(max = Number.POSITIVE_INFINITY): Shape<string> {
  return {
    read(value, path) {
      if (typeof value !== 'string') throw new Mismatch(path, value === undefined ? 'defined' : 'a string', value);
      if (value.length > max) throw new Mismatch(`${path}.length`, `≤ \`${max}\``, value.length);
      return value;
    },
  };
}

/** An id in any accepted spelling; answers the dashed lower-case form. */
export const uuid: Shape<string> = {
  read(value, path) {
    const id = typeof value === 'string' ? canonicalId(value) : null;
    if (id === null) throw new Mismatch(path, value === undefined ? 'defined' : 'a valid uuid', value);
    return id;
  },
};

export function oneOf<const T extends string | boolean>(...values: readonly T[]): Shape<T> {
  const names = values.map(value => `\`${JSON.stringify(value)}\``);
  const last = names.pop();
  const list = names.length === 0 ? `${last}` : `${names.join(', ')}${names.length > 1 ? ',' : ''} or ${last}`;
  return expected(list, (value): value is T => values.some(one => one === value));
}

export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return {
    read: (value, path) => (value === undefined ? undefined : widened(shape, value, path, '`undefined`')),
  };
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return { read: (value, path) => (value === null ? null : widened(shape, value, path, '`null`')) };
}

function widened<T>(shape: Shape<T>, value: unknown, path: string, also: string): T {
  try {
    return shape.read(value, path);
  } catch (error) {
    if (error instanceof Mismatch && error.path === path && value !== undefined) error.expectation += ` or ${also}`;
    throw error;
  }
}

/** A list with at most `max` entries (Notion: 100 almost everywhere). */
export function array<T>(item: Shape<T>, max = 100): Shape<T[]> {
  return {
    read(value, path) {
      if (!Array.isArray(value)) throw new Mismatch(path, value === undefined ? 'defined' : 'an array', value);
      if (value.length > max) throw new Mismatch(`${path}.length`, `≤ \`${max}\``, value.length);
      return value.map((entry, index) => item.read(entry, `${path}[${index}]`));
    },
  };
}

export function record<T>(item: Shape<T>): Shape<Record<string, T>> {
  return {
    read(value, path) {
      if (!isPlain(value)) throw new Mismatch(path, value === undefined ? 'defined' : 'an object', value);
      return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, item.read(entry, `${path}.${key}`)]));
    },
  };
}

type Fields = Record<string, Shape<unknown>>;
type Optionals<F extends Fields> = { [K in keyof F]: undefined extends Read<F[K]> ? K : never }[keyof F];
type ObjectOf<F extends Fields> = { [K in Exclude<keyof F, Optionals<F>>]: Read<F[K]> } & {
  [K in Optionals<F>]?: Exclude<Read<F[K]>, undefined>;
};

/** An object with exactly these fields; others "should be not present". */
export function object<F extends Fields>(fields: F): Shape<ObjectOf<F>> {
  const known = looseObject(fields);
  return {
    read(value, path) {
      if (isPlain(value)) {
        for (const name of Object.keys(value)) {
          if (!Object.hasOwn(fields, name)) throw new Mismatch(`${path}.${name}`, 'not present', value[name]);
        }
      }
      return known.read(value, path);
    },
  };
}

/** An object with at least these fields; others are left out, as unknown query parameters are. */
export function looseObject<F extends Fields>(fields: F): Shape<ObjectOf<F>> {
  const names = Object.keys(fields);
  return {
    read(value, path) {
      if (!isPlain(value)) throw new Mismatch(path, value === undefined ? 'defined' : 'an object', value);
      const result: Record<string, unknown> = {};
      for (const name of names) {
        const entry = fields[name]?.read(value[name], `${path}.${name}`);
        if (entry !== undefined) result[name] = entry;
      }
      return result as ObjectOf<F>;
    },
  };
}

/** One of several shapes. The complaint lists what each variant misses, as Notion does. */
export function union<T extends readonly Shape<unknown>[]>(...variants: T): Shape<Read<T[number]>> {
  return {
    read(value, path) {
      const misses: Mismatch[] = [];
      for (const variant of variants) {
        try {
          return variant.read(value, path) as Read<T[number]>;
        } catch (error) {
          if (!(error instanceof Mismatch)) throw error;
          misses.push(...(error.alternatives.length > 0 ? error.alternatives : [error]));
        }
      }
      throw new Mismatch(path, 'one of the accepted variants', value, deepest(misses));
    },
  };
}

/** Where one variant got further than "this key is missing", its complaint is the useful one. */
function deepest(misses: readonly Mismatch[]): readonly Mismatch[] {
  const wrong = misses.filter(miss => miss.actual !== undefined && miss.expectation !== 'not present');
  return wrong.length === 1 ? wrong : misses;
}

export function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
