import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newId } from '../../src/domain/ids.ts';
import { minuteMs } from '../../src/domain/units.ts';
import { type InProcess, openInProcess } from '../in-process.ts';
import { until } from '../until.ts';

describe('an instance whose log is not sequenced', () => {
  let gate: InProcess;
  before(async () => {
    gate = await openInProcess({ overrides: { background: true } });
  });
  after(() => gate.close());

  const readiness = async () => {
    const answer = await fetch(new URL('/readyz', gate.url));
    return { code: answer.status, failing: ((await answer.json()) as { failing?: string[] }).failing };
  };

  it('is not ready while an entry has no place for too long: one that was deleted before leaves a gap', async () => {
    assert.equal((await readiness()).code, 200);
    const gone = newId('evt');
    const late = { id: gone, entries: [gone], at: new Date(Date.now() - minuteMs) };
    await gate.database.system.insertInto('audit_waiting').values(late).execute();
    await until('it is not ready', async () => (await readiness()).code === 503);
    assert.deepEqual((await readiness()).failing, ['log_sequencer']);
    // The sequencer and readiness look at their own times.
    const told = `deleted before they had a place in the log: ${gone}`;
    await until('the program says so', () => gate.programLog.some(line => line.includes(told)));
  });
});
