import { z } from 'zod';
import { nameIn } from '../oauth-response.ts';

const uuid = z.guid().transform(id => id.toLowerCase());

/** The person whom a connection acts for. The name is Notion's text: a strange one is left out, and stops nothing. */
export interface InstallationOwner {
  readonly id: string;
  readonly name: string | null;
}

/**
 * `owner` as Notion writes it: `{type: "user", user}` or `{type: "workspace", workspace: true}`; older answers leave `type`
 * out. Read as the person, or null for a connection that the workspace owns.
 */
export const installationOwner = z
  .preprocess(
    withType,
    z.discriminatedUnion('type', [
      z.object({
        type: z.literal('user'),
        user: z.object({ id: uuid, name: z.string().nullish().catch(null) }).nullish(),
      }),
      z.object({ type: z.literal('workspace') }),
    ]),
  )
  .transform((owner): InstallationOwner | null => {
    const user = owner.type === 'user' ? (owner.user ?? null) : null;
    return user && { id: user.id, name: nameIn(user.name) };
  });

function withType(owner: unknown): unknown {
  if (typeof owner !== 'object' || owner === null || 'type' in owner) return owner;
  if ('workspace' in owner && owner.workspace === true) return { ...owner, type: 'workspace' };
  return 'user' in owner ? { ...owner, type: 'user' } : owner;
}
