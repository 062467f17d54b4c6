import { beyondGrantor } from '../authorize/amplification.ts';
import { cedarText, exportCedar } from '../authorize/cedar/export-cedar.ts';
import { compilePolicy } from '../authorize/compile-policy.ts';
import { actions } from '../domain/action.ts';
import { placesOfGift, whereAmong } from '../domain/gift-places.ts';
import { askerNow } from '../domain/rights.ts';
import { createAdvice } from '../policy/advice.ts';
import { createDrafts } from '../policy/drafts.ts';
import type { PagePlaces } from '../policy/page-places.ts';
import { createPolicies } from '../policy/policies.ts';
import { createQuestions } from '../policy/questions.ts';
import { createPlacePast, createReadPast } from '../policy/read-past.ts';
import { createCheckPolicy } from '../policy/run-checks.ts';
import type { Foundation } from './foundation.ts';
import type { Audit } from './open-audit.ts';
import { openPolicyAnalysis } from './policy-analysis.ts';
import { openShadow } from './policy-shadow.ts';
import { openRecordedCalls } from './recorded-calls.ts';

/** Policies as people change them and ask about them. @param places asked once the gate is open */
export function openPolicies(
  { now, stores, log, background, closers }: Foundation,
  { logged, proved }: Audit,
  places: () => PagePlaces,
) {
  const later: PagePlaces = {
    find: (...asked) => places().find(...asked),
    known: (...asked) => places().known(...asked),
    stillKnown: (...asked) => places().stillKnown(...asked),
    titles: (...asked) => places().titles(...asked),
  };
  const analysis = openPolicyAnalysis(stores);
  const recorded = openRecordedCalls({ credentialLimits: stores.credentialLimits, auditReader: proved.reader });
  const placePast = createPlacePast(recorded, later);
  const readPast = createReadPast(recorded, placePast);
  const common = { store: logged.policies, compile: compilePolicy, places: later, analysis, now };
  const shadow = openShadow({ log, background, closers }, { ...common, drafts: logged.drafts, placePast });
  const policies = createPolicies({
    store: logged.policies,
    drafts: logged.drafts,
    async beyond(workspaceId, before, after, author, at) {
      if (author.principal.kind === 'system') return [];
      const asker = askerNow(author, at);
      if (asker === null) return actions;
      const compiled = compilePolicy(before);
      const anywhere = beyondGrantor(compiled, after, asker);
      if (anywhere.length === 0) return anywhere;
      // This is known well enough: the decision has just looked. Notion is not asked, because this runs within a
      // change.
      const found = await later.stillKnown(workspaceId, placesOfGift(before, after, asker.principal));
      return beyondGrantor(compiled, after, asker, { whereIs: whereAmong(found) });
    },
    check: createCheckPolicy(analysis),
    compile: compilePolicy,
    cedarOf(policy) {
      const cedar = exportCedar(policy);
      return { policies: cedarText(cedar), schema: cedar.schema };
    },
    readPast,
    analysis,
    now,
  });
  return {
    policies,
    drafts: createDrafts({ drafts: logged.drafts, store: logged.policies, shadow, now }),
    advice: createAdvice({ ...common, readPast }),
    questions: createQuestions(common),
  };
}
