import { dayMs } from '../domain/units.ts';
import { type Command, UsageError } from './command.ts';
import { describeUnopenable, keysNotes, showProgress, withKeyTasks, workspaceNamed } from './keys.ts';
import { operatorOptions } from './operator-options.ts';

const failed = 6;
const retainMs = dayMs;

export const keysRotate: Command = {
  name: 'keys rotate',
  summary: 'Give workspaces a new key and seal every token anew under it. Can be interrupted and run again.',
  parameters: [],
  options: { ...operatorOptions, workspace: { takes: 'ID', doc: 'only this workspace; default: all' } },
  notes: `Goes on with an interrupted rotation before it begins another.\n${keysNotes}`,
  run: async invocation => {
    const { options, terminal } = invocation;
    const workspaceId = typeof options.workspace === 'string' ? workspaceNamed(options.workspace) : null;
    return withKeyTasks(invocation, async tasks => {
      const { keys, values, unopenable, shut } = await tasks.rotate(workspaceId, showProgress(invocation, 'values'));
      terminal.progress('');
      for (const found of unopenable) terminal.err(describeUnopenable(found));
      if (shut > 0) terminal.err(`${shut} connections are undecryptable from now on: docs/custody.md`);
      terminal.err(`made ${keys} keys, sealed ${values} values anew`);
      return unopenable.length === 0 ? 0 : failed;
    });
  },
};

export const keysRetire: Command = {
  name: 'keys retire',
  summary: 'End the keys that rotations left behind and nothing needs any more.',
  parameters: [],
  options: {
    ...operatorOptions,
    now: { takes: null, doc: 'also those that went out of use within the last 24 hours' },
  },
  notes: `A key is kept for 24 hours after it went out of use, for instances that slept.\n${keysNotes}`,
  run: invocation =>
    withKeyTasks(invocation, async tasks => {
      const { destroyedKeys, keptKeys, retiredRoots, keptRoots } = await tasks.retire(
        invocation.options.now === true ? 0 : retainMs,
      );
      const { terminal } = invocation;
      terminal.err(`destroyed ${destroyedKeys} workspace keys, kept ${keptKeys}`);
      for (const kid of retiredRoots)
        terminal.err(`retired ${tasks.describeRootKey(kid)}: take it out of PORTCULLIS_ROOT_KEYS`);
      for (const kid of keptRoots)
        terminal.err(`kept ${tasks.describeRootKey(kid)}: it is still in use, or was within the last 24 hours`);
      return 0;
    }),
};

export const keysDestroy: Command = {
  name: 'keys destroy',
  summary: "Destroy a workspace's keys: none of its tokens can ever be opened again.",
  parameters: ['WORKSPACE'],
  options: { ...operatorOptions, yes: { takes: null, doc: 'say that this is what you want' } },
  notes: `Backups hold the key until they are gone: docs/custody.md.\n${keysNotes}`,
  run: async invocation => {
    const workspaceId = workspaceNamed(invocation.parameters.WORKSPACE ?? '');
    if (invocation.options.yes !== true) {
      throw new UsageError('this cannot be undone', 'add --yes; the workspace must be connected anew afterwards');
    }
    return withKeyTasks(invocation, async tasks => {
      const destroyed = await tasks.destroyWorkspace(workspaceId);
      invocation.terminal.err(`destroyed ${destroyed} keys of ${workspaceId}`);
      return destroyed > 0 ? 0 : failed;
    });
  },
};
