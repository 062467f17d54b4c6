import { z } from 'zod';
import { PortcullisError } from '../../../domain/errors.ts';
import type { WorkspaceId } from '../../../domain/ids.ts';
import { SinkTroubleError } from '../../sink.ts';
import type { AskNotionForSink } from './data-source.ts';
import { newDatabase } from './pages.ts';

/**
 * Makes a database with the columns, below a page that the connection sees. Returns its id. Throws `validation_error`
 * and `unavailable`.
 */
export async function makeDatabase(
  ask: AskNotionForSink,
  workspaceId: WorkspaceId,
  parentPageId: string,
): Promise<string> {
  const { status, body } = await ask(workspaceId, 'POST', '/v1/databases', newDatabase(parentPageId)).catch(error => {
    if (!(error instanceof SinkTroubleError)) throw error;
    throw new PortcullisError('unavailable', `No database could be made: ${error.trouble.problem}.`);
  });
  if (status !== 200) {
    const what = status === 404 ? 'the connection does not see that page' : `Notion answered ${status}`;
    throw new PortcullisError('validation_error', `No database could be made: ${what}.`);
  }
  return z.object({ id: z.uuid() }).parse(body).id;
}
