import { z } from 'zod';
import { deploymentRights } from '../../accounts/author.ts';
import { policyName } from '../../domain/action.ts';
import { type Id, type IdPrefix, isId, type PrincipalId } from '../../domain/ids.ts';
import { canonicalId } from '../../notion/ids.ts';
import { idsInLink } from '../../notion/links.ts';

/** An id of one kind, in its canonical spelling. */
export function idOf<P extends IdPrefix>(prefix: P) {
  return z.custom<Id<P>>(value => isId(prefix, value), `Expected an id that starts with ${prefix}_`);
}

export const principalId = z.custom<PrincipalId>(
  value => isId('usr', value) || isId('agt', value),
  'Expected the id of a user or an agent',
);

/** Joiners are part of scripts and emoji. All other invisible characters could make one name look like another. */
const unseen = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u2800]|\u034f/u;

/** One line of visible text that people gave to something (decision 27). */
export const displayName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine(name => !unseen.test(name), 'Expected no control characters, and none that cannot be seen')
  .refine(name => /[\p{L}\p{N}\p{P}\p{S}]/u.test(name), 'Expected something that can be seen');

export const email = z.email().max(254);
/** An id of Notion's in any spelling that Notion accepts, made canonical. */
export const notionId = z.string().transform((value, context) => {
  const id = canonicalId(value);
  if (id !== null) return id;
  context.addIssue({ code: 'custom', message: 'Expected the id of a page or database of Notion' });
  return z.NEVER;
});

/** An object in Notion, by its id in any spelling or by the address of its page. */
export const notionObject = z
  .string()
  .max(2_000)
  .transform((text, context) => {
    const id = canonicalId(text.trim()) ?? idsInLink(text)[0];
    if (id !== undefined) return id;
    context.addIssue({ code: 'custom', message: 'Expected the id or the address of a page in Notion.' });
    return z.NEVER;
  });

/** The name of a role, built-in or of the workspace itself. */
export const role = z.string().regex(policyName, 'Expected the name of a role');
export const deploymentRight = z.enum(deploymentRights);
