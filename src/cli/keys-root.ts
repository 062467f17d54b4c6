import { parseRootKeyName } from '../domain/root-key-name.ts';
import { type Command, UsageError } from './command.ts';
import { keysNotes, showProgress, withKeyTasks } from './keys.ts';
import { operatorOptions } from './operator-options.ts';

const failed = 6;

export const keysStage: Command = {
  name: 'keys stage',
  summary: 'Prepare another root key: running instances begin to prove that they have it.',
  parameters: ['KEY'],
  options: operatorOptions,
  notes: `KEY is written as in PORTCULLIS_ROOT_KEYS, where it has to stand already.\n${keysNotes}`,
  run: invocation =>
    withKeyTasks(invocation, async (tasks, config) => {
      const { terminal } = invocation;
      const wanted = readKey(invocation.parameters.KEY ?? '');
      const named = config.rootKeys.find(({ provider, key }) => provider === wanted.provider && key === wanted.key);
      if (named === undefined) {
        throw new UsageError(
          'PORTCULLIS_ROOT_KEYS does not name that key',
          'add it there for every instance and restart them; the active key stays in the list',
        );
      }
      const result = await tasks.stage(named);
      terminal.err(said[result]);
      return result === 'unfinished' ? failed : 0;
    }),
};

const said = {
  staged: 'Staged. When `portcullis keys status` shows no instance without it: portcullis keys promote',
  already_staged: 'It is staged already. Next: portcullis keys promote',
  already_active: 'It is the active root key already.',
  unfinished: 'Another exchange is not over: there is a staged or a previous root key. See portcullis keys status.',
} as const;

function readKey(text: string) {
  try {
    return parseRootKeyName(text, '');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`the key ${error.message}`, 'write it as in PORTCULLIS_ROOT_KEYS; a file as file:PATH');
  }
}

export const keysWithdraw: Command = {
  name: 'keys withdraw',
  summary: 'Take a staged root key back.',
  parameters: [],
  options: operatorOptions,
  notes: keysNotes,
  run: invocation =>
    withKeyTasks(invocation, async tasks => {
      const withdrawn = await tasks.withdraw();
      invocation.terminal.err(withdrawn ? 'Withdrawn.' : 'No root key is staged.');
      return withdrawn ? 0 : failed;
    }),
};

export const keysPromote: Command = {
  name: 'keys promote',
  summary: 'Make the staged root key the one that wraps, once every running instance has proved that it has it.',
  parameters: [],
  options: operatorOptions,
  notes: keysNotes,
  run: invocation =>
    withKeyTasks(invocation, async tasks => {
      const { terminal } = invocation;
      const result = await tasks.promote();
      if (result.kind === 'nothing_staged') terminal.err('No root key is staged. First: portcullis keys stage KEY');
      if (result.kind === 'unproven') {
        terminal.err(`These instances have not proved that they have the staged key: ${result.instances.join(', ')}`);
        terminal.err('Give them the key (PORTCULLIS_ROOT_KEYS) and a few seconds, or stop them.');
      }
      if (result.kind === 'promoted')
        terminal.err(`${tasks.describeRootKey(result.kid)} wraps now. Next: portcullis keys rewrap`);
      return result.kind === 'promoted' ? 0 : failed;
    }),
};

export const keysRewrap: Command = {
  name: 'keys rewrap',
  summary: 'Wrap every workspace key under the active root key. Can be interrupted and run again.',
  parameters: [],
  options: operatorOptions,
  notes: keysNotes,
  run: invocation =>
    withKeyTasks(invocation, async tasks => {
      const { rewrapped, unopenable } = await tasks.rewrap(showProgress(invocation, 'keys'));
      const { terminal } = invocation;
      terminal.progress('');
      for (const kid of unopenable) terminal.err(`no root key opens ${kid}`);
      terminal.err(`rewrapped ${rewrapped} keys`);
      return unopenable.length === 0 ? 0 : failed;
    }),
};
