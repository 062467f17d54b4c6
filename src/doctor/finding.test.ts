import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import ts from 'typescript';
import { commands } from '../cli/commands.ts';
import { settings } from '../config/settings.ts';

const directory = new URL('./', import.meta.url);
const files = readdirSync(directory)
  .filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'finding.ts')
  .map(name => ts.createSourceFile(name, readFileSync(new URL(name, directory), 'utf8'), ts.ScriptTarget.Latest, true));

/** Which argument says what to do. */
const adviceAt: Readonly<Record<string, number>> = { fail: 2, warn: 2, look: 1 };

function nodesOf(node: ts.Node): ts.Node[] {
  return [node, ...node.getChildren().flatMap(nodesOf)];
}

const nodes = files.flatMap(nodesOf);

/**
 * The text of an expression, with `…` for parts that are known only at run time; names are followed to their
 * definition.
 */
function textOf(expression: ts.Node): string {
  if (ts.isStringLiteralLike(expression)) return expression.text;
  if (ts.isTemplateExpression(expression)) {
    const spans = expression.templateSpans.map(span => textOrDots(span.expression) + span.literal.text);
    return expression.head.text + spans.join('');
  }
  if (ts.isIdentifier(expression)) {
    const made = nodes.filter(ts.isVariableDeclaration).filter(one => one.name.getText() === expression.text);
    const near = made.filter(one => one.getSourceFile() === expression.getSourceFile());
    const nearest = (near.length > 0 ? near : made).filter(one => near.length === 0 || one.pos < expression.pos).at(-1);
    if (nearest?.initializer !== undefined) return textOf(nearest.initializer);
  }
  throw new Error(`it cannot be read what "${expression.getText()}" says`);
}

function textOrDots(expression: ts.Node): string {
  try {
    return textOf(expression);
  } catch {
    return '…';
  }
}

const advice = nodes.filter(ts.isCallExpression).flatMap(call => {
  const at = adviceAt[call.expression.getText()];
  const argument = at === undefined ? undefined : call.arguments[at];
  return argument === undefined ? [] : [{ where: call.getSourceFile().fileName, text: textOf(argument) }];
});

/** What an operator can type, set, press or read. */
const means =
  /\b[A-Z]+(?:_[A-Z]+)+\b|\bportcullis [a-z]|\bchmod\b|\bchown\b|ALTER (?:ROLE|TABLE)|timedatectl|docs\/[a-z-]+\.md|\*[A-Z][a-z]+\*|^Move it out of/;

describe('what doctor says to do', () => {
  it('is found in the sources', () => assert.ok(advice.length > 40, String(advice.length)));

  for (const { where, text } of advice) {
    it(`names what mends it: ${text.slice(0, 60)}`, () => assert.match(text, means, where));
  }

  it('names nothing that there is not', () => {
    const all = advice.map(({ text }) => text).join('\n');
    for (const [name] of all.matchAll(/\b(?:PORTCULLIS|NOTION|DATABASE|HTTPS)_[A-Z_]+\b/g)) {
      assert.ok(name in settings, name);
    }
    for (const [page] of all.matchAll(/docs\/[a-z-]+\.md/g)) {
      assert.ok(existsSync(new URL(`../../${page}`, import.meta.url)), page);
    }
    const names = new Set(commands.map(({ name }) => name));
    for (const [, words = ''] of all.matchAll(/portcullis ((?:db|keys|webhooks|audit|report) [a-z-]+|[a-z]+)/g)) {
      assert.ok(names.has(words) || names.has(words.split(' ')[0] ?? ''), words);
    }
  });
});
