import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { firstMembers, openPeople, type People, signedIn, tokenOf } from '../../test/people.ts';
import { isId, type WorkspaceId } from '../domain/ids.ts';
import type { Caller } from '../domain/principal.ts';

/**
 * Two tenants and one address, in every order. The victim is the owner of the address. The attacker is an admin of
 * tenant B who knows the address and keeps everything that he gets: links, sessions, keys. The victim accepts what
 * tenant A offers.
 */
describe('two tenants, one address', () => {
  const address = (run: number) => `cfo-${run}@tenant-a.example`;
  const victimsPassword = 'the password of the victim';
  const attackersPassword = 'the password of the attacker';
  let people: People;
  let runs = 0;
  before(async () => {
    people = await openPeople();
  });
  after(() => people.close());

  /** One world: what the attacker holds, and the two tenants. */
  async function world() {
    const email = address(runs++);
    // Browsers of this world alone: limits on guessing would make later worlds harmless.
    const client = { address: `2001:db8:${runs.toString(16)}::1`, userAgent: 'test', oldToken: null };
    const [a, b] = [await people.aWorkspace(), await people.aWorkspace()];
    const adminA = signedIn(await people.aMember(a, 'admin'));
    const adminB = signedIn(await people.aMember(b, 'admin'));
    const sessions: string[] = [];
    const keys: string[] = [];
    const links: string[] = [];
    let victimsLink: string | null = null;
    const { accounts, identify } = people;
    const callerBy = (token: string) => identify.identify({ credentials: { kind: 'session', token } });
    const quietly = (work: Promise<unknown>) => work.catch(() => undefined);
    const usersIn = async (workspace: WorkspaceId, by: Caller) =>
      (await accounts.members.list(by, workspace, firstMembers)).rows.filter(member => member.email === email);

    const steps: Record<string, () => Promise<unknown>> = {
      async 'B invites'() {
        const { acceptUrl } = await accounts.invitations.invite(adminB, b, { email, role: 'admin' });
        links.push(tokenOf(acceptUrl ?? ''));
      },
      async 'the attacker accepts with an account of that address'() {
        const account = { name: 'CFO', password: attackersPassword, clientAddress: client.address };
        for (const link of links) await quietly(accounts.invitations.acceptAsNew(link, account));
        const opened = await accounts.signIn.withPassword(email, attackersPassword, client);
        if (opened.kind === 'opened') sessions.push(opened.token);
      },
      async 'the attacker uses his sign-in links'() {
        for (const link of links) {
          const opened = await accounts.signIn.withLink(link, client);
          if (opened.kind === 'opened') sessions.push(opened.token);
        }
      },
      async 'the attacker makes a key'() {
        for (const token of sessions) {
          const minted = accounts.keys.mint(await callerBy(token), b, { name: 'kept' });
          await quietly(minted.then(({ secret }) => keys.push(secret)));
        }
      },
      async 'B makes a link to reset'() {
        for (const { principalId } of await usersIn(b, adminB)) {
          if (!isId('usr', principalId)) continue;
          const link = accounts.links.issueForMember(adminB, b, principalId);
          await quietly(link.then(url => links.push(tokenOf(url ?? ''))));
        }
      },
      async 'B removes'() {
        for (const { principalId } of await usersIn(b, adminB)) await accounts.members.remove(adminB, b, principalId);
      },
      async 'A invites'() {
        const made = accounts.invitations.invite(adminA, a, { email, role: 'admin' });
        await quietly(
          made.then(({ acceptUrl }) => {
            victimsLink = tokenOf(acceptUrl ?? '');
          }),
        );
      },
      async 'the victim accepts'() {
        if (victimsLink === null) return;
        const signedInNow = await accounts.signIn.withPassword(email, victimsPassword, client);
        if (signedInNow.kind === 'opened') {
          await quietly(accounts.invitations.acceptSignedIn(victimsLink, await callerBy(signedInNow.token)));
          return;
        }
        const account = { name: 'CFO', password: victimsPassword, clientAddress: client.address };
        await quietly(accounts.invitations.acceptAsNew(victimsLink, account));
      },
      async 'the victim joins B with the account of A'() {
        const own = await accounts.signIn.withPassword(email, victimsPassword, client);
        if (own.kind !== 'opened') return;
        for (const link of links) await quietly(accounts.invitations.acceptSignedIn(link, await callerBy(own.token)));
      },
      async 'A removes'() {
        for (const { principalId } of await usersIn(a, adminA)) await accounts.members.remove(adminA, a, principalId);
      },
      'time passes': async () => people.clock.advance(60_000),
    };

    /** None of the attacker's credentials is a member of A. */
    async function assertNothingGained(order: readonly string[]): Promise<void> {
      for (const link of [...links]) {
        const opened = await accounts.signIn.withLink(link, client);
        if (opened.kind === 'opened') sessions.push(opened.token);
      }
      const guessed = await accounts.signIn.withPassword(email, attackersPassword, client);
      if (guessed.kind === 'opened') sessions.push(guessed.token);
      const instance = people.anotherInstance();
      const callers = [
        ...(await Promise.all(sessions.map(token => instance.identify({ credentials: { kind: 'session', token } })))),
        ...(await Promise.all(keys.map(token => instance.identify({ credentials: { kind: 'bearer', token } })))),
      ];
      const { rows: membersOfA } = await accounts.members.list(adminA, a, firstMembers);
      for (const { principal, boundTo } of callers) {
        if (principal.kind === 'anonymous' || principal.kind === 'system') continue;
        const reachesA = boundTo !== b && membersOfA.some(({ principalId }) => principalId === principal.id);
        assert.equal(reachesA, false, order.join(' → '));
      }
      await instance.close();
      const victim = await accounts.signIn.withPassword(email, victimsPassword, client);
      const { rows: membersOfB } = await accounts.members.list(adminB, b, firstMembers);
      if (victim.kind === 'opened' && !order.includes('the victim joins B with the account of A')) {
        assert.ok(!membersOfB.some(({ principalId }) => principalId === victim.user.id), order.join(' → '));
      }
    }
    /** Who got in: a story in which no one did would prove nothing. */
    const reached = async () => ({
      victimInA: (await usersIn(a, adminA)).length > 0,
      attackerInB: sessions.length > 0 && (await usersIn(b, adminB)).length > 0,
    });
    return { steps, assertNothingGained, reached };
  }

  it('in no order does anybody of one gain anything in the other', async () => {
    const { steps } = await world();
    const order = fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 3, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(order, async names => {
        const { steps: fresh, assertNothingGained } = await world();
        for (const name of names) await fresh[name]?.().catch(() => undefined);
        await assertNothingGained(names);
      }),
      { numRuns: 25 },
    );
  });

  const stories: readonly { readonly ofA: readonly string[]; readonly ofB: readonly string[] }[] = [
    {
      ofA: ['A invites', 'the victim accepts'],
      ofB: [
        'B invites',
        'the attacker accepts with an account of that address',
        'the attacker makes a key',
        'B makes a link to reset',
      ],
    },
    {
      ofA: ['A invites', 'the victim accepts', 'A removes'],
      ofB: ['B invites', 'the attacker accepts with an account of that address', 'B removes'],
    },
    {
      ofA: ['A invites', 'the victim accepts', 'the victim joins B with the account of A'],
      ofB: ['B invites', 'B makes a link to reset'],
    },
  ];
  for (const { ofA, ofB } of stories) {
    it(`every way to mix: ${ofA.join(', ')} | ${ofB.join(', ')}`, async () => {
      const seen = { victimInA: 0, attackerInB: 0 };
      for (const names of interleavings(ofA, ofB)) {
        const { steps, assertNothingGained, reached } = await world();
        for (const name of names) {
          await steps[name]?.().catch(() => undefined);
          if (!name.includes('accepts')) continue;
          const { victimInA, attackerInB } = await reached();
          seen.victimInA += Number(victimInA);
          seen.attackerInB += Number(attackerInB);
        }
        await assertNothingGained(names);
      }
      assert.ok(seen.victimInA > 0, 'the victim was in A');
      if (ofB.includes('the attacker accepts with an account of that address')) assert.ok(seen.attackerInB > 0);
    });
  }

  const known: readonly (readonly string[])[] = [
    [
      'B invites',
      'the attacker accepts with an account of that address',
      'the attacker makes a key',
      'A invites',
      'the victim accepts',
    ],
    [
      'A invites',
      'B invites',
      'the attacker accepts with an account of that address',
      'the victim accepts',
      'B makes a link to reset',
    ],
    [
      'A invites',
      'the victim accepts',
      'B invites',
      'the victim joins B with the account of A',
      'B makes a link to reset',
      'the attacker uses his sign-in links',
    ],
    [
      'B invites',
      'the attacker accepts with an account of that address',
      'B removes',
      'A invites',
      'the victim accepts',
      'B invites',
      'the attacker makes a key',
    ],
    [
      'A invites',
      'the victim accepts',
      'A removes',
      'B invites',
      'the attacker accepts with an account of that address',
      'A invites',
      'the victim accepts',
    ],
  ];
  for (const names of known) {
    it(names.join(' → '), async () => {
      const { steps, assertNothingGained } = await world();
      for (const name of names) await steps[name]?.().catch(() => undefined);
      await assertNothingGained(names);
    });
  }
});

/** Every way to mix two stories that keeps the order of each. */
function interleavings(a: readonly string[], b: readonly string[]): readonly (readonly string[])[] {
  const [firstA, ...restA] = a;
  const [firstB, ...restB] = b;
  if (firstA === undefined || firstB === undefined) return [[...a, ...b]];
  return [
    ...interleavings(restA, b).map(rest => [firstA, ...rest]),
    ...interleavings(a, restB).map(rest => [firstB, ...rest]),
  ];
}
