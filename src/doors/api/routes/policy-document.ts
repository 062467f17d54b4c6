import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Now } from '../../../domain/units.ts';
import type { Difference } from '../../../policy/analysis.ts';
import { readDocument, writeDocument, writeScope } from '../../../policy/document.ts';
import { createNames, type SubjectNames } from '../../../policy/names.ts';
import type { Policies } from '../../../policy/policies.ts';
import { writeYaml } from '../../../policy/yaml.ts';
import { type DocumentBody, documentBody, proposed } from '../document-body.ts';
import { Download } from '../download.ts';
import { flipView } from '../flip-view.ts';
import { ifMatch, revisionIn, Tagged } from '../if-match.ts';
import { workspaceOf } from '../in-workspace.ts';
import { type ApiRoute, apiRoute, type RouteDemand } from '../route.ts';
import { policyDocument, policyPlan, policySimulation } from '../shapes/policy-document.ts';

const mayGrant = { on: 'workspace', action: 'grants' } as const;
const path = '/api/workspaces/:workspace/policy';

/** The policy of a workspace as one document. */
export function policyDocumentRoutes({ policies, now }: { policies: Policies; now: Now }): ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path,
      name: 'policy.get',
      answer: policyDocument,
      summary: 'The policy as a document; the ETag is its revision',
      demand: mayGrant,
      run: async (_, context) => {
        const stored = await policies.read(workspaceOf(context));
        return new Tagged(writeDocument(stored), stored.policy.revision);
      },
    }),
    apiRoute({
      method: 'GET',
      path: `${path}/export`,
      name: 'policy.export',
      answer: 'file',
      fileTypes: ['application/yaml', 'application/json', 'text/plain'],
      summary: 'The policy as a file',
      demand: mayGrant,
      query: z.strictObject({ format: z.enum(['yaml', 'json', 'cedar', 'cedar-schema']).default('yaml') }),
      run: async ({ query: { format } }, context) => {
        const stored = await policies.read(workspaceOf(context));
        if (format === 'cedar' || format === 'cedar-schema') {
          const cedar = policies.cedarOf(stored.policy);
          const text = format === 'cedar' ? cedar.policies : cedar.schema;
          return new Download(`policy.${format}`, 'text/plain; charset=utf-8', Readable.from([text]));
        }
        const document = writeDocument(stored);
        const text =
          format === 'yaml' ? writeYaml(document, stored.policy.revision) : `${JSON.stringify(document, null, 2)}\n`;
        return new Download(`policy.${format}`, `application/${format}; charset=utf-8`, Readable.from([text]));
      },
    }),
    apiRoute({
      method: 'PUT',
      path,
      name: 'policy.replace',
      answer: policyDocument,
      summary: 'Replace the policy by a document',
      demand: mayGrant,
      also: {
        says: 'Callers cannot give, in any form, what they do not have.',
        of: ({ body }) => givenBy(body),
      },
      headers: ifMatch,
      body: documentBody,
      yaml: true,
      run: async ({ body, headers }, context) => {
        const expected = revisionIn(headers['if-match']);
        const stored = await policies.change(context, workspaceOf(context), proposed(body), expected);
        return new Tagged(writeDocument(stored), stored.policy.revision);
      },
    }),
    apiRoute({
      method: 'POST',
      path: `${path}/plan`,
      name: 'policy.plan',
      answer: policyPlan,
      summary: 'What a document would change, and who would gain and lose what; nothing is saved',
      demand: mayGrant,
      body: documentBody,
      yaml: true,
      run: async ({ body }, context) => {
        const plan = await policies.plan(context, workspaceOf(context), proposed(body));
        const { stored, after, changes, beyond, failed } = plan;
        const names = createNames(stored.members, after.groups);
        return {
          revision: stored.policy.revision,
          changes: [...changes],
          gains: plan.gains.map(one => differenceView(one, names)),
          losses: plan.losses.map(one => differenceView(one, names)),
          missingActions: [...beyond],
          failed: [...failed],
        };
      },
    }),
    apiRoute({
      method: 'POST',
      path: `${path}/simulate`,
      name: 'policy.simulate',
      answer: policySimulation,
      summary: 'Calls of the past that a document would decide differently; nothing is saved',
      demand: mayGrant,
      also: { says: 'It takes `audit` too.', of: () => [{ on: 'workspace', action: 'audit' }] },
      body: z.strictObject({
        policy: documentBody,
        since: z.iso.datetime({ offset: true }),
        until: z.iso.datetime({ offset: true }).optional().describe('Now unless given.'),
        as: z
          .enum(['then', 'now'])
          .default('then')
          .describe('The moment that conditions are judged at. Pages are looked for where they stand today.'),
      }),
      run: async ({ body: { policy, since, until, as } }, context) => {
        const time = { since: new Date(since), until: until === undefined ? now() : new Date(until), as };
        const found = await policies.simulate(context, workspaceOf(context), proposed(policy), time);
        const names = createNames(found.stored.members, found.stored.policy.groups);
        const { calls, skipped, complete, flips } = found;
        return {
          ...{ calls, skipped, complete },
          lost: flips.filter(({ now: after }) => after.effect === 'deny').length,
          gained: flips.filter(({ now: after }) => after.effect === 'allow').length,
          flips: flips.slice(0, flipsShownMax).map(flip => flipView(flip.call, flip.now, names)),
        };
      },
    }),
  ];
}

/** Flips that one answer lists. All of them are counted. */
const flipsShownMax = 500;

/** What a principal gains or loses, and where. */
function differenceView({ principal, actions, on, pages }: Difference, names: SubjectNames) {
  return { principal, name: names.nameOf(principal), actions: [...actions], on: on.map(writeScope), pages };
}

/** A document that cannot be read gives no rights: the command says what is wrong with it. */
function givenBy(body: DocumentBody): RouteDemand[] {
  const read = readDocument(body);
  if ('problems' in read) return [];
  return [{ ...mayGrant, gives: { kind: 'policy', proposal: { kind: 'replace', document: read.document } } }];
}
