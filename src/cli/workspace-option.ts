import { z } from 'zod';
import { errorTable } from '../domain/errors.ts';
import type { Invocation, Option } from './command.ts';
import { type Remote, RemoteError } from './remote.ts';

/** What commands take that are about one workspace of a running gateway. */
export const workspaceOption: Readonly<Record<string, Option>> = {
  workspace: { takes: 'ID', doc: 'the workspace; needed by a key that is limited to some actions' },
};

const listed = z.object({ workspaces: z.array(z.looseObject({ id: z.string() })) });

/** The workspace that was named, as part of a path, or the only one that the key can mean. Throws RemoteError. */
export async function workspaceOf({ options }: Invocation, remote: Remote): Promise<string> {
  const named = textOf(options.workspace);
  if (named !== undefined) return encodeURIComponent(named);
  const { workspaces } = listed.parse(await remote.get('/api/workspaces'));
  const [only] = workspaces;
  if (only === undefined || workspaces.length > 1) {
    throw new RemoteError('no workspace named', 'Name one with --workspace.', errorTable.invalid_request.exitCode);
  }
  return only.id;
}

/** What was given to an option that takes something. */
export function textOf(option: string | boolean | undefined): string | undefined {
  return typeof option === 'string' ? option : undefined;
}
