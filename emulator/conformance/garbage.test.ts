import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { isPlain } from '../http/shape.ts';
import { VERSIONS } from '../http/versions.ts';
import { type Emulator, startEmulator } from '../server.ts';
import { examples } from './examples.ts';
import { createFixture, type Fixture } from './fixture.ts';

describe('garbage is answered in the error envelope, by an emulator that keeps running', () => {
  let emulator: Emulator;
  let fixture: Fixture;
  before(async () => {
    emulator = await startEmulator();
    fixture = await createFixture(emulator, emulator.internalToken);
  });
  after(() => emulator.close());

  const expectOrder = async (method: string, path: string, version: string, body: string | null) => {
    const response = await fetch(emulator.url + path, {
      method,
      headers: { authorization: `Bearer ${emulator.internalToken}`, 'notion-version': version },
      ...(body === null ? {} : { body }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    assert.ok(response.status < 500, `${method} ${path} ${body} → ${response.status}`);
    if (response.status < 400) return;
    assert.deepEqual(
      [answer.object, answer.status, typeof answer.code, typeof answer.message, typeof answer.request_id],
      ['error', response.status, 'string', 'string', 'string'],
    );
  };

  it('when it is noise', async () => {
    const request = fc.record({
      example: fc.constantFrom(...examples),
      segment: fc.webSegment(),
      query: fc.webQueryParameters(),
      version: fc.constantFrom(...VERSIONS),
      body: fc.oneof(fc.json({ maxDepth: 3 }), fc.string()),
    });
    const property = fc.asyncProperty(request, async ({ example, segment, query, version, body }) => {
      const [method = '', pattern = ''] = example.route.split(' ');
      const path = `${pattern.replace(/:\w+/g, () => segment)}?${query}`;
      await expectOrder(method, path, version, method === 'GET' || method === 'DELETE' ? null : body);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  /** Replaces one value somewhere inside by something else, or drops it. */
  const spoil = (value: unknown, steps: readonly number[], by: unknown): unknown => {
    const [step = 0, ...rest] = steps;
    if (rest.length === 0 || (!Array.isArray(value) && !isPlain(value))) return by;
    const keys = Object.keys(value);
    const key = keys[step % Math.max(keys.length, 1)];
    if (key === undefined) return by;
    const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value };
    (copy as Record<string, unknown>)[key] = spoil((value as Record<string, unknown>)[key], rest, by);
    return copy;
  };

  it('when it was a good request until one value in it was replaced', async () => {
    const odd = ['00000000-0000-4000-8000-000000000000', '__proto__', [], {}, null, -1, 1e308];
    const things = ['page', 'row', 'source', 'database', 'paragraph'] as const;
    const writing = examples.filter(example => example.body !== undefined);
    const request = fc.record({
      example: fc.constantFrom(...writing),
      steps: fc.array(fc.nat(30), { minLength: 2, maxLength: 7 }),
      by: fc.oneof(
        fc.jsonValue({ maxDepth: 1 }).map(
          (value): (() => unknown) =>
            () =>
              value,
        ),
        fc.constantFrom(...odd).map(
          (value): (() => unknown) =>
            () =>
              value,
        ),
        fc.constantFrom(...things).map(
          (name): (() => unknown) =>
            () =>
              fixture[name],
        ),
      ),
    });
    const property = fc.asyncProperty(request, async ({ example, steps, by }) => {
      const [method = ''] = example.route.split(' ');
      const body = spoil(example.body?.(fixture), steps, by());
      await expectOrder(method, example.path(fixture), example.version ?? '2026-03-11', JSON.stringify(body) ?? '');
    });
    await fc.assert(property, { numRuns: 500 });
  });
});
