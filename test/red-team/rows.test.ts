import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { OperationRow } from '../../src/notion/operation-row.ts';
import { operations } from '../../src/notion/operations.ts';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { fill, namesIn } from './fill.ts';
import { canary, type Planted, plant } from './plant.ts';
import { blockCases } from './rows/blocks.ts';
import { databaseCases } from './rows/databases.ts';
import { form, furnish, type Keys, keysFor, makers, type SendAs } from './rows/furniture.ts';
import { otherCases, referenceCases } from './rows/others.ts';
import { pageCases } from './rows/pages.ts';
import type { Asked, RowCase, Who } from './rows/row-case.ts';
import { viewCases } from './rows/views.ts';

const cases = [...pageCases, ...blockCases, ...databaseCases, ...viewCases, ...otherCases, ...referenceCases];

/** Every place of a row that takes a case of its own. */
function placesIn({ workspace, locators = [], escalations = [], standIns = [] }: OperationRow): string[] {
  const wide = workspace !== undefined || standIns.some(({ on }) => on === 'workspace');
  return [...(wide ? ['workspace'] : []), ...locators.map(({ at }) => at), ...escalations.map(({ at }) => `!${at}`)];
}

describe('each row of the operation table, for each object that a request can name', () => {
  let demo: DemoInProcess;
  let planted: Planted;
  let keys: Keys;
  before(async () => {
    demo = await startDemoInProcess();
    const first = await plant(demo.ready);
    keys = await keysFor(demo.ready, first.get('in.page') ?? '');
    planted = new Map([...first, ...(await furnish(made, first))]);
  });
  after(() => demo.stop());

  const made: SendAs = async (who, method, path, body) => {
    const response = await sendRaw(who, method, `/v1/${path}`, body);
    const text = await response.text();
    assert.ok(response.ok, `${who} ${method} ${path}: ${text}`);
    return JSON.parse(text);
  };

  function sendRaw(who: Who, method: string, path: string, body?: unknown, version = '2026-03-11'): Promise<Response> {
    const headers = {
      'notion-version': version,
      ...(keys[who] !== null && { authorization: `Bearer ${keys[who]}` }),
      ...(body !== undefined && !(body instanceof FormData) && { 'content-type': 'application/json' }),
    };
    const sent = body instanceof FormData ? body : JSON.stringify(body);
    return fetch(demo.ready.url + path, { method, headers, ...(body !== undefined && { body: sent }) });
  }

  /** Puts ids in the place of their names, and makes what has to be new. */
  async function filled(asked: Asked): Promise<Asked> {
    const at = (key: string) => planted.get(key) ?? assert.fail(key);
    const ids = new Map<string, string>();
    for (const name of namesIn(asked)) {
      const make = makers[name as keyof typeof makers];
      ids.set(name, make === undefined ? at(name) : await make(asked.as, made, at));
    }
    return fill(asked, name => ids.get(name) ?? assert.fail(name));
  }

  async function send(template: Asked): Promise<{ readonly status: number; readonly text: string }> {
    const { as, method, path, body, version, form: file } = await filled(template);
    const response = await sendRaw(as, method, path, file === undefined ? body : form(file), version);
    return { status: response.status, text: await response.text() };
  }

  for (const { row, at, allow, deny, status } of cases) {
    it(`${row} ${at}: allowed inside, and refused outside`, async () => {
      const inside = await send(allow);
      assert.ok(inside.status >= 200 && inside.status < 300, `allowed: ${inside.status} ${inside.text}`);
      const outside = await send(deny);
      assert.equal(outside.status, status, `denied: ${outside.text}`);
      assert.doesNotMatch(outside.text, new RegExp(canary));
    });
  }

  it('has a case, whatever row and place there is', () => {
    const has = (row: string, at: string) => cases.some(one => one.row === row && one.at === at);
    const forgotten = operations.flatMap(row =>
      placesIn(row).flatMap(at => (has(row.name, at) ? [] : [`${row.name} ${at}`])),
    );
    assert.deepEqual(forgotten, []);
    const names = new Set(operations.map(({ name }) => name));
    assert.deepEqual(
      cases.filter(({ row }: RowCase) => !names.has(row)),
      [],
    );
  });
});
