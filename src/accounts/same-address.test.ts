import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { firstMembers, openPeople, type People, signedIn, tokenOf } from '../../test/people.ts';
import type { UserId } from '../domain/ids.ts';
import { minuteMs } from '../domain/units.ts';
import type { Letter } from './mail.ts';
import type { Client, SignInOpened, SignInResult } from './sign-in.ts';
import { failuresPerAccountMax, limitWindowMs } from './sign-in-limits.ts';

const email = 'cfo@acme.test';
let clients = 0;
/** A browser at an address of its own. */
const aClient = (given: Partial<Client> = {}): Client => ({
  address: `203.0.113.${++clients}`,
  userAgent: 'test',
  oldToken: null,
  ...given,
});

describe('accounts that bear one address', () => {
  const letters: Letter[] = [];
  let people: People;
  before(async () => {
    people = await openPeople();
  });
  after(() => people.close());

  /** A person whom some workspace invited by that address. */
  async function accepted(password: string, given: { email?: string; client?: Client } = {}): Promise<UserId> {
    const workspace = await people.aWorkspace();
    const admin = signedIn(await people.aMember(workspace, 'admin'));
    const request = { email: given.email ?? email, role: 'viewer' } as const;
    const { acceptUrl } = await people.accounts.invitations.invite(admin, workspace, request);
    const clientAddress = (given.client ?? aClient()).address;
    const account = { name: 'CFO', password, clientAddress };
    return (await people.accounts.invitations.acceptAsNew(tokenOf(acceptUrl ?? ''), account)).userId;
  }
  const signIn = (password: string, client = aClient(), address = email) =>
    people.accounts.signIn.withPassword(address, password, client);
  const outcome = (result: SignInResult) => (result.kind === 'opened' ? result.user.id : result.why);

  it('are told apart by their passwords', async () => {
    const [one, two] = [await accepted('the first password'), await accepted('the second password')];
    assert.notEqual(one, two);
    assert.equal(outcome(await signIn('the first password')), one);
    assert.equal(outcome(await signIn('the second password')), two);
    assert.equal(outcome(await signIn('a third password')), 'bad_password');
  });

  it('never have the same password, in any way of choosing it', async () => {
    await accepted('one and the same', { email: 'same@acme.test' });
    const refused = { code: 'validation_error', message: /cannot be used/ };
    await assert.rejects(accepted('one and the same', { email: 'same@acme.test' }), refused);
    const other = await accepted('some other password', { email: 'same@acme.test' });
    const opened = await signIn('some other password', aClient(), 'same@acme.test');
    assert.equal(outcome(opened), other);
    const caller = await people.identify.identify({
      credentials: { kind: 'session', token: (opened as SignInOpened).token },
    });
    const request = { currentPassword: 'some other password', clientAddress: aClient().address };
    await assert.rejects(
      people.accounts.sessions.setPassword(caller, { ...request, password: 'one and the same' }),
      refused,
    );
    await people.accounts.sessions.setPassword(caller, { ...request, password: 'a password of its own' });
    await accepted('one and the same', { email: 'elsewhere@acme.test' });
  });

  it('of two that choose the same password at once, one gets it', async () => {
    const both = [1, 2].map(() => accepted('chosen by two at once', { email: 'twins@acme.test' }));
    const results = await Promise.allSettled(both);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    const refused = results.find(result => result.status === 'rejected');
    assert.equal(refused?.reason.code, 'validation_error');
  });

  describe('give nobody free guesses at each other', () => {
    const address = 'target@acme.test';
    const own = 'the attacker knows this';
    const guess = (client: Client) => signIn('a wrong guess', client, address);
    before(async () => {
      await accepted('the owner knows this', { email: address });
      await accepted(own, { email: address });
      people.clock.advance(limitWindowMs);
    });

    it('by signing in to the own one between guesses', async () => {
      const client = aClient();
      for (let i = 0; i < failuresPerAccountMax; i++) {
        assert.equal(outcome(await guess(client)), 'bad_password');
        if (i < failuresPerAccountMax - 1) assert.equal((await signIn(own, client, address)).kind, 'opened');
      }
      assert.equal(outcome(await guess(client)), 'too_many_attempts');
    });

    it('by what a browser keeps of the own one', async () => {
      const client = aClient();
      for (let i = 0; i < failuresPerAccountMax; i++) {
        const opened = await signIn(own, aClient(), address);
        assert.ok(opened.kind === 'opened');
        assert.equal(outcome(await guess({ ...client, device: opened.device })), 'bad_password');
      }
      const opened = await signIn(own, aClient(), address);
      assert.ok(opened.kind === 'opened');
      const asOwner = await signIn('the owner knows this', { ...client, device: opened.device }, address);
      assert.equal(outcome(asOwner), 'too_many_attempts');
      assert.equal((await signIn(own, { ...client, device: opened.device }, address)).kind, 'opened');
    });

    it('by choosing passwords for it', async () => {
      const client = aClient();
      const opened = await signIn(own, client, address);
      assert.ok(opened.kind === 'opened');
      const session = { kind: 'session', token: opened.token } as const;
      const caller = await people.identify.identify({ credentials: session });
      let currentPassword = own;
      const choose = async (password: string) => {
        const request = { password, currentPassword, clientAddress: client.address };
        await people.accounts.sessions.setPassword(caller, request);
        currentPassword = password;
      };
      let chosen = 0;
      const trying = async () => {
        for (; chosen < failuresPerAccountMax + 1; chosen++) await choose(`the guess number ${chosen}`);
      };
      await assert.rejects(trying(), { code: 'rate_limited' });
      assert.ok(chosen <= failuresPerAccountMax);
      await people.clock.advance(limitWindowMs);
      await choose(own);
    });

    it('by accepting invitations with guesses', async () => {
      const client = aClient();
      const account = (i: number) => accepted(`the guess number ${100 + i}`, { email: address, client });
      for (let i = 0; i < failuresPerAccountMax; i++) await account(i);
      await assert.rejects(account(failuresPerAccountMax), { code: 'rate_limited' });
      people.clock.advance(limitWindowMs + minuteMs);
    });
  });

  it('have one owner at most whom a mail proved, and the others stay what they were', async () => {
    const mailed = await openPeople({
      mail: {
        async send(letter) {
          letters.push(letter);
        },
      },
    });
    try {
      const { links, signIn: door, users, invitations } = mailed.accounts;
      const tokensIn = (letter: Letter | undefined) =>
        [...(letter?.text ?? '').matchAll(/#token=([\w-]{43})/g)].map(([, token = '']) => token);
      const [first, second] = [await mailed.aUser({ email }), await mailed.aUser({ email })];
      await mailed.join(await mailed.aWorkspace(), first, 'viewer');
      await links.recover(email);
      assert.match(letters.at(-1)?.text ?? '', /Several accounts .* in "Acme":\n .* in no workspace:\n/s);
      const tokens = tokensIn(letters.at(-1));
      assert.equal(tokens.length, 2, 'only the reader can tell which account is theirs');
      const opened = await Promise.all(tokens.map(token => door.withLink(token, aClient())));
      assert.deepEqual(opened.map(outcome).sort(), [first, second].sort());
      const proven = (await users.list()).filter(user => user.email === email && user.emailProvenAt !== null);
      assert.equal(proven.length, 1);

      await links.recover(email);
      const [only = '', ...others] = tokensIn(letters.at(-1));
      assert.deepEqual(others, [], 'a proven address belongs to one account');
      assert.equal(outcome(await door.withLink(only, aClient())), proven[0]?.id);

      // A workspace that invites the address does not learn about it, and neither does the person who accepts.
      const workspace = await mailed.aWorkspace();
      const admin = signedIn(await mailed.aMember(workspace, 'admin'));
      await invitations.invite(admin, workspace, { email, role: 'viewer' });
      const [token = ''] = tokensIn(letters.at(-1));
      const account = { name: 'CFO', password: 'a password of the third', clientAddress: aClient().address };
      const { userId } = await invitations.acceptAsNew(token, account);
      assert.equal((await users.get(userId)).emailProvenAt, null);
      const { rows } = await mailed.accounts.members.list(admin, workspace, firstMembers);
      assert.ok(rows.some(row => row.principalId === userId && row.email === email));
    } finally {
      await mailed.close();
    }
  });
});
