import { z } from 'zod';
import type { LesserRight } from '../../../domain/policy-advice.ts';
import { dayMs, type Now } from '../../../domain/units.ts';
import type { Advice } from '../../../policy/advice.ts';
import { writeScope } from '../../../policy/document.ts';
import type { Lint } from '../../../policy/lint.ts';
import { createNames } from '../../../policy/names.ts';
import type { PlacedCall } from '../../../policy/past-calls.ts';
import type { StoredPolicy } from '../../../policy/policy-store.ts';
import { sayLesser, sayLint } from '../../../policy/say-advice.ts';
import { documentBody, documentIn } from '../document-body.ts';
import { pastCallView } from '../flip-view.ts';
import { workspaceOf } from '../in-workspace.ts';
import { type ApiRoute, apiRoute } from '../route.ts';
import { leastPrivilege, policyLint } from '../shapes/policy-advice.ts';

const mayGrant = { on: 'workspace', action: 'grants' } as const;
const path = '/api/workspaces/:workspace/policy';

/** What use shows: the last 90 days unless asked otherwise. */
const usedMs = 90 * dayMs;
/** Broken calls that one proposal lists. All of them are counted. */
const brokenShownMax = 20;

/** What could be left out of a policy. These routes change nothing. */
export function policyAdviceRoutes({ advice, now }: { advice: Advice; now: Now }): ApiRoute[] {
  return [
    apiRoute({
      method: 'POST',
      path: `${path}/lint`,
      name: 'policy.lint',
      answer: policyLint,
      summary: 'Grants, groups, roles and checks that do nothing, or more than they seem to; nothing is saved',
      demand: mayGrant,
      body: z.strictObject({ policy: documentBody.optional().describe('A document, instead of the policy as it is.') }),
      run: async ({ body: { policy } }, context) => {
        const document = policy === undefined ? null : documentIn(policy);
        const { stored, lints } = await advice.lint(context, workspaceOf(context), document);
        return { revision: stored.policy.revision, findings: lints.map(lint => lintView(lint, stored)) };
      },
    }),
    apiRoute({
      method: 'POST',
      path: `${path}/least-privilege`,
      name: 'policy.least_privilege',
      answer: leastPrivilege,
      summary:
        'Smaller grants and roles, from what was used, each with the calls that it would break; nothing is saved',
      demand: mayGrant,
      also: { says: 'It takes `audit` too.', of: () => [{ on: 'workspace', action: 'audit' }] },
      body: z.strictObject({
        since: z.iso.datetime({ offset: true }).optional().describe('90 days ago unless given.'),
        until: z.iso.datetime({ offset: true }).optional().describe('Now unless given.'),
      }),
      run: async ({ body }, context) => {
        const until = body.until === undefined ? now() : new Date(body.until);
        const since = body.since === undefined ? new Date(until.getTime() - usedMs) : new Date(body.since);
        const { stored, proposals, ...counts } = await advice.leastPrivilege(workspaceOf(context), { since, until });
        return {
          revision: stored.policy.revision,
          ...{ since: since.toISOString(), until: until.toISOString(), ...counts },
          proposals: proposals.map(one => proposalView(one, stored, since)),
        };
      },
    }),
  ];
}

function lintView(lint: Lint, { policy, members }: StoredPolicy) {
  return {
    of: lint.of,
    because: lint.because,
    says: sayLint(lint, createNames(members, policy.groups)),
    grant: lint.of === 'grant' ? lint.grant.id : null,
    name: 'name' in lint ? lint.name : null,
    place: 'place' in lint ? lint.place : null,
  };
}

function proposalView(proposal: LesserRight<PlacedCall>, { policy, members }: StoredPolicy, since: Date) {
  const { about, keeps, scopes, uses, breaks } = proposal;
  const names = createNames(members, policy.groups);
  const grant = policy.grants.find(({ id }) => 'grant' in about && id === about.grant);
  const kind = 'principal' in about ? 'smaller_role' : keeps.length === 0 ? 'remove_grant' : 'narrow_grant';
  return {
    kind: kind as 'smaller_role' | 'remove_grant' | 'narrow_grant',
    says: sayLesser(proposal, grant, names),
    grant: grant?.id ?? null,
    principal: 'principal' in about ? { id: about.principal, name: names.nameOf(about.principal) } : null,
    role: 'principal' in about ? about.role : null,
    keeps: [...keeps],
    on: scopes.map(writeScope),
    uses,
    observedSince: (grant !== undefined && grant.createdAt > since ? grant.createdAt : since).toISOString(),
    breaks: breaks.length,
    broken: breaks.slice(0, brokenShownMax).map(call => pastCallView(call, names)),
  };
}
