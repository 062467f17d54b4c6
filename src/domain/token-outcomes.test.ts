import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectionStates, isServing } from './connection-states.ts';
import { type Given, type Said, type Stored, tokenOutcomes } from './token-outcomes.ts';

const saids = Object.keys(tokenOutcomes) as Said[];
const cells = saids.flatMap(said =>
  (Object.entries(tokenOutcomes[said].stored) as [Stored, Given | 'look_again'][]).map(
    ([stored, given]) => ({ said, stored, given }) as const,
  ),
);

/** All words, spelled out. The compiler refuses an unknown word, and the tests notice a missing one. */
const storedWords: Record<Stored, true> = {
  in_use: true,
  kept: true,
  out_of_use: true,
  overtaken: true,
  revoking: true,
  undecided: true,
  destroyed: true,
};
const givenWords: Record<Exclude<Given, 'unopenable'>, true> = {
  usable: true,
  postponed: true,
  app_refused: true,
  ended: true,
};

describe('the table of what becomes of a token', () => {
  it('reaches every word of what is stored and of what the caller gets', () => {
    assert.deepEqual(new Set(cells.map(({ stored }) => stored)), new Set(Object.keys(storedWords)));
    const reached = new Set(cells.map(({ given }) => given).filter(given => given !== 'look_again'));
    // If nothing can be opened, no server is asked: so this word has no row.
    assert.deepEqual(reached, new Set(Object.keys(givenWords)));
  });

  for (const { said, stored, given } of cells) {
    const event = tokenOutcomes[said].refresh;
    if (event === null || given === 'look_again') continue;
    it(`${said}: a refresh moves the connection to a state in which the caller gets ${given}`, () => {
      const to = connectionStates.stateAfter('refreshing', event);
      assert.equal(to !== null && isServing(to), given !== 'ended');
      assert.equal(to === 'active' && stored === 'in_use', given === 'usable');
    });
  }
});
