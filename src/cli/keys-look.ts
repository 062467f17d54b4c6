import type { Command } from './command.ts';
import { keysNotes, keysOptions, showProgress, withKeyTasks } from './keys.ts';

const failed = 6;

export const keysStatus: Command = {
  name: 'keys status',
  summary: 'Show root keys, workspace keys, and how far a rotation is.',
  parameters: [],
  options: keysOptions,
  notes: keysNotes,
  run: invocation =>
    withKeyTasks(invocation, async tasks => {
      const { roots, unproven, workspaceKeys, wanted, stale } = await tasks.status();
      const { out } = invocation.terminal;
      for (const { kid, state, wraps } of roots) out(`root key       ${state.padEnd(12)} wraps ${wraps}  ${kid}`);
      for (const instance of unproven) out(`instance       unproven     ${instance}`);
      for (const { state, count } of workspaceKeys) out(`workspace keys ${state.padEnd(12)} ${count}`);
      out(`to be replaced ${wanted}`);
      for (const { table, count } of stale) out(`to be resealed ${count} in ${table}`);
      return 0;
    }),
};

export const keysVerify: Command = {
  name: 'keys verify',
  summary: 'Open every sealed value, and look for values under keys that have ended. Changes nothing.',
  parameters: [],
  options: keysOptions,
  notes: keysNotes,
  run: invocation =>
    withKeyTasks(invocation, async tasks => {
      const { opened, unopenable, underEndedKeys } = await tasks.verify(showProgress(invocation, 'values'));
      const { terminal } = invocation;
      terminal.progress('');
      for (const { table, row } of unopenable) {
        terminal.out(`does not open: ${table} ${JSON.stringify(row.key)}, under ${row.kid}`);
      }
      terminal.out(
        `${opened} values open, ${unopenable.length} do not; ${underEndedKeys} are under keys that have ended`,
      );
      return unopenable.length + underEndedKeys === 0 ? 0 : failed;
    }),
};
