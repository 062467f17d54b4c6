import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type CedarRequest, cedarRequest } from '../../src/authorize/cedar/cedar-request.ts';
import { exportCedar } from '../../src/authorize/cedar/export-cedar.ts';
import { compilePolicy } from '../../src/authorize/compile-policy.ts';
import { groupsByPrincipal } from '../../src/authorize/groups-of.ts';
import type { Action } from '../../src/domain/action.ts';
import type { Asker, JudgedObject, Judgement } from '../../src/domain/policy-snapshot.ts';
import { end, nextMessage } from '../children.ts';
import type { CedarAnswers } from './cedar-child.ts';
import { createRandom } from './worlds/random.ts';
import { createAsker, createWorld, objectsIn, worldActions } from './worlds/world.ts';

const worlds = 2_000;
const questionsInWorld = 8;

describe('the engine against Cedar', () => {
  it(`decides the same by the same grants in ${worlds} worlds, under a strict schema`, async () => {
    // Cedar's WebAssembly aborts the process of Node when V8 inlines calls into it.
    const execArgv = ['--no-turbo-inline-js-wasm-calls'];
    const child = fork(fileURLToPath(new URL('./cedar-child.ts', import.meta.url)), [], { execArgv });
    const seen = new Map<string, number>();
    try {
      for (let seed = 1; seed <= worlds; seed++) {
        const questions = questionsOf(seed);
        child.send(questions.world);
        const { problems, answers } = await nextMessage<CedarAnswers>(child);
        assert.deepEqual(problems, [], `world ${seed}`);
        questions.expected.forEach(({ judgement, about }, index) => {
          const found = answers[index];
          const grants = found?.reason.filter(id => !id.startsWith('role:')).sort();
          assert.deepEqual([found?.decision, grants], [judgement.effect, judgement.grants], `world ${seed}: ${about}`);
          const byRole = found?.reason.some(id => id.startsWith('role:')) ?? false;
          if (judgement.effect === 'allow')
            assert.equal(judgement.because === 'role', byRole, `world ${seed}: ${about}`);
          seen.set(judgement.because, (seen.get(judgement.because) ?? 0) + 1);
        });
      }
    } finally {
      await end(child, 'SIGTERM');
    }
    const reasons = ['denied_by_grant', 'grant', 'outside_limit', 'role', 'role_lacks_action', 'not_a_member'];
    assert.deepEqual([...seen.keys()].sort(), reasons.sort());
  });
});

interface Expected {
  readonly judgement: Judgement;
  readonly about: string;
}

function questionsOf(seed: number) {
  const world = createWorld(seed);
  // A grant by name for a principal who is no member has no effect; Cedar gets members only.
  const grants = world.policy.grants.filter(
    ({ subject }) => subject.kind !== 'principal' || world.policy.members.has(subject.id),
  );
  const policy = { ...world.policy, grants };
  const random = createRandom(seed);
  const snapshot = compilePolicy(policy);
  const groups = groupsByPrincipal(policy);
  const { policies, schema, notes } = exportCedar(policy);
  const silent = notes.map(note => note.split(':')[0]);
  assert.deepEqual(
    silent.sort(),
    grants
      .filter(({ properties }) => properties !== null)
      .map(({ id }) => id)
      .sort(),
  );
  const objects = objectsIn(world).filter(isPlaced);
  const requests: CedarRequest[] = [];
  const expected: Expected[] = [];
  for (let n = 0; n < questionsInWorld; n++) {
    const asker: Asker = { ...createAsker(random, world), limit: null };
    const [action, object]: [Action, Placed] = [random.pick(worldActions), random.pick(objects)];
    requests.push(cedarRequest(policy, groups, asker, action, object));
    expected.push({
      judgement: snapshot.judge(asker, action, object),
      about: JSON.stringify([asker, action, object.path, [...policies]]),
    });
  }
  return { world: { policies: Object.fromEntries(policies), schema, requests }, expected };
}

type Placed = Extract<JudgedObject, { state: 'known' }>;

function isPlaced(object: JudgedObject): object is Placed {
  return object.state === 'known';
}
