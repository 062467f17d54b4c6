import type { Command } from './command.ts';
import { describeForDeployment, describeUnopenable, keysNotes, showProgress, withKeyTasks } from './keys.ts';
import { operatorOptions } from './operator-options.ts';

const failed = 6;

export const keysStatus: Command = {
  name: 'keys status',
  summary: 'Show root keys, workspace keys, and how far a rotation is.',
  parameters: [],
  options: operatorOptions,
  notes: keysNotes,
  run: invocation =>
    withKeyTasks(invocation, async tasks => {
      const { roots, unproven, workspaceKeys, wanted, stale } = await tasks.status();
      const { out } = invocation.terminal;
      for (const { kid, state, wraps } of roots) {
        out(`root key       ${state.padEnd(12)} wraps ${wraps}  ${tasks.describeRootKey(kid)}`);
      }
      for (const instance of unproven) out(`instance       unproven     ${instance}`);
      for (const { state, count } of workspaceKeys) out(`workspace keys ${state.padEnd(12)} ${count}`);
      out(`to be replaced ${wanted}`);
      for (const { table, count } of stale) out(`to be resealed ${count} in ${table}`);
      return 0;
    }),
};

export const keysVerify: Command = {
  name: 'keys verify',
  summary: 'Open every sealed value, and look for values under keys that have ended.',
  parameters: [],
  options: operatorOptions,
  notes: `Connections with a token that does not open are undecryptable from then on; those whose tokens open again are in use again.\n${keysNotes}`,
  run: invocation =>
    withKeyTasks(invocation, async tasks => {
      const { terminal } = invocation;
      const result = await tasks.verify(showProgress(invocation, 'values'));
      const { deployment, underEndedKeys, shut, reopened } = result;
      const counts = [...result.counts, ...deployment.counts];
      const opened = counts.reduce((sum, count) => sum + count.opened, 0);
      const unopenable = counts.reduce((sum, count) => sum + count.unopenable, 0);
      terminal.progress('');
      for (const found of result.unopenable) terminal.out(describeUnopenable(found));
      for (const { binding, kid } of deployment.unopenable) terminal.out(describeForDeployment(binding, kid));
      for (const count of counts)
        terminal.out(`${count.kind.padEnd(20)} ${count.opened} open, ${count.unopenable} do not`);
      if (shut > 0) terminal.out(`${shut} connections are undecryptable from now on`);
      if (reopened > 0) terminal.out(`${reopened} connections were undecryptable and are in use again`);
      terminal.out(`${opened} values open, ${unopenable} do not; ${underEndedKeys} are under keys that have ended`);
      return unopenable + underEndedKeys === 0 ? 0 : failed;
    }),
};
