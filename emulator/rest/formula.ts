import type { PropertyValue } from '../world/records.ts';
import { count, type FormulaResult, formulaFunctions, text, truthy } from './formula-functions.ts';

type FormulaValue = Extract<PropertyValue, { type: 'formula' }>['formula'];
type ReadProp = (name: string) => FormulaResult;

/** Computes a formula, or `null` if it is outside the part of the language that the emulator knows. */
export function evaluateFormula(expression: string, read: ReadProp, now: Date): FormulaValue {
  try {
    return resultObject(evaluate(new Tokens(expression), { read, now }));
  } catch (error) {
    if (error instanceof UnknownFormula) return { type: 'unsupported', unsupported: {} };
    throw error;
  }
}

function resultObject(result: FormulaResult): FormulaValue {
  if (typeof result === 'number') return { type: 'number', number: result };
  if (typeof result === 'boolean') return { type: 'boolean', boolean: result };
  if (result instanceof Date)
    return { type: 'date', date: { start: result.toISOString(), end: null, time_zone: null } };
  return { type: 'string', string: result };
}

class UnknownFormula extends Error {}

interface Scope {
  readonly read: ReadProp;
  readonly now: Date;
}

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?)|"((?:[^"\\]|\\.)*)"|([A-Za-z_][A-Za-z0-9_]*)|(==|!=|>=|<=|&&|\|\||[-+*/%<>!?:(),.]))/y;

class Tokens {
  readonly #all: string[] = [];
  #next = 0;

  constructor(expression: string) {
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < expression.trimEnd().length) {
      const match = TOKEN.exec(expression);
      if (match === null) throw new UnknownFormula('unreadable');
      this.#all.push(match[0].trim());
    }
  }

  peek(): string {
    return this.#all[this.#next] ?? '';
  }

  take(): string {
    const token = this.peek();
    this.#next += 1;
    return token;
  }

  accept(token: string): boolean {
    if (this.peek() !== token) return false;
    this.#next += 1;
    return true;
  }

  expect(token: string): void {
    if (!this.accept(token)) throw new UnknownFormula(`expected ${token}`);
  }
}

function evaluate(tokens: Tokens, scope: Scope): FormulaResult {
  const value = conditional(tokens, scope);
  if (tokens.peek() !== '') throw new UnknownFormula('left over');
  return value;
}

function conditional(tokens: Tokens, scope: Scope): FormulaResult {
  const test = binary(tokens, scope, 0);
  if (!tokens.accept('?')) return test;
  const yes = conditional(tokens, scope);
  tokens.expect(':');
  const no = conditional(tokens, scope);
  return truthy(test) ? yes : no;
}

/** From loosest to tightest. Words are operators too: `and`, `or`. */
const LEVELS: readonly (readonly string[])[] = [
  ['||', 'or'],
  ['&&', 'and'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

function binary(tokens: Tokens, scope: Scope, level: number): FormulaResult {
  const operators = LEVELS[level];
  if (operators === undefined) return unary(tokens, scope);
  let left = binary(tokens, scope, level + 1);
  while (operators.includes(tokens.peek())) left = operate(tokens.take(), left, binary(tokens, scope, level + 1));
  return left;
}

function operate(operator: string, a: FormulaResult, b: FormulaResult): FormulaResult {
  switch (operator) {
    case '||':
    case 'or':
      return truthy(a) || truthy(b);
    case '&&':
    case 'and':
      return truthy(a) && truthy(b);
    case '==':
      return comparable(a) === comparable(b);
    case '!=':
      return comparable(a) !== comparable(b);
    case '+':
      return typeof a === 'string' || typeof b === 'string' ? text(a) + text(b) : count(a) + count(b);
    case '-':
      return count(a) - count(b);
    case '*':
      return count(a) * count(b);
    case '/':
      return count(a) / count(b);
    case '%':
      return count(a) % count(b);
    case '<':
      return count(a) < count(b);
    case '>':
      return count(a) > count(b);
    case '<=':
      return count(a) <= count(b);
    default:
      return count(a) >= count(b);
  }
}

function unary(tokens: Tokens, scope: Scope): FormulaResult {
  if (tokens.accept('-')) return -count(unary(tokens, scope));
  if (tokens.accept('!') || tokens.accept('not')) return !truthy(unary(tokens, scope));
  return primary(tokens, scope);
}

function primary(tokens: Tokens, scope: Scope): FormulaResult {
  const token = tokens.take();
  if (token === '(') {
    const inside = conditional(tokens, scope);
    tokens.expect(')');
    return inside;
  }
  if (/^\d/.test(token)) return Number(token);
  if (token.startsWith('"')) return token.slice(1, -1).replace(/\\(.)/g, '$1');
  if (token === 'true' || token === 'false') return token === 'true';
  if (!/^[A-Za-z_]/.test(token) || !tokens.accept('(')) throw new UnknownFormula(token);
  return callFunction(token, list(tokens, scope), scope);
}

function list(tokens: Tokens, scope: Scope): FormulaResult[] {
  const values: FormulaResult[] = [];
  if (tokens.accept(')')) return values;
  do values.push(conditional(tokens, scope));
  while (tokens.accept(','));
  tokens.expect(')');
  return values;
}

function callFunction(name: string, values: readonly FormulaResult[], { read, now }: Scope): FormulaResult {
  if (name === 'prop') return read(text(values[0]));
  const known = formulaFunctions.get(name);
  if (known === undefined) throw new UnknownFormula(name);
  return known(values, now);
}

function comparable(value: FormulaResult): string | number | boolean | null {
  return value instanceof Date ? value.getTime() : value;
}
