import { z } from 'zod';
import { writeDocument } from '../../../policy/document.ts';
import type { DraftFlip } from '../../../policy/draft-store.ts';
import type { Drafts, DraftToday } from '../../../policy/drafts.ts';
import { createNames, type SubjectNames } from '../../../policy/names.ts';
import type { Policies } from '../../../policy/policies.ts';
import { documentBody } from '../document-body.ts';
import { ifMatch, revisionIn, Tagged } from '../if-match.ts';
import { workspaceOf } from '../in-workspace.ts';
import { type ApiRoute, apiRoute } from '../route.ts';
import { policyDocument } from '../shapes/policy-document.ts';
import { draftReport, policyDraft } from '../shapes/policy-draft.ts';

const mayGrant = { on: 'workspace', action: 'grants' } as const;
const path = '/api/workspaces/:workspace/policy/draft';

/** The draft of a workspace: a policy that is tried beside the one that decides. */
export function policyDraftRoutes({ drafts, policies }: { drafts: Drafts; policies: Policies }): ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path,
      name: 'policy.draft',
      answer: policyDraft,
      summary: 'The policy that is tried beside the one that decides; the ETag is its own revision',
      demand: mayGrant,
      run: async (_, context) => draftView(await drafts.read(workspaceOf(context))),
    }),
    apiRoute({
      method: 'PUT',
      path,
      name: 'policy.set_draft',
      answer: policyDraft,
      summary: 'Try a document beside the policy that decides, from now on; it decides nothing',
      demand: mayGrant,
      body: documentBody,
      yaml: true,
      run: async ({ body }, context) => draftView(await drafts.set(context, workspaceOf(context), body)),
    }),
    apiRoute({
      method: 'DELETE',
      path,
      name: 'policy.remove_draft',
      answer: null,
      summary: 'Give up a draft, and what was found of it',
      demand: mayGrant,
      run: async (_, context) => {
        await drafts.remove(context, workspaceOf(context));
      },
    }),
    apiRoute({
      method: 'GET',
      path: `${path}/report`,
      name: 'policy.draft_report',
      answer: draftReport,
      summary: 'The calls that the draft would have decided differently since it was set',
      demand: mayGrant,
      also: { says: 'It takes `audit` too.', of: () => [{ on: 'workspace', action: 'audit' }] },
      run: async (_, context) => {
        const { draft, stored, problems, flips, behind } = await drafts.report(workspaceOf(context));
        const names = createNames(stored.members, stored.policy.groups);
        return {
          ...{ draft: draft.revision, since: draft.setAt.toISOString(), ...draft.counts, behind },
          problems: [...problems],
          flips: flips.map(flip => flipsView(flip, names)),
        };
      },
    }),
    apiRoute({
      method: 'POST',
      path: `${path}/promote`,
      name: 'policy.promote_draft',
      answer: policyDocument,
      summary: 'Make the draft the policy, as `PUT policy` would; it is no draft any more',
      demand: mayGrant,
      also: {
        says: 'Callers cannot give, in any form, what they do not have.',
        of: ({ body }) => [{ ...mayGrant, gives: { kind: 'policy', proposal: proposalOf(body) } }],
      },
      headers: ifMatch,
      body: z.strictObject({ draft: z.int().min(1).describe('The revision of the draft that was seen.') }),
      run: async ({ body, headers }, context) => {
        const expected = revisionIn(headers['if-match']);
        const stored = await policies.change(context, workspaceOf(context), proposalOf(body), expected);
        return new Tagged(writeDocument(stored), stored.policy.revision);
      },
    }),
  ];
}

function proposalOf({ draft }: { readonly draft: number }) {
  return { kind: 'promote_draft', draft } as const;
}

function draftView({ draft, stored, problems }: DraftToday) {
  const { revision, document, madeOn, author, setAt } = draft;
  const names = createNames(stored.members, stored.policy.groups);
  const view = {
    ...{ revision, document: document as Record<string, unknown>, madeOn, setAt: setAt.toISOString() },
    author: author === null ? null : { id: author, name: names.nameOf(author) },
    problems: [...problems],
  };
  return new Tagged(view, revision);
}

function flipsView({ principal, object, first, last, becomes, ...flip }: DraftFlip, names: SubjectNames) {
  return {
    ...flip,
    principal: { id: principal, name: names.nameOf(principal) },
    object,
    was: becomes === 'allow' ? ('deny' as const) : ('allow' as const),
    becomes,
    first: first.toISOString(),
    last: last.toISOString(),
  };
}
