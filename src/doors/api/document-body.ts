import { z } from 'zod';
import type { PolicyDocument, PolicyProposal } from '../../domain/policy-proposal.ts';
import { readDocument } from '../../policy/document.ts';
import { invalid } from '../../policy/policies.ts';

/** Only `readDocument` reads it as a whole, and reports all of its problems at once. */
export const documentBody = z.looseObject({}).describe('A policy document. Its schema is at /api/schemas/policy.json.');
export type DocumentBody = z.infer<typeof documentBody>;

/** Throws `policy_invalid`. */
export function documentIn(body: DocumentBody): PolicyDocument {
  const read = readDocument(body);
  if ('problems' in read) throw invalid(read.problems);
  return read.document;
}

/** Throws `policy_invalid`. */
export function proposed(body: DocumentBody): PolicyProposal {
  return { kind: 'replace', document: documentIn(body) };
}
