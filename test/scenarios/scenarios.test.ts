// Cases that a security officer can read: each file is a workspace, a policy, and what it must decide.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { openScenario } from './scenario.ts';

const folder = new URL('./', import.meta.url);

for (const name of readdirSync(folder).filter(each => each.endsWith('.yaml'))) {
  const scenario = openScenario(readFileSync(new URL(name, folder), 'utf8'));
  describe(`${name}: ${scenario.about}`, () => {
    for (const each of scenario.cases) {
      const note = each.note === undefined ? '' : ` (${each.note})`;
      it(`${each.who} ${each.may} on ${each.on}: ${each.expect}${note}`, () => {
        const found = scenario.judge(each);
        assert.equal(found.effect, each.expect, JSON.stringify(found));
        if (each.because !== undefined) assert.equal(found.because, each.because);
        if (each.by !== undefined) assert.deepEqual([...found.by].sort(), [...each.by].sort());
      });
    }
  });
}
