import { z } from 'zod';
import { titleOperation } from '../../audit/activity.ts';
import { PortcullisError } from '../../domain/errors.ts';
import { plainText } from '../../domain/printable.ts';
import { readDiscovered } from '../../notion/discover.ts';
import { canonicalId } from '../../notion/ids.ts';
import { notionOperation } from '../../notion/notion-operation.ts';
import type { ContentRoute, Pass } from './content-route.ts';
import { workspaceParameter } from './in-workspace.ts';
import { passDiagnosed } from './pass-diagnosed.ts';
import { titlesAnswer } from './shapes/content.ts';

/** Each title is a call to Notion, and counts against its limits. */
const objectsMax = 20;
const titleCharsMax = 200;

/** Where each kind of object is. Blocks have no title. */
const addresses = { page: '/v1/pages/', database: '/v1/databases/', data_source: '/v1/data_sources/' } as const;
type Titled = keyof typeof addresses;

interface Asked {
  readonly kind: Titled;
  readonly id: string;
}

const objects = z
  .string()
  .max(objectsMax * 60)
  .transform((text, context): Asked[] => {
    const asked = text.split(',').map(readAsked);
    if (asked.length <= objectsMax && asked.every(one => one !== null)) return asked;
    context.addIssue({
      code: 'custom',
      message: `Expected at most ${objectsMax} of page:ID, database:ID, data_source:ID.`,
    });
    return z.NEVER;
  });

function readAsked(text: string): Asked | null {
  const [kind = '', spelled = ''] = text.split(':', 2);
  const id = canonicalId(spelled);
  return id !== null && Object.hasOwn(addresses, kind) ? { kind: kind as Titled, id } : null;
}

const query = z.strictObject({
  workspace: workspaceParameter,
  objects: objects.describe('Kinds and ids, separated by commas: `page:ID,data_source:ID`.'),
});

/**
 * The titles of the objects in the log, as far as the reader may read them. Notion is asked in the reader's name, and
 * each object is decided and logged like any other call. The answer has only titles, and only of what the reader may
 * read.
 */
export const titlesRoute = {
  method: 'GET',
  path: '/api/titles',
  name: titleOperation,
  answer: titlesAnswer,
  summary: 'Titles of pages and databases that you may read',
  query,
  async perform({ query: { objects: asked } }, pass, signal) {
    const titles: Record<string, string> = {};
    for (const one of asked) {
      if (signal.aborted) break;
      try {
        titles[one.id] = await titleOf(one, pass);
      } catch (error) {
        // What may not be read, or is not there, has no title. When Notion does not answer, asking on is of no use.
        if (!(error instanceof PortcullisError)) throw error;
        if (error.status === 401) throw error;
        if (error.status === 403) break;
        if (error.status >= 429) break;
      }
    }
    return { titles };
  },
} satisfies ContentRoute<z.ZodType, typeof query> as ContentRoute;

async function titleOf({ kind, id }: Asked, pass: Pass): Promise<string> {
  const operation = { ...notionOperation('GET', `${addresses[kind]}${id}`), name: titleOperation };
  const found = readDiscovered(await passDiagnosed(pass, operation, kind.replace('_', ' ')));
  if (found === null || found.id !== id) throw new PortcullisError('not_found');
  return plainText(found.title, titleCharsMax);
}
