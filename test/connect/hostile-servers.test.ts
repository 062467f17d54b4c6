/**
 * Servers that are wrong in every way that we could think of, seen from where it counts: the person has a page, the
 * program's log has one line that tells this way from the others, and the audit log has a code of its own.
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { stepDeadlines } from '../../src/connect/connect-parts.ts';
import type { ConnectProblem } from '../../src/domain/connect-problem.ts';
import { secondMs } from '../../src/domain/units.ts';
import { concernsOperator, type PageProblem } from '../../src/doors/connect/page-problem.ts';
import { problemTexts } from '../../src/doors/connect/problem-page.ts';
import { type Shown, titleOf } from './browser.ts';
import { type Connecting, startConnecting } from './connecting.ts';
import { identity, refusal, user, workspace } from './lies.ts';
import { liesAfterConsent, liesInCallback, tokenLies } from './lies-after-consent.ts';
import { liesBeforeConsent } from './lies-before-consent.ts';
import { type LyingMcp, startLyingMcp } from './lying-mcp.ts';
import { type Lie, type LyingServer, startLyingServer } from './lying-server.ts';

const slow = { startMs: 1.5 * secondMs, finishMs: 1.5 * secondMs };

/** One page, one line of the program's log, one code in the audit log. */
function assertTold(
  at: Connecting,
  step: 'start' | 'finish',
  shown: Shown,
  problem: ConnectProblem,
  why: RegExp,
): void {
  assert.equal(titleOf(shown), problemTexts[problem].title, shown.text);
  assert.ok(shown.status >= 400, String(shown.status));
  const lines = at.programLog.map(line => JSON.parse(line)).filter(line => line.problem !== undefined);
  assert.deepEqual(
    lines.map(line => [line.problem, why.test(line.why) || line.why]),
    [[problem, true]],
  );
  assert.equal(at.log.at(-1), `connect.${step} failed ${problem}`);
  const told = shown.text + at.programLog.join('');
  for (const secret of ['access-token', 'refresh-token', 'Sign in</h1>', '<b>no'])
    assert.ok(!told.includes(secret), secret);
}

describe('an MCP server that is wrong', () => {
  let server: LyingMcp;
  let at: Connecting;
  before(async () => {
    server = await startLyingMcp();
    at = await startConnecting({ notion: { mcpUrl: server.mcpUrl }, deadlines: slow });
  });
  beforeEach(() => {
    server.says.clear();
    server.describeResource({});
    server.describeServer({ authorization_response_iss_parameter_supported: true });
    server.says.set('/mcp', identity({ workspace, user }));
    server.says.set('/register', { status: 201, body: { client_id: 'c', token_endpoint_auth_method: 'none' } });
    const body = { access_token: 'access-token', refresh_token: 'refresh-token', token_type: 'bearer' };
    server.says.set('/token', { body });
    at.programLog.length = 0;
  });
  after(async () => {
    await at.close();
    await server.close();
  });

  async function press() {
    const { browser } = await at.aPerson();
    const consent = await browser.start(null, 'mcp');
    const back = (query: string) =>
      browser.get(`/auth/notion-mcp/callback?state=${consent.searchParams.get('state')}&${query}`);
    return { consent, back };
  }

  for (const [what, lie, problem, why] of liesBeforeConsent) {
    it(`before anybody is sent there: ${what}`, async () => {
      lie(server);
      const { browser } = await at.aPerson();
      assertTold(at, 'start', await browser.get('/auth/notion-mcp'), problem, why);
    });
  }

  for (const [what, lie, problem, why] of liesAfterConsent) {
    it(`after consent: ${what}`, async () => {
      const { back } = await press();
      lie(server);
      assertTold(at, 'finish', await back(`code=x&iss=${server.url}`), problem, why);
    });
  }

  for (const [what, query, problem, why] of liesInCallback) {
    it(`in the callback: ${what}`, async () => {
      const { back } = await press();
      assertTold(at, 'finish', await back(query.replaceAll('ISSUER', server.url)), problem, why);
    });
  }

  it('is no trouble when it is right, nor when it offers ten thousand scopes', async () => {
    server.describeResource({ scopes_supported: Array.from({ length: 10_000 }, (_, at) => `scope-${at}`) });
    const { consent, back } = await press();
    assert.ok(consent.href.length < 4_000);
    assert.equal((await back(`code=x&iss=${server.url}`)).status, 303);
    assert.deepEqual(at.programLog, []);
  });

  it('holds up nobody for longer than a step may take, however often it hangs', async () => {
    const everySecond: Lie = { body: { x: 'x'.repeat(1_000) }, tricklesEveryMs: 50 };
    server.says.set('/mcp', everySecond);
    const { browser } = await at.aPerson();
    const began = performance.now();
    const pressed = await Promise.all([1, 2, 3].map(() => browser.get('/auth/notion-mcp')));
    assert.ok(performance.now() - began < slow.startMs + 3 * secondMs);
    for (const shown of pressed) assert.equal(titleOf(shown), problemTexts.notion_unreachable.title);
    // Ten seconds to be sent to Notion, fifteen for the page after it, our own work included.
    assert.deepEqual(stepDeadlines, { startMs: 9 * secondMs, finishMs: 14 * secondMs });
  });
});

describe('a REST API of Notion that is wrong', () => {
  let server: LyingServer;
  let at: Connecting;
  before(async () => {
    server = await startLyingServer();
    at = await startConnecting({ notion: { apiUrl: server.url }, deadlines: slow });
  });
  beforeEach(() => {
    at.programLog.length = 0;
  });
  after(async () => {
    await at.close();
    await server.close();
  });

  const refusals = (['invalid_client', 'unauthorized_client', 'invalid_request'] as const).map(
    error => [`says ${error}`, refusal(error), 'app_refused', new RegExp(error)] as const,
  );
  const installation = { access_token: 'access-token', token_type: 'bearer', bot_id: workspace.id };
  const incomplete = ['names no workspace', { body: installation }, 'answer_unusable', /usable workspace_id/] as const;

  for (const [what, lie, problem, why] of [...tokenLies, ...refusals, incomplete]) {
    it(`after consent: the token endpoint ${what}`, async () => {
      server.says.set('/v1/oauth/token', lie);
      const { browser } = await at.aPerson();
      const state = (await browser.start()).searchParams.get('state');
      assertTold(at, 'finish', await browser.get(`/auth/notion/callback?state=${state}&code=x`), problem, why);
    });
  }
});

describe('pages about problems', () => {
  it('send nobody to the log, or to an operator, without a line there', () => {
    for (const [problem, { next }] of Object.entries(problemTexts)) {
      const sends = /operator/.test(next);
      if (sends) assert.ok(concernsOperator(problem as PageProblem) || problem === 'not_allowed', problem);
    }
  });
});
