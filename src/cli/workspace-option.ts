import { errorTable } from '../domain/errors.ts';
import type { Invocation, Option } from './command.ts';
import { answerOf, type Remote, RemoteError } from './remote.ts';
import { remoteOf } from './remote-options.ts';

/** What commands take that are about one workspace of a running gateway. */
export const workspaceOption: Readonly<Record<string, Option>> = {
  workspace: { takes: 'ID', doc: 'the workspace; needed by a key that is limited to some actions' },
};

/** The gateway that an invocation names, and the parameters of paths below the workspace that it means. Throws RemoteError. */
export async function workspaceAt(
  invocation: Invocation,
): Promise<{ readonly remote: Remote; readonly path: { readonly workspace: string } }> {
  const remote = remoteOf(invocation);
  return { remote, path: { workspace: await workspaceOf(invocation, remote) } };
}

/** The workspace that was named, or the only one that the key can mean. */
async function workspaceOf({ options }: Invocation, remote: Remote): Promise<string> {
  const named = textOf(options.workspace);
  if (named !== undefined) return named;
  const { workspaces } = await answerOf(remote.GET('/api/workspaces'));
  const [only] = workspaces;
  if (only === undefined || workspaces.length > 1) {
    throw new RemoteError('no workspace named', 'Name one with --workspace.', errorTable.invalid_request.exitCode);
  }
  return only.id;
}

/** The value of an option that takes one. */
export function textOf(option: string | boolean | undefined): string | undefined {
  return typeof option === 'string' ? option : undefined;
}

/** The workspace that was named, as a parameter of a query; nothing where the key is to say which. */
export function namedWorkspace({ options }: Invocation): { readonly workspace?: string } {
  const workspace = textOf(options.workspace);
  return workspace === undefined ? {} : { workspace };
}
