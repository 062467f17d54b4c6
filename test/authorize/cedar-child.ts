// A process of its own for Cedar: it answers a world's questions, each world as one message.
import {
  type AuthorizationAnswer,
  preparsePolicySet,
  preparseSchema,
  statefulIsAuthorized,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs';
import type { CedarRequest } from '../../src/authorize/cedar/cedar-request.ts';

export interface CedarWorld {
  readonly policies: Record<string, string>;
  readonly schema: string;
  readonly requests: readonly CedarRequest[];
}

export interface CedarAnswers {
  /** What is wrong with the policies under the schema, in strict mode. */
  readonly problems: readonly string[];
  readonly answers: readonly { readonly decision: string; readonly reason: readonly string[] }[];
}

process.on('message', ({ policies, schema, requests }: CedarWorld) => {
  const checked = validate({ schema, policies: { staticPolicies: policies }, validationSettings: { mode: 'strict' } });
  const problems =
    checked.type === 'failure'
      ? checked.errors.map(({ message }) => message)
      : checked.validationErrors.map(({ policyId, error }) => `${policyId}: ${error.message}`);
  preparseSchema('schema', schema);
  preparsePolicySet('policies', { staticPolicies: policies });
  const answers = problems.length > 0 ? [] : requests.map(request => said(ask(request), problems));
  process.send?.({ problems, answers } satisfies CedarAnswers);
});
process.on('disconnect', () => process.exit(0));

function ask(request: CedarRequest): AuthorizationAnswer {
  const options = { preparsedSchemaName: 'schema', preparsedPolicySetId: 'policies', validateRequest: true };
  return statefulIsAuthorized({ ...request, ...options } as Parameters<typeof statefulIsAuthorized>[0]);
}

function said(answer: AuthorizationAnswer, problems: string[]): CedarAnswers['answers'][number] {
  if (answer.type === 'failure') {
    problems.push(...answer.errors.map(({ message }) => message));
    return { decision: 'none', reason: [] };
  }
  const { decision, diagnostics } = answer.response;
  problems.push(...diagnostics.errors.map(({ policyId, error }) => `${policyId}: ${error.message}`));
  return { decision, reason: diagnostics.reason };
}
